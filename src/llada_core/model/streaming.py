"""Weights from safetensors files straight to a device, through a little pinned memory.

Several threads read parts of the files, each into a buffer of its own, from where the device takes them. A
matrix that is to be quantized is quantized as soon as it is complete, so that never more than a few exist in
full.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import torch
from torch import nn

from llada_core.model.configuration import LLaDAConfig
from llada_core.model.safetensors_header import TensorEntry
from llada_core.model.shard import WHOLE, Shard

if TYPE_CHECKING:
    from llada_core.model.layers import Transformer

READERS = 4
BUFFER_BYTES = 32 * 2**20
PENDING = 3
"""Tensors that are being read at once."""
DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
Finish = Callable[[nn.Module, str], None]


@dataclass(frozen=True, slots=True)
class Destination:
    """A parameter, and the published tensors that follow each other in its rows."""

    module: nn.Module
    parts: tuple[str, ...]
    finish: bool = False
    """Whether it may be quantized."""
    split: Literal["rows", "columns"] | None = None
    """What of each part a rank of several holds a share of."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows and columns of a tensor in a file; of one with a single axis, columns of a single row."""

    entry: TensorEntry
    width: int
    """Of a whole row; whole rows are read."""
    row: int
    rows: int
    column: int
    columns: int

    @classmethod
    def of(cls, entry: TensorEntry, split: str | None, shard: Shard) -> Slice:
        """What a rank holds of a tensor."""
        height, width = entry.shape if len(entry.shape) == 2 else (1, entry.elements)
        rows, columns = slice(0, height), slice(0, width)
        if split == "rows":
            rows = shard.span(height)
        elif split == "columns":
            columns = shard.span(width)
        return cls(
            entry, width, rows.start, rows.stop - rows.start, columns.start, columns.stop - columns.start
        )

    def chunks(self) -> Iterator[Slice]:
        """The same in parts that fit a buffer."""
        most = max(1, BUFFER_BYTES // (self.width * DTYPES[self.entry.dtype].itemsize))
        for first in range(0, self.rows, most):
            yield replace(self, row=self.row + first, rows=min(most, self.rows - first))


def destinations(transformer: Transformer, config: LLaDAConfig) -> list[Destination]:
    """All parameters, in the order in which a forward needs them."""
    found = [Destination(transformer.wte, ("wte",))]
    for n, block in enumerate(transformer.layers()):

        def of(*names: str, layer: int = n) -> tuple[str, ...]:
            return tuple(f"blocks.{layer}.{name}" for name in names)

        found += [
            Destination(block.attn_norm, of("attn_norm")),
            Destination(block.qkv, of("q_proj", "k_proj", "v_proj"), finish=True, split="rows"),
            Destination(block.attn_out, of("attn_out"), finish=True, split="columns"),
            Destination(block.ff_norm, of("ff_norm")),
            Destination(block.gate_up, of("ff_proj", "up_proj"), finish=True, split="rows"),
            Destination(block.ff_out, of("ff_out"), finish=True, split="columns"),
        ]
    found.append(Destination(transformer.ln_f, ("ln_f",)))
    if transformer.ff_out is not None:
        found.append(Destination(transformer.ff_out, ("ff_out",), split="rows"))
    return found


def stream_weights(
    transformer: Transformer,
    config: LLaDAConfig,
    entries: dict[str, TensorEntry],
    dtype: torch.dtype,
    device: torch.device,
    finish: Callable[[nn.Module], None] | None = None,
    progress: Callable[[int], None] | None = None,
    shard: Shard = WHOLE,
) -> None:
    """Give every parameter of `transformer`, which may be on `meta`, its numbers on `device`.

    Args:
        entries: the checked headers; see `checkpoint.check_checkpoint`.
        finish: is called with each module whose matrix is complete and may be quantized.
        progress: is told how many more bytes have been read.
    """
    reader = _Reader(device)
    pending: deque[tuple[Destination, list[Future[torch.cuda.Event | None]]]] = deque()

    def complete() -> None:
        destination, reads = pending.popleft()
        for read in reads:
            event = read.result()
            if event is not None:
                event.wait()
        if finish is not None and destination.finish:
            finish(destination.module)

    with ThreadPoolExecutor(READERS) as pool:
        for destination in destinations(transformer, config):
            while len(pending) >= PENDING:
                complete()
            parts = [entries[f"model.transformer.{name}.weight"] for name in destination.parts]
            slices = [Slice.of(part, destination.split, shard) for part in parts]
            shape = sum(part.rows for part in slices), slices[0].columns
            table = torch.empty(shape, dtype=dtype, device=device)
            whole = table if len(parts[0].shape) == 2 else table.view(-1)
            destination.module.weight = nn.Parameter(whole, requires_grad=False)
            reads, at = [], 0
            free = None
            if device.type == "cuda":  # this memory may still be read, by what quantizes the one before
                free = torch.cuda.Event()  # type: ignore[no-untyped-call]
                free.record()
            for part in slices:
                for chunk in part.chunks():
                    target = table[at : at + chunk.rows]
                    reads.append(pool.submit(reader.read, chunk, target, free, progress))
                    at += chunk.rows
            pending.append((destination, reads))
        while pending:
            complete()
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class _Reader:
    """Reads parts of tensors; each thread has a buffer and a stream."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._own = threading.local()

    def read(
        self,
        part: Slice,
        target: torch.Tensor,
        free: torch.cuda.Event | None,
        progress: Callable[[int], None] | None,
    ) -> torch.cuda.Event | None:
        """`target` [rows, columns], once it is `free`, gets what `part` names; says when it is there."""
        entry = part.entry
        kind, on_gpu = DTYPES[entry.dtype], self._device.type == "cuda"
        if not hasattr(self._own, "buffer"):
            self._own.buffer = torch.empty(BUFFER_BYTES, dtype=torch.uint8, pin_memory=on_gpu)
            self._own.stream = torch.cuda.Stream(self._device) if on_gpu else None  # type: ignore[no-untyped-call]
        size = part.rows * part.width * kind.itemsize
        if on_gpu:
            self._own.stream.synchronize()  # the buffer may still be on its way
        buffer = self._own.buffer[:size]
        with entry.file.open("rb", buffering=0) as file:
            file.seek(entry.start + part.row * part.width * kind.itemsize)
            view, done = memoryview(buffer.numpy()), 0
            while done < size:
                more = file.readinto(view[done:])
                if not more:
                    raise OSError(f"{entry.file}: ends before its header says")
                done += more
        if progress is not None:
            progress(size)
        numbers = buffer.view(kind).view(part.rows, part.width)
        columns = slice(part.column, part.column + part.columns)
        if not on_gpu:
            target.copy_(numbers[:, columns])
            return None
        with torch.cuda.stream(self._own.stream):
            if free is not None:
                free.wait()
            if kind == target.dtype and part.columns == part.width:
                target.copy_(numbers, non_blocking=True)
            else:
                target.copy_(numbers.to(self._device, non_blocking=True)[:, columns])
            event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            event.record()
        return event
