"""What is masked and how it counts, against loops over rows and positions."""

from __future__ import annotations

import math

import pytest
import torch
from training import network as net
from training import objective
from training.objective import BEHIND, BLOCK_SHARES, BLOCKS, LEAST_T, LLADA_SHARE, corrupt
from training.step import Loss

MASK = 99


def slow_corrupt(
    ids: torch.Tensor,
    start: torch.Tensor,
    length: torch.Tensor,
    hole_start: torch.Tensor,
    hole_end: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The same from the same random numbers, one position at a time."""
    count, width = ids.shape
    uniform = torch.rand(count, width)
    order, jitter = torch.rand(count).argsort(), torch.rand(count)
    size_draw, longer, where = torch.rand(count), torch.rand(count), torch.rand(count)
    full_hole, kind = torch.rand(count), torch.rand(count)
    masked, weight = ids.clone(), torch.zeros(count, width)
    canvas_size = sum(width - int(s) for s in start)
    for row in range(count):
        t = LEAST_T + (1 - LEAST_T) * float((order[row] + jitter[row]) / count)
        edges = [sum(BLOCK_SHARES[:i]) for i in range(len(BLOCKS))]
        size = max(block for block, edge in zip(BLOCKS, edges, strict=True) if size_draw[row] >= edge)
        blocks = math.ceil(int(length[row]) / size) + (float(longer[row]) < 0.15)
        begin = int(float(where[row]) * blocks) * size
        for column in range(width):
            place, u, w = column - int(start[row]), float(uniform[row, column]), 0.0
            if hole_end[row] > 0:
                hole_t = 1.0 if float(full_hole[row]) < 0.5 else max(t, 0.2)
                if hole_start[row] <= column < hole_end[row] and u < hole_t:
                    w = 2.0 / hole_t
            elif place >= 0 and float(kind[row]) < LLADA_SHARE:
                w = 1 / t if u < t else 0.0
            elif place >= begin + size:
                w = BEHIND
            elif place >= begin and place >= 0:
                w = 1.5 / t if u < t else 0.0
            if w:
                masked[row, column], weight[row, column] = MASK, w / canvas_size
    return masked, weight


def rows(count: int, width: int, holes: bool) -> list[torch.Tensor]:
    """Random rows: ids, start, length and hole."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(0, 90, (count, width), generator=generator)
    start = torch.randint(3, 20, (count,), generator=generator)
    length = torch.randint(1, width - 20, (count,), generator=generator)
    hole_start = start + length // 3
    hole_end = (hole_start + 4) * (torch.arange(count) % 3 == 0) * holes
    return [ids, start, length, torch.where(hole_end > 0, hole_start, 0), hole_end]


@pytest.mark.parametrize("seed", range(6))
def test_masks_and_weights_equal_those_of_loops(seed: int) -> None:
    batch = rows(24, 64, holes=True)
    torch.manual_seed(seed)
    masked, weight = corrupt(*batch, MASK)
    torch.manual_seed(seed)
    slow_masked, slow_weight = slow_corrupt(*batch)
    assert torch.equal(masked, slow_masked)
    torch.testing.assert_close(weight, slow_weight, rtol=1e-4, atol=1e-8)
    assert torch.equal(weight > 0, masked == MASK)


def test_lladas_weights_are_unbiased(monkeypatch: pytest.MonkeyPatch) -> None:
    """Masked with probability t, weighted by 1/t, a token of the canvas counts one on average (eq. 3)."""
    monkeypatch.setattr(objective, "LLADA_SHARE", 1.1)
    batch = rows(64, 64, holes=False)
    torch.manual_seed(0)
    mean = sum(corrupt(*batch, MASK)[1] for _ in range(400)) / 400
    place = torch.arange(64)[None] - batch[1][:, None]
    canvas = (place >= 0).sum()
    assert (mean[place < 0] == 0).all()
    assert float(mean[place >= 0].mean() * canvas) == pytest.approx(1.0, abs=0.02)


def test_block_lengths_come_in_their_shares() -> None:
    torch.manual_seed(0)
    drawn = objective._block_sizes(50_000, torch.device("cpu"))
    for size, share in zip(BLOCKS, BLOCK_SHARES, strict=True):
        assert float((drawn == size).float().mean()) == pytest.approx(share, abs=0.01)


def test_the_loss_equals_that_of_the_network_in_double_precision(tiny: net.LLaDA) -> None:
    torch.manual_seed(2)
    ids, target = torch.randint(0, 2000, (3, 16)), torch.randint(0, 2000, (3, 16))
    weight = torch.rand(3, 16) * (torch.rand(3, 16) < 0.5)
    fast = Loss(tiny, torch.float32, compiled=False)(ids, target, weight)
    fast.backward()
    gradients = {name: weight_.grad.clone() for name, weight_ in tiny.named_parameters()}
    tiny.zero_grad()
    logits = tiny.double()(ids)
    slow = torch.zeros((), dtype=torch.float64)
    for row in range(3):
        for column in range(16):
            odds = logits[row, column].exp()
            slow = slow - weight[row, column] * (odds[target[row, column]] / odds.sum()).log()
    slow.backward()
    assert fast.item() == pytest.approx(slow.item(), rel=1e-5)
    for name, weight_ in tiny.named_parameters():
        torch.testing.assert_close(gradients[name].double(), weight_.grad, rtol=1e-3, atol=1e-6)
