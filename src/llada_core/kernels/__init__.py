"""Triton kernels for CUDA; their modules are not imported where there is no Triton.

Each has a slow form in torch, which the CPU runs and the tests compare with.
"""

from __future__ import annotations

import functools
import importlib.util


@functools.cache
def triton_here() -> bool:
    """Whether Triton is installed."""
    return importlib.util.find_spec("triton") is not None
