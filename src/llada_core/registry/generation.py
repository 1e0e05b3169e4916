"""The registry: algorithms and unmasking rules by name."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec

from ..algorithm import Availability, GenerationAlgorithm
from ..errors import AmbiguousNameError, ParameterError, UnavailableError, UnknownNameError
from ..facts import ModelFacts
from ..names import Names
from ..plugins import Contribution, PluginManager, PluginRecord, Selection, installed
from ..plugins.absent import source_of
from ..plugins.direct import checked
from .availability import AvailabilityCheck
from .elsewhere import hint_for, owners_of
from .entries import (
    AlgorithmEntry,
    Owner,
    described_algorithm,
    described_rule,
    registered_algorithm,
)
from .listing import AlgorithmInfo, algorithm_info
from .pairing import mismatch
from .rules import RuleRegistry

log = logging.getLogger("llada_core.registry")


class GenerationRegistry(RuleRegistry):
    """Algorithms and unmasking rules by short name, alias or "distribution:name".

    A new registry knows the core's rules and nothing else; `load_plugins` adds what is installed. Names are
    compared without regard to case, and to `-` against `_`. Wherever a method takes a name, it raises
    UnknownNameError for one that nobody has and AmbiguousNameError for one that several distributions have,
    unless it says otherwise.
    """

    def __init__(self, *, strict: bool = False, availability_limit: float = 5.0) -> None:
        """With `strict`, a plugin that cannot load raises. `availability_limit` is in seconds a question."""
        super().__init__()
        self._plugins = PluginManager(strict=strict)
        self._availability = AvailabilityCheck(self._plugins, availability_limit)
        self._algorithms: Names[AlgorithmEntry] = Names("algorithm", "generation_algorithm", "algorithm")

    # Plugins

    def load_plugins(
        self,
        source: Callable[[], Iterable[EntryPoint]] = installed,
        environ: Mapping[str, str] = os.environ,
        required: Iterable[str] = (),
    ) -> None:
        """Load plugins, those that `LLADA_PLUGINS` and `LLADA_PLUGINS_DISABLED` in `environ` let through.

        Calling it again tries those that are not loaded once more.

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
            aliases: None: those that the instance has. The aliases of a replaced algorithm stay.
            params: its own parameters, if it has any.

        Raises:
            TypeError: not an instance of GenerationAlgorithm.
            ValueError: a name that is empty or holds a colon.
            PluginError: parameters that cannot be used.
        """
        entry = registered_algorithm(checked(algorithm, aliases, params), Owner())
        with self._lock:
            for loser in self._algorithms.replace(entry):
                log.warning("registering %r takes over from %r (%s)", entry.name, loser.name, loser.title)
            for alias in set(entry.aliases).difference(self._algorithms.reachable_aliases(entry)):
                log.warning("alias %r of %r is out of reach: it is another's name", alias, entry.name)

    def get(self, name: str | None) -> GenerationAlgorithm | None:
        """The algorithm of this name, made when first asked for; None if there is none.

        Raises:
            UnavailableError: its module or constructor fails.
        """
        entry = self._known(name)
        return None if entry is None else entry.get()

    @property
    def has_whole_loops(self) -> bool:
        """Whether some algorithm brings its own loop."""
        return any(entry.execution == "whole_loop" for entry in self._algorithms.entries)

    def list_algorithms(self) -> list[str]:
        """Canonical names, in the order of registration."""
        return self._algorithms.listing()

    def list_available_algorithms(self, facts: ModelFacts | None = None) -> list[str]:
        """Canonical names of those that can run here. A check that raises counts as no."""
        return [info.name for info in self.describe(facts) if info.available]

    def get_algorithm_info(self, name: str) -> dict[str, Any] | None:
        """`name`, `description` and `available` of an algorithm, or None if there is none of this name."""
        entry = self._known(name)
        if entry is None:
            return None
        return {
            "name": self._algorithms.canonical(entry),
            "description": entry.description,
            "available": self._availability.ask(entry, None, load=True).ok,
        }

    def clear(self) -> None:
        """Forget all algorithms and their aliases. Rules stay."""
        with self._lock:
            self._algorithms.clear()

    def resolve(self, name: str) -> str:
        """The canonical name of what `name` means: the short one, or the qualified one if that is ambiguous.

        Errors list near matches, qualified names to choose from, and, for the project's own algorithms, the
        line that installs them.
        """
        return self._algorithms.canonical(self._algorithm(name))

    def params_for(self, name: str) -> type[msgspec.Struct] | None:
        """The Struct of an algorithm's own parameters, or None if it has none."""
        return self._algorithm(name).params

    def sweep_for(self, name: str) -> tuple[str, ...]:
        """Settings of an algorithm that its plugin found worth comparing, as `llada eval` writes them."""
        return self._algorithm(name).sweep

    def availability(self, name: str, facts: ModelFacts | None = None, *, load: bool = True) -> Availability:
        """Whether an algorithm can run here: its plugin's hook says, else `availability()`, else
        `is_available()`.

        Each is given 5 s. Raising, or not answering, means no.

        Args:
            facts: of the loaded model; None: answer for the machine alone.
            load: False: do not import an algorithm for this (which as a rule imports torch); one that has not
                been imported yet, and whose plugin's hook has no answer, then counts as available.
        """
        return self._availability.ask(self._algorithm(name), facts, load)

    def check_available(self, name: str, facts: ModelFacts | None = None, *, load: bool = True) -> None:
        """`availability` as an error.

        Raises:
            UnavailableError: with reason and hint.
        """
        answer = self.availability(name, facts, load=load)
        if not answer.ok:
            hint = f" ({answer.hint})" if answer.hint else ""
            who = self.resolve(name)
            raise UnavailableError(f"algorithm {who!r} is not available: {answer.reason}{hint}")

    # With unmasking rules, and listings

    def check_pairing(self, algorithm: str, rule: str) -> str:
        """Check that an algorithm and an unmasking rule work together.

        Returns:
            The rule's canonical name.

        Raises:
            ParameterError: they do not; names both and says why.
        """
        ours, other = self._algorithm(algorithm), self._rule(rule)
        problem = mismatch(ours, other)
        if problem:
            message = f"rule {other.name!r} does not work with {ours.name!r}: {problem}"
            raise ParameterError("unmasking", message)
        return self._rules.canonical(other)

    def owners_of(self, parameter: str) -> str:
        """For messages: which installed algorithms and rules have a parameter, and how to choose them; "" if
        none has it."""
        return owners_of(parameter, self._rules, self._algorithms)

    def describe(self, facts: ModelFacts | None = None, *, load: bool = True) -> list[AlgorithmInfo]:
        """All algorithms, available or not; arguments as for `availability`."""
        return [
            algorithm_info(entry, self._availability.ask(entry, facts, load), self._algorithms, self._rules)
            for entry in self._algorithms.entries
        ]

    def _add(self, contribution: Contribution) -> None:
        record, collected = contribution
        owner = Owner(record.distribution, record.version, record.key)
        for spec, params in collected.algorithms:
            self._algorithms.add(described_algorithm(spec, params, owner))
        for registration in collected.registrations:
            self._algorithms.add(registered_algorithm(registration, owner))
        for rule, params in collected.rules:
            self._rules.add(described_rule(rule, params, owner))

    def _algorithm(self, name: str) -> AlgorithmEntry:
        def hint() -> str:
            return source_of(name, self._plugins.records) or hint_for(name, self._rules)

        return self._algorithms.resolve(name, hint)

    def _rule_hint(self, name: str) -> str:
        return hint_for(name, self._algorithms)

    def _known(self, name: object) -> AlgorithmEntry | None:
        """The entry of this name, or None if nobody has it.

        Raises:
            AmbiguousNameError
        """
        try:
            return self._algorithm(name) if isinstance(name, str) else None
        except AmbiguousNameError:
            raise
        except UnknownNameError:
            return None
