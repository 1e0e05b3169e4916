"""Which positions a step commits: the rule's interface and the core's three rules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import torch

from .algorithm import Need, Region, StateScope
from .kernels import triton_here
from .observation import Observation, ParamsBatch, Update

if TYPE_CHECKING:
    from .facts import ModelFacts

__all__ = [
    "Factor",
    "Observation",
    "ParamsBatch",
    "Schedule",
    "Threshold",
    "UnmaskingRule",
    "Update",
    "ranks",
]


class UnmaskingRule(ABC):
    """Selects what to commit after each forward. One instance serves all requests: keep nothing on `self`."""

    needs: ClassVar[frozenset[Need]] = frozenset({"sampled", "others"})
    region: ClassVar[Region] = "block"
    revises: ClassVar[bool] = False
    state_scope: ClassVar[StateScope] = "block"

    @abstractmethod
    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        """Which positions to commit, for all rows at once.

        Must be pure, with static shapes: no `.item()`, no boolean indexing, no random numbers but those of
        `obs.uniform`.
        """

    def quota(
        self, masked_at_block_start: int, step_in_block: int, steps_in_block: int, params: Any
    ) -> int | None:
        """How many positions the step commits, where its count follows from these numbers alone.

        They are the observation's, of one row, on the host; `params` is the request's instance of the rule's
        `Params`, or None. The answer None, the default: it depends on what the model says. A rule that knows
        lets the engine begin the next forward before it has read this one. A wrong answer is noticed and
        costs time; where keys and values are kept without a refresh, it may change tokens.
        """
        return None

    def init_state(self, rows: int, width: int, facts: ModelFacts) -> NamedTuple | None:
        """Fresh state for `rows` rows of `width` positions: a NamedTuple of tensors [rows, ...], or None."""
        return None


def ranks(cost: torch.Tensor) -> torch.Tensor:
    """Rank of each position in its row, 0 = least cost, the lowest position first among equals: int64."""
    if cost.is_cuda and cost.shape[1] <= 128 and triton_here():
        from .kernels.commit import ranks as in_one_launch

        return in_one_launch(cost)
    order = cost.argsort(dim=1, stable=True)
    places = torch.arange(cost.shape[1], device=cost.device).expand_as(order)
    return torch.empty_like(order).scatter_(1, order, places)


class Schedule(UnmaskingRule):
    """The fixed schedule: of n masks in a block of s steps, n // s a step, one more in the first n % s.

    LLaDA (Nie et al., 2025), low-confidence remasking; `remasking="random"` ranks by chance.
    """

    def quota(self, masked_at_block_start: int, step_in_block: int, steps_in_block: int, params: Any) -> int:
        """n // s, and one more in the first n % s steps."""
        base, more = divmod(masked_at_block_start, steps_in_block)
        return base + (step_in_block < more)

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        steps = obs.steps_in_block
        quota = obs.masked_at_block_start // steps
        quota = quota + (obs.step_in_block < obs.masked_at_block_start % steps)
        return Update(write=(ranks(obs.cost) < quota[:, None]) & obs.eligible)


class Threshold(UnmaskingRule):
    """Commit every position whose confidence is at least `threshold`, and always the most confident one.

    Fast-dLLM (Wu et al., 2025), confidence-aware parallel decoding.
    """

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        cost = obs.cost
        sure = 1 / (1 + cost) >= params.threshold[:, None]
        return Update(write=(sure | (ranks(cost) == 0)) & obs.eligible)


class Factor(UnmaskingRule):
    """Commit the n most confident positions while the n-th confidence is at least 1 - factor / (n + 1).

    Fast-dLLM's factor-based decoding (Wu et al., 2025, theorem 1), as its published code has it: the first
    position is always taken, and where only the very last masked position fails the test, it is taken too.
    """

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        cost = obs.cost
        ordered = cost.sort(dim=1, stable=True).values
        n = torch.arange(1, cost.shape[1] + 1, device=cost.device)[None]
        # 1 - c = cost / (1 + cost), so c >= 1 - f / (n + 1) without the cancellation near c = 1.
        passes = (ordered * (n + 1) <= params.factor[:, None] * (1 + ordered)) | (n == 1)
        accepted = passes.long().cumprod(dim=1).sum(dim=1)
        eligible = obs.eligible.sum(dim=1)
        accepted = torch.where((accepted == eligible - 1) & (eligible > 1), eligible, accepted)
        return Update(write=(ranks(cost) < accepted[:, None]) & obs.eligible)
