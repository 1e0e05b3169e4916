"""Anchors that let their neighbours go."""

from __future__ import annotations

from typing import Any, ClassVar

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update, ranks

THRESHOLD = 0.9
"""What `threshold` is where the request names none."""


class LocalLeap(UnmaskingRule):
    """Commits anchors, which pass `threshold`, and what passes `relaxed_threshold` near one.

    Kong et al., "Accelerating Diffusion LLM Inference via Local Determinism Propagation" (2025,
    arXiv:2510.07081).
    """

    needs: ClassVar = frozenset({"sampled", "others", "confidence"})

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """Distances are between canvas positions; the surest position goes even where there is no anchor."""
        anchor = obs.eligible & (obs.confidence >= params.threshold.nan_to_num(THRESHOLD)[:, None])
        apart = (obs.position[:, :, None] - obs.position[:, None, :]).abs()
        near = ((apart <= params.radius[:, None, None]) & anchor[:, None, :]).any(-1)
        follows = near & (obs.confidence >= params.relaxed_threshold[:, None])
        return Update(write=(anchor | follows | (ranks(obs.cost) == 0)) & obs.eligible)
