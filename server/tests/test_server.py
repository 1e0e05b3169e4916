"""Starting, draining and stopping the server around an engine."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from llada_core.errors import CheckpointError
from llada_server.context import Context
from llada_server.listening import bind
from llada_server.server import HttpServer
from llada_server.settings import Settings

from .conftest import MakeContext
from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio

BODY = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 64}


@asynccontextmanager
async def serving(context: Context) -> AsyncIterator[tuple[HttpServer, asyncio.Task[int], httpx.AsyncClient]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()[:2]
        server = HttpServer(context, listener)
        task = asyncio.create_task(server.serve())
        try:
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=10) as http:
                yield server, task, http
        finally:
            server.stop()
            server.stop()
            await task


async def read_stream(http: httpx.AsyncClient, started: asyncio.Event) -> list[Any]:
    events = []
    async with http.stream("POST", "/v1/chat/completions", json=BODY | {"stream": True}) as reply:
        async for line in reply.aiter_lines():
            started.set()
            if line.startswith("data: "):
                events.append(line[6:] if line == "data: [DONE]" else json.loads(line[6:]))
    return events


async def test_start_is_announced(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "llada_server")
    async with serving(context) as (_, _, http):
        assert (await http.get("/health")).status_code == 200
        url = str(http.base_url)
    assert f"ready on {url}" in caplog.text
    assert f"curl {url}/v1/chat/completions" in caplog.text


async def test_open_streams_finish_before_the_server_stops(context: Context, engine: FakeEngine) -> None:
    engine.go.clear()
    async with serving(context) as (server, task, http):
        started = asyncio.Event()
        reading = asyncio.create_task(read_stream(http, started))
        await started.wait()
        server.stop()
        await asyncio.sleep(0.3)
        assert context.draining
        assert not task.done()
        engine.go.set()
        events = await reading
        assert await task == 0
    assert events[-2]["choices"][0]["finish_reason"] == "stop"
    assert engine.state == "closed"


async def test_drain_that_takes_too_long_ends_streams_by_an_error(
    make_context: MakeContext, engine: FakeEngine
) -> None:
    engine.go.clear()
    async with serving(make_context(drain_timeout=0.2)) as (server, task, http):
        started = asyncio.Event()
        reading = asyncio.create_task(read_stream(http, started))
        await started.wait()
        server.stop()
        events = await reading
        assert await task == 0
    assert events[-2]["error"]["code"] == "draining"
    assert events[-1] == "[DONE]"


async def test_drain_with_many_streams(make_context: MakeContext, engine: FakeEngine) -> None:
    """All are cut by an event, new requests get a 503, and the process ends in time."""
    engine.go.clear()
    async with serving(make_context(drain_timeout=0.5, max_rows=32)) as (server, task, http):
        begun = [asyncio.Event() for _ in range(32)]
        reading = [asyncio.create_task(read_stream(http, each)) for each in begun]
        await asyncio.gather(*(each.wait() for each in begun))
        server.stop()
        stopped = time.monotonic()
        found = await asyncio.gather(*reading)
        assert await task == 0
        assert time.monotonic() - stopped < 0.5 + 2
    assert {events[-2]["error"]["code"] for events in found} == {"draining"}
    assert {events[-1] for events in found} == {"[DONE]"}


async def test_second_stop_does_not_wait(context: Context, engine: FakeEngine) -> None:
    engine.go.clear()
    async with serving(context) as (server, task, http):
        started = asyncio.Event()
        reading = asyncio.create_task(read_stream(http, started))
        await started.wait()
        server.stop()
        await asyncio.sleep(0.2)
        server.stop()
        async with asyncio.timeout(5):
            assert await task == 0
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize(
    "error", [CheckpointError("config.json: no d_model"), ValueError("bad /opt/x/y.bin")]
)
async def test_model_that_cannot_be_loaded(
    context: Context, engine: FakeEngine, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def start() -> None:
        raise error

    engine.start = start  # type: ignore[method-assign]
    async with serving(context) as (_, task, _):
        async with asyncio.timeout(5):
            assert await task == 1
    messages = [record.getMessage() for record in caplog.records if record.name == "llada_server"]
    assert len(messages) == 1
    assert messages[0].startswith("cannot load the model demo: ")


async def test_replies_do_not_wait_for_acknowledgements() -> None:
    """Connections of the listener get TCP_NODELAY from asyncio."""
    delays: list[int] = []

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        delays.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with bind(Settings(port=0)) as listener:
        async with await asyncio.start_server(look, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()
    assert delays == [1]
