"""The conformance kit itself: what is sound passes, each fault is seen by the check that is made for it."""

from __future__ import annotations

import pytest
import torch

from llada_core import DenoisingAlgorithm, UnknownNameError
from llada_core.testing import (
    CHECKS,
    CheckFailed,
    Subject,
    check_algorithm,
    parametrize_with_checks,
    tiny_model,
)
from llada_core.testing.kit import run_check

from .broken import CASES, Sound, SoundLoop, SoundRule

BY_NAME = {check.__name__: check for check in CHECKS}


@pytest.fixture(autouse=True)
def restored() -> object:
    """Faulty algorithms change what is global; put it back."""
    yield
    torch.set_default_dtype(torch.float32)
    tiny_model.cache_clear()


@pytest.mark.parametrize(("check", "make", "params"), CASES, ids=[make.__name__ for _, make, _ in CASES])
def test_a_fault_is_seen(check: str, make: type, params: type | None) -> None:
    subject = Subject.of(make(), params=params)
    with pytest.raises(CheckFailed):
        run_check(BY_NAME[check], subject)


def test_there_are_enough_faults() -> None:
    assert len(CASES) >= 20
    assert len({check for check, _, _ in CASES}) >= 12


@pytest.mark.parametrize("make", [Sound, SoundRule, SoundLoop])
def test_what_is_sound_passes(make: type) -> None:
    outcomes = check_algorithm(make())
    assert set(outcomes) == set(BY_NAME)
    assert all(outcome == "passed" or outcome.startswith("not applicable") for outcome in outcomes.values())


def test_expected_failures_carry_a_reason_and_stay_true() -> None:
    class Slow(Sound):
        """Keeps an old block, which one layer shows."""

        def plan(self, progress):  # type: ignore[no-untyped-def]
            from llada_core import Keep, Plan, Window

            return Plan(Window.CANVAS, Keep.ALL) if progress.forwards == 0 else Plan(Window.BLOCK)

    name = "check_cache_is_exact_with_one_layer"
    outcomes = check_algorithm(Slow(), expected_failures={name: "refreshes once a request"})
    assert outcomes[name] == "expected: refreshes once a request"
    with pytest.raises(CheckFailed, match="take it off the list"):
        check_algorithm(Sound(), expected_failures={name: "no longer true"})
    with pytest.raises(ValueError, match="no checks named check_nothing"):
        check_algorithm(Sound(), expected_failures={"check_nothing": "a typing error"})


def test_all_faults_of_one_algorithm_are_reported_together() -> None:
    class Silent(DenoisingAlgorithm):
        name = "silent"

        def plan(self, progress):  # type: ignore[no-untyped-def]
            raise RuntimeError("nothing to say")

    with pytest.raises(CheckFailed, match=r"silent: \d+ checks do not hold") as error:
        check_algorithm(Silent())
    assert "check_output_is_complete: request 'a' failed: silent failed in plan" in str(error.value)


def test_the_decorator_makes_one_test_a_check() -> None:
    mark = parametrize_with_checks([SoundRule()])
    (names, cases) = mark.args
    assert names == ("subject", "check")
    assert len(cases) == len(CHECKS)
    assert cases[0].id == "rule_under_test-description"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("steps=4/block,threshold_back=0.6", "has no parameters threshold_back"),
        ("threshold=2", "threshold: expected"),
        ("steps", "expected name=value"),
    ],
)
def test_a_sweep_that_requests_refuse_is_seen(
    monkeypatch: pytest.MonkeyPatch, setting: str, told: str
) -> None:
    subject = Subject.of(SoundRule())
    monkeypatch.setattr(Subject, "sweep", ("steps=2/block,top_k=3", setting))
    with pytest.raises(CheckFailed, match="sweep: '" + setting) as error:
        run_check(BY_NAME["check_description"], subject)
    assert told in str(error.value)


def test_a_name_that_is_not_installed_says_what_to_do() -> None:
    with pytest.raises(
        UnknownNameError, match=r"^no algorithm named 'rarely'; .*; if it .* pip install -e \.$"
    ):
        parametrize_with_checks(["rarely"])
