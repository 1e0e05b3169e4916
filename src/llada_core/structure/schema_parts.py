"""The parts of a JSON Schema that no grammar can be made of, found before one is tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import ParameterError

UNSUPPORTED = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
        "$dynamicRef",
        "$recursiveRef",
        "x-guidance",
    }
)
"""Keywords that would change which values are valid; `uniqueItems` too, unless it is false."""
ONE = ("additionalProperties", "additionalItems", "items")
MANY = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
NAMED = ("properties", "patternProperties", "$defs", "definitions")
DEEPEST = 64
"""Levels of schemas inside each other."""


def refuse_unsupported(schema: Any) -> None:
    """Look at every schema inside `schema`.

    Raises:
        ParameterError: the path of the first part that is not supported.
    """
    for path, part in _schemas(schema, "#", 0):
        if isinstance(part, bool):
            continue
        if not isinstance(part, dict):
            raise ParameterError("schema", f"{path}: expected an object or a boolean, got {part!r:.40}")
        for name in part:
            if name in UNSUPPORTED or (name == "uniqueItems" and part[name] is not False):
                raise ParameterError(
                    "schema", f"{path}/{name}: not supported, since no grammar says it; leave it out"
                )


def least(schema: Any) -> Any:
    """A schema of shorter values, in which there are no properties that nothing requires. It may take values
    that `schema` does not, or none at all."""
    names: set[str] = set()
    for _, part in _schemas(schema, "#", 0):
        if isinstance(part, dict) and isinstance(part.get("required"), list):
            names.update(name for name in part["required"] if isinstance(name, str))
    return _with_properties(schema, names)


def _with_properties(schema: Any, names: set[str]) -> Any:
    if not isinstance(schema, dict):
        return schema
    found = dict(schema)
    for name in ONE:
        if name in found:
            found[name] = _with_properties(found[name], names)
    for name in MANY:
        if isinstance(found.get(name), list):
            found[name] = [_with_properties(part, names) for part in found[name]]
    for name in NAMED:
        if isinstance(found.get(name), dict):
            found[name] = {
                key: _with_properties(part, names)
                for key, part in found[name].items()
                if name != "properties" or key in names
            }
    if isinstance(schema.get("properties"), dict) and len(found["properties"]) < len(schema["properties"]):
        found["additionalProperties"] = False
    return found


def _schemas(schema: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Every schema in `schema` with its path as a JSON pointer, itself first."""
    yield path, schema
    if not isinstance(schema, dict):
        return
    if depth == DEEPEST:
        raise ParameterError("schema", f"{path:.200}: at most {DEEPEST} levels")
    inside: list[tuple[str, Any]] = [
        (name, schema[name]) for name in ONE if isinstance(schema.get(name), dict)
    ]
    for name in MANY:
        if isinstance(schema.get(name), list):
            inside += [(f"{name}/{n}", part) for n, part in enumerate(schema[name])]
    for name in NAMED:
        if isinstance(schema.get(name), dict):
            inside += [(f"{name}/{_pointer(key)}", part) for key, part in schema[name].items()]
    for name, part in inside:
        yield from _schemas(part, f"{path}/{name}", depth + 1)


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
