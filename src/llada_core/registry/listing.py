"""What the listings of algorithms and unmasking rules show."""

from __future__ import annotations

from typing import Any

import msgspec

from ..algorithm import Region
from ..hookspecs import Execution


class AlgorithmInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One algorithm as the listings show it."""

    name: str
    """The name to ask for: short, or qualified where the short one is ambiguous."""
    qualified_name: str
    aliases: tuple[str, ...]
    description: str
    available: bool
    reason: str | None
    hint: str | None
    distribution: str | None
    version: str | None
    execution: Execution
    needs_cache: bool
    unmasking: tuple[str, ...]
    """Unmasking rules that it works with."""
    params: dict[str, Any] | None
    """JSON Schema of its own parameters; None: it has none."""


class RuleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One unmasking rule as the listings show it."""

    name: str
    qualified_name: str
    description: str
    distribution: str | None
    version: str | None
    region: Region
    params: dict[str, Any] | None


def json_schema(params: type[msgspec.Struct] | None) -> dict[str, Any] | None:
    """JSON Schema of a parameters Struct, without the `$ref` that msgspec wraps around a single definition."""
    if params is None:
        return None
    schema = msgspec.json.schema(params)
    definitions = schema.get("$defs", {})
    return dict(definitions[params.__name__]) if set(definitions) == {params.__name__} else schema
