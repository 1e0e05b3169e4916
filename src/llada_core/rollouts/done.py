"""Which tasks are done: a bit each, since there may be millions."""

from __future__ import annotations


class Done:
    """A set of tasks, by line (from 1) and sample (from 0)."""

    def __init__(self, samples: int) -> None:
        self._samples = samples
        self._bits = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: tuple[int, int]) -> bool:
        byte, bit = divmod(self._index(key), 8)
        return byte < len(self._bits) and bool(self._bits[byte] >> bit & 1)

    def add(self, key: tuple[int, int]) -> None:
        """Note that a task is done."""
        if key in self:
            return
        byte, bit = divmod(self._index(key), 8)
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
        self._bits[byte] |= 1 << bit
        self._count += 1

    def _index(self, key: tuple[int, int]) -> int:
        line, sample = key
        return (line - 1) * self._samples + sample
