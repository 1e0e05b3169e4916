"""Records as lines of JSON, each written as it comes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from .done import Done
from .errors import RolloutError
from .locking import lock
from .records import Record

SYNC = 10.0
"""Seconds after which what was written is brought to the disk: what a power failure may cost at most."""


class _Key(msgspec.Struct):
    line: int
    sample: int = 0


class JsonLines:
    """An output file. A line that a crash has torn is cut off as it is opened again."""

    def __init__(self, path: Path, done: Done) -> None:
        """
        Args:
            done: is told which records are there.

        Raises:
            RolloutError: another process writes it, or what is there are no records.
        """
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._encoder = msgspec.json.Encoder()
        self._synced = time.monotonic()
        try:
            lock(self._file, path)
            os.truncate(self._file, self._read(done))
        except BaseException:
            os.close(self._file)
            raise

    def write(self, record: Record) -> None:
        """Append a record; it survives this process."""
        rest = memoryview(self._encoder.encode(record) + b"\n")
        while rest:
            rest = rest[os.write(self._file, rest) :]
        if time.monotonic() - self._synced > SYNC:
            self._sync()

    def close(self) -> None:
        """End writing."""
        self._sync()
        os.close(self._file)

    def _sync(self) -> None:
        os.fsync(self._file)
        self._synced = time.monotonic()

    def _read(self, done: Done) -> int:
        """Note the records that are there; returns where the last whole one ends."""
        decoder = msgspec.json.Decoder(_Key)
        end, torn = 0, False
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if torn:
                    raise RolloutError(f"{self._path} is damaged: line {number - 1} is no record")
                try:
                    key = decoder.decode(line)
                except msgspec.MsgspecError:
                    torn = True
                    continue
                if not line.endswith(b"\n"):
                    break  # whole by chance; it is written again, with its end
                done.add((key.line, key.sample))
                end += len(line)
        return end
