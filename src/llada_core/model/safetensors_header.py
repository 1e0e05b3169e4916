"""The header of a safetensors file: names, dtypes and shapes, without reading a weight."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from llada_core.errors import CheckpointError

LARGEST_HEADER = 100_000_000
FLOATING = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
"""Bytes an element of the dtypes that a LLaDA weight may have."""


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One tensor, as the header of its file describes it."""

    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int
    """Byte of the file at which its numbers begin."""

    @property
    def floating(self) -> bool:
        """Whether its dtype is one that weights may have."""
        return self.dtype in FLOATING

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


def read_header(path: Path) -> dict[str, TensorEntry]:
    """Entries by tensor name.

    Raises:
        CheckpointError: the file is cut off, or is no safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        prefix = file.read(8)
        length = struct.unpack("<Q", prefix)[0] if len(prefix) == 8 else 0
        if not 0 < length <= min(LARGEST_HEADER, size - 8):
            raise CheckpointError(
                f"{path}: not a safetensors file, or cut off within its header ({size} bytes)"
            )
        raw = file.read(length)
    try:
        header: dict[str, Any] = json.loads(raw)
        header.pop("__metadata__", None)
        spans = {name: tuple(entry["data_offsets"]) for name, entry in header.items()}
        entries = {
            name: TensorEntry(path, e["dtype"], tuple(e["shape"]), 8 + length + spans[name][0])
            for name, e in header.items()
        }
        end = max((end for _, end in spans.values()), default=0)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path}: its safetensors header cannot be read: {error!r}") from None
    _check_data(path, entries, spans, size - 8 - length, end)
    return entries


def _check_data(
    path: Path, entries: dict[str, TensorEntry], spans: dict[str, tuple[int, ...]], data: int, end: int
) -> None:
    if end != data:
        raise CheckpointError(
            f"{path}: {'cut off' if data < end else 'too long'}: its header describes {end} bytes of "
            f"weights, but {data} are there; download it again"
        )
    for name, entry in entries.items():
        start, stop = spans[name]
        if entry.floating and stop - start != entry.elements * FLOATING[entry.dtype]:
            raise CheckpointError(
                f"{path}: tensor {name} of {entry.dtype} {list(entry.shape)} cannot take {stop - start} bytes"
            )
