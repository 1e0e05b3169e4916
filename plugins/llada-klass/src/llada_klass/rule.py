"""Unmasking by confidence and stability."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch

from llada_core import ModelFacts, Observation, ParamsBatch, Schedule, UnmaskingRule, Update

SCHEDULE = Schedule()


class Stability(NamedTuple):
    """What the last step predicted, and for how many steps it has hardly moved."""

    log_p: torch.Tensor
    """float32 [rows, width, vocab]; minus infinity before the first step."""
    calm: torch.Tensor
    """int64 [rows, width]."""


class Klass(UnmaskingRule):
    """Commits all positions that are confident and have been stable; where none is, what the schedule gives.

    Kim et al., "KLASS: KL-Guided Fast Inference in Masked Diffusion Models" (2025, arXiv:2511.05664): stable
    means KL(p_t || p_{t-1}) < `kl_threshold` in each of the last `kl_steps` steps.
    """

    needs: ClassVar = frozenset({"sampled", "others", "confidence", "logits"})

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> Stability:
        """No prediction yet, from which everything is infinitely far."""
        nowhere = torch.full((rows, width, facts.vocab_size), -torch.inf)
        return Stability(nowhere, torch.zeros(rows, width, dtype=torch.int64))

    def select(self, obs: Observation, params: ParamsBatch, state: Stability) -> Update:
        """Compare with the step before, count calm steps, commit what is ready."""
        log_p = obs.logits.float().log_softmax(-1)
        # What is forbidden has the probability 0, and 0 x infinity would be no number.
        p = log_p.exp()
        moved = torch.where(p > 0, p * (log_p - state.log_p), 0).sum(-1)
        calm = torch.where(moved < params.kl_threshold[:, None], state.calm + 1, 0)
        sure = obs.confidence > params.conf_threshold[:, None]
        ready = sure & (calm >= params.kl_steps[:, None]) & obs.eligible
        write = torch.where(ready.any(1, keepdim=True), ready, SCHEDULE.select(obs, params, None).write)
        return Update(write, state=Stability(log_p, calm))
