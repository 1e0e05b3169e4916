"""The entropy-bounded sampler."""

from __future__ import annotations

from typing import Any, ClassVar

from llada_core import Observation, ParamsBatch, UnmaskingRule, Update, ranks


class EntropyBound(UnmaskingRule):
    """Commits the longest run of positions, surest first, whose entropies fit into a bound.

    Ben-Hamu et al., "Accelerated Sampling from Masked Diffusion Models via Entropy Bounded Unmasking" (2025,
    arXiv:2505.24857): the largest prefix U of the order with sum H - max H <= gamma over U.
    """

    needs: ClassVar = frozenset({"sampled", "others", "entropy"})

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """The first position always fits, since its sum is its maximum."""
        entropy = obs.entropy.double().gather(1, obs.cost.argsort(dim=1, stable=True))
        fits = entropy.cumsum(1) - entropy.cummax(1).values <= params.gamma[:, None]
        count = fits.long().cumprod(1).sum(1)
        return Update(write=(ranks(obs.cost) < count[:, None]) & obs.eligible)
