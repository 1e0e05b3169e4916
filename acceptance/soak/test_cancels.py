"""Ten thousand requests, many of them given up: no place, task or descriptor is left behind."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from acceptance.soak.load_client import WAYS, ask
from server.tests.fake_engine import FACTS, ByteTokenizer

from llada_core.registry import GenerationRegistry
from llada_server.context import Context
from llada_server.process_client import EngineProcessClient
from llada_server.server import HttpServer
from llada_server.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3000)]
TESTS = Path(__file__).parents[2] / "server" / "tests"
REQUESTS = int(os.environ.get("SOAK_REQUESTS", "10000"))
AT_ONCE = 64


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_nothing_is_left_of_requests_that_were_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLADA_PLUGINS", "")
    registry = GenerationRegistry()
    assert registry.load_file(TESTS / "counting_plugin.py").status == "loaded"
    settings = Settings(max_rows=8, drain_timeout=1, default_algorithm="counting")
    command = (sys.executable, "-P", str(TESTS / "counting_child.py"))
    client = EngineProcessClient("", settings, files=[TESTS / "counting_plugin.py"], command=command)
    context = Context(
        client, settings, registry=registry, tokenizer=ByteTokenizer(), facts=FACTS, names=("model",)
    )
    source = random.Random(0)
    body: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}], "pace": 0.0}

    async def one(address: tuple[str, int]) -> int | None:
        return await ask(address, body | {"max_tokens": source.randrange(1, 33)}, source.choice(WAYS))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()[:2]
        server = HttpServer(context, listener)
        serving = asyncio.create_task(server.serve())
        while client.state != "ready":
            await asyncio.sleep(0.05)
        await asyncio.gather(*(one(address) for _ in range(AT_ONCE)))
        await idle(context)
        before = (len(asyncio.all_tasks()), descriptors())
        found: Counter[int | None] = Counter()
        for _ in range(REQUESTS // AT_ONCE):
            found.update(await asyncio.gather(*(one(address) for _ in range(AT_ONCE))))
        await idle(context)
        gc.collect()
        after = (len(asyncio.all_tasks()), descriptors())
        stats = await client.stats()
        server.stop()
        await serving
    print(found, before, after, stats)
    assert set(found) == {200, None}
    assert found[200] > REQUESTS / 5
    assert found[None] > REQUESTS / 3
    assert after[0] <= before[0]
    assert after[1] <= before[1]
    assert context.gate.open == context.gate.tokens == 0
    assert stats is not None
    assert (stats.running, stats.waiting) == (0, 0)


async def idle(context: Context) -> None:
    """Until nothing is open, and the engine has said so."""
    async with asyncio.timeout(60):
        while context.gate.open:
            await asyncio.sleep(0.02)
    await asyncio.sleep(3)
