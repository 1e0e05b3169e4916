"""What memory is free, and how many tokens of keys and values fit into it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import torch

from ..errors import LladaError
from ..model.packed import Packed

CPU_SHARE = 0.5
"""Share of the free memory that the pool may take on a machine without a GPU."""
CUDA_SHARE = 0.9
"""The same of a GPU's free memory, once `CUDA_RESERVE` is left for activations."""
CUDA_RESERVE = 2 * 2**30
"""What activations are taken to need where they were not measured."""
MEASURED_SHARE = 0.96
"""The share where they were."""
GRAPHS_RESERVE = 2**29
"""What captured graphs keep beside the activations."""


def token_bytes(kv_shape: tuple[int, int, int], dtype: torch.dtype) -> int:
    """Bytes of the keys and values of one token; `kv_shape` is (layers, kv_heads, head_dim)."""
    layers, heads, width = kv_shape
    return 2 * layers * heads * width * dtype.itemsize


def pool_tokens(
    wanted: int,
    kv_shape: tuple[int, int, int],
    dtype: torch.dtype,
    device: torch.device,
    working: int | None = None,
) -> int:
    """`wanted`, or what fits if that is less.

    Args:
        working: bytes that the largest forward takes, if that was measured.

    Raises:
        LladaError: not even one token fits.
    """
    fits = room_for_keys(free_memory(device), device, working) // token_bytes(kv_shape, dtype)
    if fits < 1 <= wanted:
        raise LladaError(
            f"no memory is left on {device} for keys and values: one token takes "
            f"{token_bytes(kv_shape, dtype) / 2**20:.2f} MiB; use a smaller model, another dtype or device"
        )
    return min(wanted, fits)


def room_for_keys(free: int, device: torch.device, working: int | None = None) -> int:
    """Bytes that the pool takes where `free` bytes are left once the weights are loaded; `working` as in
    `pool_tokens`."""
    if working is not None:
        return int(MEASURED_SHARE * max(0, free - working - GRAPHS_RESERVE))
    if device.type == "cuda":
        return int(CUDA_SHARE * max(0, free - CUDA_RESERVE))
    return int(CPU_SHARE * max(0, free))


def free_memory(device: torch.device) -> int:
    """Bytes that can still be taken on a device."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return min(_available(Path("/proc/meminfo")), _left_in_group(Path("/sys/fs/cgroup")))


def total_memory() -> int:
    """Bytes of main memory."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _available(meminfo: Path) -> int:
    """What Linux could free without swapping; elsewhere all of it."""
    with contextlib.suppress(OSError):
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return total_memory()


def _left_in_group(group: Path) -> int:
    """What a container's limit leaves; all there is where nothing is limited."""
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError):
            return max(0, int((group / limit).read_text()) - int((group / used).read_text()))
    return total_memory()


@torch.inference_mode()
def working_bytes(model: Any, tokens: int, positions: int, device: torch.device) -> int:
    """Bytes that a forward over `tokens` tokens with logits at `positions` of them takes, by running it.

    `device` is a CUDA device; rows are as long as the model's context allows.
    """
    context = model.facts.context_length
    lengths = (context,) * (tokens // context) + ((tokens % context,) if tokens % context else ())
    places = torch.cat([torch.arange(n, device=device) for n in lengths])
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    hidden = model.hidden(Packed(torch.zeros_like(places), places, lengths))
    model.head(hidden[:positions])
    torch.cuda.synchronize(device)
    del hidden
    torch.cuda.empty_cache()
    return torch.cuda.max_memory_allocated(device) - before
