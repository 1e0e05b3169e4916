"""Attention by torch's `varlen_attn`: flash attention over packed rows of any lengths."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.attention.varlen import varlen_attn

from llada_core.model.kv_write import KVWriter
from llada_core.model.packed import Packed

# torch 2.11 takes grouped queries without being told, later releases want to be told.
TAKES_GQA_FLAG = "enable_gqa" in inspect.signature(varlen_attn).parameters


@dataclass(slots=True)
class Run:
    """Rows one after the other whose keys lie in one place; one call."""

    source: str
    """`pool`: runs of its slots, read where they lie; `gathered`: slots of the pool, copied; `own`: the
    packed tokens."""
    first: int
    """Packed index of its first token."""
    queries: list[int] = field(default_factory=lambda: [0])
    """Running sums over its sequences, as `keys`. What lies between two runs of slots is a sequence without
    queries."""
    keys: list[int] = field(default_factory=lambda: [0])
    longest: int = 0
    """Most keys of a row."""
    slots: list[torch.Tensor] = field(default_factory=list)

    def add(self, length: int, reads: range | torch.Tensor | None) -> None:
        """One more row of `length` tokens."""
        end = self.keys[-1]
        if isinstance(reads, range):
            if reads.start > end:
                self.queries.append(self.queries[-1])
                self.keys.append(reads.start)
            end = reads.start
        elif reads is not None:
            self.slots.append(reads)
        keys = length if reads is None else len(reads)
        self.queries.append(self.queries[-1] + length)
        self.keys.append(end + keys)
        self.longest = max(self.longest, keys)


@dataclass(frozen=True, slots=True)
class Call:
    """What one call of the kernel is told."""

    source: str
    tokens: slice
    cu_queries: torch.Tensor
    cu_keys: torch.Tensor
    max_queries: int
    max_keys: int
    slots: torch.Tensor | None


class VarlenAttention:
    """The backend for half precision on CUDA. One call does for the rows that read runs of slots, as long as
    each begins behind the one before; another one for those with keys of their own."""

    def __init__(self, packed: Packed) -> None:
        self.kv = packed.kv
        self.writer = KVWriter(packed.kv) if packed.kv is not None else None
        self.calls = [_call(run, packed.tokens.device) for run in _runs(packed) if run.queries[-1]]

    def attend(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """See `attention.Attention.attend`."""
        if self.writer is not None:
            self.writer.write(layer, k, v)
        return self.read(layer, q, k, v)

    def read(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """`attend` after whatever is kept has been written."""
        options: dict[str, Any] = {"enable_gqa": q.shape[1] != k.shape[1]} if TAKES_GQA_FLAG else {}
        outputs = []
        for call in self.calls:
            attended: Any = varlen_attn(
                q[call.tokens],
                *self._read(call, layer, k, v),
                call.cu_queries,
                call.cu_keys,
                call.max_queries,
                call.max_keys,
                **options,
            )
            outputs.append(torch.as_tensor(attended).flatten(1))
        if not outputs:
            return q.flatten(1)
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)

    def _read(
        self, call: Call, layer: int, k: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values [n, kv_heads, head_dim] that `call.cu_keys` counts."""
        if call.source == "own" or self.kv is None:
            return k[call.tokens], v[call.tokens]
        keys, values = self.kv.keys[layer], self.kv.values[layer]
        if call.slots is None:
            return keys, values
        return keys.index_select(0, call.slots), values.index_select(0, call.slots)


def _runs(packed: Packed) -> Iterator[Run]:
    """The rows in order, by where their keys lie."""
    reads = packed.kv.read_slots if packed.kv is not None else (None,) * len(packed.lengths)
    run: Run | None = None
    token = 0
    for length, slots in zip(packed.lengths, reads, strict=True):
        source = "own" if slots is None else "pool" if isinstance(slots, range) else "gathered"
        before = isinstance(slots, range) and run is not None and slots.start < run.keys[-1]
        if run is None or source != run.source or before:
            if run is not None:
                yield run
            run = Run(source, token)
        run.add(length, slots)
        token += length
    if run is not None:
        yield run


def _call(run: Run, device: torch.device) -> Call:
    queries = [after - before for before, after in zip(run.queries, run.queries[1:], strict=False)]
    return Call(
        run.source,
        slice(run.first, run.first + run.queries[-1]),
        torch.tensor(run.queries, dtype=torch.int32, device=device),
        torch.tensor(run.keys, dtype=torch.int32, device=device),
        max(queries),
        run.longest,
        torch.cat(run.slots) if run.slots else None,
    )
