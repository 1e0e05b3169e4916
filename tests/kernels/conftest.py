"""Where the kernels run: on a GPU, or in Triton's interpreter (see the conftest of the root)."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest.importorskip("triton")

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The interpreter lets numpy compute what the kernels compute, infinities included."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(
                pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
            )


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
