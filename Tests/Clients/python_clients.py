#!/usr/bin/env python3
"""Python's WebSocket clients: each gets 100 messages in order, and what it sends comes back. Those that can, compressed.

usage: python_clients.py PORT STEPS [websockets|websocket-client|aiohttp]...

STEPS is the pipe whose lines /steps gives out.

Prints a line each; the status is 1 when one fails, 77 when none of them is installed.
"""
import asyncio
import sys

import python_compression

SENT = ["hello", "", "häuser 😀\n", "x" * 300, "y" * 60000, b"\x00\x01\xff", b""]


def expect(got, wanted):
    if got != wanted:
        raise AssertionError("received %.100r, not %.100r" % (got, wanted))


def with_websockets(base, steps):
    """https://websockets.readthedocs.io: asyncio."""
    import websockets

    async def run():
        async with websockets.connect(base + "/numbers") as connection:
            for number in range(1, 101):
                expect(await connection.recv(), str(number))
        async with websockets.connect(base + "/echo") as connection:
            for message in SENT:
                await connection.send(message)
                expect(await connection.recv(), message)
            await asyncio.wait_for(await connection.ping(), 5)
            await connection.close(1000, "done")
            expect(connection.close_code, 1000)
        await python_compression.WebSockets(base).run()

    asyncio.run(asyncio.wait_for(run(), 100))


def with_websocket_client(base, steps):
    """https://websocket-client.readthedocs.io: blocking; it is imported as `websocket`."""
    import websocket

    connection = websocket.create_connection(base + "/numbers", timeout=10)
    for number in range(1, 101):
        expect(connection.recv(), str(number))
    connection.close()
    connection = websocket.create_connection(base + "/echo", timeout=10)
    for message in SENT:
        opcode = websocket.ABNF.OPCODE_BINARY if isinstance(message, bytes) else websocket.ABNF.OPCODE_TEXT
        connection.send(message, opcode)
        expect(connection.recv_data(), (opcode, message if isinstance(message, bytes) else message.encode()))
    connection.ping("here")
    expect(connection.recv_data(control_frame=True), (websocket.ABNF.OPCODE_PONG, b"here"))
    connection.close()


def with_aiohttp(base, steps):
    """https://docs.aiohttp.org: a client session, and the plain stream over HTTP."""
    import aiohttp

    async def run():
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(base + "/numbers") as connection:
                for number in range(1, 101):
                    expect(await connection.receive_str(), str(number))
            async with session.ws_connect(base + "/echo") as connection:
                for message in SENT:
                    if isinstance(message, bytes):
                        await connection.send_bytes(message)
                        expect(await connection.receive_bytes(), message)
                    else:
                        await connection.send_str(message)
                        expect(await connection.receive_str(), message)
                await connection.close()
                expect(connection.close_code, 1000)
            async with session.get(base.replace("ws:", "http:") + "/numbers") as response:
                for number in range(1, 101):
                    expect(await response.content.readline(), b"%d\n" % number)
        await python_compression.AIOHTTP(base, steps).run()

    asyncio.run(asyncio.wait_for(run(), 100))


CLIENTS = {"websockets": with_websockets, "websocket-client": with_websocket_client, "aiohttp": with_aiohttp}


def main(port, steps, names):
    statuses = []
    for name in names or CLIENTS:
        try:
            CLIENTS[name]("ws://127.0.0.1:%s" % port, steps)
            status, said = 0, "ok"
        except ImportError as error:
            status, said = 77, "skipped: %s" % error
        except Exception as error:  # Whatever a client throws is its verdict.
            status, said = 1, "FAILED: %s: %s" % (type(error).__name__, error)
        statuses.append(status)
        print("%s: %s" % (name, said))
    return 1 if 1 in statuses else min(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
