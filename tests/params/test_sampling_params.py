"""Ranges of the common parameters, their messages, and the values that run."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llada_core.errors import ParameterError
from llada_core.params import SamplingParams, parse, steps_per_block

HUGE, INT64 = 10**30, 2**63 - 1

ALLOWED: dict[str, list[Any]] = {
    "steps": [1, 5, INT64, None],
    "gen_length": [1, 7, 100_000],
    "block_length": [1, 7, INT64],
    "temperature": [0, 0.0, 1e-300, 1, 100, 100.0],
    "top_k": [1, INT64, None],
    "top_p": [1e-300, 0.5, 1, 1.0],
    "cfg_scale": [0, 0.0, 100],
    "remasking": ["low_confidence", "random"],
    "threshold": [0, 0.0, 1, 1.0, None],
    "factor": [1e-300, 1, 1e6, None],
    "unmasking": ["schedule", "anything", None],
    "seed": [-(2**63), -1, 0, INT64],
    "ignore_eos": [True, False],
}
FORBIDDEN: dict[str, list[tuple[Any, str]]] = {
    "steps": [
        (0, ">= 1"),
        (-3, ">= 1"),
        (HUGE, "64 bits"),
        (INT64 + 1, "64 bits"),
        (2.0, "int"),
        (True, "int"),
    ],
    "gen_length": [(0, ">= 1"), (HUGE, "64 bits"), (1.5, "int"), ("8", "int"), ([8], "int"), (False, "int")],
    "block_length": [(0, ">= 1"), (-1, ">= 1"), (HUGE, "64 bits"), (math.nan, "int")],
    "temperature": [
        (-1e-9, ">= 0"),
        (100.1, "<= 100"),
        (math.nan, ">= 0"),
        (math.inf, "<= 100"),
        (-math.inf, ">= 0"),
        (10**400, "out of range"),
        ("hot", "float"),
        (True, "float"),
    ],
    "top_k": [(0, ">= 1"), (-1, ">= 1"), (HUGE, "64 bits"), (1.0, "int")],
    "top_p": [(0, "> 0"), (-0.1, "> 0"), (1.01, "<= 1"), (math.nan, "> 0"), (math.inf, "<= 1")],
    "cfg_scale": [(-0.1, ">= 0"), (101, "<= 100"), (math.nan, ">= 0"), (math.inf, "<= 100")],
    "remasking": [("sometimes", "'low_confidence' or 'random'"), (True, "str"), (1, "str"), ([], "str")],
    "threshold": [(-0.1, ">= 0"), (1.1, "<= 1"), (math.nan, ">= 0"), (math.inf, "<= 1"), (True, "float")],
    "factor": [(0, "> 0"), (-1, "> 0"), (1e7, "<= 1"), (math.nan, "> 0"), (math.inf, "<= 1")],
    "unmasking": [(3, "str"), (["schedule"], "str")],
    "seed": [(2**63, "<= 9223372036854775807"), (-(2**63) - 1, ">= -9223372036854775808"), (1.0, "int")],
    "ignore_eos": [(1, "bool"), ("yes", "bool")],
}


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}={str(case)[:20]}") for name, row in table.items() for case in row
    ]


def test_the_tables_name_every_field() -> None:
    assert set(ALLOWED) == set(FORBIDDEN) == set(SamplingParams.__struct_fields__)


@pytest.mark.parametrize(("name", "value"), cases(ALLOWED))
def test_ends_of_the_range_are_taken(name: str, value: Any) -> None:
    assert getattr(parse(SamplingParams, {name: value}), name) == value


@pytest.mark.parametrize(("name", "case"), cases(FORBIDDEN))
def test_what_lies_beyond_names_field_value_and_rule(name: str, case: tuple[Any, str]) -> None:
    value, rule = case
    with pytest.raises(ParameterError) as caught:
        parse(SamplingParams, {"temperature": 1.0, name: value})
    shown = repr(value)
    assert caught.value.field == name
    assert str(caught.value) == f"{name}: {caught.value.message}"
    assert rule in caught.value.message
    assert (shown if len(shown) <= 60 else shown[:57] + "...") in caught.value.message
    assert caught.value.code == "invalid_parameter"
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("name", ALLOWED)
def test_none_means_the_default(name: str) -> None:
    assert parse(SamplingParams, {name: None}) == SamplingParams()


@pytest.mark.parametrize(
    ("given_", "rule"),
    [
        ({}, "schedule"),
        ({"steps": 4}, "schedule"),
        ({"threshold": 0.9}, "threshold"),
        ({"factor": 1.0}, "factor"),
        ({"threshold": 0.9, "factor": 1.0, "steps": 4}, "factor"),
        ({"threshold": 0.9, "unmasking": "schedule"}, "schedule"),
        ({"factor": 1.0, "threshold": 0.0, "unmasking": "threshold"}, "threshold"),
        ({"factor": 1.0, "unmasking": "eb"}, "eb"),
    ],
)
def test_which_rule_runs(given_: dict[str, Any], rule: str) -> None:
    own = parse(SamplingParams, given_)
    assert own.rule == rule
    assert own.effective().unmasking == rule


@pytest.mark.parametrize("name", ["threshold", "factor"])
def test_a_rule_asked_for_by_name_needs_its_parameter(name: str) -> None:
    other = {"threshold": {"factor": 1.0}, "factor": {"threshold": 0.5}}[name]
    for spelled in (name, name.upper(), f"llada-core:{name}"):
        with pytest.raises(ParameterError, match=f"^{name}: required by unmasking '{spelled}', but missing"):
            parse(SamplingParams, {"unmasking": spelled, **other}).effective()
        assert parse(SamplingParams, {"unmasking": spelled, name: 0.5}).effective().unmasking == spelled


@settings(deadline=None, max_examples=150)
@given(st.none() | st.integers(1, 400), st.integers(1, 300), st.integers(1, 400))
@example(None, 1, 1)
@example(INT64, 128, INT64)
@example(1, 129, 32)
def test_effective_values(steps: int | None, gen_length: int, block_length: int) -> None:
    given_ = SamplingParams(steps=steps, gen_length=gen_length, block_length=block_length, temperature=0.5)
    got = given_.effective()
    assert got.steps is not None
    blocks, rest = divmod(got.gen_length, got.block_length)
    assert rest == 0
    assert got.block_length == min(block_length, gen_length)
    assert gen_length <= got.gen_length < gen_length + got.block_length
    assert blocks <= got.steps <= got.gen_length
    assert got.steps == (got.gen_length if steps is None else sorted((blocks, steps, got.gen_length))[1])
    assert got.effective() == got
    ran = {name: getattr(got, name) for name in SamplingParams.__struct_fields__}
    assert parse(SamplingParams, ran) == got
    touched = {"steps", "gen_length", "block_length", "unmasking"}
    assert all(ran[name] == getattr(given_, name) for name in ran if name not in touched)


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 500), st.integers(1, 40))
def test_steps_per_block(steps: int, blocks: int) -> None:
    spread = steps_per_block(steps, blocks)
    assert len(spread) == blocks
    assert sum(spread) == max(steps, blocks)
    assert max(spread) - min(spread) <= 1
    assert sorted(spread, reverse=True) == spread
    if steps % blocks == 0:
        assert spread == [steps // blocks] * blocks, "LLaDA's own division"


def test_the_schema_says_the_ranges() -> None:
    schema = msgspec.json.schema(SamplingParams)["$defs"]["SamplingParams"]
    assert schema["additionalProperties"] is False
    for name, field in schema["properties"].items():
        assert field["description"], name
    assert schema["properties"]["top_p"]["exclusiveMinimum"] == 0
    assert schema["properties"]["gen_length"]["minimum"] == 1
