"""What a plugin implements: three hooks, two of which return descriptions. Importing this imports no torch.

Hooks only ever grow: new hooks and new parameters may come, none is renamed. An implementation may leave out
parameters that it does not use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
import pluggy
from msgspec import Meta

from .algorithm import Availability, Region
from .environment import Environment

PROJECT = "llada"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin module as the implementation of the hook of the same name."""

Execution = Literal["denoising", "whole_loop"]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*\Z")]
Reference = Annotated[str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")]

_FORMS = {
    "name": "lower-case letters, digits, '_' and '-', a letter or digit first",
    "aliases": "names of lower-case letters, digits, '_' and '-', a letter or digit first",
    "factory": "'package.module:Class'",
    "params": "'package.module:Class' or None",
}
"""What the patterns above ask for, in words, by field."""


class _Spec(msgspec.Struct, frozen=True):
    """A description whose fields are checked when it is made, also where Python code makes it."""

    def __post_init__(self) -> None:
        for field in msgspec.structs.fields(type(self)):
            given: Any = getattr(self, field.name)
            try:
                checked = msgspec.convert(given, field.type)
            except msgspec.ValidationError as error:
                rule = str(error).partition(" - at `")[0].replace("Expected", "expected", 1)
                if "regex" in rule:
                    rule = f"expected {_FORMS[field.name]}"
                raise ValueError(f"{type(self).__name__}.{field.name}: {rule} (got {given!r:.80})") from None
            msgspec.structs.force_setattr(self, field.name, checked)


class AlgorithmSpec(_Spec, frozen=True):
    """An algorithm as data, so that listing plugins does not import torch.

    Raises:
        ValueError: a field of the wrong type or form, naming it.
    """

    name: Name
    """Lower-case letters, digits, `_` and `-`; compared without regard to case and to `-` against `_`."""
    factory: Reference
    """`package.module:Class` of the GenerationAlgorithm; imported when the algorithm first runs."""
    aliases: tuple[Name, ...] = ()
    """More names for it, of the same form."""
    description: str = ""
    """One line for the listings."""
    params: Reference | None = None
    """`package.params:Params` of a frozen msgspec Struct, in a module that imports no torch."""
    execution: Execution = "denoising"
    """`denoising` for a DenoisingAlgorithm, `whole_loop` for one that brings its own `generate`."""
    needs_cache: bool = False
    """Whether it needs a model that keeps keys and values."""
    covers: Region = "block"
    """`canvas` if each committing forward computes the whole canvas, as rules that look at all of it need."""
    own_step: bool = False
    """Whether it decides itself what to commit, instead of the request's unmasking rule."""
    sweep: tuple[str, ...] = ()
    """Settings for `llada eval --series` to compare beside its defaults; none: 1 to 16 steps a block."""


class UnmaskingRuleSpec(_Spec, frozen=True):
    """An unmasking rule as data.

    Raises:
        ValueError: a field of the wrong type or form, naming it.
    """

    name: Name
    """As for an algorithm."""
    factory: Reference
    """`package.module:Class` of the UnmaskingRule."""
    description: str = ""
    """One line for the listings."""
    params: Reference | None = None
    """`package.params:Params` of a frozen msgspec Struct, in a module that imports no torch."""
    region: Region = "block"
    """The same as the class's `region`: what it looks at, the block or the whole generated part."""
    sweep: tuple[str, ...] = ()
    """Settings for `llada eval --series` to compare beside its defaults: ("gamma=0.01", "gamma=1.0")."""


@hookspec
def llada_register_algorithms() -> Iterable[AlgorithmSpec]:  # type: ignore[empty-body]
    """Describe the plugin's algorithms. Called once, when plugins are loaded; must not import torch.

    Example:
        @hookimpl
        def llada_register_algorithms():
            return [AlgorithmSpec("basic", "llada_basic.algorithm:Basic", aliases=("simple",))]
    """


@hookspec
def llada_register_unmasking_rules() -> Iterable[UnmaskingRuleSpec]:  # type: ignore[empty-body]
    """Describe the plugin's unmasking rules. Called once, when plugins are loaded; must not import torch.

    Example:
        @hookimpl
        def llada_register_unmasking_rules():
            return [UnmaskingRuleSpec("margin", "my_margin.rule:Margin", params="my_margin.params:Params")]
    """


@hookspec(firstresult=True)
def llada_check_availability(algorithm: str, environment: Environment) -> Availability | None:
    """Whether one of the plugin's own algorithms can run here; None leaves it to the algorithm's class.

    Called often, from a thread, with a limit of 5 s: no side effects, no downloads, no import of torch.
    Raising, or not answering, means unavailable.

    Example:
        @hookimpl
        def llada_check_availability(algorithm, environment):
            return environment.requires("scipy>=1.11")
    """
