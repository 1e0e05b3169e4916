"""What the HTTP side costs and bears: requests and streamed events a second, and CPU time for each.

    python benchmarks/server/load.py [--seconds 8] [--connections 16] [--http-server uvicorn]

Starts `scripted.py`, an engine that computes nothing, and speaks to it over plain sockets, since a client
library would use more time than the server. CPU seconds are those of the server's process and threads, by
its own clock, so other work on the machine hardly changes them; rates and lateness it does change, and the
load average is printed beside them. Bars: 400 requests/s, 10,000 events/s, 25 microseconds of the server's
CPU an event, the event loop late by 10 ms at the 99th percentile.

The last line says what one more event costs, by the difference of long and short streams, which leaves out
what a request costs; how much of that the measurement itself takes, by `own_cost.py`, for the scripted
engine runs in the server's process; and what one bare write to a socket costs, by `bare_write.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BARS = {"requests/s": 400.0, "events/s": 10_000.0, "late p99 ms": 10.0}
EVENT_BAR = 25.0
"""Microseconds of one more event."""


@contextlib.contextmanager
def scripted(*arguments: str) -> Iterator[int]:
    """A scripted server; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(HERE / "scripted.py"), "--port", str(port), *arguments])
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready")
                break
            time.sleep(0.1)
        else:
            raise SystemExit("the server did not start")
        yield port
    finally:
        process.terminate()
        process.wait()


def probe(port: int) -> dict[str, Any]:
    """What the server's event loop has seen since the last call."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/probe") as reply:
        found: dict[str, Any] = json.load(reply)
        return found


def request_bytes(**fields: Any) -> bytes:
    """A chat request on a connection that stays open."""
    body = json.dumps({"messages": [{"role": "user", "content": "What is 17 plus 25?"}], **fields}).encode()
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body) + body
    )


async def whole(reader: asyncio.StreamReader) -> int:
    """Read one whole reply; 1."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head[:16], head
    size = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    await reader.readexactly(int(size.split(b":")[1]))
    return 1


async def stream(reader: asyncio.StreamReader) -> int:
    """Read one streamed reply; the number of its events."""
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head[:16], head
    events = 0
    async for piece in chunks(reader):
        events += piece.count(b"data: ")
    return events


async def chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What arrives of a chunked body, as it comes."""
    tail = b""
    while True:
        piece = await reader.read(1 << 16)
        assert piece, "the server closed the connection"
        yield piece
        tail = (tail + piece)[-7:]
        if tail.endswith(b"\r\n0\r\n\r\n"):
            return


async def load(port: int, connections: int, seconds: float, **fields: Any) -> tuple[int, int]:
    """Ask again and again on each connection; requests and events (or replies) in all."""
    raw, read = request_bytes(**fields), stream if fields.get("stream") else whole
    until = time.perf_counter() + seconds

    async def one() -> tuple[int, int]:
        requests = events = 0
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        while time.perf_counter() < until:
            writer.write(raw)
            events += await read(reader)
            requests += 1
        writer.close()
        return requests, events

    found = await asyncio.gather(*(one() for _ in range(connections)))
    return sum(each[0] for each in found), sum(each[1] for each in found)


def apart(script: str, connections: int) -> str:
    """What a script of this folder measures by itself: microseconds."""
    command = [sys.executable, str(HERE / script), "--connections", str(connections)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(port: int, connections: int, seconds: float, **fields: Any) -> dict[str, float]:
    """One load."""
    asyncio.run(load(port, connections, 1.0, **fields))
    before, begun = probe(port), time.perf_counter()
    requests, events = asyncio.run(load(port, connections, seconds, **fields))
    took, after = time.perf_counter() - begun, probe(port)
    cpu = after["cpu"] - before["cpu"]
    late = [seconds * 1000 for seconds in after["late"]]
    return {
        "requests/s": requests / took,
        "events/s": events / took,
        "us a request": cpu / requests * 1e6,
        "us an event": cpu / events * 1e6,
        "cores": cpu / took,
        "late p99 ms": percentile(late, 0.99),
        "late max ms": max(late),
    }


def main() -> None:
    """Measure and print; exit with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--http-server", choices=["uvicorn", "granian"], default="uvicorn")
    options = parser.parse_args()
    missed = []
    print(f"load {os.getloadavg()[0]:.1f} before, {options.connections} connections, {options.http_server}")
    print("| replies | requests/s | events/s | us a request | us an event | cores | late p99 ms | max ms |")
    print("|---|---|---|---|---|---|---|---|")
    cases = {
        "whole, 16 tokens": ({"max_tokens": 16}, ["requests/s", "late p99 ms"]),
        "streams, 16 tokens": ({"max_tokens": 16, "stream": True, "ignore_eos": True}, []),
        "streams, 256 tokens": (
            {"max_tokens": 256, "stream": True, "ignore_eos": True},
            ["events/s", "late p99 ms"],
        ),
    }
    streams = []
    with scripted("--http-server", options.http_server, "--step-ms", "1") as port:
        for name, (fields, barred) in cases.items():
            found = measure(port, options.connections, options.seconds, **fields)
            print(f"| {name} | " + " | ".join(f"{value:.4g}" for value in found.values()) + " |")
            if "stream" in fields:
                streams.append((found["us a request"], found["us a request"] / found["us an event"]))
            for what in barred:
                good = found[what] >= BARS[what] if what.endswith("/s") else found[what] <= BARS[what]
                if not good:
                    missed.append(f"{name}: {what} {found[what]:.4g}, bar {BARS[what]:g}")
    (short, few), (long, many) = streams
    event = (long - short) / (many - few)
    own, bare = (apart(name, options.connections) for name in ("own_cost.py", "bare_write.py"))
    print(f"one more event: {event:.1f} us, {own} us of it the measurement's own; a bare write: {bare} us")
    if event > EVENT_BAR:
        missed.append(f"one more event: {event:.1f} us, bar {EVENT_BAR:g}")
    print(f"load {os.getloadavg()[0]:.1f} after")
    print("\n".join(missed) or "all bars met")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
