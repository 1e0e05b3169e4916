"""The engine in a process of its own: hand-over, failures of every kind, restarts, and no orphans."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from llada_core.engine.events import Commit, Event, Failed, Finished
from llada_core.engine.request import Request
from llada_core.errors import ContextLengthError, LladaError
from llada_core.params import SamplingParams
from llada_server.breaker import Breaker
from llada_server.engine_client import NotTakenError
from llada_server.process_client import EngineProcessClient
from llada_server.settings import Settings

from .counting_plugin import CountingParams

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent
CHILD = (sys.executable, "-P", str(HERE / "counting_child.py"))
PLUGIN = HERE / "counting_plugin.py"


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed algorithms would have the child import torch, to ask whether they can run."""
    monkeypatch.setenv("LLADA_PLUGINS", "")


def client_for(folder: str = "", breaker: Breaker | None = None, **settings: Any) -> EngineProcessClient:
    return EngineProcessClient(
        folder, Settings(**settings), files=[PLUGIN], command=CHILD, pause=0.01, breaker=breaker
    )


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[EngineProcessClient]:
    client = client_for(**settings)
    try:
        async with asyncio.timeout(20):
            await client.start()
            yield client
    finally:
        await client.close()
    assert client.pid is None


def request(name: str, length: int = 3, do: str = "count", pace: float = 0.01) -> Request:
    return Request(
        id=name,
        prompt=(1,),
        algorithm="counting",
        params=SamplingParams(gen_length=length, unmasking="schedule"),
        algorithm_params=CountingParams(do, pace),
    )


async def run(client: EngineProcessClient, *args: Any, **kwargs: Any) -> list[Event]:
    return [event async for event in await client.submit(request(*args, **kwargs))]


def tokens(events: list[Event]) -> list[int]:
    assert isinstance(events[-1], Finished), events[-1]
    return [token for event in events if isinstance(event, Commit) for token in event.tokens]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def alive(pid: int) -> bool:
    """Whether there is such a process, other than as a name that its parent has not taken note of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_requests_refusals_and_cancellations() -> None:
    async with running() as client:
        assert client.info is not None
        assert client.info.device == "cpu"
        assert client.availability["absent"].reason == "there is no abacus"
        both = await asyncio.gather(run(client, "a", 5), run(client, "b", 3))
        assert [tokens(events) for events in both] == [[0, 1, 2, 3, 4], [0, 1, 2]]
        with pytest.raises(ContextLengthError, match=r"^max_tokens: too long for the pool$"):
            await run(client, "c", do="refuse")
        with pytest.raises(LladaError, match="failed as a request was queued") as caught:
            await run(client, "d", do="fault")
        assert caught.value.code == "algorithm_error"
        events = await client.submit(request("e", 10_000))
        await client.cancel("e")
        assert not [event async for event in events if isinstance(event, (Finished, Failed))]
        assert tokens(await run(client, "f")) == [0, 1, 2]
        stats = await client.stats()
        assert stats is not None
        assert stats.running == 0
        assert client.vitals.restarts == 0
        assert client.vitals.seconds_since_progress is not None
        open_one = await client.submit(request("g", 10_000))
    assert client.state == "closed"
    endings = [event.code async for event in open_one if isinstance(event, Failed)]
    assert endings == ["draining"]


async def test_a_kill_fails_what_ran_and_keeps_what_waited() -> None:
    async with running() as client:
        first = client.pid
        assert first is not None
        ran = [asyncio.create_task(run(client, name, 10_000)) for name in ("a", "b")]
        await asyncio.sleep(0.1)
        waited = [asyncio.create_task(run(client, name, 3)) for name in ("c", "d", "e")]
        await asyncio.sleep(0.1)
        os.kill(first, signal.SIGKILL)
        killed = time.monotonic()
        for task in ran:
            failed = (await task)[-1]
            assert isinstance(failed, Failed)
            assert failed.code == "engine_dead"
            assert failed.message == "the engine stopped (killed by signal 9) and is being restarted"
        assert time.monotonic() - killed < 1
        assert client.state == "restarting"
        assert client.reason == failed.message
        with pytest.raises(NotTakenError, match="is being restarted"):
            await client.submit(request("x"))
        assert [tokens(await task) for task in waited] == [[0, 1, 2]] * 3
        assert client.state == "ready"
        assert client.reason is None
        assert client.vitals.restarts == 1
        assert client.pid != first


async def test_what_waits_for_a_deadly_algorithm_fails_with_it() -> None:
    breaker = Breaker(limit=5, pause=60, deaths=1)
    client = client_for(breaker=breaker)
    try:
        async with asyncio.timeout(20):
            await client.start()
            ran = [asyncio.create_task(run(client, name, 10_000)) for name in ("a", "b")]
            await asyncio.sleep(0.1)
            waited = asyncio.create_task(run(client, "c"))
            await asyncio.sleep(0.1)
            assert client.pid is not None
            os.kill(client.pid, signal.SIGKILL)
            codes = [(await task)[-1].code for task in (*ran, waited)]  # type: ignore[union-attr]
    finally:
        await client.close()
    assert codes == ["engine_dead", "engine_dead", "algorithm_disabled"]
    assert [each.algorithm for each in breaker.switched_off()] == ["counting"]


@pytest.mark.parametrize("stop", [True, False])
async def test_what_does_not_get_on_is_noticed(stop: bool) -> None:
    """A process that is stopped, and one that is stuck in a step but lives."""
    async with running(step_timeout=1.0, algorithm_timeout=0.1) as client:
        if stop:
            assert client.pid is not None
            os.kill(client.pid, signal.SIGSTOP)
            await until(lambda: client.state == "restarting")
            reason = client.reason or ""
        else:
            failed = (await run(client, "a", do="hang"))[-1]
            assert isinstance(failed, Failed)
            reason = failed.message
        assert "(no progress for 1 s)" in reason
        await until(lambda: client.state == "ready")
        assert tokens(await run(client, "b")) == [0, 1, 2]


async def test_long_work_and_idleness_are_no_hang() -> None:
    async with running(step_timeout=1.0, algorithm_timeout=0.1) as client:
        assert tokens(await run(client, "a", 3, pace=0.5)) == [0, 1, 2]
        await asyncio.sleep(1.3)
        assert client.vitals.restarts == 0
        assert client.vitals.idle


async def test_a_step_that_raises_ends_the_process_once() -> None:
    async with running() as client:
        failed = (await run(client, "a", do="raise"))[-1]
        assert isinstance(failed, Failed)
        assert "(internal error: RuntimeError)" in failed.message
        assert "/opt" not in failed.message
        await until(lambda: client.state == "ready")
        assert tokens(await run(client, "b")) == [0, 1, 2]
        assert client.vitals.restarts == 1


async def test_a_device_that_a_request_broke_is_noticed_without_a_step() -> None:
    async with running() as client:
        with pytest.raises(LladaError, match="failed as a request was queued"):
            await run(client, "a", do="break the device")
        await until(lambda: client.vitals.restarts == 1 and client.state == "ready")
        assert tokens(await run(client, "b")) == [0, 1, 2]


async def test_a_request_that_kills_as_it_is_queued_is_not_handed_over_for_ever() -> None:
    async with running() as client:
        with pytest.raises(NotTakenError, match="killed by signal 9"):
            await run(client, "a", do="die when added")
        await until(lambda: client.state == "ready")
        assert client.vitals.restarts == 2
        assert tokens(await run(client, "b")) == [0, 1, 2]


async def test_restarts_end() -> None:
    async with running(max_restarts=0) as client:
        failed = (await run(client, "a", do="raise"))[-1]
        assert isinstance(failed, Failed)
        await until(lambda: client.state == "failed")
        assert (
            client.reason
            == "the engine stopped (internal error: RuntimeError), once, and is not started again"
        )
        with pytest.raises(NotTakenError, match="not started again"):
            await client.submit(request("x"))


@pytest.mark.parametrize(
    ("folder", "message"),
    [("broken", r"^model.safetensors: no tensor wte$"), ("too large", "killed by signal 9")],
)
async def test_a_model_that_cannot_be_loaded(folder: str, message: str) -> None:
    client = client_for(folder)
    with pytest.raises(LladaError, match=message):
        await client.start()
    assert client.state == "failed"
    await client.close()


SERVER = """
import asyncio, sys
from tests.test_process_client import client_for

async def main():
    client = client_for()
    await client.start()
    print(client.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_the_process_does_not_outlive_its_server() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=HERE.parent, stdout=subprocess.PIPE, text=True
    )
    with server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert alive(pid)
        server.kill()
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pid)


async def test_the_process_ends_with_its_socket_too() -> None:
    """Where the system does not tell it of its server's end, and though it is stuck."""
    client = client_for()
    await client.start()
    hanging = asyncio.create_task(run(client, "a", do="hang"))
    await asyncio.sleep(0.1)
    child = client._child
    assert child is not None
    assert child._writer is not None
    assert child._process is not None
    child._writer.close()
    async with asyncio.timeout(5):
        assert await child._process.wait() == 3
    hanging.cancel()
    await client.close()
