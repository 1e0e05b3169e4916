"""Triton kernels for CUDA; their modules are not imported where there is no Triton.

Each has a slow form in torch, which the CPU runs and the tests compare with.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import sysconfig
from pathlib import Path


@functools.cache
def triton_here() -> bool:
    """Whether Triton is installed."""
    return importlib.util.find_spec("triton") is not None


def missing_for_triton() -> str | None:
    """What Triton would miss when it compiles, in C, what loads and launches a kernel; None: nothing."""
    if "CC" not in os.environ and shutil.which("gcc") is None and shutil.which("clang") is None:
        return "a C compiler: gcc or clang on the PATH, or the variable CC"
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    return None if header.exists() else f"Python's headers: {header}"
