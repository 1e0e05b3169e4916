"""Divide and conquer over runs of masks."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update, ranks

THRESHOLD = 0.9
"""What `threshold` is where the request names none."""


class Hierarchical(UnmaskingRule):
    """Commits what passes `threshold`, and of each run of neighbouring masks its surest token.

    Ma et al., "dInfer: An Efficient Inference Framework for Diffusion Language Models" (2025,
    arXiv:2510.08666), hierarchical decoding: a token in the middle of a run halves it, so that distant
    positions, which depend little on each other, are decoded together.
    """

    needs: ClassVar = frozenset({"sampled", "others"})

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """The surest of a run is the one of least rank; it must exceed `low_threshold`."""
        cost, mask = obs.cost, obs.eligible
        place, confidence = ranks(cost), 1 / (1 + cost)
        starts = mask & ~torch.nn.functional.pad(mask, (1, 0))[:, :-1]
        run = starts.long().cumsum(1)
        width = place.shape[1]
        best = torch.full_like(torch.nn.functional.pad(place, (1, 0)), width)
        best = best.scatter_reduce(1, run, place.masked_fill(~mask, width), "amin")
        heads = (place == best.gather(1, run)) & (confidence > params.low_threshold[:, None])
        sure = confidence >= params.threshold.nan_to_num(THRESHOLD)[:, None]
        return Update(write=(sure | heads | (place == 0)) & mask)
