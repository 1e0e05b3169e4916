"""Records as a folder of parquet files, which grows by a file at a time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import msgspec

from .done import Done
from .errors import RolloutError
from .locking import lock
from .parquet import pyarrow_parquet
from .records import Record

ROWS = 10_000
"""Records of a file."""
WAIT = 60.0
"""Seconds after which fewer make a file as well: what a crash may cost to be computed again at most."""

AS_JSON = ("holes", "logprobs", "commit_steps", "trajectory", "extra")
"""Columns that hold JSON."""


class ParquetFolder:
    """An output folder. A file gets its name once it is whole, so none is ever torn."""

    def __init__(self, path: Path, done: Done) -> None:
        """
        Args:
            done: is told which records are there.

        Raises:
            RolloutError: another process writes it, or pyarrow is not installed.
        """
        self._parquet = pyarrow_parquet()
        self._path = path
        self._rows: list[Record] = []
        self._written = time.monotonic()
        path.mkdir(exist_ok=True)
        self._lock = os.open(path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            lock(self._lock, path)
            self._next = self._read(done)
        except BaseException:
            os.close(self._lock)
            raise

    def write(self, record: Record) -> None:
        """Take a record; it is safe once its file is full, or some time has passed."""
        self._rows.append(record)
        if len(self._rows) >= ROWS or time.monotonic() - self._written > WAIT:
            self._flush()

    def close(self) -> None:
        """End writing."""
        self._flush()
        os.close(self._lock)

    def _flush(self) -> None:
        if self._rows:
            import pyarrow

            name = f"part-{self._next:06}.parquet"
            fresh = self._path / f".{name}.new"
            table = pyarrow.Table.from_pylist([_row(record) for record in self._rows], schema=_schema())
            with fresh.open("wb") as file:
                self._parquet.write_table(table, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self._path / name)
            self._next += 1
            self._rows.clear()
        self._written = time.monotonic()

    def _read(self, done: Done) -> int:
        """Note the records that are there; returns the number of the next file."""
        number = -1
        for part in sorted(self._path.glob("part-*.parquet")):
            try:
                table = self._parquet.read_table(part, columns=["line", "sample"])
                number = max(number, int(part.stem.removeprefix("part-")))
            except (ValueError, KeyError, OSError) as error:  # pyarrow's errors are among these
                raise RolloutError(f"{part} is no file of records: {error}") from None
            for key in zip(table["line"].to_pylist(), table["sample"].to_pylist(), strict=True):
                done.add(key)
        return number + 1


def _row(record: Record) -> dict[str, Any]:
    row = msgspec.structs.asdict(record)
    error = row.pop("error")
    return row | {
        "id": None if record.id is None else str(record.id),
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        **{name: _json(row[name]) for name in AS_JSON},
    }


def _json(value: Any) -> str | None:
    return msgspec.json.encode(value).decode() if value else None


def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        {
            "line": pa.int64(),
            "sample": pa.int32(),
            "id": pa.string(),
            "text": pa.string(),
            "token_ids": pa.list_(pa.int32()),
            "finish_reason": pa.string(),
            "nfe": pa.int32(),
            "prompt_tokens": pa.int32(),
            "algorithm": pa.string(),
            "seed": pa.int64(),
            "error_code": pa.string(),
            "error_message": pa.string(),
            **{name: pa.string() for name in AS_JSON},
        }
    )
