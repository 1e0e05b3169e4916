"""Loads plugins one by one, so that what breaks one of them leaves the others untouched."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name

from ..environment import Environment
from ..errors import PluginError
from ..names import fold
from .absent import not_loaded
from .collect import Collected, collect
from .direct import Registration, holding
from .discovery import Candidate, candidates, core_version
from .hooks import Hooks, nothing_registered
from .lone_file import import_file
from .record import Attempt, PluginRecord, Status, one_line
from .selection import Selection

log = logging.getLogger("llada_core.plugins")


class Contribution(NamedTuple):
    """A loaded plugin: its record and what it brings."""

    record: PluginRecord
    collected: Collected


class PluginManager:
    """Takes each plugin through the phases select, compatible, import, register, collect.

    What goes wrong in a phase ends there with a record and one warning; `SystemExit` counts as a failure,
    `KeyboardInterrupt` passes. Plugins load in the order of (distribution, entry point).
    """

    def __init__(self, *, strict: bool = False) -> None:
        """With `strict`, the first plugin that is incompatible or fails raises PluginError."""
        self.strict = strict
        self.records: list[PluginRecord] = []
        self._hooks = Hooks()
        self._claims: dict[tuple[str, str, str], str] = {}

    def load(self, entry_points: Iterable[EntryPoint], selection: Selection) -> list[Contribution]:
        """Load what `selection` lets through. A plugin that is loaded already stays as it is.

        Returns:
            What is newly loaded.

        Raises:
            PluginError: in strict mode only.
        """
        found = candidates(entry_points)
        for message in selection.unknown(found):
            log.warning("%s", message)
        todo = [candidate for candidate in found if not self._hooks.has(candidate.key)]
        self._forget_failures({candidate.key for candidate in todo})
        loaded = [self._load_candidate(candidate, selection) for candidate in todo]
        return [contribution for contribution in loaded if contribution is not None]

    def load_file(self, path: str | Path) -> Contribution | None:
        """Load one file with hook implementations or calls of `register_algorithm`; None if it fails.

        Raises:
            PluginError: in strict mode only.
        """
        path = Path(path).resolve()
        attempt = Attempt(str(path), path.stem, path.name, None, phase="import")
        if self._hooks.has(attempt.key):
            return self._stop(attempt, "failed", f"loaded already: {path}")
        self._forget_failures({attempt.key})
        return self._bring_in(attempt, lambda: import_file(path))

    def require(self, names: Iterable[str]) -> None:
        """Check that plugins, named by distribution or entry point, are loaded.

        Raises:
            PluginError: saying of each one that is not loaded why.
        """
        problems = not_loaded(names, self.records)
        if problems:
            raise PluginError("required plugins are not loaded: " + "; ".join(problems))

    def check_availability(self, key: str, algorithm: str, environment: Environment) -> object:
        """The answer of the plugin's own hook, unchecked; None if it has none or leaves it open."""
        return self._hooks.call(key, "llada_check_availability", algorithm=algorithm, environment=environment)

    def _load_candidate(self, candidate: Candidate, selection: Selection) -> Contribution | None:
        attempt = Attempt(
            candidate.key,
            candidate.name,
            candidate.distribution,
            candidate.version,
            owner=candidate.distribution,
        )
        blocked = selection.blocks(candidate)
        if blocked:
            return self._stop(attempt, "blocked", blocked)
        attempt.phase = "compatible"
        try:
            unmet = candidate.unmet_bound(core_version())
        except Exception as error:
            return self._stop(attempt, "failed", one_line(error), error)
        if unmet:
            return self._stop(attempt, "incompatible", unmet)
        return self._bring_in(attempt, candidate.entry_point.load)

    def _bring_in(self, attempt: Attempt, load: Callable[[], Any]) -> Contribution | None:
        torch_before = "torch" in sys.modules
        try:
            with holding() as registrations:
                attempt.phase = "import"
                start = time.perf_counter()
                plugin = load()
                attempt.import_seconds = time.perf_counter() - start
                attempt.phase = "register"
                hooks = self._hooks.add(attempt.key, plugin)
                attempt.phase = "collect"
                if not hooks and not registrations:
                    raise nothing_registered(plugin)
                collected = self._collect(attempt, hooks, registrations)
        except (Exception, SystemExit) as error:
            if attempt.phase == "collect":
                self._hooks.remove(attempt.key)
            return self._stop(attempt, "failed", one_line(error), error)
        warnings = collected.warnings
        if attempt.owner is not None and not torch_before and "torch" in sys.modules:
            warnings += ("loading it imports torch: keep torch out of its hook and params modules",)
        for warning in warnings:
            log.warning("plugin %r (%s): %s", attempt.name, attempt.distribution, warning)
        record = attempt.record(
            "loaded", algorithms=collected.algorithm_names, rules=collected.rule_names, warnings=warnings
        )
        self.records.append(record)
        return Contribution(record, collected)

    def _collect(
        self, attempt: Attempt, hooks: tuple[str, ...], registrations: list[Registration]
    ) -> Collected:
        algorithms = self._hooks.call(attempt.key, "llada_register_algorithms")
        rules = self._hooks.call(attempt.key, "llada_register_unmasking_rules")
        for hook, results in (
            ("llada_register_algorithms", algorithms),
            ("llada_register_unmasking_rules", rules),
        ):
            if hook in hooks and not results:
                raise PluginError(f"{hook} returned None, expected a list")
        collected = collect(algorithms, rules, registrations, attempt.owner)
        self._claim(attempt, collected)
        return collected

    def _claim(self, attempt: Attempt, collected: Collected) -> None:
        """Refuse two algorithms or rules of one name in one distribution: no name could tell them apart."""
        claims: dict[tuple[str, str, str], str] = {}
        named = [("algorithm", name) for name in collected.algorithm_names]
        named += [("unmasking rule", name) for name in collected.rule_names]
        for kind, name in named:
            claim = (kind, canonicalize_name(attempt.distribution), fold(name))
            earlier = self._claims.get(claim) or claims.get(claim)
            if earlier is not None:
                raise PluginError(f"{attempt.distribution} provides the {kind} {name!r} twice (in {earlier})")
            claims[claim] = attempt.name
        self._claims.update(claims)

    def _forget_failures(self, keys: set[str]) -> None:
        """Drop the records of earlier attempts that are about to be repeated."""
        self.records = [r for r in self.records if r.status == "loaded" or r.key not in keys]

    def _stop(
        self, attempt: Attempt, status: Status, reason: str, error: BaseException | None = None
    ) -> Contribution | None:
        """Record a plugin that does not load; warn, unless the user asked for it; raise in strict mode."""
        trace = None if error is None else "".join(traceback.format_exception(error))
        record = attempt.record(status, reason=reason, traceback=trace)
        self.records.append(record)
        message = f"plugin {record.name!r} ({record.title}) {status} in phase {record.phase}: {reason}"
        if status == "blocked":
            log.info("%s", message)
            return None
        log.warning("%s", message)
        if trace is not None:
            log.debug("traceback of plugin %r:\n%s", record.name, trace)
        if self.strict:
            raise PluginError(message) from error
        return None
