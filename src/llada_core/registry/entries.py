"""One registered algorithm or rule: its description, and the object, made when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from ..algorithm import DenoisingAlgorithm, GenerationAlgorithm, Region
from ..errors import LladaError, UnavailableError
from ..hookspecs import AlgorithmSpec, Execution, UnmaskingRuleSpec
from ..names import fold
from ..plugins.direct import Registration
from ..plugins.discovery import CORE
from ..plugins.first_party import CORE_RULES
from ..plugins.parameters import check_params, load_reference
from ..plugins.record import one_line

if TYPE_CHECKING:
    from ..unmasking import UnmaskingRule

T = TypeVar("T")


@dataclass(frozen=True)
class Owner:
    """Who brought an entry; all None: this process itself, by calling the registry."""

    distribution: str | None = None
    version: str | None = None
    key: str | None = None
    """The plugin's name at the plugin manager."""


@dataclass(eq=False, kw_only=True)
class Entry(Generic[T]):
    """What algorithms and rules have in common."""

    kind: str
    name: str
    description: str
    owner: Owner
    params: type[msgspec.Struct] | None
    make: Callable[[], T]
    aliases: tuple[str, ...] = ()
    sweep: tuple[str, ...] = ()
    instance: T | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def distribution(self) -> str | None:
        """The distribution that brought it."""
        return self.owner.distribution

    @property
    def title(self) -> str:
        """The distribution and its version, for messages."""
        parts = (self.owner.distribution, self.owner.version)
        return " ".join(part for part in parts if part) or "this process"

    def get(self) -> T:
        """The object itself, the same one every time.

        Raises:
            UnavailableError: its module or constructor fails; the message says how.
        """
        with self.lock:
            if self.instance is None:
                try:
                    self.instance = self.make()
                except (Exception, SystemExit) as error:
                    reason = str(error) if isinstance(error, LladaError) else one_line(error)
                    raise UnavailableError(
                        f"{self.kind} {self.name!r} ({self.title}) cannot be loaded: {reason}"
                    ) from error
            return self.instance


@dataclass(eq=False, kw_only=True)
class AlgorithmEntry(Entry[GenerationAlgorithm]):
    """A registered algorithm."""

    execution: Execution
    needs_cache: bool = False
    covers: Region = "block"
    own_step: bool = False


@dataclass(eq=False, kw_only=True)
class RuleEntry(Entry["UnmaskingRule"]):
    """A registered unmasking rule."""

    region: Region = "block"


def described_algorithm(
    spec: AlgorithmSpec, params: type[msgspec.Struct] | None, owner: Owner
) -> AlgorithmEntry:
    """The entry of an algorithm that a plugin described."""
    return AlgorithmEntry(
        kind="algorithm",
        name=spec.name,
        aliases=spec.aliases,
        description=spec.description,
        owner=owner,
        params=params,
        make=lambda: _make_algorithm(spec),
        execution=spec.execution,
        needs_cache=spec.needs_cache,
        covers=spec.covers,
        own_step=spec.own_step,
        sweep=spec.sweep,
    )


def registered_algorithm(registration: Registration, owner: Owner) -> AlgorithmEntry:
    """The entry of an algorithm that was registered as an instance."""
    algorithm = registration.algorithm
    denoising = isinstance(algorithm, DenoisingAlgorithm)
    return AlgorithmEntry(
        kind="algorithm",
        name=registration.name,
        aliases=registration.aliases,
        description=algorithm.description,
        owner=owner,
        params=registration.params,
        make=lambda: algorithm,
        instance=algorithm,
        execution="denoising" if denoising else "whole_loop",
        needs_cache=isinstance(algorithm, DenoisingAlgorithm) and bool(algorithm.needs_cache),
        covers=algorithm.covers if isinstance(algorithm, DenoisingAlgorithm) else "block",
        own_step=isinstance(algorithm, DenoisingAlgorithm) and algorithm.owns_step(),
    )


def described_rule(spec: UnmaskingRuleSpec, params: type[msgspec.Struct] | None, owner: Owner) -> RuleEntry:
    """The entry of a rule that a plugin, or the core, described."""
    return RuleEntry(
        kind="unmasking rule",
        name=spec.name,
        description=spec.description,
        owner=owner,
        params=params,
        make=lambda: _make_rule(spec),
        region=spec.region,
        sweep=spec.sweep,
    )


def registered_rule(
    name: str, rule: UnmaskingRule, description: str, params: type[msgspec.Struct] | None
) -> RuleEntry:
    """The entry of a rule that was registered as an instance.

    Raises:
        ValueError: the name is one of the core's, empty, or holds a colon.
        PluginError: parameters that cannot be used.
    """
    if fold(name) in CORE_RULES:
        raise ValueError(f"the unmasking rule {name!r} belongs to {CORE}; choose another name")
    if not name.strip() or ":" in name:
        raise ValueError(f"unmasking rule: expected a name that is not empty and has no colon (got {name!r})")
    return RuleEntry(
        kind="unmasking rule",
        name=name,
        description=description,
        owner=Owner(),
        params=None if params is None else check_params(params, params.__qualname__),
        make=lambda: rule,
        instance=rule,
        region=rule.region,
    )


def _make_algorithm(spec: AlgorithmSpec) -> GenerationAlgorithm:
    factory = load_reference(spec.factory)
    if isinstance(factory, type) and getattr(factory, "__init__", None) is GenerationAlgorithm.__init__:
        algorithm: Any = factory(spec.name)
    else:
        algorithm = factory()
    if not isinstance(algorithm, GenerationAlgorithm):
        raise UnavailableError(f"{spec.factory} is no GenerationAlgorithm")
    denoising = isinstance(algorithm, DenoisingAlgorithm)
    if denoising != (spec.execution == "denoising"):
        raise UnavailableError(
            f"its description says execution={spec.execution!r}, but {spec.factory} "
            f"{'is' if denoising else 'is not'} a DenoisingAlgorithm"
        )
    if isinstance(algorithm, DenoisingAlgorithm):
        _check_described(algorithm, spec)
        algorithm.needs_cache, algorithm.covers = spec.needs_cache, spec.covers
    algorithm.name, algorithm.description, algorithm.aliases = spec.name, spec.description, spec.aliases
    return algorithm


def _check_described(algorithm: DenoisingAlgorithm, spec: AlgorithmSpec) -> None:
    """Refuse a class that contradicts its description, against which requests have been checked."""
    if algorithm.owns_step() != spec.own_step:
        raise UnavailableError(
            f"its description says own_step={spec.own_step}, but {spec.factory} "
            f"{'overrides' if algorithm.owns_step() else 'does not override'} step"
        )
    if algorithm.needs_cache not in (None, spec.needs_cache):
        raise UnavailableError(
            f"its description says needs_cache={spec.needs_cache}, but {spec.factory} says "
            f"{algorithm.needs_cache}"
        )


def _make_rule(spec: UnmaskingRuleSpec) -> UnmaskingRule:
    from ..unmasking import UnmaskingRule

    rule = load_reference(spec.factory)()
    if not isinstance(rule, UnmaskingRule):
        raise UnavailableError(f"{spec.factory} is no UnmaskingRule")
    if rule.region != spec.region:
        raise UnavailableError(
            f"its description says region={spec.region!r}, but {spec.factory} says {rule.region!r}"
        )
    return rule
