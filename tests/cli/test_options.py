"""Options and listings that come from the parameters themselves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import click
import msgspec
import pytest
from msgspec import Meta

from llada_core.cli.generate import generate
from llada_core.cli.options import given_params, parse_assignment
from llada_core.cli.parameters import parameters_of
from llada_core.params import SamplingParams


class Params(msgspec.Struct, frozen=True):
    """Parameters of every kind."""

    window: Annotated[int, Meta(ge=1, le=64, description="How wide.")] = 8
    rate: Annotated[float, Meta(gt=0)] | None = None
    mode: Literal["near", "far"] = "near"
    exact: bool = False


def test_a_parameter_is_read_from_its_struct() -> None:
    found = {parameter.name: parameter for parameter in parameters_of(Params)}
    assert {name: parameter.values for name, parameter in found.items()} == {
        "window": "integer >= 1, <= 64",
        "rate": "number > 0",
        "mode": "far | near",
        "exact": "boolean",
    }
    assert (found["window"].default, found["window"].description) == (8, "How wide.")
    assert found["rate"].default is None


def test_every_sampling_parameter_is_an_option_with_type_and_description() -> None:
    options = {option.name: option for option in generate.params if isinstance(option, click.Option)}
    for parameter in parameters_of(SamplingParams):
        option = options[parameter.name]
        assert option.opts == [f"--{parameter.name.replace('_', '-')}"]
        assert parameter.description in (option.help or "")
    assert options["steps"].type is click.INT
    assert options["threshold"].type is click.FLOAT
    assert isinstance(options["remasking"].type, click.Choice)
    assert options["ignore_eos"].is_flag


def test_only_what_was_given_counts() -> None:
    given = given_params({"steps": None, "seed": 0, "ignore_eos": False}, ["rate=0.5", "mode=far"])
    assert given == {"seed": 0, "ignore_eos": False, "rate": 0.5, "mode": "far"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", ("a", 1)),
        ("a-b=true", ("a_b", True)),
        (" a = x y ", ("a", "x y")),
        ("a=", ("a", "")),
        ("a=b=c", ("a", "b=c")),
        ("a=[1, 2]", ("a", [1, 2])),
    ],
)
def test_assignments(text: str, expected: tuple[str, Any]) -> None:
    assert parse_assignment(text, "-o") == expected


@pytest.mark.parametrize("text", ["a", "=1", " = ", ""])
def test_what_is_no_assignment(text: str) -> None:
    with pytest.raises(click.BadParameter, match="expected name=value"):
        parse_assignment(text, "-o")
