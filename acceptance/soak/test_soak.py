"""Minutes of mixed load on a real server: nothing fails that should not, and memory stays flat."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from acceptance.soak.load_client import ask
from acceptance.soak.memory import descriptors, resident, slope
from tests.serving import QUESTION, ServerProcess, serving
from tests.test_engine_process import engine_pid

pytestmark = pytest.mark.timeout(7200)
MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
CLIENTS = 64
WARM = 2.0
"""Minutes that do not count: caches fill."""
INVALID: list[dict[str, Any]] = [{"temperature": 3}, {"messages": []}, {"tools": [1]}, {"max_tokens": 10**6}]
ALGORITHMS = ("basic", "prefix_cache", "dual_cache")


def body(source: random.Random) -> dict[str, Any]:
    return {
        "messages": [{"role": "user", "content": QUESTION}],
        "generation_algorithm": source.choice(ALGORITHMS),
        "threshold": source.choice((0.5, 0.9)),
        "temperature": source.choice((0, 0.7)),
        "max_tokens": source.choice((8, 16, 32)),
    }


async def client(address: tuple[str, int], source: random.Random, until: float, found: Counter[Any]) -> None:
    while time.monotonic() < until:
        chance, asked = source.random(), body(source)
        if chance < 0.05:
            found["invalid", await ask(address, asked | source.choice(INVALID), "whole")] += 1
        elif chance < 0.15:
            await ask(address, asked, source.choice(("leave soon", "leave within the stream", "reset")))
            found["left", None] += 1
        else:
            found["valid", await ask(address, asked, source.choice(("whole", "stream")))] += 1


async def load(server: ServerProcess, watch: list[tuple[float, float, float, int]]) -> Counter[Any]:
    host, port = server.url.removeprefix("http://").split(":")
    begun, engine = time.monotonic(), engine_pid(server)
    until = begun + MINUTES * 60
    found: Counter[Any] = Counter()
    clients = [
        asyncio.create_task(client((host, int(port)), random.Random(n), until, found)) for n in range(CLIENTS)
    ]
    while time.monotonic() < until:
        await asyncio.sleep(5)
        minutes, pid = (time.monotonic() - begun) / 60, server.process.pid
        watch.append((minutes, resident(pid), resident(engine), descriptors(pid)))
    await asyncio.gather(*clients)
    return found


def test_mixed_load(tmp_path: Path) -> None:
    with serving(tmp_path / "log", "--max-queue", "256") as server:
        watch: list[tuple[float, float, float, int]] = []
        found = asyncio.run(load(server, watch))
        time.sleep(3)
        health, left = server.get("/health"), descriptors(server.process.pid)
        assert server.stop() == 0
    late = [row for row in watch if row[0] >= min(WARM, MINUTES / 2)]
    times = [row[0] for row in late]
    growth = [slope(times, [row[n] for row in late]) for n in (1, 2)]
    print(found, f"MB a minute: server {growth[0]:.2f}, engine {growth[1]:.2f}", watch[0], watch[-1], left)
    assert {status for kind, status in found if kind == "valid"} <= {200, 429}
    assert {status for kind, status in found if kind == "invalid"} == {400}
    assert found["valid", 200] > 0
    assert (health["pending_requests"], health["running_requests"]) == (0, 0)
    assert health["engine_restarts"] == 0
    assert max(growth) < 1
    assert left < 40
