"""The rule itself."""

from __future__ import annotations

from typing import Any

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update


class LeftToRight(UnmaskingRule):
    """Commits the leftmost masked position of the block, and the run of sure ones behind it.

    The order of an autoregressive model: of the masked positions m_1 < m_2 < ... a step commits m_1 ... m_n
    with the largest n <= max_run such that the confidences of m_2 ... m_n are all at least run_confidence.
    """

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """For all rows at once; tensors are [rows, width]."""
        place = obs.eligible.cumsum(dim=1)  # 1 at m_1, 2 at m_2, ...
        confidence = 1 / (1 + obs.others.double())
        sure = confidence >= params.run_confidence[:, None]
        goes_on = sure | (place == 1) | ~obs.eligible
        run = goes_on.cumprod(dim=1).bool() & (place <= params.max_run[:, None])
        return Update(write=run & obs.eligible)
