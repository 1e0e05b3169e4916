"""Untrusted values into a plugin's own Struct: every error names field, value and rule."""

from __future__ import annotations

import enum
import math
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from llada_core.errors import ParameterError
from llada_core.params import NumericField, numeric_fields, parse


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, Meta(ge=1)]
    ratio: float = 0.5


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    needed: int
    optional: int | None
    rate: float = 1.0
    level: Literal[1, 2] | None = None
    mode: Literal["fast", "slow"] = "fast"
    described: Annotated[Literal["a", "b"] | None, Meta(description="Text.")] = None
    color: Color = Color.RED
    inner: Inner | None = None
    items: tuple[int, ...] = ()
    table: dict[int, float] = {}


GOOD = {"needed": 3, "optional": None}


def test_what_is_good_is_taken() -> None:
    got = parse(Params, {**GOOD, "rate": 2, "inner": {"size": 2}, "items": [1, 2], "table": {1: 0.5}})
    assert got == Params(needed=3, optional=None, rate=2.0, inner=Inner(2), items=(1, 2), table={1: 0.5})


def test_the_values_are_left_alone() -> None:
    values = {**GOOD, "rate": None}
    parse(Params, values)
    assert values == {**GOOD, "rate": None}


BAD = [
    ({"optional": 1}, "needed", "required, but missing"),
    ({"needed": 1}, "optional", "required, but missing"),
    ({**GOOD, "needed": None}, "needed", "expected `int`, got `null` (got None)"),
    ({**GOOD, "nedeed": 1}, "nedeed", "unknown parameter (got 1)"),
    ({**GOOD, "needed": True}, "needed", "expected `int`, got `bool` (got True)"),
    ({**GOOD, "needed": 1.0}, "needed", "expected `int`, got `float` (got 1.0)"),
    ({**GOOD, "needed": 2**63}, "needed", f"expected an integer of at most 64 bits (got {2**63})"),
    ({**GOOD, "optional": -(2**63) - 1}, "optional", "expected an integer of at most 64 bits"),
    ({**GOOD, "rate": math.nan}, "rate", "expected a finite number (got nan)"),
    ({**GOOD, "rate": -math.inf}, "rate", "expected a finite number (got -inf)"),
    ({**GOOD, "rate": 10**400}, "rate", "Number out of range (got 1000"),
    ({**GOOD, "level": 3}, "level", "expected 1 or 2 (got 3)"),
    ({**GOOD, "level": True}, "level", "expected `int | null`, got `bool`"),
    ({**GOOD, "mode": "mid"}, "mode", "expected 'fast' or 'slow' (got 'mid')"),
    ({**GOOD, "described": "c"}, "described", "expected 'a' or 'b' (got 'c')"),
    ({**GOOD, "color": "green"}, "color", "expected 'red' or 'blue' (got 'green')"),
    ({**GOOD, "inner": 3}, "inner", "expected `object | null`, got `int` (got 3)"),
    ({**GOOD, "inner": {"size": 0}}, "inner.size", "expected `int` >= 1 (got {'size': 0})"),
    ({**GOOD, "inner": {}}, "inner.size", "required, but missing (got {})"),
    (
        {**GOOD, "inner": {"size": 1, "sise": 2}},
        "inner.sise",
        "unknown parameter (got {'size': 1, 'sise': 2})",
    ),
    ({**GOOD, "items": [1, "x"]}, "items[1]", "expected `int`, got `str` (got [1, 'x'])"),
    ({**GOOD, "table": {"x": 1.0}}, "table", "expected `int`, got `str` (got {'x': 1.0})"),
    ({**GOOD, "table": {1: "x"}}, "table[...]", "expected `float`, got `str` (got {1: 'x'})"),
    ({**GOOD, "mode": "x" * 100}, "mode", f"expected 'fast' or 'slow' (got '{'x' * 56}...)"),
]


@pytest.mark.parametrize(("values", "field", "message"), BAD, ids=[f"{b[1]}: {b[2][:25]}" for b in BAD])
def test_an_error_names_field_value_and_rule(values: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(Params, values)
    assert caught.value.field == field
    assert caught.value.message.startswith(message)
    assert str(caught.value).startswith(f"{field}: {message}")


def test_a_struct_that_allows_unknown_fields_ignores_them() -> None:
    class Open(msgspec.Struct, frozen=True):
        size: int = 1

    assert parse(Open, {"size": 2, "other": math.nan}) == Open(2)


def test_a_message_of_several_lines_in_a_key_does_no_harm() -> None:
    with pytest.raises(ParameterError, match="unknown parameter"):
        parse(Params, {**GOOD, "a\nb` - at `$.rate": 1})


class Numbers(msgspec.Struct, frozen=True):
    a: int
    b: float | None
    c: bool
    d: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="Text.")] = None
    e: Literal[1, 2, None] = 1
    f: int | float = 1
    g: bool | None = None
    h: str = ""
    i: str | None = None
    j: int | str = 1
    k: Color = Color.RED
    m: tuple[int, ...] = ()
    n: Any = None
    o: None = None


def test_which_fields_hold_numbers() -> None:
    assert numeric_fields(Numbers) == {
        "a": NumericField(int, False),
        "b": NumericField(float, True),
        "c": NumericField(bool, False),
        "d": NumericField(int, True),
        "e": NumericField(int, True),
        "f": NumericField(float, False),
        "g": NumericField(bool, True),
    }
