"""Hundreds of clients that send half a request or read nothing, beside one that wants an answer."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from acceptance.soak.load_client import ask, request_bytes
from acceptance.soak.memory import resident
from tests.serving import QUESTION, serving

pytestmark = pytest.mark.timeout(1200)
EACH = 200
BODY = {"messages": [{"role": "user", "content": QUESTION}], "max_tokens": 8}


async def half(address: tuple[str, int], raw: bytes) -> float:
    """Send `raw`, and no more; after how many seconds the server closed."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection(*address)
    writer.write(raw)
    try:
        async with asyncio.timeout(90):
            assert b" 408 " in await reader.readline()
            await reader.read()
    finally:
        writer.close()
    return time.monotonic() - begun


async def unread(address: tuple[str, int], raw: bytes, leave: asyncio.Event) -> None:
    """Ask for a stream and read nothing of it."""
    _, writer = await asyncio.open_connection(*address, limit=1)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(raw)
    await leave.wait()
    writer.transport.abort()


async def nobody_is_left(address: tuple[str, int]) -> float:
    """Return once the server works on nothing; after how many seconds."""
    begun = time.monotonic()
    while True:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        health = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])
        writer.close()
        if health["pending_requests"] + health["running_requests"] == 0:
            return time.monotonic() - begun
        assert time.monotonic() - begun < 180
        await asyncio.sleep(1)


async def attack(address: tuple[str, int], pid: int) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
    body = request_bytes(BODY)[:-20]
    stream = request_bytes(BODY | {"max_tokens": 512, "ignore_eos": True, "stream": True})
    before = resident(pid)
    halves = [asyncio.create_task(half(address, raw)) for raw in (head, body) for _ in range(EACH)]
    leave = asyncio.Event()
    readers = [asyncio.create_task(unread(address, stream, leave)) for _ in range(EACH)]
    await asyncio.sleep(2)
    times = []
    for _ in range(20):
        begun = time.monotonic()
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 200 " in await reader.readline()
        writer.close()
        times.append(time.monotonic() - begun)
    held = resident(pid) - before
    gone = max(await asyncio.gather(*halves))
    done = await nobody_is_left(address)
    leave.set()
    await asyncio.gather(*readers)
    print(
        f"slowest reply {max(times):.3f} s, {held:.1f} MB more, halves gone after {gone:.0f} s, "
        f"streams {done:.0f} s later"
    )
    assert max(times) < 1
    assert held < 50
    assert gone < 60
    assert await ask(address, BODY, "whole") == 200


def test_slow_clients(tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--request-timeout", "60", "--max-queue", "512") as server:
        host, port = server.url.removeprefix("http://").split(":")
        asyncio.run(attack((host, int(port)), server.process.pid))
