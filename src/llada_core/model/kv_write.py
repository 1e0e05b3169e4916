"""Writing a forward's keys and values to the pool."""

from __future__ import annotations

import torch

from llada_core.model.packed import KVAccess


def as_range(index: torch.Tensor) -> slice | None:
    """The slice that a host-side int64 index stands for, or None where it is no run of numbers."""
    if index.is_cuda or index.numel() == 0:
        return None
    start = int(index[0])
    stop = start + index.numel()
    if int(index[-1]) != stop - 1 or not torch.equal(index, torch.arange(start, stop)):
        return None
    return slice(start, stop)


class KVWriter:
    """Copies the kept tokens' keys and values to their slots, planned once a forward."""

    def __init__(self, kv: KVAccess) -> None:
        self.kv = kv
        self.empty = kv.write_slots.numel() == 0
        self.tokens = as_range(kv.write_tokens) or kv.write_tokens
        self.slots = as_range(kv.write_slots)

    def write(self, layer: int, k: torch.Tensor, v: torch.Tensor) -> None:
        """`k` and `v` [tokens, kv_heads, head_dim]; their kept tokens overwrite their slots in `layer`."""
        if self.empty:
            return
        for pool, new in ((self.kv.keys[layer], k), (self.kv.values[layer], v)):
            if self.slots is not None:
                pool[self.slots] = new[self.tokens]
            else:
                pool.index_copy_(0, self.kv.write_slots, new[self.tokens])
