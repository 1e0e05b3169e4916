"""How many tokens of keys and values fit."""

from __future__ import annotations

import os

import torch

from ..errors import LladaError

CPU_SHARE = 0.5
"""Share of the free memory that the pool may take on a machine without a GPU."""
CUDA_SHARE = 0.9
"""The same of a GPU's free memory, once `CUDA_RESERVE` is left for activations."""
CUDA_RESERVE = 2 * 2**30


def token_bytes(kv_shape: tuple[int, int, int], dtype: torch.dtype) -> int:
    """Bytes of the keys and values of one token; `kv_shape` is (layers, kv_heads, head_dim)."""
    layers, heads, width = kv_shape
    return 2 * layers * heads * width * dtype.itemsize


def tokens_that_fit(kv_shape: tuple[int, int, int], dtype: torch.dtype, device: torch.device) -> int:
    """Tokens whose keys and values fit into what is free on `device` now."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        room = int(CUDA_SHARE * max(0, free - CUDA_RESERVE))
    else:
        room = int(CPU_SHARE * os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return room // token_bytes(kv_shape, dtype)


def pool_tokens(wanted: int, kv_shape: tuple[int, int, int], dtype: torch.dtype, device: torch.device) -> int:
    """`wanted`, or what fits if that is less.

    Raises:
        LladaError: not even one token fits.
    """
    fits = tokens_that_fit(kv_shape, dtype, device)
    if fits < 1 <= wanted:
        raise LladaError(
            f"no memory is left on {device} for keys and values: one token takes "
            f"{token_bytes(kv_shape, dtype) / 2**20:.2f} MiB; use a smaller model, another dtype or device"
        )
    return min(wanted, fits)
