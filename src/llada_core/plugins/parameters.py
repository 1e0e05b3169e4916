"""Parameters that a plugin declares, checked before a request can carry them."""

from __future__ import annotations

import importlib
from typing import Any

import msgspec

from ..errors import PluginError
from .first_party import RESERVED_PARAMETERS


def load_reference(reference: str) -> Any:
    """Import "package.module:Name".

    Raises:
        PluginError: the module has no such name. What its import raises comes through.
    """
    module, _, path = reference.partition(":")
    target: Any = importlib.import_module(module)
    for part in path.split("."):
        try:
            target = getattr(target, part)
        except AttributeError:
            raise PluginError(f"{reference}: module {module} has no {path!r}") from None
    return target


def load_params(reference: str | None) -> type[msgspec.Struct] | None:
    """Import a spec's parameters and check them."""
    return None if reference is None else check_params(load_reference(reference), reference)


def check_params(params: Any, where: str) -> type[msgspec.Struct]:
    """A Struct fit to be one part of a request's flat parameters.

    Raises:
        PluginError: it is no frozen msgspec Struct, renames fields, or has a field whose name OpenAI's interface
            or the framework already uses.
    """
    if not (isinstance(params, type) and issubclass(params, msgspec.Struct)):
        raise PluginError(f"{where}: expected a msgspec.Struct class (got {params!r:.80})")
    if not params.__struct_config__.frozen:
        raise PluginError(f"{where}: declare it with frozen=True; requests share parameters")
    if params.__struct_encode_fields__ != params.__struct_fields__:
        raise PluginError(f"{where}: fields may not be renamed")
    taken = sorted(RESERVED_PARAMETERS.intersection(params.__struct_fields__))
    if taken:
        raise PluginError(
            f"{where}: the parameter {taken[0]!r} already has a meaning in requests; choose another name"
        )
    return params
