"""Steps that decide on one block a row, from buffers that never move.

Statistics and decision run as a graph, and so does the forward where it computes just the blocks and finds
everything else kept. Where a step's outcome is known as far as the next forward needs it, that one begins
before this one is read; else as soon as this one is, before anything else is done with it. What cannot be
captured, such as a rule with state, decides outside (`runner`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ..canvas import Ids
from ..errors import LladaError, OutOfMemoryError
from ..facts import ModelFacts
from ..kv_cache import SCRATCH, KVPool
from .block_batch import BlockBatch, fits, kind_of
from .block_forward import MOST_GRAPHS, BlockForward, Work
from .buckets import bucket, buckets
from .config import EngineConfig
from .graphs import Graphs
from .packing import PackedRows
from .plugin_code import is_out_of_memory
from .row import Row
from .state import STATELESS
from .upload import upload
from .window import PlannedForward

log = logging.getLogger("llada_core.engine")

COMPACT = 256
"""From so many positions on, the output projection is spared those that are committed."""


Forward = Callable[[Work], None]
"""Computes logits of a batch as it is now."""


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

    def wait(self) -> None:
        """Until its result has landed."""
        if self.done is not None:
            self.done.synchronize()

    def masks_left(self) -> list[int]:
        """Masks that each row's block has after it, once it has run; 0 where a number is not finite."""
        self.wait()
        result, _ = self.batch.landing(self.which)
        result = result[: len(self.rows)]
        left: list[int] = ((result[:, :-1] == -1).sum(1) * (result[:, -1] == 0)).tolist()
        return left


class BlockSteps:
    """Runs such steps of one model over one pool."""

    def __init__(
        self,
        model: Any,
        facts: ModelFacts,
        pool: KVPool,
        device: torch.device,
        config: EngineConfig,
    ) -> None:
        self._device, self._max_rows, self._captures = device, config.max_rows, config.capture_rules
        self._graphs = Graphs(device, MOST_GRAPHS)
        """Of decisions; the forward has its own."""
        split = getattr(model, "block_forward", None)
        self._forward: BlockForward = (
            BlockForward(model, pool, facts.mask_id, config.max_rows, device)
            if split is None
            else split(pool, config.max_rows)
        )
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
        batch = self._forward.batch(width)
        wanted = [
            (size, most)
            for size in reversed(buckets(self._max_rows))
            for most in (None, *reversed(_shares(size * width)))
        ]
        for done, (size, most) in enumerate(wanted, 1):
            batch.fill([], size)
            self._forward.hold(Work(size, width, most, everywhere=False, logits=False))
            yield done, len(wanted)

    def forward(self, rows: Sequence[Row]) -> torch.Tensor:
        """Logits [rows, width, vocab] of rows that compute just their blocks, for a decision outside."""
        batch, size = self._fill(rows)
        self._forward.run(Work(size, batch.width))
        return self.logits_of(rows)

    def logits_of(self, rows: Sequence[Row]) -> torch.Tensor:
        """Logits [rows, width, vocab] of the last step, of which `rows` were those that it ran."""
        width = rows[0].canvas.block_length
        return self._forward.logits[: len(rows) * width].view(len(rows), width, -1)

    def holds(self, rows: Sequence[Row]) -> bool:
        """Whether the buffers have room for these rows."""
        width = rows[0].canvas.block_length
        return width <= SCRATCH and bucket(len(rows)) * width <= len(self._forward.logits)

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
        elif alone and len(rows) == len(launched.rows):
            unread = [None] * len(rows)
            if not self._go_on(launched, unread) and not rows[0].committer.revises:
                self._go_on(launched, launched.masks_left())
        return self._read(launched, rows)

    def _go_on(self, launched: Launched, left: Sequence[int | None]) -> bool:
        """Begin the step after `launched`, if all of its rows go on over the same windows; whether they do.

        `left`: as for `Row.plan_ahead`, one a row.
        """
        for row, (_, *where), masks in zip(launched.rows, launched.at, left, strict=True):
            planned = row.plan_ahead(masks)
            if planned is None or not where[-1] or list(_where(row, planned)[1:]) != where:
                return False
        at = [(forwards + 1, *where) for forwards, *where in launched.at]
        same = launched.rows, launched.batch, launched.size
        self._ahead = self._run(*same, at, launched.forward, launched.blocks)
        return True

    def _launch(self, rows: Sequence[Row], pack: Callable[[], PackedRows]) -> Launched | None:
        at = [_where(row, row.planned) for row in rows]
        last = self._last
        if last is not None and _continues(last, rows, at):
            return self._run(rows, last.batch, last.size, at, last.forward, last.blocks)
        batch, size = self._fill(rows)
        blocks = all(is_block(row, row.planned) for row in rows)
        forward = self._forward.run if blocks else self._packed_forward(rows, batch, pack())
        return self._run(rows, batch, size, at, forward, blocks)

    def _packed_forward(self, rows: Sequence[Row], batch: BlockBatch, packed: PackedRows) -> Forward:
        """The forward of rows whose windows hold more than the block."""
        starts = np.array(packed.offsets) + [
            row.canvas.span(row.block)[0] - row.planned.start for row in rows if row.planned
        ]
        index = (starts[:, None] + np.arange(batch.width)).reshape(-1)
        where = upload(index, self._device)
        return lambda work: self._forward.run_within(packed.packed, where, work)

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
        work = _work(rows, batch, size, _most(rows, batch, size) if blocks else None)
        key = _decision(work, rows)
        if not self._capture(key, batch, work, rows):
            return None
        forward(work)
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

    def _capture(self, key: tuple[Any, ...], batch: BlockBatch, work: Work, rows: Sequence[Row]) -> bool:
        """Capture a decision, unless it is; whether it could be."""
        if key in self._graphs:
            self._graphs.touch(key)
            return True
        before = batch.snapshot()
        try:
            self._graphs.hold(key, lambda: self._decide(batch, work, rows))
        except (LladaError, RuntimeError) as error:
            if is_out_of_memory(error) or isinstance(error, OutOfMemoryError):
                raise torch.OutOfMemoryError(str(error)) from error
            self._outside.add(id(rows[0].committer))
            log.info("%s is not captured in a graph: %s", rows[0].committer.name, error)
            return False
        finally:
            batch.restore(before)  # a capture is preceded by real runs
        return True

    def _decide(self, batch: BlockBatch, work: Work, rows: Sequence[Row]) -> None:
        """Sample, let the committer decide, and bring the batch up to date."""
        committer, size = rows[0].committer, work.size
        any_random, any_truncated = _flags(rows)
        found = self._forward.statistics(work, rows[0], committer.needs, any_truncated)
        statistics = {
            name: values.view(size, batch.width, *values.shape[1:]) for name, values in found.items()
        }
        obs = batch.observation(size, committer, any_random, any_truncated, statistics)
        batch.take(size, committer.decide(obs, batch.params(size, rows[0]), None), obs, committer.revises)

    def _read(self, launched: Launched, rows: Sequence[Row]) -> list[Landed]:
        """What happened to those of `rows` that still wait for just this step."""
        launched.wait()
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
        batch, size = self._forward.batch(rows[0].canvas.block_length), bucket(len(rows))
        batch.fill(rows, size)
        return batch, size


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


def _work(rows: Sequence[Row], batch: BlockBatch, size: int, most: int | None) -> Work:
    """The forward that the decision for some rows needs."""
    committer, (_, any_truncated) = rows[0].committer, _flags(rows)
    logits = any_truncated or "logits" in committer.needs or any(row.apart for row in rows)
    return Work(size, batch.width, most, everywhere=committer.looks_everywhere, logits=logits)


def _decision(work: Work, rows: Sequence[Row]) -> tuple[Any, ...]:
    """The key of the decision's graph."""
    return work, id(rows[0].committer), kind_of(rows[0]), *_flags(rows)


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
