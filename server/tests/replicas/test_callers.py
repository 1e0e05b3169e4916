"""When requests are orphans, and what a replica tells of its engine's ends."""

from __future__ import annotations

from llada_server.breaker import Plugged
from llada_server.replicas import callers
from llada_server.replicas.callers import Callers
from llada_server.replicas.deaths import KEPT, DeathRecord


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_requests_live_as_long_as_their_caller() -> None:
    clock = Clock()
    here = Callers(clock)
    here.heard("a", 10)
    here.heard("b", 10)
    for caller, request in (("a", "1"), ("a", "2"), ("b", "3")):
        here.opened(caller, request)
    here.closed("a", "1")
    clock.now = 9
    here.heard("b", 10)
    assert here.orphans() == []
    clock.now = 11
    assert here.orphans() == here.orphans() == ["2"]
    here.closed("a", "2")
    here.heard("b", 10)
    assert here.orphans() == []


def test_who_was_late_is_welcome_again() -> None:
    clock = Clock()
    here = Callers(clock)
    here.heard("a", 10)
    clock.now = 20
    here.opened("a", "1")
    here.heard("a", 10)
    assert here.orphans() == []


def test_who_has_not_looked_yet_has_time() -> None:
    clock = Clock()
    here = Callers(clock)
    here.opened("a", "1")
    clock.now = callers.UNHEARD
    assert here.orphans() == []
    clock.now += 1
    assert here.orphans() == ["1"]


def test_the_last_deaths_are_kept() -> None:
    record = DeathRecord()
    for _ in range(KEPT + 2):
        record.engine_died({Plugged("deadly")}, "exit code 7")
    assert [death.number for death in record.deaths] == list(range(3, KEPT + 3))
    assert record.deaths[0].running == [Plugged("deadly")]
