"""Prompts, one after the other, from a file or from anything that can be iterated over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from .errors import RolloutError
from .parquet import pyarrow_parquet

CHUNK = 1 << 20
Given = str | Mapping[str, Any]


class Identity(msgspec.Struct, frozen=True):
    """What tells one input file from another, and how long it is."""

    sha256: str
    lines: int
    """Those that hold something."""


class Source:
    """A file of prompts: JSON Lines, `.txt` with a prompt a line, or `.parquet`. Read as it is needed."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            RolloutError: there is no such file.
        """
        if not path.is_file():
            raise RolloutError(f"there is no file {path}")
        self._path = path
        self.identity = self._identify()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Number and JSON of each line that is not blank."""
        if self._path.suffix == ".parquet":
            yield from enumerate(self._rows(), 1)
            return
        plain = self._path.suffix == ".txt"
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _quoted(line) if plain else line.rstrip()

    def _rows(self) -> Iterator[bytes]:
        parquet = pyarrow_parquet()
        with parquet.ParquetFile(self._path) as file:
            for batch in file.iter_batches(batch_size=1000):
                for row in batch.to_pylist():
                    yield msgspec.json.encode({name: each for name, each in row.items() if each is not None})

    def _identify(self) -> Identity:
        digest, lines = hashlib.sha256(), 0
        with self._path.open("rb") as file:
            if self._path.suffix == ".parquet":
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                with pyarrow_parquet().ParquetFile(self._path) as table:
                    lines = table.metadata.num_rows
            else:
                for line in file:
                    digest.update(line)
                    lines += bool(line.strip())
        return Identity(digest.hexdigest(), lines)


def _quoted(line: bytes) -> bytes:
    """Plain text as JSON; bytes that are no UTF-8 stay, and make an error of the line."""
    text = line.rstrip(b"\r\n")
    try:
        return msgspec.json.encode(text.decode())
    except UnicodeDecodeError:
        return text


def numbered(prompts: Iterable[Given]) -> Iterator[tuple[int, bytes]]:
    """The same for prompts that are at hand: texts, or mappings with the names of a line."""
    for number, given in enumerate(prompts, 1):
        yield number, msgspec.json.encode(given)
