"""Logits of block windows in buffers that never move, and the statistics that are read of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import msgspec
import torch

from ..algorithm import Need
from ..kv_cache import KVPool
from ..model.packed import Packed
from .block_batch import BlockBatch
from .buckets import bucket, logits_positions
from .graphs import Graphs
from .packed_forward import PackedForward
from .row import Row
from .statistics import enumerate_places, in_one_pass

MOST_GRAPHS = 160


class Work(msgspec.Struct, frozen=True, array_like=True):
    """A forward of block windows: how many, how wide, and what is read of it."""

    size: int
    width: int
    most: int | None = None
    """Of as many masks as are said, in order, logits are computed; None: of all positions."""
    everywhere: bool = True
    """Whether statistics are wanted of all positions, or of the masks."""
    logits: bool = True
    """Whether logits are read themselves, not only the statistics of a token drawn from all of them."""

    @property
    def positions(self) -> int:
        """How many logits are computed of."""
        return self.size * self.width if self.most is None else self.most


class BlockForward:
    """Runs such forwards of one model over one pool; on CUDA as graphs."""

    def __init__(self, model: Any, pool: KVPool, mask_id: int, max_rows: int, device: torch.device) -> None:
        self._model, self._pool, self._mask_id, self._device = model, pool, mask_id, device
        self._max_rows = max_rows
        self._graphs = Graphs(device, MOST_GRAPHS)
        self._repeated = PackedForward(model, device)
        self._batches: dict[int, BlockBatch] = {}
        shape = logits_positions(max_rows), model.logits_width
        self._computed = torch.empty(shape, dtype=model.dtype, device=device)
        """What the model writes its logits to."""
        self.logits = self._computed
        """[positions, vocab]."""

    def batch(self, width: int) -> BlockBatch:
        """The windows of `width` positions."""
        if width not in self._batches:
            most = bucket(self._max_rows)
            self._batches[width] = BlockBatch(most, width, self._pool, self._mask_id, self._device)
        return self._batches[width]

    def hold(self, work: Work) -> None:
        """Capture a forward over the windows of a batch, where that can be."""
        self._graphs.hold(self._key(work), lambda: self._compute(work))

    def run(self, work: Work) -> None:
        """Compute logits of the windows of a batch as they are now."""
        self._graphs.run(self._key(work), lambda: self._compute(work))

    def run_within(self, packed: Packed, where: torch.Tensor, work: Work) -> None:
        """The same where a forward computes more than the windows; `where`, int64: their places in it."""
        tokens = self.batch(work.width).tokens(work.size).reshape(-1)
        packed.tokens.index_copy_(0, where, tokens[: len(where)])
        hidden = self._repeated.hidden(replace(packed, wanted=where))
        self._computed[: len(where)].copy_(self._model.head(hidden))

    def statistics(
        self, work: Work, like: Row, needs: frozenset[Need], truncated: bool
    ) -> dict[str, torch.Tensor]:
        """What `needs` asks for of the last forward, [size * width, ...]; `like` and `truncated` as for
        `BlockBatch.drawn`."""
        drawn = self.batch(work.width).drawn(work.size, like, *self._wanted(work), truncated)
        return in_one_pass(self.logits[: work.positions], drawn, needs, self._mask_id)

    def forget(self) -> None:
        """Give up what was captured."""
        self._graphs.clear()
        self._repeated.forget()

    def _key(self, work: Work) -> Hashable:
        return work.size, work.width, work.most

    def _compute(self, work: Work) -> None:
        batch, logits = self.batch(work.width), self._computed[: work.positions]
        places = None
        if work.most is not None:
            places = enumerate_places(batch.masked(work.size).reshape(-1), work.most)[0].clamp(min=0)
        self._model.block(batch.windows(work.size), logits, places)

    def _wanted(self, work: Work) -> tuple[torch.Tensor | None, tuple[torch.Tensor, torch.Tensor] | None]:
        """Where statistics are wanted, and where their logits are; see `Drawn`."""
        masked = self.batch(work.width).masked(work.size).reshape(-1)
        placed = None if work.most is None else enumerate_places(masked, work.most)
        return (None if work.everywhere else masked), placed
