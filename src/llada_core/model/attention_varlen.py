"""Attention by torch's `varlen_attn`: flash attention over packed rows of any lengths, in one call."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import torch
from torch.nn.attention.varlen import varlen_attn

from llada_core.model.kv_write import KVWriter
from llada_core.model.packed import Packed

# torch 2.11 takes grouped queries without being told, later releases want to be told.
TAKES_GQA_FLAG = "enable_gqa" in inspect.signature(varlen_attn).parameters


class VarlenAttention:
    """The backend for half precision on CUDA."""

    def __init__(self, packed: Packed) -> None:
        self.kv = packed.kv
        self.writer = KVWriter(packed.kv) if packed.kv is not None else None
        device = packed.tokens.device
        reads = packed.kv.read_slots if packed.kv is not None else (None,) * len(packed.lengths)
        key_lengths = [
            length if slots is None else slots.numel()
            for length, slots in zip(packed.lengths, reads, strict=True)
        ]
        self.cu_queries, self.max_queries = _cumulative(packed.lengths, device), max(packed.lengths)
        self.cu_keys, self.max_keys = _cumulative(key_lengths, device), max(key_lengths)
        self.pooled = [slots for slots in reads if slots is not None]
        self.slots = torch.cat(self.pooled) if self.pooled else None
        self.mixed = 0 < len(self.pooled) < len(reads)
        if self.mixed:
            self._plan_mixed(packed.lengths, key_lengths, reads, device)

    def _plan_mixed(
        self,
        lengths: Sequence[int],
        key_lengths: Sequence[int],
        reads: Sequence[torch.Tensor | None],
        device: torch.device,
    ) -> None:
        """Where the pool's keys and the packed keys go in one joined key axis, row by row."""
        own_tokens: list[int] = []
        own_places: list[int] = []
        pool_places: list[int] = []
        token = place = 0
        for length, key_length, slots in zip(lengths, key_lengths, reads, strict=True):
            if slots is None:
                own_tokens += range(token, token + length)
                own_places += range(place, place + length)
            else:
                pool_places += range(place, place + key_length)
            token, place = token + length, place + key_length
        self.total_keys = place
        self.own_tokens, self.own_places, self.pool_places = (
            torch.tensor(index, device=device) for index in (own_tokens, own_places, pool_places)
        )

    def attend(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """See `attention.Attention.attend`."""
        if self.writer is not None:
            self.writer.write(layer, k, v)
        return self.read(layer, q, k, v)

    def read(self, layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """`attend` after whatever is kept has been written."""
        if self.kv is not None:
            k, v = self._read(self.kv.keys[layer], k), self._read(self.kv.values[layer], v)
        options: dict[str, Any] = {"enable_gqa": q.shape[1] != k.shape[1]} if TAKES_GQA_FLAG else {}
        attended: Any = varlen_attn(
            q, k, v, self.cu_queries, self.cu_keys, self.max_queries, self.max_keys, **options
        )
        return torch.as_tensor(attended).flatten(1)

    def _read(self, pool: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
        """Keys or values [attended, kv_heads, head_dim] of all rows, in row order."""
        if self.slots is None:
            return own
        pooled = pool.index_select(0, self.slots)
        if not self.mixed:
            return pooled
        joined = own.new_empty((self.total_keys, *own.shape[1:]))
        joined.index_copy_(0, self.pool_places, pooled)
        joined.index_copy_(0, self.own_places, own.index_select(0, self.own_tokens))
        return joined


def _cumulative(lengths: Sequence[int], device: torch.device) -> torch.Tensor:
    """int32 [rows + 1]: 0, then the running sum."""
    return torch.tensor([0, *accumulate(lengths)], dtype=torch.int32, device=device)
