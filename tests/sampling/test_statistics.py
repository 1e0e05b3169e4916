"""Odds, probability, gap and entropy against sums in 60 decimal digits; non-finite logits; order of ranks."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llada_core.sampling import entropy, gap, greedy, others, probability

MASK = 0
LARGEST = torch.finfo(torch.float32).max
RELATIVE = 2e-5
"""float32 rounds logit_v - logit_token, at most 104 where exp is not 0: by 104 * 2^-24 at most."""
LEAST = 1e-37
"""Below it float32 holds no full precision."""

values = st.floats(-60, 60, width=32) | st.floats(-1e4, 1e4, width=32) | st.integers(-2, 2).map(float)
rows = st.lists(values, min_size=3, max_size=10)


def slow_odds(logits: list[float], token: int) -> Decimal:
    """Sum over v != token of exp(logit_v - logit_token)."""
    with localcontext(prec=60):
        own = Decimal(logits[token])
        return sum(((Decimal(x) - own).exp() for v, x in enumerate(logits) if v != token), Decimal(0))


def slow_entropy(logits: list[float]) -> Decimal:
    """-sum of p ln p."""
    with localcontext(prec=60):
        weights = [Decimal(x - max(logits)).exp() for x in logits]
        chances = [weight / sum(weights) for weight in weights]
        return -sum((p * p.ln() for p in chances if p > 0), Decimal(0))


def close(got: torch.Tensor, expected: Decimal) -> bool:
    if expected > LARGEST:
        return float(got) == LARGEST
    return math.isclose(float(got), float(expected), rel_tol=RELATIVE, abs_tol=LEAST)


@settings(deadline=None)
@given(rows, st.integers(0, 2))
@example([0.0, 0.0, 0.0], 1)
@example([0.0, 90.0, -90.0], 2)
@example([1e4, -1e4, 0.0], 1)
def test_odds_and_probability(logits: list[float], token: int) -> None:
    tensor, tokens = torch.tensor([logits]), torch.tensor([token])
    expected = slow_odds(logits, token)
    odds, chance = others(tensor, tokens), probability(tensor, tokens)
    assert odds.dtype == chance.dtype == torch.float32
    assert close(odds, expected)
    assert close(chance, 1 / (1 + expected))


@settings(deadline=None)
@given(rows)
@example([0.0, 0.0, 0.0])
@example([20.0, 0.0, 0.0])
@example([60.0, 0.0, 1.0])
@example([1e4, -1e4, 0.0])
def test_entropy(logits: list[float]) -> None:
    got = entropy(torch.tensor([logits]))
    assert got.dtype == torch.float32
    assert close(got, slow_entropy(logits))


@settings(deadline=None)
@given(rows, st.sampled_from([0, 1, 2]))
def test_gap(logits: list[float], mask_id: int) -> None:
    best, second = sorted((x for v, x in enumerate(logits) if v != mask_id), reverse=True)[:2]
    got = gap(torch.tensor([logits]), mask_id)
    assert got.dtype == torch.float32
    assert math.isclose(float(got), best - second, rel_tol=1e-6)


@pytest.mark.parametrize("vocab", [1000, 126_464])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_whole_vocabulary_in_float64(vocab: int, dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(vocab)
    logits = (torch.randn(6, vocab, generator=generator) * 5).to(dtype)
    logits[3:, 7] = torch.tensor([30.0, 60.0, 100.0]).to(dtype)
    token = torch.cat((logits[:2].argmax(1), torch.tensor([11, 7, 7, 7])))
    exact = logits.double()
    terms = (exact - exact.gather(1, token[:, None])).exp().scatter(1, token[:, None], 0.0)
    expected = terms.sum(1)
    torch.testing.assert_close(others(logits, token).double(), expected, rtol=RELATIVE, atol=LEAST)
    torch.testing.assert_close(
        probability(logits, token).double(), 1 / (1 + expected), rtol=RELATIVE, atol=LEAST
    )
    chances = exact.softmax(1)
    plain = -(chances * exact.log_softmax(1)).sum(1)
    torch.testing.assert_close(entropy(logits).double(), plain, rtol=RELATIVE, atol=1e-12)
    best = exact[:, 1:].sort(dim=1, descending=True).values
    torch.testing.assert_close(gap(logits, MASK).double(), best[:, 0] - best[:, 1], rtol=1e-6, atol=0)


def test_odds_rank_positions_whose_confidence_is_one() -> None:
    """Logits that lead by 17 to 100: float32 confidence is 1.0 for each, the odds keep the order."""
    lead = torch.linspace(17.4, 100, 400)
    shuffled = lead[torch.randperm(400, generator=torch.Generator().manual_seed(0))]
    logits = torch.zeros(400, 3)
    logits[:, 1] = shuffled
    token = torch.full((400,), 1)
    odds = others(logits, token)
    assert (probability(logits, token) == 1).all()
    assert odds.argsort().tolist() == shuffled.argsort(descending=True).tolist()
    assert len(odds.unique()) == 400


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=1, max_size=5))
def test_greedy_takes_the_lowest_of_equals(ids: list[list[int]]) -> None:
    for dtype in (torch.float32, torch.bfloat16):
        for mask_id in range(4):
            expected = [
                max((v for v in range(4) if v != mask_id), key=lambda v, row=row: (row[v], -v)) for row in ids
            ]
            assert greedy(torch.tensor(ids).to(dtype), mask_id).tolist() == expected


def test_greedy_ties_in_a_whole_vocabulary() -> None:
    logits = torch.zeros(1, 126_464)
    assert greedy(logits, 0).tolist() == [1]
    assert greedy(logits, 126_336).tolist() == [0]
    logits[0, [500, 90_000, 126_400]] = 3.0
    assert greedy(logits, 126_336).tolist() == [500]
    assert greedy(logits, 500).tolist() == [90_000]
    assert greedy(logits, 126_463).tolist() == [500]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("where", ["the mask id", "the token", "elsewhere"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_non_finite_logits_give_nan(bad: float, where: str, dtype: torch.dtype) -> None:
    """In that row alone, wherever in the row they are."""
    logits = torch.tensor([[0.0, 1.0, 2.0, 3.0]] * 2, dtype=dtype)
    logits[0, {"the mask id": MASK, "the token": 3, "elsewhere": 2}[where]] = bad
    token = torch.tensor([3, 3])
    for got in (others(logits, token), probability(logits, token), entropy(logits)):
        assert got.isnan().tolist() == [True, False]
    if where != "the mask id":
        assert gap(logits, MASK).isnan().tolist() == [True, False]


def test_forbidden_tokens() -> None:
    """Minus infinity is a token that cannot come, not a fault."""
    inf = math.inf
    logits = torch.tensor([[-inf, 1.0, -inf, 1.0], [-inf, 2.0, -inf, -inf], [-inf] * 4])
    token = torch.tensor([1, 1, 1])
    assert others(logits, token)[:2].tolist() == [1.0, 0.0]
    assert probability(logits, token)[:2].tolist() == [0.5, 1.0]
    assert entropy(logits)[:2].tolist() == [pytest.approx(math.log(2)), 0.0]
    assert gap(logits, MASK)[:2].tolist() == [0.0, inf]
    for got in (others(logits, token), probability(logits, token), entropy(logits), gap(logits, MASK)):
        assert got[2].isnan()


def test_a_forbidden_token_has_no_odds_but_probability_zero() -> None:
    """A token that was drawn is never forbidden, so its odds would hide a fault; one that is held may be."""
    logits = torch.tensor([[-math.inf, 1.0, 2.0]])
    token = torch.tensor([0])
    assert others(logits, token).isnan().all()
    assert probability(logits, token).tolist() == [0.0]
