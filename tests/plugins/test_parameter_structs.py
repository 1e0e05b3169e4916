"""A plugin's own parameters: what they must be, so that a request can carry them and a listing show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from llada_core import SamplingParams
from llada_core.plugins.first_party import RESERVED_PARAMETERS
from llada_core.testing import make_plugin, registry_of

PLUGIN = """
from llada_core import AlgorithmSpec, UnmaskingRuleSpec, hookimpl

@hookimpl
def llada_register_{hook}():
    return [{spec}("tuned", "llada_tuned.algorithm:Tuned", params="llada_tuned.params:{params}")]
"""
HEAD = "from typing import Annotated\nimport msgspec\n"
GOOD = HEAD + (
    "class Params(msgspec.Struct, frozen=True):\n"
    "    '''How it is tuned.'''\n"
    "    sharpness: Annotated[float, msgspec.Meta(gt=0, description='How sharp.')] = 1.0\n"
    "    mode: str = 'soft'\n"
)


def make(site: Path, params: str, name: str = "Params", kind: str = "algorithms") -> None:
    spec = "AlgorithmSpec" if kind == "algorithms" else "UnmaskingRuleSpec"
    source = PLUGIN.format(params=name, hook=kind, spec=spec)
    make_plugin(site, "llada-tuned", source, files={"llada_tuned/params.py": params})


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ("raise OSError('no')\n", "OSError: no"),
        ("x = 1\n", "llada_tuned.params:Params: module llada_tuned.params has no 'Params'"),
        ("Params = 3\n", "expected a msgspec.Struct class (got 3)"),
        (HEAD + "class Params(msgspec.Struct):\n    a: int = 1\n", "declare it with frozen=True"),
        (
            HEAD + "class Params(msgspec.Struct, frozen=True, tag=True):\n    a: int = 1\n",
            "without array_like and",
        ),
        (
            HEAD + "class Params(msgspec.Struct, frozen=True, array_like=True):\n    a: int = 1\n",
            "without array_like and tag",
        ),
        (
            HEAD + "class Params(msgspec.Struct, frozen=True, rename='upper'):\n    a: int = 1\n",
            "fields may not be renamed",
        ),
        (
            HEAD + "class Params(msgspec.Struct, frozen=True):\n    a: int\n",
            "give the parameter 'a' a default",
        ),
        (
            HEAD
            + "class Params(msgspec.Struct, frozen=True):\n    a: Annotated[int, msgspec.Meta(ge=1)] = 0\n",
            "a default breaks its own rule: a: expected `int` >= 1",
        ),
        (
            HEAD + "class Own: ...\nclass Params(msgspec.Struct, frozen=True):\n    a: Own | None = None\n",
            "a field has a type that JSON Schema cannot describe",
        ),
        (
            HEAD + "class Params(msgspec.Struct, frozen=True):\n    temperature: float = 1.0\n",
            "the parameter 'temperature' already has a meaning in requests",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["algorithms", "unmasking_rules"])
def test_parameters_that_cannot_be_used(site: Path, params: str, reason: str, kind: str) -> None:
    make(site, params, kind=kind)
    [record] = registry_of(site).records
    assert (record.status, record.phase) == ("failed", "collect")
    assert reason in (record.reason or "")


def test_parameters_that_can(site: Path) -> None:
    make(site, GOOD)
    registry = registry_of(site)
    params = registry.params_for("tuned")
    assert params is not None
    assert params.__struct_fields__ == ("sharpness", "mode")


@pytest.mark.parametrize(
    "name",
    [
        "messages",
        "max_tokens",
        "n",
        "seed",
        "stop",
        "stream",
        "tools",
        "user",
        "logit_bias",
        "generation_algorithm",
    ],
)
def test_names_of_the_http_interface_are_taken(name: str) -> None:
    assert name in RESERVED_PARAMETERS


def test_names_of_common_parameters_are_taken() -> None:
    assert set(SamplingParams.__struct_fields__) <= RESERVED_PARAMETERS


def test_every_field_that_the_server_accepts_is_taken() -> None:
    fields = pytest.importorskip("llada_server.fields")
    assert fields.ACCEPTED_FIELDS <= RESERVED_PARAMETERS
