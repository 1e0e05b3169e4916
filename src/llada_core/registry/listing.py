"""What the listings of algorithms and unmasking rules show."""

from __future__ import annotations

from typing import Any

import msgspec

from ..algorithm import Availability, Region
from ..hookspecs import Execution
from ..names import Names
from ..plugins.parameters import json_schema
from .entries import AlgorithmEntry, RuleEntry
from .pairing import mismatch


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


def algorithm_info(
    entry: AlgorithmEntry, answer: Availability, algorithms: Names[AlgorithmEntry], rules: Names[RuleEntry]
) -> AlgorithmInfo:
    """How an algorithm is listed; `answer` says whether it can run."""
    return AlgorithmInfo(
        name=algorithms.canonical(entry),
        qualified_name=algorithms.qualified(entry),
        aliases=algorithms.reachable_aliases(entry),
        description=entry.description,
        available=answer.ok,
        reason=answer.reason,
        hint=answer.hint,
        distribution=entry.owner.distribution,
        version=entry.owner.version,
        execution=entry.execution,
        needs_cache=entry.needs_cache,
        unmasking=tuple(rules.canonical(rule) for rule in rules.entries if mismatch(entry, rule) is None),
        params=json_schema(entry.params),
    )


def rule_info(entry: RuleEntry, rules: Names[RuleEntry]) -> RuleInfo:
    """How an unmasking rule is listed."""
    return RuleInfo(
        name=rules.canonical(entry),
        qualified_name=rules.qualified(entry),
        description=entry.description,
        distribution=entry.owner.distribution,
        version=entry.owner.version,
        region=entry.region,
        params=json_schema(entry.params),
    )
