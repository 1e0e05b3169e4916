"""Steps over block windows: forward, statistics and decision as graphs, and the next step before this is read.

A step runs here when every row recomputes just its block and the rest of its canvas is kept. Everything else
is packed (`runner`). What cannot be captured, such as a rule with state, decides outside: then only the
forward runs here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from ..canvas import Ids
from ..errors import LladaError
from ..facts import ModelFacts
from ..kv_cache import KVPool
from ..model.packed import BlockWindows
from .block_batch import BlockBatch, fits, kind_of
from .committer import Committer
from .decide import apply
from .graphs import Graphs
from .row import Row
from .state import STATELESS
from .statistics import FILL, in_one_pass

log = logging.getLogger("llada_core.engine")

MOST_GRAPHS = 96
LONGEST_BLOCK = 128
"""Longer blocks are packed: they keep a card busy without a graph."""


class BlockModel(Protocol):
    """What a model that runs block steps offers."""

    def block(self, windows: BlockWindows, logits: torch.Tensor) -> None:
        """See `model.fused.FusedForward.block`."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What a step did to one row."""

    row: Row
    start: int
    tokens: Ids
    """What the block holds now, -1 where masked."""
    others: npt.NDArray[np.float32] | None
    """Odds against the sampled tokens; only where previews are wanted."""
    finite: bool


@dataclass(frozen=True, slots=True)
class Launched:
    """A step that runs, or has run, on the device."""

    rows: Sequence[Row]
    size: int
    at: list[tuple[int, int, int]]
    """Of each row: forwards before the step, first position of the block, start of its extent."""
    result: torch.Tensor
    """Where int64 [size, width + 1] lands on the host: what the blocks hold, and whether a number is none."""
    others: torch.Tensor | None
    done: torch.cuda.Event | None


class BlockSteps:
    """Runs block steps of one model over one pool."""

    def __init__(
        self,
        model: BlockModel,
        facts: ModelFacts,
        pool: KVPool,
        logits: tuple[int, torch.dtype],
        device: torch.device,
        max_rows: int,
    ) -> None:
        """`logits` are their width and dtype."""
        self._model, self._facts, self._pool, self._device = model, facts, pool, device
        self._max_rows = max_rows
        self._vocab, self._dtype = logits
        self._graphs = Graphs(device, MOST_GRAPHS)
        self._batches: dict[int, BlockBatch] = {}
        self._logits: dict[int, torch.Tensor] = {}
        self._outside: set[int] = set()
        """Committers that cannot be captured, by id."""
        self._ahead: Launched | None = None
        self._launches = 0

    @property
    def ahead(self) -> Sequence[Row]:
        """The rows of a step that runs already, before anybody asked for it."""
        return () if self._ahead is None else self._ahead.rows

    def prepare(self, rows: int, width: int) -> None:
        """Capture the forward of up to `rows` blocks of `width`, so that no request waits for it."""
        batch, size = self._batch(width), bucket(rows)
        batch.fill([], size)
        self._graphs.run(("forward", size, width), lambda: self._forward(batch, size))

    def sizes(self) -> list[int]:
        """The numbers of rows that graphs are captured for."""
        return [size for size in BUCKETS if size < bucket(self._max_rows)] + [bucket(self._max_rows)]

    def forward(self, rows: Sequence[Row]) -> torch.Tensor:
        """Logits [rows, width, vocab] of the blocks of `rows`, for a decision outside."""
        batch, size = self._fill(rows)
        self._graphs.run(("forward", size, batch.width), lambda: self._forward(batch, size))
        return self._logits[batch.width][: len(rows) * batch.width].view(len(rows), batch.width, -1)

    def decides(self, rows: Sequence[Row]) -> bool:
        """Whether the decision for these rows runs here too."""
        if self._ahead is not None:
            return True
        first = rows[0]
        committer, kind = first.committer, kind_of(first)
        if id(committer) in self._outside or type(committer.source).init_state not in STATELESS:
            return False
        params = [row.request.params for row in rows]
        if any(p.top_k is not None or p.top_p < 1 for p in params) or not fits(first):
            return False
        return all(row.committer is committer and kind_of(row) == kind for row in rows)

    def step(self, rows: Sequence[Row], alone: bool) -> list[Landed] | None:
        """Run a step of `rows`, of which those that a step ahead has run are taken from it.

        Args:
            alone: nobody else waits for a turn, so the next step may begin before this one is read.

        Returns:
            None if it turns out that the decision cannot run here.
        """
        launched = self._ahead
        self._ahead = None
        if launched is None:
            launched = self._launch(rows)
            if launched is None:
                return None
        if alone and len(rows) == len(launched.rows) and self._foreseen(launched):
            batch = self._batch(launched.rows[0].canvas.block_length)
            self._replay(batch, launched.size, launched.rows)
            at = [(forwards + 1, start, slot) for forwards, start, slot in launched.at]
            self._ahead = self._land(batch, launched.rows, launched.size, at)
        return self._read(launched, rows)

    def _launch(self, rows: Sequence[Row]) -> Launched | None:
        batch, size = self._fill(rows)
        if not self._capture(batch, size, rows):
            return None
        self._replay(batch, size, rows)
        at = [(row.forwards, row.canvas.span(row.block)[0], row.extents[0].start) for row in rows]
        return self._land(batch, rows, size, at)

    def _capture(self, batch: BlockBatch, size: int, rows: Sequence[Row]) -> bool:
        """Capture what these rows need, unless it is there; whether it could be."""
        forward, decision = _keys(batch, size, rows)
        if forward in self._graphs and decision in self._graphs:
            return True
        self._graphs.hold(forward, lambda: self._forward(batch, size))
        try:
            self._graphs.hold(decision, lambda: self._decide(batch, size, rows))
        except (LladaError, RuntimeError) as error:
            committer = rows[0].committer
            self._outside.add(id(committer))
            log.info("%s is not captured in a graph: %s", committer.name, error)
            return False
        batch.fill(rows, size)  # the runs before a capture have changed it
        return True

    def _replay(self, batch: BlockBatch, size: int, rows: Sequence[Row]) -> None:
        for key in _keys(batch, size, rows):
            self._graphs.replay(key)

    def _forward(self, batch: BlockBatch, size: int) -> None:
        self._model.block(batch.windows(size), self._logits[batch.width][: size * batch.width])

    def _decide(self, batch: BlockBatch, size: int, rows: Sequence[Row]) -> None:
        """Sample, let the committer decide, and bring the batch up to date."""
        committer = rows[0].committer
        logits = self._logits[batch.width][: size * batch.width]
        found = in_one_pass(logits, *batch.places(size), committer.needs, self._facts.mask_id)
        wanted = batch.wanted(size, committer)
        statistics = {}
        for name, values in found.items():
            full = values.view(size, batch.width, *values.shape[1:])
            if name == "sampled":
                statistics[name] = torch.where(wanted, full, batch.tokens(size))
            elif name == "logits":
                statistics[name] = full
            else:
                statistics[name] = torch.where(wanted, full, FILL[name])
        any_random = any(row.request.params.remasking == "random" for row in rows)
        obs = batch.observation(size, committer, any_random, statistics)
        update = committer.decide(obs, batch.params(size, rows[0]), None)
        may_remask = batch.may_remask(size) if committer.revises else None
        batch.advance(size, apply(obs, update, may_remask), statistics["others"])

    def _land(
        self, batch: BlockBatch, rows: Sequence[Row], size: int, at: list[tuple[int, int, int]]
    ) -> Launched:
        """Send a step's result to the host, without waiting for it."""
        self._launches += 1
        result, others = batch.landing(self._launches % 2)
        preview = any(row.request.preview for row in rows)
        result[:size].copy_(batch.result[:size], non_blocking=True)
        if preview:
            others[:size].copy_(batch.others[:size], non_blocking=True)
        done = None
        if self._device.type == "cuda":
            done = torch.cuda.Event()
            done.record()
        return Launched(rows, size, at, result[:size], others if preview else None, done)

    def _foreseen(self, launched: Launched) -> bool:
        """Whether every row goes on with the same window whatever this step finds."""
        for row, (_, start, slot) in zip(launched.rows, launched.at, strict=True):
            planned = row.plan_ahead()
            if planned is None or planned.start != start or row.extents[0].start != slot:
                return False
            if not is_block(row, planned):
                return False
        return True

    def _read(self, launched: Launched, rows: Sequence[Row]) -> list[Landed]:
        """What happened to those of `rows` that still wait for just this step."""
        if launched.done is not None:
            launched.done.synchronize()
        running = {id(row) for row in rows}
        landed = []
        for n, (row, (forwards, start, _)) in enumerate(zip(launched.rows, launched.at, strict=True)):
            planned = row.planned
            if id(row) not in running or planned is None or row.forwards != forwards:
                continue
            if planned.start != start or not is_block(row, planned):
                continue
            held = launched.result[n].numpy()
            others = (
                launched.others[n].numpy() if launched.others is not None and row.request.preview else None
            )
            landed.append(Landed(row, start, held[:-1].copy(), others, not held[-1]))
        return landed

    def _fill(self, rows: Sequence[Row]) -> tuple[BlockBatch, int]:
        batch, size = self._batch(rows[0].canvas.block_length), bucket(len(rows))
        batch.fill(rows, size)
        return batch, size

    def _batch(self, width: int) -> BlockBatch:
        if width not in self._batches:
            most = bucket(self._max_rows)
            self._batches[width] = BlockBatch(most, width, self._pool, self._facts.mask_id, self._device)
            self._logits[width] = torch.empty(
                (most * width, self._vocab), dtype=self._dtype, device=self._device
            )
        return self._batches[width]


def is_block(row: Row, planned: Any) -> bool:
    """Whether a planned forward computes just the row's block, with everything else kept."""
    start, end = row.canvas.span(row.block)
    return (
        planned.whole
        and planned.commit
        and planned.scattered is None
        and planned.restore is None
        and (planned.start, planned.length) == (start, end - start)
        and planned.length <= LONGEST_BLOCK
        and row.committer.region == "block"
        and len(row.extents) == 1
    )


BUCKETS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128)
"""Numbers of rows that a graph is captured for; from there on multiples of 32. Where weights are read more
than used, up to about 8 rows, empty rows cost next to nothing; above it at most a quarter."""


def bucket(rows: int) -> int:
    """The number of rows that a graph for `rows` has."""
    return next((size for size in BUCKETS if size >= rows), -(-rows // 32) * 32)


def _keys(batch: BlockBatch, size: int, rows: Sequence[Row]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Of the forward's graph, and of the decision's."""
    any_random = any(row.request.params.remasking == "random" for row in rows)
    shape = size, batch.width
    return ("forward", *shape), ("decision", *shape, id(rows[0].committer), kind_of(rows[0]), any_random)
