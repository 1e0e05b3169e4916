"""top_k and top_p against a slow selection by sorting and adding exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from llada_core.sampling import draw

MASK = 1


def slow_truncation(logits: list[float], temperature: float, top_k: int, top_p: float) -> dict[int, Fraction]:
    """Tokens that may be drawn and their probabilities: without the mask id, then top_k, then top_p.

    Among equals the lowest ids come first. top_p takes the fewest of what top_k left that hold at least that
    part of it.
    """
    scores = np.array(logits, dtype=np.float64) / temperature
    best = max(score for v, score in enumerate(scores) if v != MASK)
    weights = {v: Fraction(float(np.exp(score - best))) for v, score in enumerate(scores) if v != MASK}
    by_weight = sorted(weights, key=lambda v: (-logits[v], v))
    if top_k >= 1:
        by_weight = by_weight[:top_k]
    total = sum((weights[v] for v in by_weight), Fraction(0))
    kept: list[int] = []
    held = Fraction(0)
    for v in by_weight:
        if held >= Fraction(top_p) * total:
            break
        kept.append(v)
        held += weights[v]
        # Too close to call in float32, unless the weights are whole numbers.
        gap = abs(held - Fraction(top_p) * total) / total
        assume(gap > Fraction(1, 10**5) or held.denominator == 1)
    return {v: weights[v] / held for v in kept}


def check_row(logits: list[float], temperature: float, top_k: int | None, top_p: float | None) -> None:
    """Every token of the slow selection is drawn within its interval, so nothing else ever is."""
    expected = slow_truncation(logits, temperature, top_k or 0, 1.0 if top_p is None else top_p)
    numbers, tokens, end = [], [], Fraction(0)
    for v in sorted(expected):
        if expected[v] > Fraction(1, 1000):
            numbers += [float(end + expected[v] * part) for part in (Fraction(1, 100), Fraction(99, 100))]
            tokens += [v, v]
        end += expected[v]
    n = len(numbers)
    drawn = draw(
        torch.tensor(logits).expand(n, -1),
        MASK,
        torch.tensor(numbers, dtype=torch.float64),
        torch.full((n,), temperature, dtype=torch.float64),
        None if top_k is None else torch.full((n,), top_k),
        None if top_p is None else torch.full((n,), top_p, dtype=torch.float64),
    )
    assert drawn.tolist() == tokens


whole = st.lists(st.integers(-3, 3).map(float), min_size=3, max_size=9)
ks = st.none() | st.integers(-1, 11)
ps = st.none() | st.sampled_from([1e-9, 0.25, 0.5, 0.75, 1.0]) | st.floats(0.01, 1)


@settings(deadline=None, max_examples=120)
@given(whole, st.sampled_from([0.5, 1.0, 2.0]), ks, ps)
@example([0.0, 9.0, 0.0, 0.0, 0.0], 1.0, None, 0.5)
@example([0.0, 9.0, 0.0, 0.0, 0.0], 1.0, 3, 0.5)
@example([2.0, 9.0, 1.0, 1.0, 1.0], 1.0, 2, None)
def test_equals_the_slow_selection(
    logits: list[float], temperature: float, top_k: int | None, top_p: float | None
) -> None:
    check_row(logits, temperature, top_k, top_p)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(-8, 8, width=32), min_size=3, max_size=9), ks, ps)
def test_any_logits(logits: list[float], top_k: int | None, top_p: float | None) -> None:
    check_row(logits, 1.0, top_k, top_p)


def test_top_k_of_one_is_greedy_and_the_lowest_of_equals() -> None:
    logits = torch.tensor([[0.0, 9.0, 3.0, 3.0], [5.0, 9.0, 3.0, 5.0]])
    number = torch.tensor([0.999, 0.999], dtype=torch.float64)
    assert draw(logits, MASK, number, torch.ones(2), torch.tensor([1, 1])).tolist() == [2, 0]


def test_order_goes_by_logits_where_weights_are_equal_in_float32() -> None:
    logits = torch.tensor([[5.0, 9.0, 5.000001, 0.0]])
    last = torch.tensor([0.999], dtype=torch.float64)
    assert draw(logits, MASK, last, torch.tensor([100.0]), torch.tensor([1])).tolist() == [2]


def test_top_p_counts_what_top_k_left() -> None:
    """Weights 4, 4, 1, 1 of 10: half of all needs two tokens, half of the first two needs one."""
    four = float(torch.tensor(4.0).log())
    logits = torch.tensor([[four, -9.0, four, 0.0, 0.0]])
    last = torch.tensor([0.999], dtype=torch.float64)
    half = torch.tensor([0.5])
    assert draw(logits, MASK, last, torch.ones(1), None, half).tolist() == [2]
    assert draw(logits, MASK, last, torch.ones(1), torch.tensor([2]), half).tolist() == [0]


@pytest.mark.parametrize("vocab", [50, 5000])
def test_rows_that_truncate_and_rows_that_do_not_share_a_call(vocab: int) -> None:
    """Each row draws what it draws alone; where its own settings are off, what it draws without them."""
    generator = torch.Generator().manual_seed(vocab)
    n = 24
    logits = torch.randn(n, vocab, generator=generator) * 4
    number = torch.rand(n, generator=generator, dtype=torch.float64)
    temperature = torch.rand(n, generator=generator) + 0.2
    top_k = torch.tensor([vocab, 3, -1, 0, 7, vocab + 5] * 4)
    top_p = torch.tensor([1.0, 1.0, 1.0, 0.3, 0.9, 1.0] * 4, dtype=torch.float64)
    together = draw(logits, MASK, number, temperature, top_k, top_p)
    for row in range(n):
        one = slice(row, row + 1)
        k = top_k[one] if 1 <= top_k[row] < vocab else None
        p = top_p[one] if top_p[row] < 1 else None
        assert draw(logits[one], MASK, number[one], temperature[one], k, p) == together[row]


def test_off_keeps_the_least_weight() -> None:
    """A weight lost in the rounding of the sorted sum still takes part where top_p is 1."""
    logits = torch.tensor([[-38.0, 9.0, 0.0]])
    number = torch.tensor([2.0**-56], dtype=torch.float64)
    assert draw(logits, MASK, number, torch.ones(1)).tolist() == [0]
    assert draw(logits, MASK, number, torch.ones(1), torch.tensor([3]), torch.tensor([1.0])).tolist() == [0]
