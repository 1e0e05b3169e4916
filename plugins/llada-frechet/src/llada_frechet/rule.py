"""Fréchet profile decoding."""

from __future__ import annotations

from typing import Any, ClassVar

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update, ranks


class Frechet(UnmaskingRule):
    """Commits the n most confident positions while max(0, sum c - (n - 1)) - (1 - c_n) > delta.

    Kasa et al., "Fast-dLLM++: Fréchet Profile Decoding for Faster Diffusion LLM Inference" (2026,
    arXiv:2606.02955). The first term is the Fréchet-Hoeffding lower bound on all n being right together.
    """

    needs: ClassVar = frozenset({"sampled", "others"})

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """The left side only falls with n, so the first n that fails is the end."""
        ordered = obs.cost.sort(dim=1, stable=True).values
        doubt = 1 / (1 + 1 / ordered)  # 1 - c, without the cancellation near c = 1
        sure = (1 - doubt.cumsum(1)).clamp(min=0) - doubt > params.delta[:, None]
        place = ranks(obs.cost)
        return Update(write=((place < sure.sum(1, keepdim=True)) | (place == 0)) & obs.eligible)
