"""The descriptions that hooks return are checked where they are made."""

from __future__ import annotations

from typing import Any

import pytest

from llada_core import AlgorithmSpec, UnmaskingRuleSpec


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "Upper"}, "AlgorithmSpec.name: expected lower-case letters"),
        ({"name": ""}, "AlgorithmSpec.name: expected lower-case letters"),
        ({"name": "_x"}, "AlgorithmSpec.name: expected lower-case letters"),
        ({"name": "x\n"}, "AlgorithmSpec.name: expected lower-case letters"),
        ({"name": "a:b"}, "AlgorithmSpec.name: expected lower-case letters"),
        ({"name": None}, "AlgorithmSpec.name: expected `str`, got `null`"),
        ({"aliases": "simple"}, "AlgorithmSpec.aliases: expected `array`, got `str`"),
        ({"aliases": ("fine", "Not fine")}, "AlgorithmSpec.aliases: expected names of lower-case letters"),
        ({"factory": "package.module"}, "AlgorithmSpec.factory: expected 'package.module:Class'"),
        ({"factory": "package..module:Class"}, "AlgorithmSpec.factory: expected 'package.module:Class'"),
        ({"factory": int}, "AlgorithmSpec.factory: expected `str`"),
        ({"params": "Params"}, "AlgorithmSpec.params: expected 'package.module:Class' or None"),
        ({"execution": "loop"}, "AlgorithmSpec.execution: Invalid enum value 'loop'"),
        ({"covers": "all"}, "AlgorithmSpec.covers: Invalid enum value 'all'"),
        ({"needs_cache": "no"}, "AlgorithmSpec.needs_cache: expected `bool`, got `str`"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        AlgorithmSpec(**{"name": "x", "factory": "package.module:Class", **fields})
    assert str(caught.value).startswith(message)


def test_rules_are_checked_the_same_way() -> None:
    with pytest.raises(ValueError, match=r"UnmaskingRuleSpec\.region: Invalid enum value 'row'"):
        UnmaskingRuleSpec("x", "package.module:Class", region="row")  # type: ignore[arg-type]


def test_lists_become_tuples() -> None:
    spec = AlgorithmSpec("x", "package.module:Outer.Inner", aliases=["one", "two"])  # type: ignore[arg-type]
    assert spec.aliases == ("one", "two")
