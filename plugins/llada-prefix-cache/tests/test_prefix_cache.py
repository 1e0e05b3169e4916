"""What `prefix_cache` computes and keeps, step by step, and that it does everything an algorithm must."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llada_core import AlgorithmSpec, Keep, Plan, Window
from llada_core.testing import Subject, parametrize_with_checks, progress_at
from llada_prefix_cache.algorithm import PrefixCache
from llada_prefix_cache.plugin import llada_register_algorithms


@pytest.mark.parametrize(
    ("block", "step", "plan"),
    [
        (0, 0, Plan(Window.CANVAS, Keep.PREFIX)),
        (0, 1, Plan(Window.SUFFIX)),
        (1, 0, Plan(Window.CANVAS, Keep.PREFIX)),
        (1, 1, Plan(Window.SUFFIX)),
        (1, 7, Plan(Window.SUFFIX)),
    ],
)
def test_plan(block: int, step: int, plan: Plan) -> None:
    """On a canvas of 5 prompt positions and 2 blocks of 4, two steps a block."""
    assert PrefixCache().plan(progress_at(block, step)) == plan


def test_description() -> None:
    [spec] = llada_register_algorithms()
    assert isinstance(spec, AlgorithmSpec)
    assert (spec.name, spec.aliases) == ("prefix_cache", ("prefix", "cache"))
    assert spec.description.endswith(".")


@parametrize_with_checks(["prefix_cache"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
