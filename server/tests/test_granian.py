"""The same server over granian."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from llada_server.context import Context
from llada_server.server import HttpServer

from .conftest import MakeContext
from .fake_engine import FakeEngine
from .test_disconnect import send, until
from .test_server import BODY, read_stream, serving

pytest.importorskip("granian")
pytestmark = pytest.mark.anyio


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context(http_server="granian", drain_timeout=0.3)


async def ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await http.get("/health/live")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.02)


async def test_replies_and_streams(context: Context) -> None:
    async with serving(context) as (server, task, http):
        await ready(http)
        reply = await http.post("/v1/chat/completions", json=BODY)
        assert reply.json()["choices"][0]["message"]["content"] == "Hello, world"
        assert reply.headers["x-request-id"].startswith("req_")
        events = await read_stream(http, asyncio.Event())
        assert events[-1] == "[DONE]"
        server.stop()
        async with asyncio.timeout(10):
            assert await task == 0


async def test_disconnect_and_drain(context: Context, engine: FakeEngine) -> None:
    engine.go.clear()
    async with serving(context) as (server, task, http):
        await ready(http)
        _, writer = await send((http.base_url.host, http.base_url.port or 0), stream=True)
        await until(lambda: len(engine.requests) == 1)
        writer.close()
        await until(lambda: context.gate.open == 0)
        assert engine.cancelled == [engine.requests[0].id]
        started = asyncio.Event()
        reading = asyncio.create_task(read_stream(http, started))
        await started.wait()
        server.stop()
        events = await reading
        assert events[-2]["error"]["code"] == "draining"
        async with asyncio.timeout(10):
            assert await task == 0


async def test_second_stop_does_not_wait(make_context: MakeContext, engine: FakeEngine) -> None:
    engine.go.clear()
    async with serving(make_context(http_server="granian")) as (server, task, http):
        await ready(http)
        started = asyncio.Event()
        reading = asyncio.create_task(read_stream(http, started))
        await started.wait()
        server.stop()
        await asyncio.sleep(0.1)
        server.stop()
        async with asyncio.timeout(5):
            assert await task == 0
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_the_address_is_the_one_that_was_bound(context: Context) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = HttpServer(context, listener)
        task = asyncio.create_task(server.serve())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            await ready(http)
        server.stop()
        async with asyncio.timeout(10):
            assert await task == 0
