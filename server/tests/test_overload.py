"""More work than there is room for, and more than anybody reads."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections import Counter
from typing import Any

import httpx
import openai
import pytest

from .conftest import MakeContext, client_of
from .fake_engine import FakeEngine
from .live import live
from .test_disconnect import send, until

pytestmark = pytest.mark.anyio
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 8}
PATH = "/v1/chat/completions"


async def test_a_thousand_at_once(make_context: MakeContext, engine: FakeEngine) -> None:
    """Those let in finish, the others are told at once when to come back, and nothing fails."""
    context = make_context(max_rows=8, max_queue=256, max_queue_per_algorithm=256)
    engine.go.clear()
    refused: list[float] = []

    async def ask(http: httpx.AsyncClient) -> int:
        begun = time.perf_counter()
        reply = await http.post(PATH, json=BODY)
        if reply.status_code == 429:
            refused.append(time.perf_counter() - begun)
            assert int(reply.headers["retry-after"]) >= 1
            engine.go.set()
        return reply.status_code

    async with client_of(context) as http:
        found = Counter(await asyncio.gather(*(ask(http) for _ in range(1000))))
    assert set(found) == {200, 429}
    assert found[200] >= 264
    assert context.gate.open == 0


async def test_openais_client_comes_back(make_context: MakeContext, engine: FakeEngine) -> None:
    """Four times as many calls as there is room for all end well, by the client's own retries."""
    context = make_context(max_rows=2, max_queue=2)
    async with live(context) as (host, port):
        url = f"http://{host}:{port}/v1"
        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=8) as client:
            calls = (
                client.chat.completions.create(model="model", messages=BODY["messages"], max_tokens=8)
                for _ in range(16)
            )
            replies = await asyncio.gather(*calls)
    assert {reply.choices[0].message.content for reply in replies} == {"Hello, w"}
    assert context.gate.open == 0


@pytest.mark.parametrize("fields", [{}, {"stream": True}])
@pytest.mark.parametrize("reset", [False, True])
async def test_a_client_that_leaves_frees_its_place_within_100_ms(
    make_context: MakeContext, engine: FakeEngine, fields: dict[str, Any], reset: bool
) -> None:
    context = make_context()
    engine.go.clear()
    times = []
    async with live(context) as address:
        before = len(asyncio.all_tasks())
        for n in range(3):
            _, writer = await send(address, **fields)
            await until(lambda wanted=n + 1: len(engine.requests) == wanted)  # type: ignore[misc]
            if reset:
                gone = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
            writer.close()
            left = time.perf_counter()
            await until(lambda: context.gate.open == 0)
            times.append(time.perf_counter() - left)
        assert min(times) < 0.1  # a step takes no time here; the best of three, since the machine may be busy
        assert engine.cancelled == [request.id for request in engine.requests]
        engine.go.set()
        await until(lambda: len(asyncio.all_tasks()) <= before)


async def test_a_reader_of_a_byte_at_a_time_costs_little(
    make_context: MakeContext, engine: FakeEngine
) -> None:
    """What waits for a slow reader is bounded by what the answer holds, and by the kernel's buffers."""
    engine.text = "x" * 400
    context = make_context(send_timeout=0.3)
    context.names = ("m" * 50_000,)
    async with live(context) as address:
        reader, writer = await send(address, stream=True, block_length=1, max_tokens=400)
        await until(lambda: context.gate.open == 1)
        for _ in range(5):
            await reader.read(1)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await until(lambda: context.gate.open == 0)
        writer.close()
    assert engine.cancelled == [engine.requests[0].id]


def test_threads_do_not_add_up(make_context: MakeContext) -> None:
    """Preparing requests goes through a pool of threads, not a thread each."""

    async def ask() -> None:
        async with client_of(make_context()) as http:
            await asyncio.gather(*(http.post(PATH, json=BODY) for _ in range(200)))

    before = threading.active_count()
    asyncio.run(ask())
    assert threading.active_count() < before + 40
