"""The pool of key/value slots: one extent of consecutive slots a canvas, reserved as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import torch

SCRATCH = 128
"""Slots for the empty rows of a batch of fixed size; as many as a block has that such a batch takes."""


@dataclass(eq=False)
class Extent:
    """A run of consecutive slots. `start` changes when the pool is compacted."""

    start: int
    length: int


class KVPool:
    """Keys and values [layers, slots, kv_heads, head_dim], and who owns which slots.

    A canvas never grows, so its extent is reserved once, first fit. `reserve` moves extents together when the
    free slots suffice but lie apart.
    """

    def __init__(
        self, sizes: tuple[int, int, int], slots: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        """`sizes` is (layers, kv_heads, head_dim)."""
        layers, heads, width = sizes
        self.slots = slots
        self.scratch = slots
        """First of `SCRATCH` more slots, which belong to nobody."""
        # A head's keys lie together: attention reads one head of a canvas after the other.
        shape = layers, heads, slots + SCRATCH, width
        self.keys = torch.zeros(shape, dtype=dtype, device=device).transpose(1, 2)
        self.values = torch.zeros(shape, dtype=dtype, device=device).transpose(1, 2)
        self._extents: list[Extent] = []

    @property
    def used(self) -> int:
        """Slots that belong to an extent."""
        return sum(extent.length for extent in self._extents)

    def reserve(self, length: int) -> Extent | None:
        """An extent of `length` slots, or None while too few are free."""
        if length > self.slots - self.used:
            return None
        start = self._first_fit(length)
        if start is None:
            self._compact()
            start = self.used
        extent = Extent(start, length)
        self._extents.append(extent)
        self._extents.sort(key=lambda held: held.start)
        return extent

    def release(self, extent: Extent) -> None:
        """Give an extent's slots back."""
        self._extents.remove(extent)

    def move(self, old: int, new: int, length: int) -> None:
        """Copy the entries of `length` slots from `old` on to the slots from `new` on."""
        for pool in (self.keys, self.values):
            pool[:, new : new + length] = pool[:, old : old + length].clone()

    def _first_fit(self, length: int) -> int | None:
        start = 0
        for extent in self._extents:
            if extent.start - start >= length:
                return start
            start = extent.start + extent.length
        return start if self.slots - start >= length else None

    def _compact(self) -> None:
        """Move every extent down to the end of the one before it."""
        start = 0
        for extent in self._extents:
            if extent.start != start:
                self.move(extent.start, start, extent.length)
                extent.start = start
            start += extent.length
