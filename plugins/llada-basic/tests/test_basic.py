"""What `basic` computes and keeps, step by step, and that it does everything an algorithm must."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llada_basic.algorithm import Basic
from llada_basic.plugin import llada_register_algorithms
from llada_core import AlgorithmSpec, Plan, Window
from llada_core.testing import Subject, parametrize_with_checks, progress_at


@pytest.mark.parametrize(
    ("block", "step", "plan"),
    [
        (0, 0, Plan(Window.CANVAS)),
        (0, 1, Plan(Window.CANVAS)),
        (1, 0, Plan(Window.CANVAS)),
        (1, 7, Plan(Window.CANVAS)),
    ],
)
def test_plan(block: int, step: int, plan: Plan) -> None:
    """On a canvas of 5 prompt positions and 2 blocks of 4, two steps a block."""
    assert Basic().plan(progress_at(block, step)) == plan


def test_description() -> None:
    [spec] = llada_register_algorithms()
    assert isinstance(spec, AlgorithmSpec)
    assert (spec.name, spec.aliases) == ("basic", ("no_cache", "simple"))
    assert spec.description.endswith(".")


@parametrize_with_checks(["basic"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
