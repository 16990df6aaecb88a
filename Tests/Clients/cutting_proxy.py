#!/usr/bin/env python3
"""A proxy on the loopback interface that cuts event streams, as bad networks do.

usage: cutting_proxy.py PORT CUTS BYTES

Prints its own port. The first CUTS responses of `text/event-stream` end after BYTES bytes, within an event or not;
all else passes.
"""
import asyncio
import sys


async def copy(reader, writer, limit):
    """Copies until the end; `limit` takes what comes and says how many bytes may pass from there on."""
    most, passed = None, 0
    try:
        while data := await reader.read(1000):
            if limit and most is None and (allowed := limit(data)) is not None:
                most = passed + allowed
            if most is not None:
                data = data[: most - passed]
            writer.write(data)
            await writer.drain()
            passed += len(data)
            if passed == most:
                break
    except OSError:
        pass
    finally:
        writer.close()


async def main(port, cuts, most):
    left = cuts

    # A connection may have carried other responses before.
    def limit(head):
        nonlocal left
        if b"\r\ncontent-type: text/event-stream" not in head.lower() or left == 0:
            return None
        left -= 1
        return most

    async def accept(reader, writer):
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, server_writer, None), copy(server_reader, writer, limit))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*(int(argument) for argument in sys.argv[1:])))
