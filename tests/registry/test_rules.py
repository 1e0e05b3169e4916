"""Unmasking rules, and which algorithms they work with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from llada_core import (
    GenerationAlgorithm,
    GenerationRegistry,
    ModelFacts,
    Observation,
    ParameterError,
    ParamsBatch,
    PluginError,
    UnavailableError,
    UnknownNameError,
    UnmaskingRule,
    Update,
    build_request,
)
from llada_core.testing import importable, make_plugin, registry_of

Make = Callable[..., GenerationAlgorithm]

PLUGIN = """
import msgspec
from llada_core import AlgorithmSpec, DenoisingAlgorithm, Plan, UnmaskingRuleSpec, Window, hookimpl

class Shared(msgspec.Struct, frozen=True):
    sharpness: float = 1.0
    window: int = 2

class Params(msgspec.Struct, frozen=True):
    sharpness: float = 2.0

class Plain(DenoisingAlgorithm):
    def plan(self, progress):
        return Plan(Window.CANVAS)

@hookimpl
def llada_register_algorithms():
    own = f"{__name__}:Plain"
    return [
        AlgorithmSpec("whole", own, covers="canvas"),
        AlgorithmSpec("part", own, params=f"{__name__}:Shared"),
        AlgorithmSpec("stepping", own, covers="canvas", own_step=True),
        AlgorithmSpec("looping", own, covers="canvas", execution="whole_loop"),
    ]

@hookimpl
def llada_register_unmasking_rules():
    return [
        UnmaskingRuleSpec("wide", "elsewhere:Wide", "Looks at everything.", region="canvas"),
        UnmaskingRuleSpec("narrow", "elsewhere:Narrow", params=f"{__name__}:Params"),
    ]
"""


class Leftmost(UnmaskingRule):
    """Commits everything."""

    def select(self, obs: Observation, params: ParamsBatch, state: Any) -> Update:
        return Update(write=obs.eligible)


class Params(msgspec.Struct, frozen=True):
    """Parameters of its own."""

    run: int = 1


@pytest.fixture
def paired(tmp_path: Path) -> Iterator[GenerationRegistry]:
    make_plugin(tmp_path, "llada-pairs", PLUGIN)
    with importable(tmp_path):
        yield registry_of(tmp_path)


def test_every_registry_has_the_core_s_rules(registry: GenerationRegistry) -> None:
    from llada_core import unmasking

    assert registry.list_rules() == ["schedule", "threshold", "factor"]
    assert isinstance(registry.get_rule("Schedule"), unmasking.Schedule)
    assert isinstance(registry.get_rule("THRESHOLD"), unmasking.Threshold)
    assert isinstance(registry.get_rule("factor"), unmasking.Factor)
    assert registry.get_rule("factor") is registry.get_rule("factor")
    assert registry.rule_params_for("factor") is None


def test_an_unknown_rule_says_what_there_is(registry: GenerationRegistry) -> None:
    with pytest.raises(UnknownNameError) as caught:
        registry.get_rule("treshold")
    assert str(caught.value) == (
        "no unmasking rule named 'treshold'; did you mean 'threshold'?; "
        "installed: schedule, threshold, factor"
    )
    assert (caught.value.code, caught.value.field) == ("unknown_unmasking_rule", "unmasking")


@pytest.mark.parametrize(
    ("algorithm", "rule", "problem"),
    [
        ("whole", "wide", None),
        ("whole", "narrow", None),
        ("part", "schedule", None),
        ("stepping", "threshold", None),
        ("looping", "factor", None),
        ("part", "wide", "the algorithm's forwards compute only a part of it"),
        ("part", "narrow", "both have a parameter named 'sharpness'"),
        ("stepping", "wide", "the algorithm decides itself what to commit"),
        ("looping", "narrow", "the algorithm decides itself what to commit"),
    ],
)
def test_pairing(paired: GenerationRegistry, algorithm: str, rule: str, problem: str | None) -> None:
    if problem is None:
        assert paired.check_pairing(algorithm.upper(), rule.upper()) == rule
        return
    with pytest.raises(ParameterError) as caught:
        paired.check_pairing(algorithm, rule)
    assert caught.value.field == "unmasking"
    assert str(caught.value).startswith(f"unmasking: rule {rule!r} does not work with {algorithm!r}: ")
    assert problem in str(caught.value)
    [info] = [info for info in paired.describe(load=False) if info.name == algorithm]
    assert rule not in info.unmasking


@pytest.mark.parametrize("written", ["narrow", "Narrow", "llada-pairs:narrow"])
def test_a_request_carries_the_rule_s_canonical_name(paired: GenerationRegistry, written: str) -> None:
    """Requests with one rule run together, however each of them wrote its name."""
    facts = ModelFacts(mask_id=1, context_length=512, vocab_size=64)
    request, rest = build_request(
        paired,
        facts,
        {"unmasking": written, "sharpness": 3.0, "other": 1},
        id="1",
        algorithm="WHOLE",
        prompt=(2, 3),
    )
    assert (request.algorithm, request.params.unmasking) == ("whole", "narrow")
    assert request.rule_params.sharpness == 3.0
    assert rest == {"other": 1}


def test_the_listing_says_which_rules_an_algorithm_works_with(paired: GenerationRegistry) -> None:
    core = ("schedule", "threshold", "factor")
    assert {info.name: info.unmasking for info in paired.describe(load=False)} == {
        "whole": (*core, "wide", "narrow"),
        "part": core,
        "stepping": core,
        "looping": core,
    }


def test_registering_a_rule(registry: GenerationRegistry, caplog: pytest.LogCaptureFixture) -> None:
    first, second = Leftmost(), Leftmost()
    registry.register_rule("leftmost", first, description="From the left.", params=Params)
    assert registry.get_rule("Leftmost") is first
    assert registry.rule_params_for("leftmost") is Params
    registry.register_rule("Leftmost", second)
    assert registry.get_rule("leftmost") is second
    [warning] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert warning.getMessage() == "registering unmasking rule 'Leftmost' takes over from this process"


@pytest.mark.parametrize("name", ["schedule", "Threshold", "", "a:b"])
def test_names_that_a_rule_may_not_have(registry: GenerationRegistry, name: str) -> None:
    with pytest.raises(ValueError, match="unmasking rule"):
        registry.register_rule(name, Leftmost())


def test_parameters_of_a_rule_are_checked(registry: GenerationRegistry) -> None:
    class Taken(msgspec.Struct, frozen=True):
        temperature: float = 1.0

    with pytest.raises(PluginError, match="'temperature' already has a meaning"):
        registry.register_rule("leftmost", Leftmost(), params=Taken)


@pytest.mark.parametrize(
    ("factory", "region", "reason"),
    [
        ("made:Rule", "block", None),
        ("made:Rule", "canvas", "its description says region='canvas', but made:Rule says 'block'"),
        ("made:Other", "block", "made:Other is no UnmaskingRule"),
        ("made:Missing", "block", "module made has no 'Missing'"),
        ("nowhere:Rule", "block", "No module named 'nowhere'"),
    ],
)
def test_a_rule_that_cannot_be_made_says_why(
    tmp_path: Path, factory: str, region: str, reason: str | None
) -> None:
    source = (
        "from llada_core import UnmaskingRuleSpec, hookimpl\n"
        "@hookimpl\ndef llada_register_unmasking_rules():\n"
        f"    return [UnmaskingRuleSpec('made', {factory!r}, region={region!r})]\n"
    )
    made = (
        "from llada_core.unmasking import UnmaskingRule\n"
        "class Rule(UnmaskingRule):\n    def select(self, obs, params, state): ...\n"
        "class Other: ...\n"
    )
    make_plugin(tmp_path, "llada-made", source, files={"made/__init__.py": made})
    with importable(tmp_path):
        registry = registry_of(tmp_path)
        if reason is None:
            assert isinstance(registry.get_rule("made"), UnmaskingRule)
            return
        with pytest.raises(UnavailableError) as caught:
            registry.get_rule("made")
        assert str(caught.value).startswith("unmasking rule 'made' (llada-made 1.0) cannot be loaded: ")
        assert reason in str(caught.value)
