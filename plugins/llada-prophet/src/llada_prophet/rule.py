"""Early commitment of everything."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update, ranks


class Prophet(UnmaskingRule):
    """Follows the schedule until the mean gap of best and second logit is large, then commits all masks.

    Li et al., "Diffusion Language Models Know the Answer Before Decoding" (2025, arXiv:2508.19982). The gap
    that is enough falls with each third of the steps.
    """

    needs: ClassVar = frozenset({"sampled", "others", "gap"})
    region: ClassVar = "canvas"

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """Columns past a row's own width are not editable, and count nowhere."""
        left = obs.masked & obs.editable
        gap = torch.where(left, obs.gap, 0).sum(1) / left.sum(1)
        third = (3 * obs.forwards // params.steps).clamp(max=2)
        gaps = torch.stack((params.early_gap, params.middle_gap, params.late_gap))
        clear = gap >= gaps.gather(0, third[None])[0]
        return Update(write=(left & clear[:, None]) | scheduled(obs))


def scheduled(obs: Observation) -> torch.Tensor:
    """The fixed schedule: of n masks in a block of s steps, n // s a step, one more in the first n % s."""
    quota = obs.masked_at_block_start // obs.steps_in_block
    quota = quota + (obs.step_in_block < obs.masked_at_block_start % obs.steps_in_block)
    return (ranks(obs.cost) < quota[:, None]) & obs.eligible
