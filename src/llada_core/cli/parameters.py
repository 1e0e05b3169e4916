"""Parameters of a msgspec Struct, read from its JSON Schema, for options and listings."""

from __future__ import annotations

from typing import Any

import msgspec

from ..plugins.parameters import json_schema

BOUNDS = (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"))
HUGE = 2**63 - 1


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter as people see it."""

    name: str
    kind: str
    """"integer", "number", "string", "boolean", or JSON Schema's word for something else."""
    choices: tuple[str, ...] = ()
    bounds: str = ""
    """As ">= 1, <= 100"; empty: any."""
    default: Any = None
    description: str = ""

    @property
    def values(self) -> str:
        """What it may be, in a few words."""
        kind = " | ".join(self.choices) or self.kind
        return f"{kind} {self.bounds}".strip()


def parameters_of(params: type[msgspec.Struct]) -> list[Parameter]:
    """The parameters that a Struct declares, in order."""
    return parameters_from_schema(json_schema(params))


def parameters_from_schema(schema: dict[str, Any] | None) -> list[Parameter]:
    """The same from the JSON Schema of such a Struct; none for None."""
    return [_parameter(name, field) for name, field in (schema or {}).get("properties", {}).items()]


def _parameter(name: str, field: dict[str, Any]) -> Parameter:
    """One property; in "x or null" the x counts."""
    merged = dict(field)
    for option in field.get("anyOf", ()):
        if option.get("type") != "null":
            merged = {**option, **merged}
    choices = tuple(str(choice) for choice in merged.get("enum", ()) if choice is not None)
    bounds = [f"{sign} {merged[key]:g}" for key, sign in BOUNDS if abs(merged.get(key, HUGE)) < HUGE]
    return Parameter(
        name=name,
        kind="string" if choices else merged.get("type", "value"),
        choices=choices,
        bounds=", ".join(bounds),
        default=merged.get("default"),
        description=merged.get("description", ""),
    )
