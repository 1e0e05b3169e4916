"""Steps that decide on one block a row, from buffers that never move.

Statistics and decision run as a graph, and so does the forward where it computes just the blocks and finds
everything else kept. Where a step's outcome is known as far as the next forward needs it, that one begins
before this one is read. What cannot be captured, such as a rule with state, decides outside (`runner`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ..canvas import Ids
from ..errors import LladaError, OutOfMemoryError
from ..facts import ModelFacts
from ..kv_cache import SCRATCH, KVPool
from .block_batch import BlockBatch, fits, kind_of
from .buckets import bucket, buckets, logits_positions
from .config import EngineConfig
from .graphs import Graphs
from .packed_forward import PackedForward
from .packing import PackedRows
from .plugin_code import is_out_of_memory
from .row import Row
from .state import STATELESS
from .statistics import enumerate_places, in_one_pass
from .upload import upload
from .window import PlannedForward

log = logging.getLogger("llada_core.engine")

MOST_GRAPHS = 160
COMPACT = 256
"""From so many positions on, the output projection is spared those that are committed."""


Forward = Callable[[int | None], None]
"""Computes logits of a batch as it is now: of as many masks as are said, in order, or of all positions."""


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
    batch: BlockBatch
    size: int
    at: list[tuple[int, ...]]
    """`_where` of each row."""
    forward: Forward
    blocks: bool
    """Whether the forward computes just the blocks."""
    which: int
    """The landing of the batch that its result goes to."""
    done: torch.cuda.Event | None


class BlockSteps:
    """Runs such steps of one model over one pool."""

    def __init__(
        self,
        model: Any,
        facts: ModelFacts,
        pool: KVPool,
        logits: tuple[int, torch.dtype],
        device: torch.device,
        config: EngineConfig,
    ) -> None:
        """`logits` are their width and dtype."""
        self._model, self._facts, self._pool, self._device = model, facts, pool, device
        self._max_rows, self._captures = config.max_rows, config.capture_rules
        self._graphs = Graphs(device, MOST_GRAPHS)
        self._packed = PackedForward(model, device)
        self._batches: dict[int, BlockBatch] = {}
        shape = logits_positions(config.max_rows), logits[0]
        self._logits = torch.empty(shape, dtype=logits[1], device=device)
        self._outside: set[int] = set()
        """Committers that cannot be captured, by id."""
        self._ahead: Launched | None = None
        self._last: Launched | None = None
        """The last step: what it left on the device need not be brought there again."""
        self._launches = 0

    @property
    def ahead(self) -> Sequence[Row]:
        """The rows of a step that runs already, before anybody asked for it."""
        return () if self._ahead is None else self._ahead.rows

    def prepare(self, width: int) -> Iterator[tuple[int, int]]:
        """Capture the forwards over blocks of `width`, so that no request waits for it.

        Yields how many are captured, and of how many. The largest first: the others find room in its memory.
        """
        batch = self._batch(width)
        wanted = [
            (size, most)
            for size in reversed(buckets(self._max_rows))
            for most in (None, *reversed(_shares(size * width)))
        ]
        for done, (size, most) in enumerate(wanted, 1):
            batch.fill([], size)
            self._graphs.hold(("forward", size, width, most), partial(self._forward, batch, size, most))
            yield done, len(wanted)

    def forward(self, rows: Sequence[Row]) -> torch.Tensor:
        """Logits [rows, width, vocab] of rows that compute just their blocks, for a decision outside."""
        batch, size = self._fill(rows)
        self._graphs.run(("forward", size, batch.width, None), lambda: self._forward(batch, size, None))
        return self.logits_of(rows)

    def logits_of(self, rows: Sequence[Row]) -> torch.Tensor:
        """Logits [rows, width, vocab] of the last step, of which `rows` were those that it ran."""
        width = rows[0].canvas.block_length
        return self._logits[: len(rows) * width].view(len(rows), width, -1)

    def holds(self, rows: Sequence[Row]) -> bool:
        """Whether the buffers have room for these rows."""
        width = rows[0].canvas.block_length
        return width <= SCRATCH and bucket(len(rows)) * width <= len(self._logits)

    def decides(self, rows: Sequence[Row]) -> bool:
        """Whether the decision for these rows runs here."""
        if self._ahead is not None:
            launched = {id(row) for row in self._ahead.rows}
            if all(id(row) in launched for row in rows):
                return True
            self._ahead = None  # its rows are gone, and so is what it did
        first = rows[0]
        committer, kind, width = first.committer, kind_of(first), first.canvas.block_length
        if not self._captures or id(committer) in self._outside or all(row.apart for row in rows):
            return False
        if type(committer.source).init_state not in STATELESS:
            return False
        return self.holds(rows) and all(
            fits(row)
            and row.committer is committer
            and kind_of(row) == kind
            and row.canvas.block_length == width
            and row.canvas.whole(row.block)
            and covers_block(row)
            for row in rows
        )

    def step(self, rows: Sequence[Row], alone: bool, pack: Callable[[], PackedRows]) -> list[Landed] | None:
        """Run a step of `rows`, of which those that a step ahead has run are taken from it.

        Args:
            alone: nobody else waits for a turn, so the next step may begin before this one is read.
            pack: the forward of rows that do not compute just their blocks.

        Returns:
            None if it turns out that the decision cannot run here. Rows `apart` are left out; theirs is made
            from `logits_of`, and nothing runs ahead of it.
        """
        launched = self._ahead or self._launch(rows, pack)
        self._ahead = None
        if launched is None:
            return None
        if any(row.apart for row in rows):
            self._last = None  # the device holds what the graph decided for them
        elif alone and len(rows) == len(launched.rows) and _goes_on(launched):
            at = [(forwards + 1, *where) for forwards, *where in launched.at]
            same = launched.rows, launched.batch, launched.size
            self._ahead = self._run(*same, at, launched.forward, launched.blocks)
        return self._read(launched, rows)

    def _launch(self, rows: Sequence[Row], pack: Callable[[], PackedRows]) -> Launched | None:
        at = [_where(row, row.planned) for row in rows]
        last = self._last
        if last is not None and _continues(last, rows, at):
            return self._run(rows, last.batch, last.size, at, last.forward, last.blocks)
        batch, size = self._fill(rows)
        forward = self._packed_forward(rows, batch, size, pack)
        blocks = forward is None
        if forward is None:

            def forward(most: int | None) -> None:
                key = "forward", size, batch.width, most
                self._graphs.run(key, lambda: self._forward(batch, size, most))

        return self._run(rows, batch, size, at, forward, blocks)

    def _packed_forward(
        self, rows: Sequence[Row], batch: BlockBatch, size: int, pack: Callable[[], PackedRows]
    ) -> Forward | None:
        """The forward of rows whose windows hold more than the block; None where they do not."""
        if all(is_block(row, row.planned) for row in rows):
            return None
        packed, count = pack(), len(rows) * batch.width
        starts = np.array(packed.offsets) + [
            row.canvas.span(row.block)[0] - row.planned.start for row in rows if row.planned
        ]
        index = (starts[:, None] + np.arange(batch.width)).reshape(-1)
        where = upload(index, self._device)
        wanted = replace(packed.packed, wanted=where)

        def forward(most: int | None) -> None:
            wanted.tokens.index_copy_(0, where, batch.tokens(size)[: len(rows)].reshape(-1))
            self._logits[:count].copy_(self._model.head(self._packed.hidden(wanted)))

        return forward

    def _run(
        self,
        rows: Sequence[Row],
        batch: BlockBatch,
        size: int,
        at: list[tuple[int, ...]],
        forward: Forward,
        blocks: bool,
    ) -> Launched | None:
        """Compute, decide, and send the result to the host, without waiting for it; None if the decision
        cannot be captured."""
        # Before a step that runs there were as many masks, or more, so counting them on the host is right.
        most = _most(rows, batch, size) if blocks else None
        key = _decision(batch, size, rows, most)
        if not self._capture(key, batch, size, rows, most):
            return None
        forward(most)
        try:
            self._graphs.replay(key)
        except LladaError:  # where nothing is captured, it fails only now
            self._outside.add(id(rows[0].committer))
            return None
        self._launches += 1
        which = self._launches % 2
        batch.land(size, which, any(row.request.preview for row in rows))
        done = None
        if self._device.type == "cuda":
            done = torch.cuda.Event()  # type: ignore[no-untyped-call]
            done.record()
        self._last = Launched(rows, batch, size, at, forward, blocks, which, done)
        return self._last

    def _capture(
        self, key: tuple[Any, ...], batch: BlockBatch, size: int, rows: Sequence[Row], most: int | None
    ) -> bool:
        """Capture a decision, unless it is; whether it could be."""
        if key in self._graphs:
            self._graphs.touch(key)
            return True
        before = batch.snapshot()
        try:
            self._graphs.hold(key, lambda: self._decide(batch, size, rows, most))
        except (LladaError, RuntimeError) as error:
            if is_out_of_memory(error) or isinstance(error, OutOfMemoryError):
                raise torch.OutOfMemoryError(str(error)) from error
            self._outside.add(id(rows[0].committer))
            log.info("%s is not captured in a graph: %s", rows[0].committer.name, error)
            return False
        finally:
            batch.restore(before)  # a capture is preceded by real runs
        return True

    def _forward(self, batch: BlockBatch, size: int, most: int | None) -> None:
        if most is None:
            self._model.block(batch.windows(size), self._logits[: size * batch.width])
            return
        places, _ = enumerate_places(batch.masked(size).reshape(-1), most)
        self._model.block(batch.windows(size), self._logits[:most], places.clamp(min=0))

    def _decide(self, batch: BlockBatch, size: int, rows: Sequence[Row], most: int | None) -> None:
        """Sample, let the committer decide, and bring the batch up to date."""
        committer, masked = rows[0].committer, batch.masked(size).reshape(-1)
        wanted = None if committer.looks_everywhere else masked
        placed = None if most is None else enumerate_places(masked, most)
        logits = self._logits[: size * batch.width if most is None else most]
        any_random, any_truncated = _flags(rows)
        drawn = batch.drawn(size, rows[0], wanted, placed, any_truncated)
        found = in_one_pass(logits, drawn, committer.needs, self._facts.mask_id)
        statistics = {
            name: values.view(size, batch.width, *values.shape[1:]) for name, values in found.items()
        }
        obs = batch.observation(size, committer, any_random, any_truncated, statistics)
        batch.take(size, committer.decide(obs, batch.params(size, rows[0]), None), obs, committer.revises)

    def _read(self, launched: Launched, rows: Sequence[Row]) -> list[Landed]:
        """What happened to those of `rows` that still wait for just this step."""
        if launched.done is not None:
            launched.done.synchronize()
        running = {id(row) for row in rows if not row.apart}
        result, others = launched.batch.landing(launched.which)
        landed = []
        for n, (row, at) in enumerate(zip(launched.rows, launched.at, strict=True)):
            if id(row) in running and row.planned is not None and _where(row, row.planned) == at:
                start = row.canvas.span(row.block)[0]
                odds = others[n] if row.request.preview else None
                landed.append(Landed(row, start, result[n, :-1].copy(), odds, not result[n, -1]))
        return landed

    def _fill(self, rows: Sequence[Row]) -> tuple[BlockBatch, int]:
        self._last = None
        batch, size = self._batch(rows[0].canvas.block_length), bucket(len(rows))
        batch.fill(rows, size)
        return batch, size

    def _batch(self, width: int) -> BlockBatch:
        if width not in self._batches:
            most = bucket(self._max_rows)
            self._batches[width] = BlockBatch(most, width, self._pool, self._facts.mask_id, self._device)
        return self._batches[width]


def is_block(row: Row, planned: PlannedForward | None) -> bool:
    """Whether a planned forward computes just the row's block, with everything else kept."""
    if planned is None or not planned.whole or len(row.extents) != 1:
        return False
    start, end = row.canvas.span(row.block)
    simple = planned.scattered is None and planned.restore is None
    return simple and (planned.start, planned.length) == (start, end - start) and planned.length <= SCRATCH


def covers_block(row: Row) -> bool:
    """Whether the row decides on its block alone, and its planned forward computes all of it."""
    planned, (start, end) = row.planned, row.canvas.span(row.block)
    return (
        planned is not None
        and planned.commit
        and planned.scattered is None
        and planned.restore is None
        and planned.start <= start
        and end <= planned.start + planned.length
        and row.committer.region == "block"
        and not row.guided
    )


def _most(rows: Sequence[Row], batch: BlockBatch, size: int) -> int | None:
    """For how many positions logits are computed: all, None, or a share that holds all masks.

    A share only where more positions cost more than reading the weights.
    """
    if rows[0].committer.looks_everywhere or any(row.apart for row in rows):
        return None
    masks = sum(row.canvas.masked_in(row.block) for row in rows)
    return next((most for most in _shares(size * batch.width) if masks <= most), None)


def _shares(positions: int) -> tuple[int, ...]:
    """Numbers of positions, of so many, that logits may be computed for instead of all; ascending."""
    return () if positions < COMPACT else (positions // 4, positions // 2, 3 * positions // 4)


def _decision(batch: BlockBatch, size: int, rows: Sequence[Row], most: int | None) -> tuple[Any, ...]:
    """The key of the decision's graph."""
    return "decision", size, batch.width, id(rows[0].committer), kind_of(rows[0]), *_flags(rows), most


def _flags(rows: Sequence[Row]) -> tuple[bool, bool]:
    """Whether chance ranks positions in any row, and whether top_k or top_p limits what is drawn in any."""
    params = [row.request.params for row in rows]
    return any(p.remasking == "random" for p in params), any(p.truncated for p in params)


def _where(row: Row, planned: PlannedForward | None) -> tuple[int, ...]:
    """Equal for two forwards of a row only if they are the same one: forwards before it, and its window."""
    assert planned is not None
    written = -1 if planned.write is None else len(planned.write)
    slot = row.extents[0].start if row.extents else -1
    plain = planned.scattered is None and planned.restore is None and planned.attended is None
    window = planned.start, planned.length, planned.whole, written, planned.commit, plain
    return row.forwards, row.block, slot, *window


def _continues(last: Launched, rows: Sequence[Row], at: list[tuple[int, ...]]) -> bool:
    """Whether these are the next forwards of just the rows of the last step, over the same windows."""
    if len(rows) != len(last.rows) or any(a is not b for a, b in zip(rows, last.rows, strict=True)):
        return False
    expected = [(forwards + 1, *where) for forwards, *where in last.at]
    # What a row may still remask is counted on the host.
    return at == expected and all(where[-1] for where in at) and not rows[0].committer.revises


def _goes_on(launched: Launched) -> bool:
    """Whether every row goes on with the same window, whatever this step finds."""
    for row, (_, *where) in zip(launched.rows, launched.at, strict=True):
        planned = row.plan_ahead()
        if planned is None or not where[-1] or list(_where(row, planned)[1:]) != where:
            return False
    return True
