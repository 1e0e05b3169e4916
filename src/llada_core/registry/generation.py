"""The registry: algorithms and unmasking rules by name."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from packaging.utils import canonicalize_name

from ..algorithm import Availability, GenerationAlgorithm
from ..environment import Environment
from ..errors import AmbiguousNameError, LladaError, ParameterError, UnavailableError, UnknownNameError
from ..facts import ModelFacts
from ..hookspecs import UnmaskingRuleSpec
from ..names import Names, fold
from ..plugins import Contribution, PluginManager, PluginRecord, Selection, installed
from ..plugins.direct import checked
from ..plugins.discovery import CORE, core_version
from ..plugins.first_party import CORE_RULES, OWNERS
from ..plugins.record import one_line
from .entries import (
    AlgorithmEntry,
    Owner,
    RuleEntry,
    described_algorithm,
    described_rule,
    registered_algorithm,
)
from .listing import AlgorithmInfo, RuleInfo, json_schema
from .time_limit import NoAnswerError, TimeLimit

if TYPE_CHECKING:
    from ..unmasking import UnmaskingRule

log = logging.getLogger("llada_core.registry")

_CORE_RULES = (
    UnmaskingRuleSpec(
        "schedule", "llada_core.unmasking:Schedule", "The fixed schedule: masks spread evenly over the steps."
    ),
    UnmaskingRuleSpec(
        "threshold", "llada_core.unmasking:Threshold", "Every position at least `threshold` confident."
    ),
    UnmaskingRuleSpec(
        "factor", "llada_core.unmasking:Factor", "n positions while the n-th is 1 - factor / (n + 1) confident."
    ),
)


class GenerationRegistry:
    """Algorithms and unmasking rules by short name, alias or "distribution:name".

    A new registry knows the core's rules and nothing else; `load_plugins` adds what is installed. Names are
    compared without regard to case, and to `-` against `_`.
    """

    def __init__(self, *, strict: bool = False, availability_limit: float = 5.0) -> None:
        """With `strict`, a plugin that cannot load raises. `availability_limit` is in seconds a question."""
        self._plugins = PluginManager(strict=strict)
        self._limit = TimeLimit(availability_limit)
        self._lock = threading.RLock()
        self._algorithms: Names[AlgorithmEntry] = Names("algorithm", "generation_algorithm", "algorithm")
        self._rules: Names[RuleEntry] = Names("unmasking rule", "unmasking", "unmasking_rule")
        core = Owner(CORE, core_version())
        for spec in _CORE_RULES:
            self._rules.add(described_rule(spec, None, core))

    # Plugins

    def load_plugins(
        self,
        source: Callable[[], Iterable[EntryPoint]] = installed,
        environ: Mapping[str, str] = os.environ,
        required: Iterable[str] = (),
    ) -> None:
        """Load plugins, those that `LLADA_PLUGINS` and `LLADA_PLUGINS_DISABLED` in `environ` let through.

        Raises:
            PluginError: one of `required` (distributions or entry points) is not loaded; in strict mode also
                when any plugin cannot load.
        """
        with self._lock:
            for contribution in self._plugins.load(source(), Selection.from_environ(environ)):
                self._add(contribution)
            self._plugins.require(required)

    def load_file(self, path: str | Path) -> PluginRecord:
        """Load one file as a plugin: with hook implementations, or calls of `register_algorithm`.

        Returns:
            Its record; `status` says whether it loaded.

        Raises:
            PluginError: it cannot load, in strict mode only.
        """
        with self._lock:
            contribution = self._plugins.load_file(path)
            if contribution is not None:
                self._add(contribution)
            return self._plugins.records[-1]

    def require(self, names: Iterable[str]) -> None:
        """Check that plugins, named by distribution or entry point, are loaded.

        Raises:
            PluginError: saying of each one that is not loaded why.
        """
        self._plugins.require(names)

    @property
    def records(self) -> tuple[PluginRecord, ...]:
        """What became of each plugin, also of those that did not load."""
        return tuple(self._plugins.records)

    # Algorithms

    def register(
        self,
        algorithm: GenerationAlgorithm,
        aliases: Iterable[str] | None = None,
        *,
        params: type[msgspec.Struct] | None = None,
    ) -> None:
        """Add an instance under its `name`; one of the same name is replaced, with a warning.

        Args:
            aliases: None: those that the instance has.
            params: its own parameters, if it has any.

        Raises:
            TypeError: not an instance of GenerationAlgorithm.
        """
        entry = registered_algorithm(checked(algorithm, aliases, params), Owner())
        with self._lock:
            for loser in self._algorithms.replace(entry):
                log.warning("registering %r takes over from algorithm %r (%s)", entry.name, loser.name, loser.title)

    def get(self, name: str | None) -> GenerationAlgorithm | None:
        """The algorithm of this name, made when first asked for; None if there is none.

        Raises:
            AmbiguousNameError: several distributions provide it.
            UnavailableError: its module or constructor fails.
        """
        try:
            return self._algorithm(name).get() if isinstance(name, str) else None
        except AmbiguousNameError:
            raise
        except UnknownNameError:
            return None

    def list_algorithms(self) -> list[str]:
        """Canonical names, in the order of registration."""
        return self._algorithms.listing()

    def list_available_algorithms(self, facts: ModelFacts | None = None) -> list[str]:
        """Canonical names of those that can run here. A check that raises counts as no."""
        return [
            self._algorithms.canonical(entry)
            for entry in list(self._algorithms.entries)
            if self._availability(entry, facts, load=True).ok
        ]

    def get_algorithm_info(self, name: str) -> dict[str, Any] | None:
        """`name`, `description` and `available` of an algorithm, or None if there is none of this name."""
        try:
            entry = self._algorithm(name)
        except AmbiguousNameError:
            raise
        except UnknownNameError:
            return None
        return {
            "name": self._algorithms.canonical(entry),
            "description": entry.description,
            "available": self._availability(entry, None, load=True).ok,
        }

    def clear(self) -> None:
        """Forget all algorithms and their aliases. Rules stay."""
        with self._lock:
            self._algorithms.entries = []

    def resolve(self, name: str) -> str:
        """The canonical name of what `name` means: the short name, or the qualified one where that is ambiguous.

        Raises:
            UnknownNameError: with near matches and, for the project's own algorithms, the line that installs them.
            AmbiguousNameError: several distributions provide it; the message gives the qualified names.
        """
        return self._algorithms.canonical(self._algorithm(name))

    def params_for(self, name: str) -> type[msgspec.Struct] | None:
        """The Struct of an algorithm's own parameters, or None if it has none.

        Raises:
            UnknownNameError, AmbiguousNameError
        """
        return self._algorithm(name).params

    def availability(self, name: str, facts: ModelFacts | None = None, *, load: bool = True) -> Availability:
        """Whether an algorithm can run here: its plugin's hook says, else `availability()`, else `is_available()`.

        Each is given 5 s. Raising, or not answering, means no.

        Args:
            facts: of the loaded model; None: answer for the machine alone.
            load: False: do not import an algorithm for this (which as a rule imports torch); one that has not
                been imported yet, and whose plugin's hook has no answer, then counts as available.

        Raises:
            UnknownNameError, AmbiguousNameError
        """
        return self._availability(self._algorithm(name), facts, load)

    def check_available(self, name: str, facts: ModelFacts | None = None, *, load: bool = True) -> None:
        """`availability` as an error.

        Raises:
            UnavailableError: with reason and hint.
            UnknownNameError, AmbiguousNameError
        """
        answer = self.availability(name, facts, load=load)
        if not answer.ok:
            hint = f" ({answer.hint})" if answer.hint else ""
            raise UnavailableError(f"algorithm {self.resolve(name)!r} is not available: {answer.reason}{hint}")

    # Unmasking rules

    def register_rule(
        self, name: str, rule: UnmaskingRule, *, description: str = "", params: type[msgspec.Struct] | None = None
    ) -> None:
        """Add an unmasking rule; one of the same name is replaced, with a warning.

        Raises:
            ValueError: the name is one of the core's.
        """
        if fold(name) in CORE_RULES:
            raise ValueError(f"the unmasking rule {name!r} belongs to {CORE}; choose another name")
        entry = RuleEntry(
            kind="unmasking rule",
            name=name,
            description=description,
            owner=Owner(),
            params=params,
            make=lambda: rule,
            instance=rule,
            region=rule.region,
        )
        with self._lock:
            for loser in self._rules.replace(entry):
                log.warning("registering unmasking rule %r takes over from %s", name, loser.title)

    def get_rule(self, name: str) -> UnmaskingRule:
        """The unmasking rule of this name; imports torch.

        Raises:
            UnknownNameError, AmbiguousNameError, UnavailableError
        """
        return self._rules.resolve(name).get()

    def list_rules(self) -> list[str]:
        """Canonical names of the unmasking rules: the core's, then those of plugins."""
        return self._rules.listing()

    def rule_params_for(self, name: str) -> type[msgspec.Struct] | None:
        """The Struct of a rule's own parameters, or None if it has none.

        Raises:
            UnknownNameError, AmbiguousNameError
        """
        return self._rules.resolve(name).params

    def check_pairing(self, algorithm: str, rule: str) -> str:
        """Check that an algorithm and an unmasking rule work together.

        Returns:
            The rule's canonical name.

        Raises:
            ParameterError: they do not; names both and says why.
            UnknownNameError, AmbiguousNameError
        """
        algorithm_entry, rule_entry = self._algorithm(algorithm), self._rules.resolve(rule)
        problem = _mismatch(algorithm_entry, rule_entry)
        if problem:
            raise ParameterError(
                "unmasking", f"rule {rule_entry.name!r} does not work with {algorithm_entry.name!r}: {problem}"
            )
        return self._rules.canonical(rule_entry)

    # Listings

    def describe(self, facts: ModelFacts | None = None, *, load: bool = True) -> list[AlgorithmInfo]:
        """All algorithms, available or not; arguments as for `availability`."""
        return [self._describe(entry, facts, load) for entry in list(self._algorithms.entries)]

    def describe_rules(self) -> list[RuleInfo]:
        """All unmasking rules."""
        return [
            RuleInfo(
                name=self._rules.canonical(entry),
                qualified_name=self._rules.qualified(entry),
                description=entry.description,
                distribution=entry.owner.distribution,
                version=entry.owner.version,
                region=entry.region,
                params=json_schema(entry.params),
            )
            for entry in list(self._rules.entries)
        ]

    def _describe(self, entry: AlgorithmEntry, facts: ModelFacts | None, load: bool) -> AlgorithmInfo:
        answer = self._availability(entry, facts, load)
        rules = [rule for rule in list(self._rules.entries) if _mismatch(entry, rule) is None]
        return AlgorithmInfo(
            name=self._algorithms.canonical(entry),
            qualified_name=self._algorithms.qualified(entry),
            aliases=self._algorithms.reachable_aliases(entry),
            description=entry.description,
            available=answer.ok,
            reason=answer.reason,
            hint=answer.hint,
            distribution=entry.owner.distribution,
            version=entry.owner.version,
            execution=entry.execution,
            needs_cache=entry.needs_cache,
            unmasking=tuple(self._rules.canonical(rule) for rule in rules),
            params=json_schema(entry.params),
        )

    def _add(self, contribution: Contribution) -> None:
        record, collected = contribution.record, contribution.collected
        owner = Owner(record.distribution, record.version, contribution.key)
        entries = [described_algorithm(spec, params, owner) for spec, params in collected.algorithms]
        entries += [registered_algorithm(registration, owner) for registration in collected.registrations]
        for entry in entries:
            self._algorithms.add(entry)
        for spec, params in collected.rules:
            self._rules.add(described_rule(spec, params, owner))

    def _algorithm(self, name: str) -> AlgorithmEntry:
        found = self._algorithms.find(name)
        return self._algorithms.resolve(name, "" if found else self._where_it_comes_from(name))

    def _where_it_comes_from(self, name: str) -> str:
        distribution = OWNERS.get(fold(name.rpartition(":")[2]))
        if distribution is None:
            return ""
        for record in self._plugins.records:
            if canonicalize_name(record.distribution) == distribution and record.status != "loaded":
                return f"it comes with {record.title}, which is {record.status}: {record.reason}"
        return f"it comes with {distribution}: pip install {distribution}"

    def _availability(self, entry: AlgorithmEntry, facts: ModelFacts | None, load: bool) -> Availability:
        if entry.needs_cache and facts is not None and not facts.cached:
            return Availability(
                False,
                f"{entry.name} keeps keys and values between forwards, and the loaded model only returns logits",
                "load the model with llada_core, or choose an algorithm without a cache, such as basic",
            )
        try:
            return _checked_answer(self._ask(entry, Environment(model=facts), load))
        except NoAnswerError as error:
            return Availability(False, f"its availability check gives {error}")
        except UnavailableError as error:
            return Availability(False, str(error))
        except (Exception, SystemExit) as error:
            return Availability(False, f"its availability check raised {one_line(error)}")

    def _ask(self, entry: AlgorithmEntry, environment: Environment, load: bool) -> object:
        """The first answer of hook, `availability` and `is_available`, unchecked."""
        key = entry.owner.key
        if key is not None:
            answer = self._limit.ask(
                (id(entry), "hook"), lambda: self._plugins.check_availability(key, entry.name, environment)
            )
            if answer is not None:
                return answer
        if entry.instance is None and not load:
            return Availability(True)
        algorithm = entry.get()
        answer = self._limit.ask((id(entry), "class"), algorithm.availability)
        if answer is not None:
            return answer
        return Availability(bool(self._limit.ask((id(entry), "is_available"), algorithm.is_available)))


def _checked_answer(answer: object) -> Availability:
    if not isinstance(answer, Availability):
        return Availability(False, f"its availability check returned {answer!r:.80}, expected Availability or None")
    if not answer.ok and not answer.reason:
        return msgspec.structs.replace(answer, reason="its availability check says no, without a reason")
    return answer


def _mismatch(algorithm: AlgorithmEntry, rule: RuleEntry) -> str | None:
    """Why the two do not work together, or None. An algorithm that commits by itself only shares the core's rules'
    parameters (steps, threshold, factor)."""
    if (algorithm.own_step or algorithm.execution == "whole_loop") and rule.name not in CORE_RULES:
        return "the algorithm decides itself what to commit"
    if rule.region == "canvas" and algorithm.covers == "block":
        return "the rule looks at the whole canvas, and the algorithm's forwards compute only a part of it"
    if algorithm.params is not None and rule.params is not None:
        both = set(algorithm.params.__struct_fields__) & set(rule.params.__struct_fields__)
        if both:
            return f"both have a parameter named {min(both)!r}"
    return None
