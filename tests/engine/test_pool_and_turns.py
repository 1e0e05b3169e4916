"""The pool of slots, and who is let in and when."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch

from llada_core.engine.request import Request
from llada_core.engine.scheduler import MOST_BYPASSES, Scheduler, take_turns
from llada_core.kv_cache import Extent, KVPool
from llada_core.params import SamplingParams


def pool(slots: int = 20) -> KVPool:
    return KVPool((2, 1, 3), slots, torch.float32, torch.device("cpu"))


def fill(pool: KVPool, extent: Extent, value: float) -> None:
    pool.keys[:, extent.start : extent.start + extent.length] = value
    pool.values[:, extent.start : extent.start + extent.length] = -value


def holds(pool: KVPool, extent: Extent, value: float) -> bool:
    part = slice(extent.start, extent.start + extent.length)
    return bool((pool.keys[:, part] == value).all() and (pool.values[:, part] == -value).all())


def test_first_fit_and_moving_together() -> None:
    p = pool(20)
    a, b, c = (p.reserve(n) for n in (5, 6, 7))
    assert a is not None
    assert b is not None
    assert c is not None
    assert (a.start, b.start, c.start, p.used) == (0, 5, 11, 18)
    assert p.reserve(3) is None
    fill(p, a, 1)
    fill(p, c, 3)
    p.release(b)
    small = p.reserve(4)
    assert small is not None
    assert small.start == 5
    p.release(small)
    large = p.reserve(8)
    assert large is not None
    assert (c.start, large.start) == (5, 12)
    assert holds(p, a, 1)
    assert holds(p, c, 3)


def test_random_use_never_overlaps_and_never_loses() -> None:
    chance, p = random.Random(1), pool(50)
    held: dict[int, Extent] = {}
    for n in range(500):
        if held and chance.random() < 0.5:
            p.release(held.pop(chance.choice(list(held))))
        else:
            size = chance.randrange(1, 20)
            free = 50 - p.used
            extent = p.reserve(size)
            assert (extent is None) == (size > free)
            if extent is not None:
                fill(p, extent, n)
                held[n] = extent
        assert p.used == sum(extent.length for extent in held.values())
        for value, extent in held.items():
            assert holds(p, extent, value)


def ask(id: str, algorithm: str) -> Request:
    return Request(id=id, prompt=(1,), algorithm=algorithm, params=SamplingParams().effective())


def test_algorithms_with_fewer_running_are_let_in_first() -> None:
    scheduler = Scheduler()
    for n in range(4):
        scheduler.add(ask(f"a{n}", "a"))
    scheduler.add(ask("b0", "b"))
    order: list[str] = []

    def start(request: Request) -> bool:
        if len(order) == 4:
            return False
        order.append(request.id)
        return True

    scheduler.admit({"a": 1}, start)
    assert order == ["b0", "a0", "a1", "a2"]
    assert scheduler.waiting() == {"a": 1}


def test_a_request_that_finds_no_room_is_not_passed_for_ever() -> None:
    scheduler = Scheduler()
    scheduler.add(ask("large", "a"))
    let_in = 0
    for n in range(MOST_BYPASSES + 5):
        scheduler.add(ask(f"small{n}", "b"))
        started: list[str] = []

        def start(request: Request, started: list[str] = started) -> bool:
            if request.id == "large":
                return False
            started.append(request.id)
            return True

        scheduler.admit({}, start)
        let_in += len(started)
    assert let_in == MOST_BYPASSES
    got: list[str] = []
    scheduler.admit({}, lambda request: got.append(request.id) is None)
    assert got[0] == "large"


def test_turns_follow_device_time() -> None:
    scheduler, cost, served = Scheduler(), {"slow": 3.0, "quick": 1.0}, {"slow": 0.0, "quick": 0.0}
    for _ in range(400):
        name = scheduler.choose({"slow", "quick"})
        assert name is not None
        scheduler.charge(name, cost[name])
        served[name] += cost[name]
    assert abs(served["slow"] - served["quick"]) <= 3


def test_who_was_idle_cannot_claim_the_past() -> None:
    scheduler = Scheduler()
    for _ in range(100):
        assert scheduler.choose({"a"}) == "a"
        scheduler.charge("a", 1.0)
    turns = []
    for _ in range(20):
        name = scheduler.choose({"a", "b"})
        assert name is not None
        scheduler.charge(name, 1.0)
        turns.append(name)
    assert turns.count("a") == 10


@dataclass
class Ready:
    last_tick: int
    packed_tokens: int


def test_a_forward_takes_those_that_waited_longest() -> None:
    rows = [Ready(3, 10), Ready(1, 40), Ready(2, 30)]
    assert list(take_turns(rows, 70)) == [rows[1], rows[2]]
    assert list(take_turns(rows, 5)) == [rows[1]]
    assert list(take_turns(rows, 80)) == [rows[1], rows[2], rows[0]]
