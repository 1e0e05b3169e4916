"""What no server can save: the CPU time of writing an event to each of many readers, every millisecond.

    python benchmarks/server/bare_write.py [--connections 16] [--seconds 3]

Prints microseconds of the writing process's CPU time a write, on the event loop that the server uses. The
readers are in another process, as clients are.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
import time

from llada_server.server import loop_factory

EVENT = b"x" * 250


async def read(port: int, connections: int) -> None:
    """Read on every connection until it ends."""

    async def one() -> None:
        reader, _ = await asyncio.open_connection("127.0.0.1", port)
        while await reader.read(1 << 16):
            pass

    await asyncio.gather(*(one() for _ in range(connections)))


async def write(connections: int, seconds: float) -> float:
    """Microseconds a write."""
    loop, transports = asyncio.get_running_loop(), []

    class Writer(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(transport)

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = await loop.create_server(Writer, sock=listener)
    port = listener.getsockname()[1]
    readers = subprocess.Popen(
        [sys.executable, __file__, "--read", str(port), "--connections", str(connections)]
    )
    while len(transports) < connections:
        await asyncio.sleep(0.05)
    writes, cpu, until = 0, time.process_time(), time.perf_counter() + seconds
    while time.perf_counter() < until:
        for transport in transports:
            transport.write(EVENT)
        writes += connections
        await asyncio.sleep(0.001)
    found = (time.process_time() - cpu) / writes * 1e6
    for transport in transports:
        transport.close()
    server.close()
    await asyncio.to_thread(readers.wait)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--read", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        asyncio.run(read(options.read, options.connections))
        return
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        print(f"{runner.run(write(options.connections, options.seconds)):.1f}")


if __name__ == "__main__":
    main()
