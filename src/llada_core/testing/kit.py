"""The conformance kit: run every check on an algorithm or a rule, with or without pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from ..algorithm import GenerationAlgorithm
from ..unmasking import UnmaskingRule
from .checks import CHECKS, Check
from .subject import CheckFailed, NotApplicable, Subject

F = TypeVar("F", bound=Callable[..., Any])
What = str | GenerationAlgorithm | UnmaskingRule


def check_algorithm(
    what: What,
    *,
    params: type[msgspec.Struct] | None = None,
    values: Mapping[str, Any] | None = None,
    expected_failures: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Run every check.

    Args:
        what: the name of an installed algorithm or unmasking rule, or an instance.
        params: the Struct of an instance's own parameters.
        values: request parameters that every run is given.
        expected_failures: names of checks that do not hold, with the reason. One that holds after all is an
            error too, so that the list stays true.

    Returns:
        What happened, by check: "passed", "not applicable: ..." or "expected: ...".

    Raises:
        CheckFailed: naming every check that does not hold, with its reason.
    """
    expected = dict(expected_failures or {})
    unknown = set(expected) - {check.__name__ for check in CHECKS}
    if unknown:
        raise ValueError(f"expected_failures: no checks named {', '.join(sorted(unknown))}")
    subject = Subject.of(what, params=params, values=values)
    outcomes: dict[str, str] = {}
    faults = []
    for check in CHECKS:
        name = check.__name__
        try:
            outcomes[name] = run_check(check, subject, expected.get(name))
        except CheckFailed as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise CheckFailed(f"{subject.name}: {len(faults)} checks do not hold\n" + "\n".join(faults))
    return outcomes


def run_check(check: Check, subject: Subject, expected: str | None = None) -> str:
    """Run one check, of which `expected` may say why it does not hold.

    Raises:
        CheckFailed: it does not hold, or holds although it was expected not to.
    """
    try:
        check(subject)
    except NotApplicable as reason:
        return f"not applicable: {reason}"
    except Exception as error:
        if expected is not None:
            return f"expected: {expected}"
        if isinstance(error, CheckFailed):
            raise
        raise CheckFailed(f"{type(error).__name__}: {error}") from error
    if expected is not None:
        raise CheckFailed(f"it holds, although it was expected not to ({expected}); take it off the list")
    return "passed"


def parametrize_with_checks(
    subjects: Iterable[What | Subject], *, expected_failures: Mapping[str, str] | None = None
) -> Callable[[F], F]:
    """A pytest decorator: one test a subject and check, with arguments `subject` and `check`.

    Example:
        @parametrize_with_checks(["left_to_right"])
        def test_conformance(subject, check):
            check(subject)
    """
    import pytest

    found = [what if isinstance(what, Subject) else Subject.of(what) for what in subjects]
    reasons = expected_failures or {}

    def bound(check: Check) -> Check:
        def run(subject: Subject) -> None:
            outcome = run_check(check, subject, reasons.get(check.__name__))
            if outcome.startswith("not applicable"):
                pytest.skip(outcome)
            if outcome.startswith("expected"):
                pytest.xfail(outcome)

        return run

    cases = [
        pytest.param(subject, bound(check), id=f"{subject.name}-{check.__name__.removeprefix('check_')}")
        for subject in found
        for check in CHECKS
    ]
    return pytest.mark.parametrize(("subject", "check"), cases)
