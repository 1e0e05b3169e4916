"""Algorithms that fail again and again are switched off, and say so."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from llada_core.errors import AlgorithmError
from llada_server.breaker import Breaker, Plugged
from llada_server.context import Context
from llada_server.errors import ApiError

from .conftest import MakeContext, client_of
from .fake_engine import FakeEngine

pytestmark = pytest.mark.anyio
SPECIAL = Plugged("special")
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}], "generation_algorithm": "special"}
PATH = "/v1/chat/completions"
FAILURE = ("algorithm_error", "special failed in step: ValueError: secret")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(limit=3, pause=60, clock=clock)


def fail(breaker: Breaker, times: int = 1, plugged: Plugged = SPECIAL, code: str = "algorithm_error") -> None:
    for _ in range(times):
        breaker.failed(plugged, code, "a message")


def is_off(breaker: Breaker, plugged: Plugged = SPECIAL) -> bool:
    try:
        breaker.check(plugged)
    except ApiError as error:
        return (error.status, error.code) == (503, "algorithm_disabled")
    return False


def test_enough_failures_switch_it_off_and_nothing_else(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 2)
    assert not is_off(breaker)
    clock.now = 59
    fail(breaker)
    assert is_off(breaker)
    assert not is_off(breaker, Plugged("special", "other rule"))
    assert not is_off(breaker, Plugged("basic"))
    assert [each.retry_after for each in breaker.switched_off()] == [60]
    with pytest.raises(ApiError) as refused:
        breaker.check(SPECIAL)
    assert refused.value.headers == {"retry-after": "60"}
    assert "failed 3 times within 59 s" in refused.value.message


@pytest.mark.parametrize("code", ["nan_logits", "engine_dead", "request_deadline", "out_of_memory"])
def test_other_errors_are_not_its_fault(breaker: Breaker, code: str) -> None:
    fail(breaker, 10, code=code)
    assert not is_off(breaker)


def test_failures_far_apart_or_among_successes_do_not_count(breaker: Breaker, clock: Clock) -> None:
    for now in range(0, 310, 31):
        clock.now = now
        fail(breaker)
        assert not is_off(breaker)
    clock.now = 1000
    for _ in range(10):
        fail(breaker)
        for _ in range(2):
            breaker.succeeded(SPECIAL)
        assert not is_off(breaker)


def test_after_the_pause_the_next_request_decides(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    breaker.succeeded(SPECIAL)  # one that was still running
    assert is_off(breaker)
    clock.now = 60
    assert not is_off(breaker)
    fail(breaker)
    assert is_off(breaker)
    clock.now = 120
    breaker.succeeded(SPECIAL)
    fail(breaker)
    assert not is_off(breaker)
    assert breaker.times() == {SPECIAL: 2}


def test_switched_on_by_hand_and_never_off(breaker: Breaker) -> None:
    fail(breaker, 3, Plugged("special", "rule"))
    assert breaker.switch_on("special")
    assert not is_off(breaker, Plugged("special", "rule"))
    assert not breaker.switch_on("special")
    never = Breaker(limit=0, pause=60)
    fail(never, 100)
    assert not is_off(never)


BASIC = Plugged("basic")


def died(breaker: Breaker, *running: Plugged) -> list[str]:
    """What is off after the engine died while these ran."""
    breaker.engine_died(running, "exit code 3")
    return [each.algorithm for each in breaker.switched_off()]


def test_what_ran_at_each_death_is_to_blame(clock: Clock) -> None:
    breaker = Breaker(limit=3, deaths=3, pause=60, clock=clock)
    assert died(breaker, SPECIAL, BASIC) == []
    assert died(breaker, SPECIAL) == []
    assert died(breaker, SPECIAL, BASIC) == ["special"]
    (off,) = breaker.switched_off()
    assert off.reason == "the engine's process ended 3 times in a row while it ran"
    clock.now = 61
    assert died(breaker, BASIC) == []
    assert died(breaker, SPECIAL) == ["special"]  # on trial
    assert breaker.switch_on("special")
    assert died(breaker, SPECIAL) == []


def test_what_comes_to_a_good_end_between_deaths_is_not(clock: Clock) -> None:
    breaker = Breaker(limit=3, deaths=2, pause=60, clock=clock)
    assert died(breaker, SPECIAL, BASIC) == []
    breaker.succeeded(BASIC)
    assert died(breaker, SPECIAL, BASIC) == ["special"]
    assert died(Breaker(limit=3, deaths=0, pause=60), *[SPECIAL] * 9) == []


async def test_over_http(make_context: MakeContext, engine: FakeEngine) -> None:
    context = make_context(algorithm_failures=2, algorithm_pause=30)
    async with client_of(context) as http:
        engine.fail = FAILURE
        for _ in range(2):
            assert (await http.post(PATH, json=CHAT)).status_code == 500
        engine.fail = None
        refused = await http.post(PATH, json=CHAT)
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "algorithm_disabled"
        assert 28 <= int(refused.headers["retry-after"]) <= 30
        assert "secret" not in refused.text
        assert (await http.post(PATH, json=CHAT | {"generation_algorithm": "basic"})).status_code == 200

        listed = (await http.get("/generation/algorithms")).json()
        special = next(each for each in listed["algorithms"] if each["name"] == "special")
        assert not special["available"]
        assert special["reason"].startswith("switched off: it failed 2 times within")
        assert [each["algorithm"] for each in listed["switched_off"]] == ["special"]
        assert "secret" not in str(listed)
        assert "special" not in (await http.get("/health")).json()["available_generation_algorithms"]
        labels = '{algorithm="special",model_name="org/model",unmasking=""}'
        metrics = (await http.get("/metrics")).text
        assert f"llada:algorithm_disabled{labels} 1.0" in metrics
        assert f"llada:algorithm_disabled_total{labels} 1.0" in metrics

        path = "/generation/algorithms/{}/switch-on"
        assert (await http.post(path.format("nothing"))).status_code == 404
        assert (await http.post(path.format("Special"))).json() == {
            "algorithm": "special",
            "was_switched_off": True,
        }
        assert (await http.post(PATH, json=CHAT)).status_code == 200
        assert f"llada:algorithm_disabled{labels} 0.0" in (await http.get("/metrics")).text


async def test_failures_as_requests_are_queued_count(
    context: Context, http: httpx.AsyncClient, engine: FakeEngine
) -> None:
    engine.refuse = AlgorithmError("special failed")
    codes = [(await http.post(PATH, json=CHAT)).json()["error"]["code"] for _ in range(6)]
    assert codes == ["algorithm_error"] * 5 + ["algorithm_disabled"]
