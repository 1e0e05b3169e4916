"""Adaptive acceleration, with backtracking."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch

from llada_core import ModelFacts, Observation, ParamsBatch, UnmaskingRule, Update, ranks


class Sureness(NamedTuple):
    """How likely the tokens were: float32 [rows, width]."""

    committed: torch.Tensor
    """When it was committed."""
    before: torch.Tensor
    """In the step before this one."""


class Saber(UnmaskingRule):
    """Commits what is surer than the mean commit was, then masks again what has lost most confidence.

    Dong et al., "Saber: An Efficient Sampling with Adaptive Acceleration and Backtracking Enhanced Remasking
    for Diffusion Language Model" (2025, arXiv:2510.18165). A step that commits k tokens masks up to
    max(min_commits / 2, ceil(k / commits_per_remask)) others, of those whose probability fell, but fewer than
    k, so that every step gains a token.
    """

    needs: ClassVar = frozenset({"sampled", "others", "confidence", "current"})
    revises: ClassVar = True

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Sureness:
        """Nothing committed yet."""
        return Sureness(torch.zeros(rows, width), torch.zeros(rows, width))

    def select(self, obs: Observation, params: ParamsBatch, state: Sureness) -> Update:
        """While nothing is committed the mean is NaN, which nothing exceeds."""
        done = ~obs.masked & obs.editable
        mean = (state.committed * done).sum(1, keepdim=True) / done.sum(1, keepdim=True)
        surest = ranks(obs.cost) < params.min_commits[:, None]
        write = ((obs.confidence > mean) | surest) & obs.eligible
        share = (write.sum(1) / params.commits_per_remask).ceil()
        most = share.maximum(params.min_commits / 2).minimum(write.sum(1) - 1)[:, None]
        lost = torch.where(done, state.before - obs.current, -1)
        remask = (lost > 0) & (ranks(-lost) < most)
        committed = torch.where(write, obs.confidence, state.committed)
        before = torch.where(done, obs.current, obs.confidence)
        return Update(write, remask=remask, state=Sureness(committed, before))
