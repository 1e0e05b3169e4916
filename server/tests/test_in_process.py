"""The engine's thread: hand-over, cancellation, crashes, waiting for company, closing."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from llada_core.engine.events import Commit, Event, Failed, Finished
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import CheckpointError, ContextLengthError, LladaError
from llada_core.params import SamplingParams
from llada_server.engine_client import EngineInfo
from llada_server.in_process import InProcessEngine, NotTakenError

pytestmark = pytest.mark.anyio

INFO = EngineInfo(device="cpu", dtype="float32")


class CountingEngine:
    """A synchronous engine that commits one token a row a step; rows end after `gen_length` of them."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Request, int]] = {}
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.crash = False
        self.idle_calls = 0
        self.threads: set[int] = set()

    def add(self, request: Request) -> None:
        self.threads.add(threading.get_ident())
        if request.params.gen_length == 66:
            raise ZeroDivisionError("in a plugin")
        if request.params.gen_length > 100:
            raise ContextLengthError("max_tokens", "too long for the pool")
        self.rows[request.id] = (request, 0)

    def cancel(self, request_id: str) -> bool:
        return self.rows.pop(request_id, None) is not None

    def has_work(self) -> bool:
        return bool(self.rows)

    def stats(self) -> EngineStats:
        self.idle_calls += not self.rows
        return EngineStats(max_rows=4, running=len(self.rows), ticks=len(self.batches))

    def step(self) -> list[Event]:
        self.gate.wait(10)
        if self.crash:
            raise RuntimeError("device lost in /opt/llada/kernel.py")
        self.batches.append(len(self.rows))
        events: list[Event] = []
        for name, (request, done) in list(self.rows.items()):
            events.append(Commit(name, done, [done]))
            self.rows[name] = (request, done + 1)
            if done + 1 == request.params.gen_length:
                del self.rows[name]
                tokens = list(range(done + 1))
                events.append(
                    Finished(
                        request_id=name,
                        tokens=tokens,
                        reason="length",
                        nfe=done + 1,
                        forwards_per_block=[done + 1],
                        prompt_tokens=1,
                    )
                )
        return events


def request(name: str, length: int = 3) -> Request:
    return Request(id=name, prompt=(1,), algorithm="basic", params=SamplingParams(gen_length=length))


async def started(engine: CountingEngine, **options: Any) -> InProcessEngine:
    client = InProcessEngine(lambda: (engine, INFO), **options)
    await client.start()
    return client


async def tokens(client: InProcessEngine, name: str, length: int = 3) -> list[int]:
    events = [event async for event in await client.submit(request(name, length))]
    assert isinstance(events[-1], Finished)
    return [token for event in events if isinstance(event, Commit) for token in event.tokens]


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def test_a_plugin_that_fails_as_its_request_is_queued_costs_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = await started(CountingEngine())
    with pytest.raises(NotTakenError, match="algorithm 'basic' or its rule failed") as caught:
        await client.submit(request("bad", 66))
    assert caught.value.code == "algorithm_error"
    assert "ZeroDivisionError: in a plugin" in caplog.text
    assert await tokens(client, "good") == [0, 1, 2]
    assert client.state == "ready"
    await client.close()


async def test_events_arrive_in_order_and_requests_share_steps() -> None:
    engine = CountingEngine()
    client = await started(engine)
    engine.gate.clear()
    both = asyncio.gather(tokens(client, "a", 5), tokens(client, "b", 3))
    await until(lambda: len(client._streams) == 2)
    engine.gate.set()
    assert await both == [[0, 1, 2, 3, 4], [0, 1, 2]]
    assert max(engine.batches) == 2
    assert engine.threads != {threading.get_ident()}
    await client.close()


async def test_engine_sleeps_while_idle() -> None:
    engine = CountingEngine()
    client = await started(engine)
    await tokens(client, "a")
    await asyncio.sleep(0.05)
    calls = engine.idle_calls
    await asyncio.sleep(0.1)
    assert engine.idle_calls == calls
    await client.close()


async def test_refused_request_raises_and_harms_nobody() -> None:
    engine = CountingEngine()
    client = await started(engine)
    with pytest.raises(ContextLengthError):
        await client.submit(request("big", 200))
    assert await tokens(client, "a") == [0, 1, 2]
    await client.close()


async def test_cancelled_request_leaves_the_engine_and_its_iterator_ends() -> None:
    engine = CountingEngine()
    client = await started(engine)
    engine.gate.clear()
    events = await client.submit(request("a", 50))
    await client.cancel("a")
    engine.gate.set()
    assert [event async for event in events] == []
    await until(lambda: not engine.rows)
    assert await tokens(client, "b") == [0, 1, 2]
    await client.close()


async def test_submission_given_up_while_waiting_is_cancelled() -> None:
    engine = CountingEngine()
    client = await started(engine)
    await client.submit(request("a", 50))
    engine.gate.clear()
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(client.submit(request("b", 50)))
    await asyncio.sleep(0.02)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    engine.gate.set()
    await client.cancel("a")
    await until(lambda: not engine.rows)
    await client.close()


async def test_crash_fails_open_requests_and_later_ones() -> None:
    engine = CountingEngine()
    client = await started(engine)
    engine.gate.clear()
    events = await client.submit(request("a"))
    engine.crash = True
    engine.gate.set()
    (failed,) = [event async for event in events]
    assert isinstance(failed, Failed)
    assert failed.code == "engine_dead"
    assert "/opt" not in failed.message
    assert client.state == "failed"
    with pytest.raises(NotTakenError):
        await client.submit(request("b"))
    await client.close()
    assert client.state == "failed"


async def test_crash_ends_a_submission_that_was_not_yet_taken() -> None:
    engine = CountingEngine()
    client = await started(engine)
    engine.gate.clear()
    await client.submit(request("a"))
    waiting = asyncio.create_task(client.submit(request("b")))
    await asyncio.sleep(0.02)
    engine.crash = True
    engine.gate.set()
    with pytest.raises(NotTakenError):
        async with asyncio.timeout(5):
            await waiting
    await client.close()


@pytest.mark.parametrize("error", [CheckpointError("no such file"), RuntimeError("x"), SystemExit(3)])
async def test_failure_to_load_is_raised_by_start(error: BaseException) -> None:
    def build() -> Any:
        raise error

    client = InProcessEngine(build)
    with pytest.raises(LladaError if isinstance(error, LladaError) else RuntimeError):
        await client.start()
    assert client.state == "failed"
    await client.close()


async def test_idle_engine_waits_for_company() -> None:
    engine = CountingEngine()
    client = await started(engine, max_rows=2, max_wait_time=5.0)
    begin = time.monotonic()
    first = asyncio.create_task(tokens(client, "a"))
    await asyncio.sleep(0.05)
    assert engine.batches == []
    await asyncio.gather(first, tokens(client, "b"))
    assert engine.batches == [2, 2, 2]
    assert time.monotonic() - begin < 4
    await client.close()


async def test_waiting_for_company_ends_in_time() -> None:
    engine = CountingEngine()
    client = await started(engine, max_rows=2, max_wait_time=0.05)
    assert await tokens(client, "a") == [0, 1, 2]
    await client.close()


async def test_close_fails_what_is_open() -> None:
    engine = CountingEngine()
    client = await started(engine)
    engine.gate.clear()
    events = await client.submit(request("a"))
    closing = asyncio.create_task(client.close())
    await asyncio.sleep(0.02)
    engine.gate.set()
    await closing
    endings = [event async for event in events if isinstance(event, Failed)]
    assert [ending.code for ending in endings] == ["draining"]
    assert client.state == "closed"
    with pytest.raises(NotTakenError):
        await client.submit(request("b"))


async def test_abort_ends_requests_and_keeps_the_engine() -> None:
    engine = CountingEngine()
    client = await started(engine)
    engine.gate.clear()
    events = await client.submit(request("a", 50))
    await client.abort("draining", "the server is shutting down")
    engine.gate.set()
    assert [event.code for event in [e async for e in events] if isinstance(event, Failed)] == ["draining"]
    assert await tokens(client, "b") == [0, 1, 2]
    await client.close()


async def test_stats_are_those_of_the_last_step() -> None:
    engine = CountingEngine()
    client = await started(engine)
    assert (await client.stats()).ticks == 0  # type: ignore[union-attr]
    await tokens(client, "a")
    await until(lambda: client._stats is not None and client._stats.ticks == 3)
    await client.close()
