"""Observations as the engine makes them, built row by row from what a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from llada_core.observation import Observation

Build = Callable[..., Observation]


def _observation(
    odds: Sequence[Sequence[float]],
    eligible: Sequence[Sequence[bool]] | None = None,
    width: int | None = None,
    **per_row: Sequence[Any],
) -> Observation:
    """Rows of different width, padded with positions of infinite `others` that are not editable.

    Args:
        odds: `others` of each row's positions.
        eligible: masks of the block; default all.
        width: positions a row with padding; default the widest row.
        per_row: other fields [rows], and `start`, the first canvas position of each row.
    """
    rows = len(odds)
    width = max(map(len, odds)) if width is None else width
    eligible = [[True] * len(row) for row in odds] if eligible is None else eligible

    def padded(values: Sequence[Sequence[Any]], fill: Any, dtype: torch.dtype) -> torch.Tensor:
        return torch.tensor([[*row, *[fill] * (width - len(row))] for row in values], dtype=dtype)

    def column(name: str, default: Any, dtype: torch.dtype = torch.int64) -> torch.Tensor:
        return torch.tensor(per_row.get(name, [default] * rows), dtype=dtype)

    masked = padded(eligible, False, torch.bool)
    in_row = padded([[True] * len(row) for row in odds], False, torch.bool)
    random = column("random_remasking", False, torch.bool)
    return Observation(
        token=torch.zeros(rows, width, dtype=torch.int64),
        position=column("start", 0)[:, None] + torch.arange(width),
        masked=masked,
        editable=in_row,
        in_block=in_row,
        forwards=column("forwards", 0),
        step_in_block=column("step_in_block", 0),
        steps_in_block=column("steps_in_block", 1),
        masked_at_block_start=torch.tensor(
            per_row.get("masked_at_block_start", [sum(row) for row in eligible])
        ),
        masked_left=masked.sum(dim=1),
        block=column("block", 0),
        blocks=column("blocks", 1),
        seed=column("seed", 0),
        random_remasking=random,
        any_random=bool(random.any()),
        statistics={"others": padded(odds, torch.inf, torch.float32)},
    )


@pytest.fixture(scope="session")
def observe() -> Build:
    """Builds an `Observation` from lists, one a row."""
    return _observation
