"""What the listings show, in a form that becomes JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from llada_core import Availability, GenerationAlgorithm, GenerationRegistry
from llada_core.plugins.discovery import core_version
from llada_core.testing import importable, make_plugin, registry_of

Make = Callable[..., GenerationAlgorithm]

PLUGIN = """
from llada_core import AlgorithmSpec, UnmaskingRuleSpec, hookimpl

@hookimpl
def llada_register_algorithms():
    return [
        AlgorithmSpec(
            "tuned", "elsewhere:Tuned", ("sharp",), "A tuned one.", "llada_tuned.params:Params",
            needs_cache=True,
        ),
    ]

@hookimpl
def llada_register_unmasking_rules():
    return [UnmaskingRuleSpec("wide", "elsewhere:Wide", "Looks around.", region="canvas")]
"""
PARAMS = """
from typing import Annotated, Literal
import msgspec

class Params(msgspec.Struct, frozen=True):
    '''How it is tuned.'''

    sharpness: Annotated[float, msgspec.Meta(gt=0, description="How sharp.")] = 1.5
    mode: Literal["hard", "soft"] = "soft"
"""


@pytest.fixture
def tuned(tmp_path: Path) -> Iterator[GenerationRegistry]:
    make_plugin(tmp_path, "llada-tuned", PLUGIN, version="4.2", files={"llada_tuned/params.py": PARAMS})
    with importable(tmp_path):
        yield registry_of(tmp_path)


def test_an_algorithm_of_a_plugin(tuned: GenerationRegistry) -> None:
    [info] = tuned.describe(load=False)
    assert msgspec.json.decode(msgspec.json.encode(info)) == {
        "name": "tuned",
        "qualified_name": "llada-tuned:tuned",
        "aliases": ["sharp"],
        "description": "A tuned one.",
        "available": True,
        "reason": None,
        "hint": None,
        "distribution": "llada-tuned",
        "version": "4.2",
        "execution": "denoising",
        "needs_cache": True,
        "unmasking": ["schedule", "threshold", "factor"],
        "params": {
            "title": "Params",
            "description": "How it is tuned.",
            "type": "object",
            "properties": {
                "sharpness": {
                    "type": "number",
                    "description": "How sharp.",
                    "exclusiveMinimum": 0,
                    "default": 1.5,
                },
                "mode": {"enum": ["hard", "soft"], "default": "soft"},
            },
            "required": [],
        },
    }


def test_an_algorithm_of_the_process_itself(registry: GenerationRegistry, looped: Make) -> None:
    answer = Availability(False, "needs scipy", "pip install scipy")
    registry.register(looped("mine", answer=answer, aliases=("my_own",)))
    [info] = registry.describe()
    assert (info.name, info.qualified_name, info.aliases) == ("mine", "mine", ("my_own",))
    assert (info.available, info.reason, info.hint) == (False, "needs scipy", "pip install scipy")
    assert (info.distribution, info.version, info.execution) == (None, None, "whole_loop")
    assert (info.needs_cache, info.params) == (False, None)


def test_a_registered_instance_says_itself_whether_it_needs_a_cache(
    registry: GenerationRegistry, planned: Make
) -> None:
    cached = planned("cached")
    cached.needs_cache = True  # type: ignore[attr-defined]
    registry.register(cached)
    [info] = registry.describe()
    assert (info.needs_cache, info.execution) == (True, "denoising")


def test_aliases_that_mean_something_else_are_not_shown(registry: GenerationRegistry, planned: Make) -> None:
    registry.register(planned("one", aliases=("two", "uno")))
    registry.register(planned("two"))
    assert [info.aliases for info in registry.describe()] == [("uno",), ()]


def test_rules(tuned: GenerationRegistry) -> None:
    *core, wide = tuned.describe_rules()
    assert [info.name for info in core] == ["schedule", "threshold", "factor"]
    assert {(info.distribution, info.version) for info in core} == {("llada-core", core_version())}
    assert msgspec.json.decode(msgspec.json.encode(wide)) == {
        "name": "wide",
        "qualified_name": "llada-tuned:wide",
        "description": "Looks around.",
        "distribution": "llada-tuned",
        "version": "4.2",
        "region": "canvas",
        "params": None,
    }


class Inner(msgspec.Struct, frozen=True):
    """A part of the parameters."""

    depth: Annotated[int, msgspec.Meta(ge=1)] = 1


class Outer(msgspec.Struct, frozen=True):
    """Parameters with a part."""

    inner: Inner = Inner()


def test_nested_parameters_keep_their_definitions(registry: GenerationRegistry, planned: Make) -> None:
    registry.register(planned("nested"), params=Outer)
    [info] = registry.describe()
    assert info.params is not None
    assert set(info.params["$defs"]) == {"Inner", "Outer"}
