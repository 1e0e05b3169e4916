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


class Packer:
    """Packs ticks. Consecutive ticks of the same rows over the same windows share everything but the
    tokens."""

    def __init__(self, pool: KVPool | None, device: torch.device) -> None:
        self._pool = pool
        self._device = device
        self._key: tuple[object, ...] | None = None
        self._last: PackedRows | None = None

    def pack(self, rows: Sequence[Row]) -> PackedRows:
        """The forward that these rows planned: all rows, then the twins of the guided ones."""
        parts = list(_parts(rows))
        tokens = upload(np.concatenate([_tokens(row, twin) for row, twin, _ in parts]), self._device)
        key = _key(parts)
        if key is not None and key == self._key and self._last is not None:
            last = self._last
            packed = Packed(tokens, last.packed.positions, last.packed.lengths, last.packed.kv)
            return PackedRows(packed, last.offsets, last.twins)
        made = self._make(rows, parts, tokens)
        self._key, self._last = key, made
        return made

    def _make(
        self, rows: Sequence[Row], parts: list[tuple[Row, bool, PlannedForward]], tokens: torch.Tensor
    ) -> PackedRows:
        lengths = [planned.length for _, _, planned in parts]
        starts = np.cumsum([0, *lengths]).tolist()
        positions = np.concatenate([planned.positions for _, _, planned in parts])
        twins = iter(starts[len(rows) : len(parts)])
        access = self._access(parts, starts)
        return PackedRows(
            Packed(tokens, upload(positions, self._device), tuple(lengths), access),
            starts[: len(rows)],
            {n: next(twins) for n, row in enumerate(rows) if row.guided},
        )

    def _access(self, parts: list[tuple[Row, bool, PlannedForward]], starts: list[int]) -> KVAccess | None:
        """Which slots are written and read, and which come back afterwards; None without any."""
        if self._pool is None or not any(row.extents for row, _, _ in parts):
            return None
        slots: list[Ids] = []
        written: list[Ids] = []
        reads: list[torch.Tensor | None] = []
        restored: list[Ids] = []
        for (row, twin, planned), first in zip(parts, starts, strict=False):
            if not row.extents:
                reads.append(None)
                continue
            extent = row.extents[twin]
            kept = np.arange(planned.length) if planned.write is None else planned.write
            written.append(kept + first)
            slots.append(planned.positions[kept] + extent.start)
            reads.append(self._read(planned, extent, row.canvas.length))
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

    def _read(self, planned: PlannedForward, extent: Extent, length: int) -> torch.Tensor | None:
        if planned.whole:
            return torch.arange(extent.start, extent.start + length, device=self._device)
        if planned.attended is not None:
            return upload(planned.attended + extent.start, self._device)
        return None


def _parts(rows: Sequence[Row]) -> Iterator[tuple[Row, bool, PlannedForward]]:
    for twin in (False, True):
        for row in rows:
            if row.guided or not twin:
                assert row.planned is not None
                yield row, twin, row.planned


def _tokens(row: Row, twin: bool) -> Ids:
    """Ids of the row's window; a twin sees masks where the text is fixed."""
    planned, canvas = row.planned, row.canvas
    assert planned is not None
    where = planned.scattered
    if where is None:
        ids = canvas.tokens[planned.start : planned.start + planned.length]
    else:
        ids = canvas.tokens[where]
    if not twin:
        return ids
    return np.where(canvas.fixed[planned.positions], canvas.mask_id, ids)


def _key(parts: list[tuple[Row, bool, PlannedForward]]) -> tuple[object, ...] | None:
    """Equal for ticks that differ in their tokens only; None where that is not told cheaply."""
    found = []
    for row, twin, planned in parts:
        if planned.scattered is not None or planned.restore is not None or planned.attended is not None:
            return None
        # What is written without being pooled is the window's beginning: `Keep.PREFIX`, or nothing.
        written = -1 if planned.write is None else len(planned.write)
        slot = row.extents[twin].start if row.extents else -1
        found.append((row.serial, twin, slot, planned.start, planned.length, planned.whole, written))
    return tuple(found)
