"""Parameters that a plugin declares, checked before a request can carry them."""

from __future__ import annotations

import importlib
from typing import Any

import msgspec

from ..errors import PluginError
from ..params import locate
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
        PluginError: it is no frozen msgspec Struct, is not read from a plain object of its own field names,
            has a field without a default, with a default that its own rules refuse, with a type that JSON
            Schema cannot describe, or with a name that OpenAI's interface or the framework already uses.
    """
    if not (isinstance(params, type) and issubclass(params, msgspec.Struct)):
        raise PluginError(f"{where}: expected a msgspec.Struct class (got {params!r:.80})")
    config = params.__struct_config__
    if not config.frozen:
        raise PluginError(f"{where}: declare it with frozen=True; requests share parameters")
    if config.array_like or config.tag is not None:
        raise PluginError(
            f"{where}: parameters come as a plain object; declare it without array_like and tag"
        )
    if params.__struct_encode_fields__ != params.__struct_fields__:
        raise PluginError(f"{where}: fields may not be renamed")
    taken = sorted(RESERVED_PARAMETERS.intersection(params.__struct_fields__))
    if taken:
        raise PluginError(
            f"{where}: the parameter {taken[0]!r} already has a meaning in requests; choose another name"
        )
    try:
        required = [field.name for field in msgspec.structs.fields(params) if field.required]
    except NameError as error:
        raise PluginError(f"{where}: a field's type cannot be resolved: {error}") from None
    if required:
        raise PluginError(f"{where}: give the parameter {required[0]!r} a default")
    try:
        msgspec.convert(msgspec.to_builtins(params()), params)
    except msgspec.ValidationError as error:
        told = ": ".join(part for part in locate(str(error)) if part)
        raise PluginError(f"{where}: a default breaks its own rule: {told}") from None
    try:
        json_schema(params)
    except TypeError as error:
        raise PluginError(f"{where}: a field has a type that JSON Schema cannot describe: {error}") from None
    return params


def json_schema(params: type[msgspec.Struct] | None) -> dict[str, Any] | None:
    """JSON Schema of a parameters Struct, without the `$ref` that msgspec puts before a single one."""
    if params is None:
        return None
    schema = msgspec.json.schema(params)
    definitions = schema.get("$defs", {})
    return dict(definitions[params.__name__]) if set(definitions) == {params.__name__} else schema
