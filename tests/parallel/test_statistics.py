"""Statistics from shares of the vocabulary are those of the whole; the ranks are threads here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch

from llada_core.engine.statistics import Drawn, enumerate_places, in_one_pass
from llada_core.parallel.group import Group
from llada_core.parallel.statistics import NAMES, statistics_of_shares

ROWS, WIDTH = 4, 5
N = ROWS * WIDTH


class Threads:
    """`parallel.group.Group` between threads that share `table`."""

    def __init__(self, rank: int, table: list[Any], barrier: threading.Barrier) -> None:
        self.rank, self.size = rank, len(table)
        self._table, self._barrier = table, barrier

    def all(self, part: torch.Tensor) -> torch.Tensor:
        self._table[self.rank] = part.clone()
        self._barrier.wait()
        found = torch.stack(self._table)
        self._barrier.wait()
        return found

    def sum(self, part: torch.Tensor) -> torch.Tensor:
        return self.all(part).sum(0)


def on_ranks(size: int, work: Callable[[Any], dict[str, torch.Tensor]]) -> list[dict[str, torch.Tensor]]:
    table: list[Any] = [None] * size
    barrier = threading.Barrier(size, timeout=30)
    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(work, [Threads(rank, table, barrier) for rank in range(size)]))


def places(vocab: int, temperature: float | None, seed: int) -> tuple[torch.Tensor, Drawn]:
    """Logits [N, vocab] and what is drawn by; a temperature a row if None."""
    chance = torch.Generator().manual_seed(seed)
    logits = torch.randn(N, vocab, generator=chance) * 4
    heat = torch.tensor([0.0, 0.5, 1.0, 3.0]) if temperature is None else torch.full((ROWS,), temperature)
    numbers = torch.randint(0, 1000, (3, ROWS), generator=chance)
    held = torch.randint(0, vocab, (N,), generator=chance)
    return logits, Drawn(held, heat.double(), *numbers)


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("mask_id", [0, 37, 119])
@pytest.mark.parametrize("seed", range(4))
def test_as_of_the_whole(size: int, mask_id: int, seed: int) -> None:
    logits, at = places(120, None, seed)
    logits[3, mask_id] = 40  # the likeliest, and never drawn
    logits[7] = logits[7].round()  # ties, of which the lowest id counts
    logits[8, 60:] = -torch.inf  # all that can be drawn is one rank's
    logits[9, :60] = -torch.inf
    wanted = in_one_pass(logits, at, frozenset({*NAMES}), mask_id)
    found = on_ranks(size, lambda group: statistics_of_shares(part(logits, group), at, group, mask_id))
    for result in found:
        assert torch.equal(result["sampled"], wanted["sampled"])
        for name in NAMES:
            assert torch.allclose(result[name], wanted[name], rtol=2e-6, atol=1e-30), name
            assert torch.equal(result[name], found[0][name]), "the same bits on every rank"


def part(logits: torch.Tensor, group: Any) -> torch.Tensor:
    return logits.chunk(group.size, dim=1)[group.rank].contiguous()


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_what_is_no_number(bad: float) -> None:
    logits, at = places(40, None, 1)
    logits[1, 3], logits[6, 33], logits[11] = bad, bad, -torch.inf
    for result in on_ranks(2, lambda group: statistics_of_shares(part(logits, group), at, group, 5)):
        assert result["others"].isnan().nonzero()[:, 0].tolist() == [1, 6, 11]
        assert result["sampled"][[1, 6, 11]].tolist() == [0, 0, 0]


def test_of_masks_alone() -> None:
    logits, at = places(64, None, 2)
    chance = torch.Generator().manual_seed(3)
    masked = (torch.rand(N, generator=chance) < 0.5).to(torch.int64)
    placed = enumerate_places(masked, 16)
    at = Drawn(at.held, at.temperature, at.seed, at.position, at.forwards, masked, placed)
    compact = torch.full((16, 64), torch.nan)
    compact[: int(masked.sum())] = logits[masked != 0]
    wanted = in_one_pass(compact, at, frozenset({*NAMES}), 7)
    for result in on_ranks(2, lambda group: statistics_of_shares(part(compact, group), at, group, 7)):
        assert torch.equal(result["sampled"], wanted["sampled"])
        for name in NAMES:
            assert torch.allclose(result[name], wanted[name], rtol=2e-6, atol=1e-30), name


def test_sums_in_the_order_of_the_ranks() -> None:
    parts = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(1)).half()
    for found in on_ranks(3, lambda group: {"sum": Group.ordered_sum(group, parts[group.rank])}):
        assert torch.equal(found["sum"], parts[0] + parts[1] + parts[2])


def test_draws_have_the_distribution_of_the_softmax() -> None:
    vocab, count = 12, 4000
    logits = torch.linspace(-1, 1, vocab).repeat(count, 1)
    zeros = torch.zeros(count, dtype=torch.int64)
    at = Drawn(zeros, torch.full((count,), 0.8).double(), zeros + 5, torch.arange(count), zeros)
    found = on_ranks(3, lambda group: statistics_of_shares(part(logits, group), at, group, 3))[0]
    counts = torch.bincount(found["sampled"], minlength=vocab).double() / count
    logits[0, 3] = -torch.inf
    assert counts[3] == 0
    assert float((counts - logits[0].double().div(0.8).softmax(0)).abs().max()) < 0.03
