"""The client over many engines, against a handle that plays their part. Needs Ray, but starts none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from msgspec.structs import replace

pytest.importorskip("ray")

from ray.exceptions import ActorDiedError, RayTaskError

from llada_core.engine.events import Commit, Event, Failed, Finished
from llada_core.engine.request import Request
from llada_core.engine.stats import EngineStats
from llada_core.errors import LladaError, ParameterError
from llada_core.params import SamplingParams
from llada_server.breaker import Breaker, Plugged
from llada_server.engine_client import EngineInfo, EngineVitals, NotTakenError
from llada_server.engine_messages import Refusal, Taken
from llada_server.replicas import served_engines
from llada_server.replicas.messages import Death, Look, encode
from llada_server.replicas.served_engines import ServedEngines

REQUEST = Request(id="r", prompt=(1,), algorithm="dual_cache", params=SamplingParams().effective())
TAKEN = Taken("r")
TEXT = Commit("r", 0, [5])
END = Finished(request_id="r", tokens=[5], reason="stop", nfe=1, forwards_per_block=[1], prompt_tokens=1)
DEAD = ActorDiedError()
READY = Look(
    replica="a",
    state="ready",
    reason=None,
    info=EngineInfo(device="cpu", dtype="float32"),
    vitals=EngineVitals(),
    stats=EngineStats(max_rows=4),
    availability={},
    deaths=[],
)
FOREVER = None
DEADLY = [Plugged("deadly")]


class Response:
    """One call of `generate`, by script: messages, an exception, or an endless wait."""

    def __init__(self, script: list[Any]) -> None:
        self._script = script
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for said in self._script:
            if said is FOREVER:
                await asyncio.Event().wait()
            if isinstance(said, BaseException):
                raise said
            yield encode(said)


class Handle:
    """A deployment whose calls follow one script after the other."""

    def __init__(self, *scripts: list[Any], looks: list[Any] | None = None) -> None:
        self._scripts = list(scripts)
        self.looks = [READY] if looks is None else looks
        self.calls: list[Response] = []
        self.caller = ""

    def options(self, **_: Any) -> Handle:
        return self

    def remote(self, algorithm: str, data: bytes, caller: str) -> Response:
        assert (algorithm, caller) == ("dual_cache", self.caller)
        self.calls.append(Response(self._scripts.pop(0)))
        return self.calls[-1]

    def broadcast(self, method: str, caller: str, lasting: float) -> Handle:
        assert method == "look"
        assert lasting > 3 * served_engines.PATIENCE
        self.caller = caller
        return self

    async def results_async(self, **_: Any) -> list[Any]:
        return [encode(look) if isinstance(look, Look) else look for look in self.looks]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served_engines, "PAUSE", 0.001)
    monkeypatch.setattr(served_engines, "LOOK", 0.01)


def run(handle: Handle, use: Callable[[ServedEngines], Any]) -> Any:
    async def whole() -> Any:
        client = ServedEngines(handle)
        await client.start()
        try:
            return await asyncio.wait_for(use(client), 10)
        finally:
            await client.close()

    return asyncio.run(whole())


async def all_of(client: ServedEngines) -> list[Event]:
    return [event async for event in await client.submit(REQUEST)]


def test_events_come_through() -> None:
    assert run(Handle([TAKEN, TEXT, END]), all_of) == [TEXT, END]


@pytest.mark.parametrize(
    "first",
    [
        [DEAD],
        [TAKEN, DEAD],
        [asyncio.CancelledError()],
        [],
        [TAKEN],
        [Taken("r", Refusal("NotTakenError", "engine_dead", "restarting"))],
    ],
)
def test_what_has_not_begun_to_stream_is_tried_elsewhere(first: list[Any]) -> None:
    handle = Handle(first, [TAKEN, TEXT, END])
    assert run(handle, all_of) == [TEXT, END]
    assert len(handle.calls) == 2


@pytest.mark.parametrize("how", [[DEAD], []])
def test_what_has_begun_to_stream_fails(how: list[Any]) -> None:
    handle = Handle([TAKEN, TEXT, *how])
    first, last = run(handle, all_of)
    assert first == TEXT
    assert isinstance(last, Failed)
    assert last.code == "engine_dead"
    assert len(handle.calls) == 1


def test_a_request_that_kills_is_given_up() -> None:
    handle = Handle(*[[DEAD]] * 4)
    with pytest.raises(LladaError, match="died") as error:
        run(handle, all_of)
    assert (error.value.code, len(handle.calls)) == ("engine_dead", 4)
    handle = Handle(*[[TAKEN, DEAD]] * 4)
    (failed,) = run(handle, all_of)
    assert failed.code == "engine_dead"


def test_a_refusal_is_the_requests_own() -> None:
    refusal = Refusal.of(ParameterError("steps", "too many"))
    with pytest.raises(ParameterError, match=r"^steps: too many$"):
        run(Handle([Taken("r", refusal)]), all_of)


def test_a_fault_of_ours_is_not_repeated() -> None:
    handle = Handle([RayTaskError("generate", "traceback", ValueError())])
    with pytest.raises(LladaError, match="internal error"):
        run(handle, all_of)
    assert len(handle.calls) == 1


def test_cancelling_reaches_the_engine() -> None:
    handle = Handle([TAKEN, TEXT, FOREVER])

    async def use(client: ServedEngines) -> list[Event]:
        events = await client.submit(REQUEST)
        first = await anext(events)
        await client.cancel("r")
        return [first, *[event async for event in events]]

    assert run(handle, use) == [TEXT]
    assert handle.calls[0].cancelled


def test_who_waits_to_be_taken_can_give_up() -> None:
    handle = Handle([FOREVER])

    async def use(client: ServedEngines) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.submit(REQUEST)
        await asyncio.sleep(0.01)

    run(handle, use)
    assert handle.calls[0].cancelled


def test_closing_ends_every_request() -> None:
    async def use(client: ServedEngines) -> list[Event]:
        events = await client.submit(REQUEST)
        await client.close()
        with pytest.raises(NotTakenError):
            await client.submit(REQUEST)
        return [event async for event in events]

    (failed,) = run(Handle([TAKEN, FOREVER]), use)
    assert failed.code == "draining"


def test_the_state_is_that_of_the_best_engine() -> None:
    dead = replace(READY, replica="b", state="restarting", reason="it died", info=None, stats=None)
    handle = Handle(looks=[DEAD, dead, READY])

    async def use(client: ServedEngines) -> list[Any]:
        seen: list[Any] = [client.state, (await client.stats()).max_rows]  # type: ignore[union-attr]
        handle.looks = [dead, DEAD]
        await asyncio.sleep(0.1)
        seen += [client.state, client.reason]
        handle.looks = [READY, READY]
        await asyncio.sleep(0.1)
        return [*seen, client.state, (await client.stats()).max_rows]  # type: ignore[union-attr]

    assert run(handle, use) == ["ready", 4, "restarting", "it died", "ready", 8]


def test_an_algorithm_that_ends_engines_is_switched_off() -> None:
    def of(replica: str, *numbers: int) -> Look:
        return replace(READY, replica=replica, deaths=[Death(each, DEADLY, "exit 7") for each in numbers])

    breaker = Breaker(limit=5, pause=60, deaths=3)
    handle = Handle(looks=[of("a", 1, 2), of("b")])  # before there was this HTTP replica

    async def use(client: ServedEngines) -> list[int]:
        seen = []
        for looks in ([of("a", 1, 2, 3), of("b", 1)], [of("b", 1)], [of("a", 1, 2, 3, 4), of("b", 1)]):
            handle.looks = looks
            await asyncio.sleep(0.1)
            seen.append(len(breaker.switched_off()))
        return seen

    async def whole() -> list[int]:
        client = ServedEngines(handle, judge=breaker)
        await client.start()
        try:
            return await use(client)
        finally:
            await client.close()

    assert asyncio.run(whole()) == [0, 0, 1]
