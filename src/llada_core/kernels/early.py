"""Kernels that are there when the one before them ends (programmatic dependent launch, from Hopper on).

What it takes to start a kernel is then hidden behind the one before. With a few tokens, where a kernel takes
some microseconds, that is 1 % of a step of LLaDA-8B on one GPU and 5 % on each of two (H200); with more,
kernels that wait are in the way of those that work.
"""

from __future__ import annotations

import functools

import torch
import triton
import triton.language as tl
from triton.language.extra.cuda import gdc_launch_dependents, gdc_wait

FEW = 32
"""Up to so many tokens."""


@triton.jit
def after_the_last(EARLY: tl.constexpr):
    """Wait until all that was written before can be read; then the next kernel may come."""
    if EARLY:
        gdc_wait()
        gdc_launch_dependents()


def begins_early(tokens: int, device: torch.device) -> bool:
    """Whether a kernel over so many tokens is launched so, and then has to begin with `after_the_last`."""
    return tokens <= FEW and device.type == "cuda" and _has_early(device.index or 0)


@functools.cache
def _has_early(index: int) -> bool:
    return torch.cuda.get_device_capability(index) >= (9, 0)
