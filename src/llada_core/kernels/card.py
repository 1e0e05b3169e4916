"""What a card has room for."""

from __future__ import annotations

import functools

import torch

LEAST = 101376
"""What consumer cards have."""
H100 = 232448
"""Bytes of shared memory that one block of threads may take there; assumed where there is no card."""


H100_PROCESSORS = 132


@functools.cache
def _processors(index: int) -> int:
    return int(torch.cuda.get_device_properties(index).multi_processor_count)


def processors(device: torch.device) -> int:
    """How many blocks of threads a device works on at once, at least."""
    return H100_PROCESSORS if device.type != "cuda" else _processors(device.index or 0)


@functools.cache
def _shared_bytes(index: int) -> int:
    properties = torch.cuda.get_device_properties(index)
    return int(getattr(properties, "shared_memory_per_block_optin", LEAST))


def stages_that_fit(wanted: int, stage: int, beside: int, device: torch.device) -> int:
    """How many stages of `stage` bytes a loop may load ahead, `wanted` at most, with `beside` bytes taken."""
    limit = H100 if device.type != "cuda" else _shared_bytes(device.index or 0)
    return max(1, min(wanted, (limit - beside) // stage))
