#!/usr/bin/env python3
"""How Python's clients read and send what is compressed (permessage-deflate, and gzip): for python_clients.py.

usage: python_compression.py     prints the lines that /sizes is to give out

All that is received is checked to the byte: a tick follows from its number, as `ticks` has it.
"""
import asyncio
import itertools
import random
import sys

# Around the bounds of a frame's length (RFC 6455 section 5.2), and a MiB.
LENGTHS = [0, 1, 125, 126, 65535, 65536, 1 << 20]
# As in groups 12 and 13 of Autobahn's test suite.
SIZES = [16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072]

# Bytes of one size that are echoed.
MOST = 200_000


def tick(number):
    return (
        '{"number":%d,"symbol":"SYM%d","bid":%d,"ask":%d,"size":%d,"venue":"XNAS","currency":"USD",'
        '"condition":"regular","volume":%d,"session":"continuous trading"}'
    ) % (
        number,
        number * 7 % 40,
        number * 7919 % 10007,
        number * 7919 % 10007 + 3,
        number * 13 % 900 * 100,
        number * 350,
    )


def text(size, seed):
    """So many letters, some of them as before, near and far, some as never before."""
    chance = random.Random(size * 1000 + seed)
    rows = ["%016x" % chance.getrandbits(64) for _ in range(min(size // 16 + 1, 1000))]
    return "".join(chance.choices(rows, k=size // 16 + 1))[:size]


def lines():
    """What /sizes gives out."""
    return [text(size, seed) for seed in range(2) for size in SIZES]


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError("%s: %.100r, not %.100r" % (what, got, wanted))


async def ticks_in_order(receive, until):
    """Receives ticks, the first of them any, each next one by one, until so many have come or `until()` says so."""
    first = None
    for count in itertools.count():
        if until(count):
            return
        message = await receive()
        if first is None:
            first = int(message[len('{"number":') : message.index(",")])
        expect("a tick", message, tick(first + count))


class Watch:
    """What has come: a letter a message, `c` compressed or `p` plain, and how many bytes of the compressed."""

    def __init__(self):
        self.kinds, self.compressed = "", 0

    def note(self, frame):
        self.kinds += "c" if frame.rsv1 else "p"
        if frame.rsv1:
            self.compressed += len(frame.data)


def watched(**parameters):
    """An offer of `websockets` that tells what comes through it: the extension's `watch`."""
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
    from websockets.frames import CTRL_OPCODES

    class Factory(ClientPerMessageDeflateFactory):
        def process_response_params(self, params, accepted):
            deflate = super().process_response_params(params, accepted)
            deflate.watch, decode = Watch(), deflate.decode

            def watch(frame, **bounds):
                if frame.opcode not in CTRL_OPCODES:
                    deflate.watch.note(frame)
                return decode(frame, **bounds)

            deflate.decode = watch
            return deflate

    return Factory(**parameters)


# What `websockets` can ask for, beside what it offers by itself.
OFFERS = [
    {"client_max_window_bits": True},
    {"client_max_window_bits": None},
    {"client_max_window_bits": 9},
    {"client_no_context_takeover": True},
    {"server_max_window_bits": 9},
    {"server_max_window_bits": 12},
    {"server_no_context_takeover": True},
    {"server_no_context_takeover": True, "server_max_window_bits": 9, "client_no_context_takeover": True},
]


class WebSockets:
    """https://websockets.readthedocs.io"""

    def __init__(self, base):
        self.base = base

    def connect(self, path, **parameters):
        import websockets

        return websockets.connect(self.base + path, extensions=[watched(**parameters)], max_size=None, max_queue=4096)

    @staticmethod
    def deflate(connection):
        """The extension that was agreed on; what a server must answer to an offer, the client has looked for itself."""
        # Newer versions keep it in their protocol.
        extensions = getattr(connection, "extensions", None) or connection.protocol.extensions
        expect("agreed extensions", [extension.name for extension in extensions], ["permessage-deflate"])
        return extensions[0]

    async def read(self, path, count, until_seen=None, **parameters):
        """Reads ticks, `count` or until `until_seen(n, watch)`, which is asked before each. Returns the extension."""
        async with self.connect(path, **parameters) as connection:
            deflate = self.deflate(connection)

            def until(number):
                return number >= count or (until_seen is not None and until_seen(number, deflate.watch))

            await ticks_in_order(connection.recv, until)
            return deflate

    async def switches(self):
        """While one reads, others join: plain until a key frame, which comes 64 messages after the last, or 1 s."""
        done, joined = False, asyncio.Event()

        def first_has_some(number, _):
            if number == 30:
                joined.set()
            return done

        first = asyncio.create_task(self.read("/ticks", sys.maxsize, first_has_some))
        await asyncio.wait({first, asyncio.create_task(joined.wait())}, return_when=asyncio.FIRST_COMPLETED)
        others = [
            asyncio.create_task(self.read(path, 300, **offer)) for path in ("/ticks", "/ticks/own") for offer in OFFERS
        ]
        # One that joins on a key frame by chance has nothing to wait for; a next one, right behind it, has.
        switched, tries = [], 0
        while len(switched) < 3:
            expect("somebody joins between two key frames", tries < 30, True)
            tries += 1
            deflate = await self.read("/ticks", 1000, lambda _, watch: "c" * 20 in watch.kinds)
            if deflate.watch.kinds.startswith("p"):
                switched.append(deflate)
        others = await asyncio.gather(*others)
        done = True
        for deflate in [await first] + others:
            kinds = deflate.watch.kinds
            expect("%s: compressed messages, at least" % deflate, max(kinds.count("c"), 100), kinds.count("c"))
            # By itself, a message of 160 bytes has little to refer to.
            most = 150 if deflate.remote_no_context_takeover else 80
            average = deflate.watch.compressed // kinds.count("c")
            expect("%s: bytes a message, at most" % deflate, min(average, most), average)
        for deflate in [await first] + others + switched:
            expect("%s: neither plain nor compressed" % deflate, deflate.watch.kinds.lstrip("p").strip("c"), "")

    async def echoes(self):
        async with self.connect("/echo", client_max_window_bits=True) as connection:
            self.deflate(connection)
            for length in LENGTHS:
                for message in (text(length, 0), random.Random(length).randbytes(length)):
                    await connection.send(message)
                    expect("an echo", await connection.recv(), message)
            # In fragments, of which only the first says that the message is compressed.
            parts = ["häuser ", "", text(70000, 1), "😀", "end"]
            await connection.send(parts)
            expect("an echo of fragments", await connection.recv(), "".join(parts))

    async def sizes(self, offer):
        """What Autobahn's groups 12 and 13 do: messages of each size go there and come back; and the server's own come."""
        async with self.connect("/echo", **offer) as connection:
            self.deflate(connection)
            for size in SIZES:
                messages = [text(size, seed) for seed in range(2)] * 50
                # Not all of the large ones: a debug build takes a second for 2 MB.
                del messages[max(MOST // size, 2) :]

                async def send():
                    for message in messages:
                        await connection.send(message)

                sending = asyncio.create_task(send())
                for message in messages:
                    expect("an echo", await connection.recv(), message)
                await sending
        async with self.connect("/sizes", **offer) as connection:
            deflate = self.deflate(connection)
            for line in lines():
                expect("a line of /sizes", await connection.recv(), line)
            # Those of 16 bytes alone are sent plain.
            expect("how /sizes is compressed", deflate.watch.kinds, ("p" + "c" * (len(SIZES) - 1)) * 2)

    async def run(self):
        await asyncio.gather(self.switches(), self.echoes(), *(self.sizes(offer) for offer in OFFERS))


class AIOHTTP:
    """https://docs.aiohttp.org"""

    def __init__(self, base, steps):
        self.base, self.steps = base, steps

    async def web_socket(self, session, path, count):
        async with session.ws_connect(self.base + path, compress=15) as connection:
            expect("the window's bits", connection.compress, 15)
            expect("client_no_context_takeover", connection.client_notakeover, True)
            await ticks_in_order(connection.receive_str, lambda number: number >= count)

    async def switches(self, session):
        """One after the other joins while another reads."""
        reading = asyncio.create_task(self.web_socket(session, "/ticks", 500))
        for count in 30, 30, 100:
            await self.web_socket(session, "/ticks", count)
        await reading

    async def echoes(self, session):
        async with session.ws_connect(self.base + "/echo", compress=15) as connection:
            for length in LENGTHS:
                await connection.send_str(text(length, 0))
                expect("an echo", await connection.receive_str(), text(length, 0))
                data = random.Random(length).randbytes(length)
                await connection.send_bytes(data)
                expect("an echo", await connection.receive_bytes(), data)

    async def lines(self, session):
        """Each tick of /steps must be there before the next is written; the second reader has to wait for a key frame."""
        url = self.base.replace("ws:", "http:") + "/steps"
        readers = [await session.get(url)]
        pipe = await asyncio.get_running_loop().run_in_executor(None, lambda: open(self.steps, "w", buffering=1))
        with pipe:
            for number in range(1, 201):
                if number == 31:
                    readers.append(await session.get(url))
                print(tick(number), file=pipe)
                for reader in readers:
                    expect("a line", await reader.content.readline(), (tick(number) + "\n").encode())
        for reader in readers:
            expect("its coding", reader.headers["Content-Encoding"], "gzip")
            reader.close()

    async def whole(self, session):
        async with session.get(self.base.replace("ws:", "http:") + "/whole") as response:
            expect("/whole", await response.text(), "".join(tick(number) + "\n" for number in range(1, 501)))

    async def run(self):
        import aiohttp

        async with aiohttp.ClientSession() as session:
            parts = self.switches, self.echoes, self.lines, self.whole
            await asyncio.gather(*(part(session) for part in parts))


if __name__ == "__main__":
    print("\n".join(lines()))
