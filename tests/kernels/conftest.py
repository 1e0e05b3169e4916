"""Where the kernels run: on a GPU, or in Triton's interpreter (see the conftest of the root)."""

from __future__ import annotations

import pytest
import torch

pytest.importorskip("triton")


@pytest.fixture
def device() -> torch.device:
    """Where the kernels run."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@pytest.fixture
def half() -> torch.dtype:
    """The interpreter has no arithmetic in bfloat16."""
    return torch.bfloat16 if torch.cuda.is_available() else torch.float16


def error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Relative error, norm over norm."""
    return float((found.double() - wanted.double()).norm() / wanted.double().norm())
