"""The estimate of a log-likelihood: against the formula written out, the exact sum, and in company."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch

from llada_core.engine.engine import Engine
from llada_core.engine.events import Failed, Scored
from llada_core.engine.likelihood import counts_of, patterns_of
from llada_core.engine.likelihood_request import LikelihoodRequest
from llada_core.errors import ContextLengthError, ParameterError
from llada_core.model import LLaDAForMaskedDiffusion
from llada_core.model.packed import Packed

from .conftest import Ask, MakeEngine

MASK = 310


def score(engine: Engine, *requests: Any) -> dict[str, Any]:
    found = {}
    for request in requests:
        engine.add(request)
    while engine.has_work():
        for event in engine.step():
            found[event.request_id] = event
    return found


def log_p(model: LLaDAForMaskedDiffusion, tokens: list[int], masked: set[int]) -> dict[int, float]:
    """log p of the true token at each masked position, from a forward of one row."""
    shown = torch.tensor([MASK if n in masked else id for n, id in enumerate(tokens)])
    hidden = model.hidden(Packed(shown, torch.arange(len(tokens)), (len(tokens),)))
    found = model.head(hidden).double().log_softmax(1)
    return {n: float(found[n, tokens[n]]) for n in masked}


def test_the_formula_written_out(model: LLaDAForMaskedDiffusion, make_engine: MakeEngine) -> None:
    tokens, start, samples = [5, 6, 7, 8, 9, 11, 12], 2, 12
    request = LikelihoodRequest(id="a", tokens=tuple(tokens), start=start, samples=samples, seed=3)
    found = score(make_engine(), request)["a"]
    length, each = len(tokens) - start, []
    for masked, weight in patterns_of(length, samples, 3):
        where = {start + int(n) for n in np.flatnonzero(masked)}
        each += [length / len(where) * sum(log_p(model, tokens, where).values())] * weight
    assert len(each) == samples
    assert sum(found.logprobs) == pytest.approx(np.mean(each), rel=1e-5)
    assert found.error == pytest.approx(np.std(each, ddof=1) / math.sqrt(samples), rel=1e-5)
    assert len(found.logprobs) == length


def test_it_tends_to_the_expectation(model: LLaDAForMaskedDiffusion, make_engine: MakeEngine) -> None:
    """Over all subsets: each size equally likely, and each subset of a size."""
    tokens, start = [5, 6, 7, 8, 9], 1
    length = len(tokens) - start
    expected = 0.0
    for size in range(1, length + 1):
        subsets = list(itertools.combinations(range(start, len(tokens)), size))
        for subset in subsets:
            share = length / size * sum(log_p(model, tokens, set(subset)).values())
            expected += share / len(subsets) / length
    request = LikelihoodRequest(id="a", tokens=tuple(tokens), start=start, samples=1024)
    found = score(make_engine(), request)["a"]
    assert found.error < 0.3
    assert abs(sum(found.logprobs) - expected) < 2 * found.error


def test_one_token_is_exact(model: LLaDAForMaskedDiffusion, make_engine: MakeEngine) -> None:
    found = score(make_engine(), LikelihoodRequest(id="a", tokens=(5, 6, 7), start=2))["a"]
    assert found.logprobs == pytest.approx([log_p(model, [5, 6, 7], {2})[2]])
    assert (found.error, found.forwards) == (0.0, 1)


@pytest.mark.parametrize("tokens", [30, 16384])
def test_company_changes_nothing(make_engine: MakeEngine, ask: Ask, tokens: int) -> None:
    """Other estimates and generations beside it, and few samples or many in a forward."""
    requests = [
        LikelihoodRequest(id=str(n), tokens=tuple(range(3, 12 + 3 * n)), start=n, samples=16, seed=n)
        for n in range(4)
    ]
    alone = {request.id: score(make_engine(), request)[request.id] for request in requests}
    engine = make_engine(max_batched_tokens=tokens)
    found = score(engine, *requests, ask(id="x"), ask(id="y", threshold=0.05))
    for id, event in alone.items():
        assert found[id].logprobs == pytest.approx(event.logprobs, rel=1e-5)
        assert found[id].forwards == event.forwards
    assert engine.stats().running == 0


def test_counts_are_stratified() -> None:
    for seed in range(20):
        counts = Counter(counts_of(8, 32, seed).tolist())
        assert counts == dict.fromkeys(range(1, 9), 4)
    firsts = Counter(int(counts_of(5, 1, seed)[0]) for seed in range(2000))
    assert all(abs(firsts[n] - 400) < 100 for n in range(1, 6))


def test_subsets_of_a_size_are_equally_likely() -> None:
    seen: Counter[tuple[int, ...]] = Counter()
    for masked, weight in patterns_of(4, 1024, 1):
        seen[tuple(np.flatnonzero(masked).tolist())] += weight
    pairs = [seen[pair] for pair in itertools.combinations(range(4), 2)]
    assert sum(pairs) == 256
    assert all(20 < count < 66 for count in pairs)


def test_the_seed_decides() -> None:
    same = [[m.tolist() for m, _ in patterns_of(9, 8, seed)] for seed in (1, 1, 2)]
    assert same[0] == same[1] != same[2]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"tokens": (5, 512)}, ParameterError),
        ({"tokens": ()}, ParameterError),
        ({"tokens": (5, 6), "start": 2}, ParameterError),
        ({"tokens": (5, 6), "samples": 0}, ParameterError),
        ({"tokens": (5, 6), "samples": 1025}, ParameterError),
        ({"tokens": (5,) * 257}, ContextLengthError),
    ],
)
def test_refused(make_engine: MakeEngine, values: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        make_engine().add(LikelihoodRequest(id="a", **values))


def test_cancelled(make_engine: MakeEngine) -> None:
    engine = make_engine(max_batched_tokens=16)
    engine.add(LikelihoodRequest(id="a", tokens=tuple(range(3, 12)), samples=64))
    engine.step()
    assert engine.cancel("a")
    assert not engine.has_work()


def test_logits_that_are_not_finite(
    make_engine: MakeEngine, model: LLaDAForMaskedDiffusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "head", lambda hidden: torch.full((len(hidden), 320), torch.nan))
    found = score(make_engine(), LikelihoodRequest(id="a", tokens=(5, 6, 7), samples=4))["a"]
    assert isinstance(found, Failed)
    assert not isinstance(found, Scored)
    assert found.code == "nan_logits"
