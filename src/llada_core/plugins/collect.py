"""What a registered plugin brings, checked before any of it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from ..errors import PluginError
from ..hookspecs import AlgorithmSpec, UnmaskingRuleSpec
from ..names import fold
from .direct import Registration
from .first_party import CORE_RULES, OWNERS, may_provide
from .parameters import load_params

S = TypeVar("S", AlgorithmSpec, UnmaskingRuleSpec)


class Collected(NamedTuple):
    """Everything one plugin brings."""

    algorithms: tuple[tuple[AlgorithmSpec, type[msgspec.Struct] | None], ...]
    rules: tuple[tuple[UnmaskingRuleSpec, type[msgspec.Struct] | None], ...]
    registrations: tuple[Registration, ...]
    """Instances that it registered by calling `register_algorithm`."""
    warnings: tuple[str, ...]

    @property
    def algorithm_names(self) -> tuple[str, ...]:
        """Names of the algorithms, described or registered."""
        return (*(spec.name for spec, _ in self.algorithms), *(entry.name for entry in self.registrations))

    @property
    def rule_names(self) -> tuple[str, ...]:
        """Names of the unmasking rules."""
        return tuple(spec.name for spec, _ in self.rules)


def collect(
    algorithms: Iterable[Any], rules: Iterable[Any], registrations: Iterable[Registration], owner: str | None
) -> Collected:
    """Check what the two hooks returned and what was registered by calling.

    Args:
        owner: the distribution; None for a lone file.

    Raises:
        PluginError: a wrong type, a name that belongs to the project itself, or parameters that cannot be
            used. Errors of importing the parameters' modules come through.
    """
    warnings: list[str] = []
    kept = []
    for spec in _returned(AlgorithmSpec, "llada_register_algorithms", algorithms):
        aliases = _own_names(owner, spec.name, spec.aliases, warnings)
        kept.append((msgspec.structs.replace(spec, aliases=aliases), load_params(spec.params)))
    direct = []
    for entry in registrations:
        aliases = _own_names(owner, entry.name, entry.aliases, warnings)
        direct.append(msgspec.structs.replace(entry, aliases=aliases))
    described = []
    for rule in _returned(UnmaskingRuleSpec, "llada_register_unmasking_rules", rules):
        if fold(rule.name) in CORE_RULES:
            raise PluginError(f"the unmasking rule {rule.name!r} belongs to llada-core; choose another name")
        described.append((rule, load_params(rule.params)))
    return Collected(tuple(kept), tuple(described), tuple(direct), tuple(warnings))


def _own_names(
    owner: str | None, name: str, aliases: tuple[str, ...], warnings: list[str]
) -> tuple[str, ...]:
    """Refuse a first-party name; drop first-party aliases with a warning."""
    if not may_provide(owner, name):
        raise PluginError(f"the algorithm name {name!r} belongs to {OWNERS[fold(name)]}; choose another")
    for alias in aliases:
        if not may_provide(owner, alias):
            warnings.append(f"alias {alias!r} of {name!r} dropped: it belongs to {OWNERS[fold(alias)]}")
    return tuple(alias for alias in aliases if may_provide(owner, alias))


def _returned(kind: type[S], hook: str, results: Iterable[Any]) -> list[S]:
    specs: list[S] = []
    for result in results:
        if isinstance(result, (str, Mapping)) or not isinstance(result, Iterable):
            raise PluginError(f"{hook} returned {result!r:.80}, expected a list of {kind.__name__}")
        for spec in result:
            if not isinstance(spec, kind):
                raise PluginError(f"{hook} returned a list with {spec!r:.80}, expected {kind.__name__}")
            specs.append(spec)
    return specs
