"""The rows of a tick end to end, as the model's forward takes them, with their slots of the pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ..canvas import Ids
from ..kv_cache import Extent, KVPool
from ..model.packed import KVAccess, Packed
from .row import Row
from .upload import upload
from .window import PlannedForward


@dataclass(frozen=True, slots=True)
class PackedRows:
    """One forward's input and where each row's window begins in it."""

    packed: Packed
    offsets: list[int]
    """Packed index of the first token of each row's window."""
    twins: dict[int, int]
    """The same for the twins of guided rows, by the row's index."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row, or the twin of a guided one."""

    index: int
    """Of the row in its tick."""
    row: Row
    twin: bool
    planned: PlannedForward

    @property
    def extent(self) -> Extent | None:
        """Its slots; None where it keeps nothing."""
        return self.row.extents[self.twin] if self.row.extents else None


class Packer:
    """Packs ticks. Consecutive ticks of the same rows over the same windows share everything but the
    tokens."""

    def __init__(self, pool: KVPool | None, device: torch.device) -> None:
        self._pool = pool
        self._device = device
        self._key: tuple[object, ...] | None = None
        self._last: PackedRows | None = None

    def pack(self, rows: Sequence[Row]) -> PackedRows:
        """The forward that these rows planned, twins of the guided ones included: those that read all of
        their slots first, in the pool's order, so that attention reads it in place."""
        parts = sorted(_parts(rows), key=_place)
        tokens = upload(np.concatenate([_tokens(part) for part in parts]), self._device)
        key = _key(parts)
        if key is not None and key == self._key and self._last is not None:
            last = self._last
            packed = Packed(tokens, last.packed.positions, last.packed.lengths, last.packed.kv)
            return PackedRows(packed, last.offsets, last.twins)
        made = self._make(parts, tokens)
        self._key, self._last = key, made
        return made

    def _make(self, parts: list[Part], tokens: torch.Tensor) -> PackedRows:
        lengths = [part.planned.length for part in parts]
        starts = np.cumsum([0, *lengths]).tolist()
        positions = np.concatenate([part.planned.positions for part in parts])
        first = {(part.index, part.twin): start for part, start in zip(parts, starts, strict=False)}
        return PackedRows(
            Packed(tokens, upload(positions, self._device), tuple(lengths), self._access(parts, starts)),
            [first[n, False] for n in range(sum(not part.twin for part in parts))],
            {n: start for (n, twin), start in first.items() if twin},
        )

    def _access(self, parts: list[Part], starts: list[int]) -> KVAccess | None:
        """Which slots are written and read, and which come back afterwards; None without any."""
        if self._pool is None or not any(part.row.extents for part in parts):
            return None
        slots: list[Ids] = []
        written: list[Ids] = []
        reads: list[range | torch.Tensor | None] = []
        restored: list[Ids] = []
        for part, first in zip(parts, starts, strict=False):
            extent, planned = part.extent, part.planned
            if extent is None:
                reads.append(None)
                continue
            kept = np.arange(planned.length) if planned.write is None else planned.write
            written.append(kept + first)
            slots.append(planned.positions[kept] + extent.start)
            reads.append(self._read(planned, extent, part.row.canvas.length))
            if planned.restore is not None:
                restored.append(planned.restore + extent.start)
        return KVAccess(
            self._pool.keys,
            self._pool.values,
            upload(np.concatenate(slots), self._device),
            upload(np.concatenate(written), self._device),
            tuple(reads),
            upload(np.concatenate(restored), self._device) if restored else None,
        )

    def _read(self, planned: PlannedForward, extent: Extent, length: int) -> range | torch.Tensor | None:
        if planned.whole:
            return range(extent.start, extent.start + length)
        if planned.attended is not None:
            return upload(planned.attended + extent.start, self._device)
        return None


def _parts(rows: Sequence[Row]) -> Iterator[Part]:
    for n, row in enumerate(rows):
        assert row.planned is not None
        yield Part(n, row, False, row.planned)
        if row.guided:
            yield Part(n, row, True, row.planned)


def _place(part: Part) -> tuple[bool, int]:
    """Where a part stands in the packed order."""
    if part.planned.whole and part.extent is not None:
        return False, part.extent.start
    return True, 0


def _tokens(part: Part) -> Ids:
    """Ids of the window; a twin sees masks where the text is fixed."""
    planned, canvas = part.planned, part.row.canvas
    where = planned.scattered
    if where is None:
        ids = canvas.tokens[planned.start : planned.start + planned.length]
    else:
        ids = canvas.tokens[where]
    if not part.twin:
        return ids
    return np.where(canvas.fixed[planned.positions], canvas.mask_id, ids)


def _key(parts: list[Part]) -> tuple[object, ...] | None:
    """Equal for ticks that differ in their tokens only; None where that is not told cheaply."""
    found = []
    for part in parts:
        planned = part.planned
        if planned.scattered is not None or planned.restore is not None or planned.attended is not None:
            return None
        # What is written without being pooled is the window's beginning: `Keep.PREFIX`, or nothing.
        written = -1 if planned.write is None else len(planned.write)
        slot = -1 if part.extent is None else part.extent.start
        window = planned.start, planned.length, planned.whole, written
        found.append((part.index, part.row.serial, part.twin, slot, *window))
    return tuple(found)
