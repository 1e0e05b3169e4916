"""What a plugin implements: three hooks, two of which return descriptions. Importing this imports no torch.

Hooks only ever grow: new hooks and new parameters may come, none is renamed. An implementation may leave out
parameters that it does not use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec
import pluggy

from .algorithm import Availability, Region
from .environment import Environment

PROJECT = "llada"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin module as the implementation of the hook of the same name."""

Execution = Literal["denoising", "whole_loop"]


class AlgorithmSpec(msgspec.Struct, frozen=True):
    """An algorithm as data, so that listing plugins does not import torch."""

    name: str
    """Lower-case letters, digits, `_` and `-`; compared without regard to case and to `-` against `_`."""
    factory: str
    """"package.module:Class" of the GenerationAlgorithm; imported when the algorithm first runs."""
    aliases: tuple[str, ...] = ()
    description: str = ""
    params: str | None = None
    """"package.params:Params" of a frozen msgspec Struct, in a module that imports no torch."""
    execution: Execution = "denoising"
    """"denoising" for a DenoisingAlgorithm, "whole_loop" for one that brings its own `generate`."""
    needs_cache: bool = False
    """Whether it needs a model that keeps keys and values."""
    covers: Region = "block"
    """"canvas" if every committing forward computes the whole canvas: then rules that look at all of it work."""
    own_step: bool = False
    """Whether it decides itself what to commit, instead of the request's unmasking rule."""

    def __post_init__(self) -> None:
        for name in (self.name, *self.aliases):
            _check(name, _NAME, "name", "lower-case letters, digits, '_' and '-', a letter or digit first")
        _check_references(self.factory, self.params)


class UnmaskingRuleSpec(msgspec.Struct, frozen=True):
    """An unmasking rule as data."""

    name: str
    factory: str
    """"package.module:Class" of the UnmaskingRule."""
    description: str = ""
    params: str | None = None
    region: Region = "block"
    """The same as the class's `region`: what it looks at, the block or the whole generated part."""

    def __post_init__(self) -> None:
        _check(self.name, _NAME, "name", "lower-case letters, digits, '_' and '-', a letter or digit first")
        _check_references(self.factory, self.params)


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
            return [UnmaskingRuleSpec("margin", "llada_margin.rule:Margin", params="llada_margin.params:Params")]
    """


@hookspec(firstresult=True)
def llada_check_availability(algorithm: str, environment: Environment) -> Availability | None:
    """Whether one of the plugin's own algorithms can run here; None leaves it to the algorithm's class.

    Called often, from a thread, with a limit of 5 s: no side effects, no downloads, no import of torch. Raising
    means unavailable.

    Example:
        @hookimpl
        def llada_check_availability(algorithm, environment):
            return environment.requires("scipy>=1.11")
    """


_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def _check_references(factory: str, params: str | None) -> None:
    _check(factory, _REFERENCE, "factory", "'package.module:Class'")
    if params is not None:
        _check(params, _REFERENCE, "params", "'package.module:Class' or None")


def _check(value: object, pattern: re.Pattern[str], field: str, expected: str) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{field}: expected {expected} (got {value!r})")
