"""Drawn tokens against a float64 inverse CDF, and against the distribution of LLaDA's own Gumbel form."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llada_core.philox import uniform
from llada_core.sampling import draw, greedy, others

MASK = 2
SMALLEST, LARGEST = 2.0**-53, 1 - 2.0**-53
"""The least and the greatest number that `philox.uniform` gives."""

logits_of_a_row = st.lists(st.floats(-30, 30, width=32), min_size=4, max_size=12)
temperatures = st.sampled_from([0.05, 0.5, 1.0, 1.7, 10.0])


def slow_probabilities(logits: list[float], mask_id: int, temperature: float) -> np.ndarray:
    """softmax(logits / temperature) without the mask id, in float64."""
    scores = np.array(logits, dtype=np.float64) / temperature
    scores[mask_id] = -np.inf
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def draw_row(
    logits: list[float],
    numbers: list[float],
    temperature: float,
    mask_id: int = MASK,
    dtype: torch.dtype = torch.float32,
) -> list[int]:
    """One draw from the same row for each of `numbers`."""
    rows = torch.tensor(logits, dtype=dtype).expand(len(numbers), -1)
    numbers_ = torch.tensor(numbers, dtype=torch.float64)
    tokens = draw(rows, mask_id, numbers_, torch.full((len(numbers),), temperature, dtype=torch.float64))
    assert tokens.dtype == torch.int64
    return tokens.tolist()


@settings(deadline=None)
@given(logits_of_a_row, temperatures, st.sampled_from([0, 2, 3]))
def test_every_token_is_drawn_within_its_interval(
    logits: list[float], temperature: float, mask_id: int
) -> None:
    p = slow_probabilities(logits, mask_id, temperature)
    ends = np.cumsum(p)
    likely = np.flatnonzero(p > 1e-3)
    inside = [ends[v] - p[v] * part for v in likely for part in (0.99, 0.5, 0.01)]
    assert draw_row(logits, inside, temperature, mask_id) == [v for v in likely for _ in range(3)]


@settings(deadline=None)
@given(logits_of_a_row, temperatures)
@example([0.0, 0.0, 9.0, -1e4], 1.0)
@example([-1e4, 0.0, 9.0, 0.0], 1.0)
def test_the_ends_stay_inside(logits: list[float], temperature: float) -> None:
    p = slow_probabilities(logits, MASK, temperature)
    drawn = draw_row(logits, [SMALLEST, LARGEST], temperature)
    assert all(p[v] > 0 for v in drawn)
    assert MASK not in drawn
    if p[0] > 1e-6:
        assert drawn[0] == 0
    if p[-1] > 1e-6:
        assert drawn[1] == len(p) - 1


def gumbel_form(logits: torch.Tensor, temperature: float, noise: torch.Tensor) -> torch.Tensor:
    """LLaDA's add_gumbel_noise and argmax, float64: one number in [0, 1) a vocabulary entry."""
    return (logits.double().exp() / (-noise.log()) ** temperature).argmax(-1)


def chi_square_tail(statistic: float, freedom: int) -> float:
    half = torch.tensor([freedom / 2, statistic / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_same_distribution_as_the_gumbel_form(temperature: float) -> None:
    n, vocab, mask_id = 20_000, 7, 6
    logits = torch.tensor([1.5, -0.5, 0.0, 2.0, 1.9, -1.0, -torch.inf])
    zero, positions = torch.tensor(0), torch.arange(n)
    drawn = draw(
        logits.expand(n, -1), mask_id, uniform(zero, positions, zero, 0), torch.full((n,), temperature)
    )
    noise = uniform(zero, positions[:, None], torch.arange(vocab)[None], 1)
    published = gumbel_form(logits.expand(n, -1), temperature, noise)
    p = torch.from_numpy(slow_probabilities(logits.tolist(), mask_id, temperature))[:-1]
    ours, theirs = (torch.bincount(tokens, minlength=vocab)[:-1].double() for tokens in (drawn, published))
    assert ours.sum() == theirs.sum() == n
    for counts in (ours, theirs):
        assert chi_square_tail(float(((counts - n * p) ** 2 / (n * p)).sum()), vocab - 2) > 1e-4
    two_samples = float(((ours - theirs) ** 2 / (ours + theirs)).sum())
    assert chi_square_tail(two_samples, vocab - 2) > 1e-4


@pytest.mark.parametrize("mask_id", [0, 3, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_mask_id_is_never_drawn(mask_id: int, dtype: torch.dtype) -> None:
    logits = [0.0, 1.0, -1.0, 0.5, 0.0, 1.0]
    logits[mask_id] = 1e4
    numbers = [SMALLEST, *np.linspace(0.01, 0.99, 50), LARGEST]
    drawn = draw_row(logits, numbers, 1.0, mask_id, dtype)
    assert set(drawn) == set(range(6)) - {mask_id}
    assert greedy(torch.tensor([logits], dtype=dtype), mask_id).tolist() != [mask_id]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_extreme_logits(dtype: torch.dtype) -> None:
    big = 1e4
    numbers = [SMALLEST, 0.3, 0.7, LARGEST]
    assert draw_row([-big, big, 0.0, -big], numbers, 1.0, dtype=dtype) == [1, 1, 1, 1]
    assert draw_row([big, -big, 0.0, big], numbers, 100.0, dtype=dtype) == [0, 0, 3, 3]
    assert draw_row([-torch.inf, 0.0, 0.0, -torch.inf], numbers, 1.0, dtype=dtype) == [1, 1, 1, 1]
    assert draw_row([-big, -big, big, -big], numbers, 1.0, dtype=dtype) == [0, 0, 3, 3]


@pytest.mark.parametrize("temperature", [1e-3, 1e-30, 1e-38, 1e-45, 5e-324])
def test_tiny_temperatures_take_the_likeliest(temperature: float) -> None:
    assert draw_row([1.0, 2.0, 3.0, 1.9], [SMALLEST, 0.5, LARGEST], temperature) == [1, 1, 1]
    assert draw_row([-5e3, 3e3, 9e3, 3e3], [SMALLEST, LARGEST], temperature) == [1, 3]


def test_rows_have_their_own_temperature() -> None:
    logits = torch.tensor([0.0, 1.0, 5.0, 2.0])
    number = 0.3
    expected = []
    values = [0.1, 0.7, 1.0, 3.0, 100.0]
    for temperature in values:
        ends = np.cumsum(slow_probabilities(logits.tolist(), MASK, temperature))
        expected.append(int(np.searchsorted(ends, number, side="right")))
    drawn = draw(
        logits.expand(len(values), -1),
        MASK,
        torch.full((len(values),), number, dtype=torch.float64),
        torch.tensor(values, dtype=torch.float64),
    )
    assert drawn.tolist() == expected
    assert len(set(expected)) > 1


NOTHING = {
    "a logit is NaN": [0.0, math.nan, 0.0, 1.0],
    "a logit is infinite": [0.0, math.inf, 0.0, 1.0],
    "two logits are infinite": [math.inf, math.inf, 0.0, 1.0],
    "all is forbidden but the mask id": [-math.inf, -math.inf, 3.0, -math.inf],
    "all is forbidden": [-math.inf] * 4,
}


@pytest.mark.parametrize("row", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("mask_id", [0, 2, 3])
@pytest.mark.parametrize("truncated", [False, True])
def test_a_row_without_a_token_says_so_by_nan(row: list[float], mask_id: int, truncated: bool) -> None:
    """An id in range that is not the mask id comes back, its odds are NaN; the neighbour notices nothing."""
    row = row.copy()
    row[2], row[mask_id] = row[mask_id], row[2]
    good = [0.0, 1.0, 2.0, 3.0]
    logits = torch.tensor([row, good])
    number = torch.tensor([0.9, 0.9], dtype=torch.float64)
    top_k = torch.tensor([2, 2]) if truncated else None
    top_p = torch.tensor([0.5, 0.5]) if truncated else None
    drawn = draw(logits, mask_id, number, torch.ones(2), top_k, top_p)
    likeliest = greedy(logits, mask_id)
    for token in (drawn, likeliest):
        assert 0 <= int(token[0]) < 4
        assert int(token[0]) != mask_id
        odds = others(logits, token)
        assert odds[0].isnan()
        assert odds[1].isfinite()
    alone = draw(
        logits[1:],
        mask_id,
        number[1:],
        torch.ones(1),
        None if top_k is None else top_k[1:],
        None if top_p is None else top_p[1:],
    )
    assert drawn[1] == alone[0]
