"""What a probe yields does not depend on who else runs: alone, in company, at another time."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llada_core import Request
from llada_core.engine.events import Finished

from .conftest import Ask, MakeEngine, run

MASK = 310

PROBES: dict[str, dict[str, Any]] = {
    "entropy_bound": {"unmasking": "entropy_bound", "gamma": 5.0},
    "klass": {"unmasking": "klass", "conf_threshold": 0.05, "kl_threshold": 0.3},
    "credit": {"unmasking": "credit", "threshold": 0.3},
    "prophet": {"unmasking": "prophet", "early": 1.2, "middle": 0.9, "late": 0.6},
    "block_prophet": {"unmasking": "block_prophet", "early": 1.2, "middle": 0.9, "late": 0.6},
    "saber": {"unmasking": "saber"},
    "local_leap": {"unmasking": "local_leap", "threshold": 0.3, "relaxed_threshold": 0.1, "radius": 2},
    "slow_fast": {"unmasking": "slow_fast", "high": 0.25, "low": 0.15, "explore": 4},
    "vicinity": {"algorithm": "vicinity", "vicinity": 3},
    "delayed_cache": {"algorithm": "delayed_cache", "refresh_interval": 4},
}
"""Each with parameters under which the random checkpoint takes both of its turns."""

STRANGERS: tuple[dict[str, Any], ...] = (
    {"algorithm": "dual_cache", "prompt": (1,) * 9, "gen_length": 24, "block_length": 6, "steps": 9},
    {"algorithm": "prefix_cache", "threshold": 0.2, "temperature": 1.1, "seed": 5, "cfg_scale": 0.5},
    {"algorithm": "basic", "factor": 0.8, "gen_length": 20, "block_length": 10, "suffix": (3, 4)},
)
MINE: tuple[dict[str, Any], ...] = (
    {},
    {"prompt": (9, 8, 2, 44, MASK, 3, 17), "gen_length": 16, "block_length": 8, "steps": 7},
    {
        "prompt": (),
        "gen_length": 10,
        "block_length": 5,
        "suffix": (11, 12, 13),
        "temperature": 0.9,
        "top_k": 7,
    },
    {"gen_length": 8, "block_length": 8, "cfg_scale": 0.7, "temperature": 1.4, "seed": 8, "top_p": 0.7},
    {"gen_length": 9, "block_length": 3, "remasking": "random", "seed": -1},
    {"prompt": (300,) * 3, "gen_length": 1, "block_length": 1, "seed": 2**62},
)


def check(event: Finished, request: Request, probe: str) -> None:
    """No mask is left, and the forwards stay within what the contract promises."""
    length = request.params.gen_length
    assert len(event.tokens) == length
    assert MASK not in event.tokens
    warm_up = request.algorithm_params.warm_up if request.algorithm == "vicinity" else 0
    assert event.nfe <= length * (4 if probe == "saber" else 1) + warm_up
    assert event.nfe == sum(event.forwards_per_block)


Solo = Callable[[Request], Finished]


@pytest.fixture(scope="module")
def solo(make_engine: MakeEngine) -> Solo:
    """What a request yields alone; each of them runs once."""
    found: dict[Request, Finished] = {}

    def run_alone(request: Request) -> Finished:
        if request not in found:
            found[request] = run(make_engine(), request)[request.id]
        return found[request]

    return run_alone


@pytest.mark.parametrize("probe", PROBES)
def test_alone_and_in_company(make_engine: MakeEngine, ask: Ask, solo: Solo, probe: str) -> None:
    mine = [ask(id=f"{probe} {n}", **PROBES[probe], **values) for n, values in enumerate(MINE)]
    for request in mine:
        check(solo(request), request, probe)
    requests = [*mine, *(ask(id=str(n), **values) for n, values in enumerate(STRANGERS))]
    for name in PROBES.keys() - {probe}:
        n = len(name) % len(MINE)
        requests.append(ask(id=f"{name} {n}", **PROBES[name], **MINE[n]))
    alone = {request.id: solo(request) for request in requests}
    chance = random.Random(probe)
    chance.shuffle(requests)
    assert run(make_engine(max_rows=64), *requests) == alone
    crowded = make_engine(max_rows=5, kv_tokens=200, max_batched_tokens=80)
    assert run(crowded, *requests, arrivals=[chance.randrange(12) for _ in requests]) == alone


@pytest.mark.parametrize("algorithm", ["prefix_cache", "dual_cache", "vicinity"])
@pytest.mark.parametrize("rule", ["entropy_bound", "klass", "credit", "block_prophet", "saber", "slow_fast"])
def test_rules_go_with_caches(
    make_engine: MakeEngine, ask: Ask, solo: Solo, rule: str, algorithm: str
) -> None:
    requests = [ask(id=str(n), algorithm=algorithm, **PROBES[rule], **MINE[n]) for n in (2, 3)]
    together = run(make_engine(), *requests)
    for request in requests:
        check(together[request.id], request, rule)
        assert together[request.id] == solo(request)


@pytest.mark.parametrize("probe", PROBES)
def test_seeds(make_engine: MakeEngine, ask: Ask, probe: str) -> None:
    def tokens(seed: int) -> tuple[int, ...]:
        request = ask(**PROBES[probe], gen_length=8, temperature=1.5, seed=seed)
        return tuple(run(make_engine(), request)["a"].tokens)

    assert tokens(1) == tokens(1)
    assert len({tokens(seed) for seed in (0, 1, 2**40)}) == 3


@st.composite
def wanted(draw: st.DrawFn) -> dict[str, Any]:
    """A probe, its lengths and its sampling."""
    values: dict[str, Any] = {
        "prompt": tuple(draw(st.lists(st.integers(0, 319), max_size=12))),
        "gen_length": draw(st.integers(1, 12)),
        "block_length": draw(st.integers(1, 12)),
        "temperature": draw(st.sampled_from([0.0, 0.8, 1.5])),
        "seed": draw(st.integers(-(2**63), 2**63 - 1)),
        "ignore_eos": draw(st.booleans()),
        "cfg_scale": draw(st.sampled_from([0.0, 0.0, 0.0, 0.6])),
    }
    values |= draw(st.sampled_from([{}, {"steps": 3}, {"top_k": 4}, {"top_p": 0.6}, {"remasking": "random"}]))
    return values | PROBES[draw(st.sampled_from(list(PROBES)))]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_company(data: st.DataObject, make_engine: MakeEngine, ask: Ask) -> None:
    values = data.draw(st.lists(wanted(), min_size=2, max_size=5))
    requests = [ask(id=str(n), **each) for n, each in enumerate(values)]
    engine = make_engine(
        max_rows=data.draw(st.integers(2, 6)), max_batched_tokens=data.draw(st.sampled_from([24, 4096]))
    )
    together = run(engine, *requests, arrivals=[data.draw(st.integers(0, 6)) for _ in requests])
    for request in requests:
        assert run(make_engine(), request)[request.id] == together[request.id]
    stats = engine.stats()
    assert (stats.running, stats.waiting, stats.kv_tokens_used) == (0, 0, 0)
