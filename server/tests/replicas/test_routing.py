"""Which engine a request goes to."""

from __future__ import annotations

import pytest

from llada_server.replicas.routing import Load, ranked


def load(**by_algorithm: int) -> Load:
    return Load(by_algorithm, sum(by_algorithm.values()))


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        (load(), load(), "ab"),
        (load(basic=1), load(), "ab"),  # company costs little
        (load(), load(basic=1), "ba"),
        (load(basic=3), load(), "ba"),  # but an idle engine is better than a crowd
        (load(dual=1), load(), "ba"),
        (load(dual=1), load(basic=7), "ba"),  # no turns are shared with another algorithm
        (load(dual=1), load(basic=9), "ba"),  # even if it has to wait a little
        (load(dual=1), load(basic=10), "ab"),  # but not if many wait already
        (load(dual=1), load(basic=7, dual=1), "ab"),  # or turns are shared there as well
        (load(), load(basic=8), "ab"),
        (load(dual=1, basic=1), load(basic=7), "ba"),
        (load(dual=1, eb=1), load(dual=6), "ba"),
        (load(dual=4), load(dual=3), "ba"),
        (load(dual=8), load(dual=9), "ab"),
        (load(dual=1), load(dual=0), "ba"),  # what has ended does not count
    ],
)
def test_order(a: Load, b: Load, order: str) -> None:
    assert "".join(ranked([("a", a), ("b", b)], "basic", max_rows=8)) == order


def test_requests_that_are_on_their_way_count() -> None:
    assert ranked([("a", Load({"basic": 1}, 5)), ("b", Load({}, 0))], "basic", max_rows=8) == ["b", "a"]


def test_two_algorithms_end_up_on_an_engine_each() -> None:
    engines: dict[str, dict[str, int]] = {"a": {}, "b": {}}
    for algorithm in ["basic", "dual"] * 8:
        loads = [(name, load(**counts)) for name, counts in engines.items()]
        chosen = engines[ranked(loads, algorithm, max_rows=8)[0]]
        chosen[algorithm] = chosen.get(algorithm, 0) + 1
    assert sorted(map(str, engines.values())) == ["{'basic': 8}", "{'dual': 8}"]


def test_an_engine_that_is_being_restarted_comes_last() -> None:
    loads = [("a", Load({}, 0, ready=False)), ("b", Load({"dual": 8}, 8)), ("c", Load({"dual": 1}, 1))]
    assert ranked(loads, "basic", max_rows=8) == ["c", "b", "a"]
