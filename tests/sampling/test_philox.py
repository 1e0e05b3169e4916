"""Philox4x32-10 against published vectors and a transcription in plain integers; the numbers made of it."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llada_core.philox import DRAW_STREAM, REMASKING_STREAM, RULE_STREAMS, philox4x32, uniform

WORD = 2**32
words = st.integers(0, WORD - 1)
int64 = st.integers(-(2**63), 2**63 - 1)


def slow_philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Salmon et al. 2011, section 3.3 and figure 3, with Random123's constants."""
    (x0, x1, x2, x3), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(x0 * 0xD2511F53, WORD)
        high1, low1 = divmod(x2 * 0xCD9E8D57, WORD)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % WORD, (k1 + 0xBB67AE85) % WORD
    return x0, x1, x2, x3


def slow_uniform(seed: int, position: int, forwards: int, stream: int) -> float:
    counter = (position % WORD, forwards % WORD, stream % WORD, 0)
    x0, x1, _, _ = slow_philox(counter, (seed % WORD, (seed >> 32) % WORD))
    return ((x0 // 64) * 2**26 + x1 // 64 + 0.5) / 2**52


def fast_philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    c0, c1, c2, c3, k0, k1 = (torch.tensor([word]) for word in (*counter, *key))
    x0, x1, x2, x3 = philox4x32((c0, c1, c2, c3), (k0, k1))
    return int(x0), int(x1), int(x2), int(x3)


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Probability that a chi-square variable of that many degrees of freedom exceeds `statistic`."""
    half = torch.tensor([freedom / 2, statistic / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))


def grid(seed: int = 0, positions: int = 64, forwards: int = 64, stream: int = 0) -> torch.Tensor:
    """Numbers [forwards, positions] of one request."""
    return uniform(torch.tensor(seed), torch.arange(positions)[None], torch.arange(forwards)[:, None], stream)


# Random123's kat_vectors, the lines "philox4x32 10".
PUBLISHED = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert slow_philox(counter, key) == expected
    assert fast_philox(counter, key) == expected


@settings(deadline=None)
@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_equals_the_transcription(counter: tuple[int, ...], key: tuple[int, ...]) -> None:
    assert fast_philox(counter, key) == slow_philox(counter, key)


@settings(deadline=None)
@given(int64, int64, int64, st.integers(0, WORD - 1))
def test_uniform_takes_any_int64(seed: int, position: int, forwards: int, stream: int) -> None:
    got = uniform(torch.tensor([seed]), torch.tensor([position]), torch.tensor([forwards]), stream)
    assert got.dtype == torch.float64
    assert got.tolist() == [slow_uniform(seed, position, forwards, stream)]


def test_rows_and_positions_broadcast() -> None:
    seeds, forwards = [3, -1, 2**62], [0, 7, 1]
    positions = torch.tensor([[5, 6, 7, 8], [0, 1, 2, 3], [2**31, 2**31 + 1, 2**32 - 1, 9]])
    got = uniform(torch.tensor(seeds)[:, None], positions, torch.tensor(forwards)[:, None], 17)
    rows = zip(seeds, forwards, positions.tolist(), strict=True)
    assert got.tolist() == [[slow_uniform(s, p, f, 17) for p in row] for s, f, row in rows]


def test_ends_are_never_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in (0, WORD - 1):
        full = torch.full((1,), word)
        monkeypatch.setattr("llada_core.philox.philox4x32", lambda *_, full=full: (full,) * 4)
        zero = torch.zeros(1, dtype=torch.int64)
        assert 0 < float(uniform(zero, zero, zero, 0)) < 1


@pytest.mark.parametrize("seed", [0, 1, -1, 2**40])
def test_uniformly_distributed(seed: int) -> None:
    numbers = grid(seed, positions=256, forwards=256).flatten()
    bins = 256
    expected = numbers.numel() / bins
    counts = torch.bincount((numbers * bins).long(), minlength=bins)
    assert 1e-4 < chi_square_tail(float(((counts - expected) ** 2 / expected).sum()), bins - 1) < 1 - 1e-4


UPPER = torch.triu_indices(64, 64, offset=1)
PAIRS = {
    "neighbouring positions": (grid()[:, 1:], grid()[:, :-1]),
    "neighbouring forwards": (grid()[1:], grid()[:-1]),
    "drawing and remasking": (grid(stream=DRAW_STREAM), grid(stream=REMASKING_STREAM)),
    "drawing and a rule": (grid(stream=DRAW_STREAM), grid(stream=RULE_STREAMS)),
    "neighbouring seeds": (grid(1), grid(2)),
    "opposite seeds": (grid(1), grid(-1)),
    "seeds that differ in the high word": (grid(1), grid(1 + 2**32)),
    "position against forward": (grid()[UPPER[0], UPPER[1]], grid()[UPPER[1], UPPER[0]]),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_independent(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    """A 16 x 16 contingency table of the two numbers shows no dependence, and few of them are equal."""
    first, second = pair[0].flatten(), pair[1].flatten()
    assert not (first == second).any()
    cells, n = 16, first.numel()
    counts = torch.bincount((first * cells).long() * cells + (second * cells).long(), minlength=cells**2)
    expected = n / cells**2
    statistic = float(((counts - expected) ** 2 / expected).sum())
    assert 1e-4 < chi_square_tail(statistic, cells**2 - 1) < 1 - 1e-4


def test_the_oracle_of_tails() -> None:
    """Two degrees of freedom have the closed form exp(-x / 2)."""
    assert math.isclose(chi_square_tail(3.0, 2), math.exp(-1.5))
