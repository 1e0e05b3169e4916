"""Taking over a committer's answer in one launch, against the same in torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from llada_core.engine.decide import apply
from llada_core.observation import Observation, Update


def observation(**tensors: torch.Tensor) -> Any:
    """An observation with only these fields, of which every position is editable and in the block."""

    class Part:
        eligible = tensors["masked"]
        editable = torch.ones_like(tensors["masked"])

    part: Any = Part()
    for name, value in tensors.items():
        setattr(part, name, value)
    return part


@pytest.mark.parametrize("revises", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_commit(revises: bool, given: bool, device: torch.device) -> None:
    from llada_core.kernels.commit import commit

    torch.manual_seed(revises + 2 * given)
    rows, width, mask_id = 6, 5, 99
    shape = rows, width

    def chance(share: float) -> torch.Tensor:
        return torch.rand(shape, device=device) < share

    masked, write, remask = chance(0.6), chance(0.4), chance(0.3)
    write[0] = False  # a row that commits nothing
    masked[1] = False  # one with no mask left
    others = torch.rand(shape, device=device).masked_fill(~masked, torch.inf)
    write[2], masked[2], others[2, 3] = False, True, torch.nan
    sampled, held = torch.randint(0, 90, (2, *shape), device=device).unbind(0)
    tokens = torch.randint(-3, 90, shape, device=device) if given else None
    may_remask = torch.tensor([1, 0, 1, 1, 0, 1], device=device)
    obs: Observation = observation(masked=masked, sampled=sampled, others=others, token=held)
    update = Update(write, tokens, remask if revises else None)
    wanted = apply(obs, update, may_remask != 0 if revises else None)

    counter = torch.arange(rows, device=device)
    batch = {
        "token": held.clone(),
        "masked": masked.to(torch.int64),
        "forwards": counter.clone(),
        "step_in_block": counter.clone(),
        "masked_left": counter.clone(),
        "may_remask": may_remask,
    }
    result = torch.zeros(rows, width + 1, dtype=torch.int64, device=device)
    odds = torch.zeros(shape, device=device)
    answer = update.write, update.tokens, update.remask
    commit(*answer, sampled, others, batch, result, odds, mask_id, revises=revises)
    assert torch.equal(result[:, :-1], wanted)
    assert result[:, -1].tolist() == [0, 0, 1, 0, 0, 0]
    assert torch.equal(odds.nan_to_num(-1), others.nan_to_num(-1))
    assert torch.equal(batch["masked"], (wanted == -1).to(torch.int64))
    assert torch.equal(batch["token"], torch.where(wanted < 0, mask_id, wanted))
    assert torch.equal(batch["masked_left"], (wanted == -1).sum(1))
    assert torch.equal(batch["forwards"], counter + 1)
    assert torch.equal(batch["step_in_block"], counter + 1)


@pytest.mark.parametrize("width", [1, 5, 32, 100])
def test_ranks(width: int, device: torch.device) -> None:
    from llada_core.kernels.commit import ranks

    torch.manual_seed(width)
    cost = torch.randint(0, 4, (7, width), device=device).double()
    cost[0], cost[1, width // 2], cost[2, 0] = torch.inf, torch.nan, torch.inf
    order = cost.argsort(dim=1, stable=True)
    expected = torch.empty_like(order).scatter_(1, order, torch.arange(width, device=device).expand_as(order))
    assert torch.equal(ranks(cost), expected)
