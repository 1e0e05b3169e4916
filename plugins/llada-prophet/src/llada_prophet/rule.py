"""Early commitment of everything."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from llada_core import Observation, ParamsBatch, Region, Schedule, UnmaskingRule, Update

SCHEDULE = Schedule()


class Prophet(UnmaskingRule):
    """Follows the schedule until the mean gap of best and second logit is large, then commits all masks.

    Li et al., "Diffusion Language Models Know the Answer Before Decoding" (2025, arXiv:2508.19982). The gap
    that is enough falls with each third of the steps.
    """

    needs: ClassVar = frozenset({"sampled", "others", "gap"})
    region: ClassVar[Region] = "canvas"

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """Columns past a row's own width are not editable, and count nowhere."""
        left = obs.masked & obs.editable
        gap = torch.where(left, obs.gap, 0).sum(1) / left.sum(1)
        third = (3 * obs.forwards // params.steps).clamp(max=2)
        gaps = torch.stack((params.early_gap, params.middle_gap, params.late_gap))
        clear = gap >= gaps.gather(0, third[None])[0]
        return Update(write=(left & clear[:, None]) | SCHEDULE.select(obs, params, None).write)
