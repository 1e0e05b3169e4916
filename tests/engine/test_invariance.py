"""A request's tokens depend on nothing but itself: random sets of requests against their solo runs."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llada_core.engine.events import Finished
from llada_core.engine.request import Request

from .conftest import Ask, MakeEngine, Run, run


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Any]:
    """Algorithm, lengths and sampling of one request."""
    # One token at least that is not the mask: on a canvas of nothing but masks all positions are exactly
    # alike, and rounding alone decides between them.
    first = draw(st.integers(0, 300))
    values: dict[str, Any] = {
        "algorithm": draw(st.sampled_from(["basic", "prefix_cache", "dual_cache"])),
        "prompt": (first, *draw(st.lists(st.integers(0, 319), max_size=20))),
        "gen_length": draw(st.integers(1, 24)),
        "block_length": draw(st.integers(1, 12)),
        "temperature": draw(st.sampled_from([0.0, 0.0, 0.7, 1.5])),
        "remasking": draw(st.sampled_from(["low_confidence", "low_confidence", "random"])),
        "seed": draw(st.integers(-(2**63), 2**63 - 1)),
        "ignore_eos": draw(st.booleans()),
    }
    values |= draw(
        st.sampled_from(
            [
                {},
                {"steps": 3},
                {"steps": 100},
                {"threshold": 0.3},
                {"threshold": 0.01},
                {"factor": 0.7},
                {"cfg_scale": 0.5},
                {"top_k": 5},
                {"top_p": 0.8},
            ]
        )
    )
    if draw(st.booleans()):
        values["suffix"] = tuple(draw(st.lists(st.integers(0, 319), min_size=1, max_size=5)))
    return values


def arrive_and_go(
    engine: Any, requests: list[Request], arrivals: list[int], cancelled: dict[str, int]
) -> Run:
    """Add each request at its step, cancel some at theirs, and run to the end."""
    found = Run()
    for step in range(10_000):
        for request, arrival in zip(requests, arrivals, strict=True):
            if arrival == step:
                engine.add(request)
        for id, when in cancelled.items():
            if when == step:
                engine.cancel(id)
        if step > max(arrivals) and not engine.has_work():
            return found
        found.take(engine.step())
    raise AssertionError("the engine did not come to an end")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_company_gives_the_solo_tokens(data: st.DataObject, make_engine: MakeEngine, ask: Ask) -> None:
    wanted = data.draw(st.lists(parameters(), min_size=2, max_size=7))
    requests = [ask(id=str(n), **values) for n, values in enumerate(wanted)]
    arrivals = [data.draw(st.integers(0, 12)) for _ in requests]
    cancelled = {r.id: data.draw(st.integers(0, 30)) for r in requests if data.draw(st.integers(0, 4)) == 0}
    engine = make_engine(
        max_rows=data.draw(st.integers(1, 5)),
        kv_tokens=data.draw(st.integers(140, 400)),
        max_batched_tokens=data.draw(st.sampled_from([16, 64, 4096])),
        block_steps=data.draw(st.sampled_from([None, True])),
    )
    together = arrive_and_go(engine, requests, arrivals, cancelled)
    assert not together.failed
    solo = make_engine()
    for request in requests:
        if request.id in cancelled and request.id not in together.finished:
            continue
        alone = run(solo, request)
        expected = alone.finished[request.id]
        assert together.finished[request.id] == expected
        assert together.commits[request.id] == expected.tokens
    stats = engine.stats()
    assert (stats.running, stats.waiting, stats.kv_tokens_used) == (0, 0, 0)


@pytest.mark.parametrize("algorithm", ["basic", "prefix_cache", "dual_cache"])
def test_every_place_in_a_batch_gives_the_same(make_engine: MakeEngine, ask: Ask, algorithm: str) -> None:
    chance = random.Random(3)
    prompts = [tuple(chance.randrange(300) for _ in range(chance.randrange(1, 30))) for _ in range(6)]
    requests = [
        ask(id=str(n), algorithm=algorithm, prompt=prompt, temperature=n % 2 * 0.8, seed=n, steps=8 + n)
        for n, prompt in enumerate(prompts)
    ]
    alone = {r.id: run(make_engine(), r).tokens(r.id) for r in requests}
    for _ in range(3):
        chance.shuffle(requests)
        together = run(make_engine(max_rows=6), *requests)
        assert {id: event.tokens for id, event in together.finished.items()} == alone


def test_a_neighbours_parameters_never_matter(make_engine: MakeEngine, ask: Ask) -> None:
    mine = ask(id="mine", temperature=0.9, seed=4, top_k=9)
    alone = run(make_engine(), mine).finished["mine"]
    for values in (
        {"temperature": 1.4},
        {"threshold": 0.1},
        {"cfg_scale": 2.0},
        {"steps": 2},
        {"top_p": 0.3},
    ):
        other = ask(id="other", prompt=(1, 2, 3, 4), gen_length=24, block_length=6, **values)
        assert run(make_engine(), other, mine).finished["mine"] == alone


def test_one_forward_serves_requests_that_differ_in_every_parameter(
    make_engine: MakeEngine, ask: Ask
) -> None:
    requests = [
        ask(id="1", steps=16),
        ask(id="2", prompt=(9,) * 11, gen_length=32, block_length=16, threshold=0.2),
        ask(id="3", factor=0.5, temperature=1.0, seed=9),
        ask(id="4", cfg_scale=1.0, remasking="random", top_p=0.5, ignore_eos=False),
    ]
    engine = make_engine(max_rows=4)
    for request in requests:
        engine.add(request)
    engine.step()
    stats = engine.stats()
    assert (stats.ticks, stats.rows) == (1, 4)


def test_seeds(make_engine: MakeEngine, ask: Ask) -> None:
    def tokens(seed: int) -> list[int]:
        return run(make_engine(), ask(temperature=1.5, seed=seed)).tokens()

    assert tokens(1) == tokens(1)
    assert len({tuple(tokens(seed)) for seed in (0, 1, 2, -1, 2**40)}) == 5


def test_finished_counts(make_engine: MakeEngine, ask: Ask) -> None:
    event = run(make_engine(), ask(prompt=(1, 2, 3), gen_length=24, block_length=8, steps=7)).finished["a"]
    assert isinstance(event, Finished)
    assert event.forwards_per_block == [3, 2, 2]
    assert event.nfe == 7
    assert event.prompt_tokens == 3
    assert len(event.tokens) == 24
