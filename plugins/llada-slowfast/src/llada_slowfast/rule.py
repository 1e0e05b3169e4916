"""Exploration, then accelerated decoding, in cycles."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch

from llada_core import ModelFacts, Observation, ParamsBatch, UnmaskingRule, Update, ranks

THRESHOLD = 0.9
"""What `threshold` is where the request names none."""


class Cycle(NamedTuple):
    """A row's current cycle: columns `start` to `end` - 1 of the block; tensors [rows]."""

    start: torch.Tensor
    end: torch.Tensor
    looked: torch.Tensor
    """int64: steps since it began."""
    fast: torch.Tensor
    """bool: whether its end is settled, and it is being filled."""


class SlowFast(UnmaskingRule):
    """Looks for the end of what can be filled, then commits only before that end until it is full.

    Wei et al., "Accelerating Diffusion Large Language Models with SlowFast Sampling: The Three Golden
    Principles" (2025, arXiv:2506.10848). The end is settled once it has moved by less than two positions
    (the standard deviation of the last two is below 1), or after `explore_steps` steps.
    """

    needs: ClassVar = frozenset({"sampled", "others", "confidence"})

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Cycle:
        """A cycle that begins at the block's first column."""
        zero = torch.zeros(rows, dtype=torch.int64)
        return Cycle(zero, zero.clone(), zero.clone(), torch.zeros(rows, dtype=torch.bool))

    def select(self, obs: Observation, params: ParamsBatch, state: Cycle) -> Update:
        """Commit what is sure and the surest, within the cycle once its end is settled."""
        column = torch.arange(obs.masked.shape[1], device=obs.masked.device)
        fair = obs.eligible & (obs.confidence >= params.low_threshold[:, None])
        reach = torch.where(fair, column + 1, 0).amax(1).maximum(state.start + 1)
        looked = state.looked + 1
        steady = (looked > 1) & ((reach - state.end).abs() < 2)
        region = obs.eligible & (~state.fast[:, None] | (column < state.end[:, None]))
        surest = ranks(obs.cost.masked_fill(~region, torch.inf)) == 0
        sure = obs.confidence >= params.threshold.nan_to_num(THRESHOLD)[:, None]
        write = region & (sure | surest)
        end = torch.where(state.fast, state.end, reach)
        fast = state.fast | steady | (looked >= params.explore_steps)
        full = fast & ~(obs.eligible & ~write & (column < end[:, None])).any(1)
        new = Cycle(torch.where(full, end, state.start), end, torch.where(full, 0, looked), fast & ~full)
        return Update(write, state=new)
