#!/usr/bin/env python3
"""Pipes numbered lines of 100 bytes into `sluice pipe` as fast as they go, and checks that one subscriber gets them all.

usage: million.py SLUICE stream|sse|websocket COUNT

Prints `ok COUNT` and the server's peak memory in KiB. Needs nothing but Python 3; ends only what it started.
"""
import re
import socket
import subprocess
import sys
import threading

PAD = b"x" * 91
HEADS = {
    "stream": b"",
    "sse": b"Accept: text/event-stream\r\n",
    "websocket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
}


def line(number):
    return b"%08d %s" % (number, PAD)


def feed(pipe, count):
    for start in range(0, count, 1000):
        pipe.write(b"".join(line(n) + b"\n" for n in range(start, min(start + 1000, count))))
    pipe.flush()


def chunks(connection):
    """The HTTP chunks of the response, or the bytes as they come once the head has been read."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, data = data.split(b"\r\n\r\n", 1)
    return head, data


def payloads_of_chunks(connection, data):
    while True:
        at = 0
        while True:
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            size = int(data[at:end], 16)
            if len(data) < end + size + 4:
                break
            yield data[end + 2 : end + 2 + size]
            at = end + size + 4
        more = connection.recv(1 << 20)
        if not more:
            raise SystemExit("the server closed the connection")
        data = data[at:] + more


def payloads_of_frames(connection, data):
    while True:
        at = 0
        while len(data) >= at + 2:
            size, body = data[at + 1], at + 2
            if size == 126:
                size, body = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if len(data) < body + size:
                break
            yield data[body : body + size]
            at = body + size
        more = connection.recv(1 << 20)
        if not more:
            raise SystemExit("the server closed the connection")
        data = data[at:] + more


def message(protocol, payload):
    if protocol == "sse":
        return re.fullmatch(rb"id: [0-9a-z]+-\d+\ndata: (.*)\n\n", payload)[1]
    return payload[:-1] if protocol == "stream" else payload


def main(binary, protocol, count):
    server = subprocess.Popen(
        [binary, "pipe", "/x", "--listen", "127.0.0.1:0"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        port = None
        while port is None:
            said = server.stderr.readline().decode()
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", said)
            port = int(found[1]) if found else None
        connection = socket.create_connection(("127.0.0.1", port))
        connection.settimeout(60)
        connection.sendall(b"GET /x HTTP/1.1\r\nHost: localhost\r\n" + HEADS[protocol] + b"\r\n")
        _, data = chunks(connection)
        threading.Thread(target=feed, args=(server.stdin, count), daemon=True).start()
        read = payloads_of_frames if protocol == "websocket" else payloads_of_chunks
        # An event stream begins with how long to wait before coming back.
        payloads = (payload for payload in read(connection, data) if not payload.startswith(b"retry: "))
        for number, payload in enumerate(payloads):
            if message(protocol, payload) != line(number):
                raise SystemExit("message %d is %r" % (number, payload[:200]))
            if number + 1 == count:
                break
        with open("/proc/%d/status" % server.pid) as status:
            peak = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])
        print("ok %d, peak memory %d KiB" % (count, peak))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
