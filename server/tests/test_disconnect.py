"""Clients that leave, read slowly or send slowly, on a real socket."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable
from typing import Any

import pytest

from llada_server.context import Context
from llada_server.generation import Generation

from .conftest import MakeContext
from .fake_engine import FakeEngine
from .live import live

pytestmark = pytest.mark.anyio


async def send(address: tuple[str, int], **fields: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    body = json.dumps({"messages": [{"role": "user", "content": "Hi"}], **fields}).encode()
    reader, writer = await asyncio.open_connection(*address)
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    await writer.drain()
    return reader, writer


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("fields", [{}, {"stream": True}, {"n": 2}, {"stream": True, "n": 2}])
async def test_disconnect_cancels_the_engine_requests(
    context: Context, engine: FakeEngine, fields: dict[str, Any]
) -> None:
    engine.go.clear()
    async with live(context) as address:
        _, writer = await send(address, max_tokens=64, **fields)
        await until(lambda: len(engine.requests) == fields.get("n", 1))
        assert context.gate.open == fields.get("n", 1)
        writer.close()
        await until(lambda: context.gate.open == 0)
    assert sorted(engine.cancelled) == sorted(request.id for request in engine.requests)


@pytest.mark.parametrize("fields", [{}, {"stream": True}])
async def test_nothing_is_kept_of_clients_that_left(
    context: Context, engine: FakeEngine, fields: dict[str, Any]
) -> None:
    engine.go.clear()
    async with live(context) as address:
        for n in range(4):
            _, writer = await send(address, **fields)
            await until(lambda wanted=n + 1: len(engine.requests) == wanted)  # type: ignore[misc]
            writer.close()
            await until(lambda: context.gate.open == 0)
        await asyncio.sleep(0.05)
        gc.collect()
        assert not [kept for kept in gc.get_objects() if isinstance(kept, Generation)]


async def test_text_arrives_while_the_engine_works(context: Context, engine: FakeEngine) -> None:
    engine.go.clear()
    async with live(context) as address:
        reader, writer = await send(address, max_tokens=64, stream=True)
        async with asyncio.timeout(10):
            await reader.readuntil(b'"content":"Hello, world"')
        engine.go.set()
        async with asyncio.timeout(10):
            await reader.readuntil(b"data: [DONE]\n\n")
        writer.close()
    assert engine.cancelled == []


async def test_events_that_follow_at_once_are_sent_together(context: Context, engine: FakeEngine) -> None:
    """The first is not held up, and none is lost."""
    slowly = engine._events

    async def events(request: Any) -> Any:
        async for event in slowly(request):
            yield event
            await asyncio.sleep(0.0005)

    engine.text = "x" * 64
    engine._events = events  # type: ignore[method-assign]
    async with live(context) as address:
        reader, writer = await send(address, stream=True, block_length=1, max_tokens=64)
        async with asyncio.timeout(10):
            await reader.readuntil(b"\r\n\r\n")
            raw = await reader.readuntil(b"\r\n0\r\n\r\n")
        writer.close()
    pieces = [piece.count(b'"content":"x"') for piece in raw.split(b"\n\n\r\n")]
    assert sum(pieces) == 64
    assert pieces[:2] == [0, 1]
    assert max(pieces) > 1
    assert len(pieces) < 50


async def test_finished_stream_is_not_cancelled_by_the_close_that_follows(
    context: Context, engine: FakeEngine
) -> None:
    async with live(context) as address:
        reader, writer = await send(address, stream=True)
        async with asyncio.timeout(10):
            await reader.readuntil(b"data: [DONE]\n\n")
        writer.close()
        await until(lambda: context.gate.open == 0)
    assert engine.cancelled == []


async def test_connection_serves_several_requests(context: Context) -> None:
    async with live(context) as address:
        reader, writer = await send(address)
        for _ in range(2):
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
                size = next(
                    line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
                )
                await reader.readexactly(int(size.split(b":")[1]))
            assert b" 200 " in head
            writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        writer.close()


async def test_body_that_does_not_arrive(make_context: MakeContext) -> None:
    async with live(make_context(body_timeout=0.05)) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        async with asyncio.timeout(10):
            assert b" 408 " in await reader.readline()
        writer.close()


async def test_client_that_leaves_within_its_body(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    async with live(context) as address:
        _, writer = await asyncio.open_connection(*address)
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
        await asyncio.sleep(0.05)
    assert "failed" not in caplog.text


async def test_chunked_body_that_is_too_large(make_context: MakeContext) -> None:
    async with live(make_context(max_body_bytes=1000)) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + b"3e8\r\n" + b"x" * 1000 + b"\r\n3e8\r\n" + b"x" * 1000
        )
        async with asyncio.timeout(10):
            assert b" 413 " in await reader.readline()
        writer.close()


async def test_reader_that_does_not_read_is_given_up(make_context: MakeContext, engine: FakeEngine) -> None:
    engine.text = "x" * 400
    context = make_context(send_timeout=0.2)
    context.names = ("m" * 200_000,)
    async with live(context) as address:
        _, writer = await send(address, stream=True, block_length=1, max_tokens=400)
        await until(lambda: context.gate.open == 1)
        await until(lambda: context.gate.open == 0)
        writer.close()
    assert engine.cancelled == [engine.requests[0].id]
