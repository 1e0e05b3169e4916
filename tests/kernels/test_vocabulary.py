"""Everything that is read of the logits in one pass, against `llada_core.sampling`."""

from __future__ import annotations

import pytest
import torch

from llada_core import philox, sampling

VOCAB, MASK = 9000, 4097


@pytest.mark.parametrize("scale", [1.0, 8.0, 30.0])
@pytest.mark.parametrize("mask_id", [0, MASK, VOCAB - 1])
def test_statistics(scale: float, mask_id: int, device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.vocabulary import describe

    torch.manual_seed(int(scale))
    n = 8
    logits = (torch.randn(n, VOCAB, device=device) * scale).to(half)
    logits[0, mask_id] = 100  # the model may want the mask
    logits[1, 5] = logits[1, 4100] = logits[1].max() + 3  # equals: the lowest id
    logits[2, :5000] = -torch.inf  # whole chunks that cannot come
    held = torch.randint(0, VOCAB, (n,), device=device)
    held[3] = logits[3].argmax()
    temperature = torch.tensor([0, 0, 0.7, 0, 1, 0.3, 1e-30, 1], dtype=torch.float64, device=device)
    seed = torch.tensor([1, 2, 3, 2**40 + 5, -6, 7, 8, 9], device=device)
    position, forwards = torch.arange(n, device=device) + 11, torch.arange(n, device=device) * 3
    found = describe(logits, held, temperature, seed, position, forwards, mask_id)

    uniform = philox.uniform(seed, position, forwards, philox.DRAW_STREAM)
    drawn = sampling.draw(logits, mask_id, uniform, temperature.clamp(min=1e-38))
    sampled = torch.where(temperature > 0, drawn, sampling.greedy(logits, mask_id))
    assert torch.equal(found.sampled, sampled)
    for name, wanted in (
        ("others", sampling.others(logits, sampled)),
        ("current", sampling.probability(logits, held)),
        ("gap", sampling.gap(logits, mask_id)),
        ("entropy", sampling.entropy(logits)),
    ):
        value = getattr(found, name)
        close = torch.isclose(value, wanted, rtol=1e-4, atol=1e-30)
        assert (close | (wanted > 1e30) & (value > 1e30)).all(), name


def test_what_is_no_number(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.vocabulary import describe

    logits = torch.randn(4, VOCAB, device=device).to(half)
    logits[0, 7], logits[1, 8000], logits[2] = torch.nan, torch.inf, -torch.inf
    zeros = torch.zeros(4, dtype=torch.int64, device=device)
    for temperature in (0.0, 1.0):
        found = describe(logits, zeros, zeros.double() + temperature, zeros, zeros, zeros, MASK)
        assert found.others.isnan().tolist() == [True, True, True, False]
        assert found.sampled[:3].tolist() == [0, 0, 0]


def test_draws_have_the_distribution_of_the_softmax(device: torch.device) -> None:
    from llada_core.kernels.vocabulary import describe

    n, vocab = 250, 12
    logits = torch.linspace(-1, 1, vocab, device=device).repeat(n, 1)
    index, zeros = torch.arange(n, device=device), torch.zeros(n, dtype=torch.int64, device=device)
    found = describe(logits, zeros, zeros.double() + 0.8, zeros + 5, index, zeros, 3)
    counts = torch.bincount(found.sampled, minlength=vocab).double() / n
    logits[0, 3] = -torch.inf
    wanted = logits[0].double().div(0.8).softmax(0)
    assert counts[3] == 0
    assert float((counts - wanted).abs().max()) < 0.08


def test_of_some_places(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.vocabulary import describe, enumerate_places

    torch.manual_seed(9)
    rows, width = 3, 5
    n = rows * width
    logits = torch.randn(n, VOCAB, device=device).to(half)
    held = torch.randint(0, VOCAB, (n,), device=device)
    wanted = (torch.rand(n, device=device) < 0.5).to(torch.int64)
    temperature = torch.tensor([0.0, 0.7, 1.0], dtype=torch.float64, device=device)
    seed, first, forwards = torch.arange(3, device=device), torch.tensor([4, 90, 7], device=device), held[:3]
    row = temperature, seed, first, forwards
    every = describe(logits, held, *row, MASK)
    some = describe(logits, held, *row, MASK, wanted)
    placed = enumerate_places(wanted, 12)
    index = wanted.nonzero()[:, 0]
    assert placed[0].tolist() == index.tolist() + [-1] * (12 - len(index))
    assert [n for n in placed[1].tolist() if n >= 0] == list(range(len(index)))
    compact = torch.full((12, VOCAB), torch.nan, dtype=half, device=device)
    compact[: len(index)] = logits[index]
    fewer = describe(compact, held, *row, MASK, wanted, placed)
    here = wanted != 0
    for name, nothing in (
        ("sampled", held),
        ("others", torch.inf),
        ("current", 0),
        ("gap", 0),
        ("entropy", 0),
    ):
        expected = torch.where(here, getattr(every, name), nothing)
        assert torch.equal(getattr(some, name), expected), name
        assert torch.equal(getattr(fewer, name), expected), name


@pytest.mark.parametrize("values", [50, 3])
def test_truncation(values: int, device: torch.device, half: torch.dtype) -> None:
    """Against the sorted form; with few different values many tokens are equal."""
    from llada_core.kernels.vocabulary import describe

    torch.manual_seed(values)
    n, vocab, mask_id = 7, 4200, 4100
    logits = (torch.randint(0, values, (n, vocab), device=device) / (values / 6)).to(half)
    logits[1, :4150] = -torch.inf
    logits[:, mask_id] = 50
    top_k = torch.tensor([0, 7, 1, 100, 0, 9999, 40], device=device)
    top_p = torch.tensor([0.3, 1.0, 1.0, 0.5, 1e-6, 0.2, 0.1], dtype=torch.float64, device=device)
    temperature = torch.tensor([0.9, 0.9, 2.0, 0.5, 1, 0, 3], dtype=torch.float64, device=device)
    seed, zeros = torch.arange(n, device=device), torch.zeros(n, dtype=torch.int64, device=device)
    found = describe(logits, zeros, temperature, seed, zeros, zeros, mask_id, truncation=(top_k, top_p))
    uniform = philox.uniform(seed, zeros, zeros, philox.DRAW_STREAM)
    drawn = sampling.draw(logits, mask_id, uniform, temperature.clamp(min=1e-38), top_k, top_p)
    assert torch.equal(found.sampled, torch.where(temperature > 0, drawn, sampling.greedy(logits, mask_id)))


def test_a_cut_among_negative_logits_of_bfloat16(device: torch.device) -> None:
    """Their lowest 16 bits are zeros, and are not searched."""
    from llada_core.kernels import truncation

    torch.manual_seed(1)
    n, vocab, mask_id = 3, 4200, 7
    logits = (torch.randint(0, 6, (n, vocab), device=device) / 2 - 8.0).bfloat16()
    ones, heat = torch.ones(n, dtype=torch.int64, device=device), torch.ones(n, device=device).double()
    top_k = torch.tensor([5, 0, 0], device=device)
    top_p = torch.tensor([1.0, 0.2, 0.7], dtype=torch.float64, device=device)
    value, last = truncation.cuts(logits, None, ones, heat, top_k, top_p, mask_id, 4096)
    for row in range(n):
        scores = logits[row].float()
        scores[mask_id] = -torch.inf
        places = torch.arange(vocab, device=device)
        kept = (scores > value[row]) | ((scores == value[row]) & (places <= last[row]))
        order = scores.argsort(descending=True, stable=True)
        count = 5
        if row > 0:
            mass = scores[order].double().softmax(0).cumsum(0)
            count = int((mass < top_p[row]).sum()) + 1
        assert kept.nonzero()[:, 0].tolist() == sorted(order[:count].tolist())


@pytest.mark.parametrize("ranks", [2, 3])
@pytest.mark.parametrize("compact", [False, True])
def test_shares_of_the_vocabulary(ranks: int, compact: bool, device: torch.device, half: torch.dtype) -> None:
    """Found by ranks that have a share of the logits each: the same as by one that has all."""
    from llada_core.kernels.vocabulary import describe, enumerate_places
    from llada_core.kernels.vocabulary_shares import Shares

    torch.manual_seed(ranks)
    rows, width, share = 4, 3, 5000
    n, vocab = rows * width, ranks * share
    mask_id = vocab - 7
    logits = (torch.randn(n, vocab, device=device) * 3).to(half)
    logits[2, mask_id] = 30
    logits[4, 11] = torch.nan
    logits[5] = -torch.inf
    logits[6, : vocab - share] = -torch.inf
    held = torch.randint(0, vocab, (n,), device=device)
    temperature = torch.tensor([0.0, 0.7, 1.5, 1.0], dtype=torch.float64, device=device)
    seed, position = torch.arange(rows, device=device), torch.tensor([4, 90, 7, 30], device=device)
    row = temperature, seed, position, held[:rows]
    wanted = (torch.rand(n, device=device) < 0.7).to(torch.int64)
    wanted[:7] = 1
    placed = enumerate_places(wanted, n) if compact else None
    seen = logits[wanted.nonzero()[:, 0]] if compact else logits
    seen = torch.cat((seen, logits[: n - len(seen)]))
    expected = describe(seen, held, *row, mask_id, wanted, placed)
    parts = [
        Shares(part.contiguous(), held, *row, mask_id, wanted, placed, rank, ranks)
        for rank, part in enumerate(seen.split(share, dim=1))
    ]
    scans = torch.stack([part.scan() for part in parts])
    found = torch.stack([part.look_up(scans) for part in parts]).sum(0)
    for part in parts:
        result = part.join(scans, found)
        assert torch.equal(result.sampled, expected.sampled)
        for name in ("others", "current", "gap", "entropy"):
            value, other = getattr(result, name), getattr(expected, name)
            assert torch.allclose(value, other, rtol=1e-4, atol=1e-6, equal_nan=True), name
