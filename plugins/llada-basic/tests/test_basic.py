"""What `basic` computes and keeps, step by step, and how it is found."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from llada_basic.algorithm import Basic
from llada_basic.plugin import llada_register_algorithms
from llada_core import AlgorithmSpec, DenoisingAlgorithm, Keep, Plan, Progress, Window


def progress(block: int, step: int) -> Progress:
    """Before a step of a canvas of 5 prompt positions and 2 blocks of 4, two steps a block."""
    start = 5 + 4 * block
    return Progress(
        forwards=2 * block + step,
        block=block,
        blocks=2,
        block_start=start,
        block_end=start + 4,
        step_in_block=step,
        steps_in_block=2,
        masked_in_block=4 - 2 * step,
        prompt_length=5,
        canvas_length=13,
    )


@pytest.mark.parametrize(
    ("block", "step", "plan"),
    [
        (0, 0, Plan(Window.CANVAS, Keep.NOTHING)),
        (0, 1, Plan(Window.CANVAS, Keep.NOTHING)),
        (1, 0, Plan(Window.CANVAS, Keep.NOTHING)),
        (1, 1, Plan(Window.CANVAS, Keep.NOTHING)),
        (1, 7, Plan(Window.CANVAS, Keep.NOTHING)),
    ],
)
def test_plan(block: int, step: int, plan: Plan) -> None:
    assert Basic().plan(progress(block, step)) == plan


def test_every_forward_commits_and_covers_the_canvas_with_what_was_kept() -> None:
    """Positions that are computed, and those kept since the block's first step, are all 13."""
    for block in (0, 1):
        start = 5 + 4 * block
        windows = {"canvas": range(13), "suffix": range(start, 13), "block": range(start, start + 4)}
        kept: set[int] = set()
        for step in range(3):
            plan = Basic().plan(progress(block, step))
            window = set(windows[plan.window.kind])
            assert plan.commit
            assert not plan.drop
            assert window | kept == set(range(13))
            if plan.keep is not Keep.NOTHING:
                kept |= {position for position in window if plan.keep is Keep.ALL or position < start}


def test_the_request_s_unmasking_rule_commits() -> None:
    assert issubclass(Basic, DenoisingAlgorithm)
    assert not Basic.owns_step()


def test_description() -> None:
    [spec] = llada_register_algorithms()
    assert spec == AlgorithmSpec(
        name="basic",
        factory="llada_basic.algorithm:Basic",
        aliases=("no_cache", "simple"),
        description=spec.description,
        covers="canvas",
    )
    assert spec.description.endswith(".")


def test_it_is_found_by_entry_point() -> None:
    found = [
        point for point in entry_points(group="llada_core.plugins") if point.module == "llada_basic.plugin"
    ]
    assert [point.name for point in found] == ["basic"]
