"""Block windows computed by all ranks together."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import torch

from ..algorithm import Need
from ..engine.block_forward import BlockForward, Work
from ..engine.row import Row
from ..kv_cache import KVPool
from ..model.packed import Packed
from .commands import Command, Forward, Within
from .group import Group
from .statistics import NAMES, statistics_of_shares

Tell = Callable[[Command], AbstractContextManager[object]]
"""Tells the other ranks what this one computes within the context."""


class SplitBlockForward(BlockForward):
    """The same on every rank: the windows come from rank 0, what was read of the logits is there afterwards.

    Logits are gathered where they are asked for themselves. Otherwise each rank has those of its share of the
    vocabulary, and what is known of them goes around.
    """

    def __init__(
        self,
        model: Any,
        group: Group,
        pool: KVPool,
        mask_id: int,
        max_rows: int,
        *,
        tell: Tell = lambda _: nullcontext(),
        hidden: Callable[[Packed], torch.Tensor] | None = None,
    ) -> None:
        """
        Args:
            tell: rank 0's way to the others.
            hidden: how rank 0 computes hidden states.
        """
        super().__init__(model, pool, mask_id, max_rows, group.device)
        self._group, self._tell = group, tell
        self._hidden_states = hidden
        positions, share = self._computed.shape
        self.logits = self._computed.new_empty((positions, share * group.size if group.rank == 0 else 0))
        self._sampled = torch.zeros(positions, dtype=torch.int64, device=group.device)
        self._numbers = torch.zeros((len(NAMES), positions), dtype=torch.float32, device=group.device)

    def hold(self, work: Work) -> None:
        """See `BlockForward.hold`."""
        with self._tell(Forward(work, run=False)):
            super().hold(work)

    def run(self, work: Work) -> None:
        """See `BlockForward.run`."""
        with self._tell(Forward(work, run=True)):
            super().run(work)

    def run_within(self, packed: Packed, where: torch.Tensor, work: Work) -> None:
        """See `BlockForward.run_within`; for rank 0."""
        tokens = self.batch(work.width).tokens(work.size).reshape(-1)
        packed.tokens.index_copy_(0, where, tokens[: len(where)])
        assert self._hidden_states is not None
        hidden = self._hidden_states(replace(packed, wanted=where))
        with self._tell(Within(work, len(where))):
            self.read_within(work, hidden)

    def read_within(self, work: Work, hidden: torch.Tensor) -> None:
        """Logits of the windows from rank 0's `hidden` [n, d_model], and what is read of them."""
        self._group.broadcast(self.batch(work.width).table(work.size))
        self._group.broadcast(hidden)
        self._computed[: len(hidden)].copy_(self._model.head(hidden))
        self._read(work)

    def statistics(
        self, work: Work, like: Row, needs: frozenset[Need], truncated: bool
    ) -> dict[str, torch.Tensor]:
        """See `BlockForward.statistics`."""
        if work.logits:
            return super().statistics(work, like, needs, truncated)
        count = work.size * work.width
        found = dict(zip(NAMES, self._numbers[:, :count], strict=True))
        return {"sampled": self._sampled[:count], **found}

    def _key(self, work: Work) -> Hashable:
        return work

    def _compute(self, work: Work) -> None:
        self._group.broadcast(self.batch(work.width).table(work.size))
        super()._compute(work)
        self._read(work)

    def _read(self, work: Work) -> None:
        """Have on rank 0 what the work reads of the logits."""
        logits = self._computed[: work.positions]
        if work.logits:
            self._group.gather(logits, self.logits[: work.positions] if self._group.rank == 0 else None)
            return
        drawn = self.batch(work.width).drawn(work.size, None, *self._wanted(work), False)
        found = statistics_of_shares(logits, drawn, self._group, self._mask_id)
        count = work.size * work.width
        self._sampled[:count] = found["sampled"]
        for n, name in enumerate(NAMES):
            self._numbers[n, :count] = found[name]
