"""Hundreds of clients that send half a request or read nothing, beside one that wants an answer."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from acceptance.soak.load_client import ask, request_bytes
from acceptance.soak.memory import resident
from tests.serving import QUESTION, serving

pytestmark = pytest.mark.timeout(1200)
EACH = 200
BODY = {"messages": [{"role": "user", "content": QUESTION}], "max_tokens": 8}


async def slow(address: tuple[str, int], raw: bytes) -> float:
    """Send `raw`, read nothing, and wait to be thrown out; after how many seconds that was."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection(*address, limit=1)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(raw)
    while not writer.transport.is_closing() and time.monotonic() - begun < 90:
        await asyncio.sleep(0.5)
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        if reader.at_eof():
            break
        writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.close()
    return time.monotonic() - begun


async def attack(address: tuple[str, int], pid: int) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
    body = request_bytes(BODY)[:-20]
    stream = request_bytes(BODY | {"max_tokens": 512, "ignore_eos": True, "stream": True})
    before = resident(pid)
    attackers = [asyncio.create_task(slow(address, raw)) for raw in (head, body, stream) for _ in range(EACH)]
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
    gone = await asyncio.gather(*attackers)
    print(f"slowest reply {max(times):.3f} s, {held:.1f} MB more, all gone after {max(gone):.0f} s")
    assert sorted(times)[-1] < 1
    assert held < 50
    assert max(gone[: 2 * EACH]) < 60
    assert await ask(address, BODY, "whole") == 200


def test_slow_clients(tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--request-timeout", "60", "--max-queue", "512") as server:
        host, port = server.url.removeprefix("http://").split(":")
        asyncio.run(attack((host, int(port)), server.process.pid))
