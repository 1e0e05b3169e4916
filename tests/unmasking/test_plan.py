"""Plans are values: equal by content, unchangeable, refused where they are made if they mean nothing."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llada_core.errors import LladaError, PlanError
from llada_core.plan import Keep, Plan, Progress, Window

CONSTANTS = [Window.CANVAS, Window.SUFFIX, Window.BLOCK, Window.STATE]


class TestWindow:
    def test_is_equal_by_content(self) -> None:
        assert Window.span(3, 7) == Window.span(3, 7)
        assert hash(Window.span(3, 7)) == hash(Window.span(3, 7))
        assert Window.span(3, 7) != Window.span(3, 8)
        assert len({*CONSTANTS, *CONSTANTS, Window.span(0, 4)}) == 5

    def test_survives_a_pickle(self) -> None:
        for window in (*CONSTANTS, Window.span(2, 5)):
            assert pickle.loads(pickle.dumps(window)) == window

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            Window.CANVAS.kind = "block"  # type: ignore[misc]

    @settings(deadline=None)
    @given(st.integers(-50, 50), st.integers(-50, 50))
    def test_a_span_holds_a_position_or_is_refused(self, start: int, end: int) -> None:
        if any(position >= 0 for position in range(start, end)):
            window = Window.span(start, end)
            assert (window.kind, window.start, window.end) == ("span", start, end)
        else:
            with pytest.raises(PlanError, match=rf"Window.span\({start}, {end}\) holds no position"):
                Window.span(start, end)

    @pytest.mark.parametrize(
        ("start", "end", "message"),
        [
            (5, 5, r"Window.span\(5, 5\) holds no position: its end must be above its start"),
            (9, 3, r"Window.span\(9, 3\) holds no position: its end must be above its start"),
            (-5, -2, r"Window.span\(-5, -2\) holds no position: it ends before the canvas"),
            (-5, 0, r"Window.span\(-5, 0\) holds no position: it ends before the canvas"),
            (1.0, 3, r"Window.span\(1.0, 3\): expected integers"),
            (True, 3, r"Window.span\(True, 3\): expected integers"),
            (0, None, r"Window.span\(0, None\): expected integers"),
        ],
    )
    def test_the_error_says_which_span_and_why(self, start: Any, end: Any, message: str) -> None:
        with pytest.raises(PlanError, match=message) as caught:
            Window.span(start, end)
        assert isinstance(caught.value, LladaError)
        assert caught.value.code == "algorithm_error"


class TestPlan:
    def test_defaults(self) -> None:
        plan = Plan(Window.BLOCK)
        assert (plan.keep, plan.commit, plan.drop) == (Keep.NOTHING, True, False)

    def test_is_equal_by_content(self) -> None:
        plans = {
            Plan(window, keep, commit, drop)
            for window in (*CONSTANTS, Window.span(1, 2))
            for keep in Keep
            for commit in (True, False)
            for drop in (True, False)
        }
        assert len(plans) == 5 * 3 * 4
        assert Plan(Window.span(1, 2), keep=Keep.ALL) in plans
        assert all(pickle.loads(pickle.dumps(plan)) == plan for plan in plans)

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            Plan(Window.BLOCK).drop = True  # type: ignore[misc]

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"window": "canvas"}, r"Plan: window must be a Window \(got 'canvas'\)"),
            ({"window": Keep.ALL}, "Plan: window must be a Window"),
            ({"keep": "all"}, r"Plan: keep must be a Keep \(got 'all'\)"),
            ({"keep": True}, r"Plan: keep must be a Keep \(got True\)"),
            ({"commit": None}, r"Plan: commit must be a bool \(got None\)"),
            ({"drop": 1}, r"Plan: drop must be a bool \(got 1\)"),
        ],
    )
    def test_a_wrong_type_is_refused(self, fields: dict[str, Any], message: str) -> None:
        with pytest.raises(PlanError, match=message):
            Plan(**{"window": Window.BLOCK, **fields})


def test_progress_is_integers_that_cannot_be_changed() -> None:
    progress = Progress(
        forwards=3,
        block=1,
        blocks=2,
        block_start=12,
        block_end=16,
        step_in_block=0,
        steps_in_block=4,
        masked_in_block=4,
        prompt_length=8,
        canvas_length=16,
    )
    assert progress.params is None
    with pytest.raises(AttributeError):
        progress.forwards = 4  # type: ignore[misc]
