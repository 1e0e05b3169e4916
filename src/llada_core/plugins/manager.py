"""Loads plugins one by one, so that what breaks one of them leaves the others untouched."""

from __future__ import annotations

import difflib
import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, NamedTuple

import pluggy
from packaging.utils import canonicalize_name

from .. import hookspecs
from ..environment import Environment
from ..errors import PluginError
from ..names import fold
from .collect import Collected, collect
from .direct import Registration, holding
from .discovery import Candidate, candidates, core_version
from .lone_file import import_file
from .record import Attempt, PluginRecord, Status, one_line
from .selection import Selection

log = logging.getLogger("llada_core.plugins")


class Contribution(NamedTuple):
    """A loaded plugin: its record and what it brings."""

    key: str
    """Names the plugin in `PluginManager.check_availability`."""
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
        self._pm = pluggy.PluginManager(hookspecs.PROJECT)
        self._pm.add_hookspecs(hookspecs)
        self._claims: dict[tuple[str, str, str], str] = {}

    def load(self, entry_points: Iterable[EntryPoint], selection: Selection) -> list[Contribution]:
        """Load what `selection` lets through.

        Raises:
            PluginError: in strict mode only.
        """
        found = candidates(entry_points)
        for message in selection.unknown(found):
            log.warning("%s", message)
        loaded = [self._load_candidate(candidate, selection) for candidate in found]
        return [contribution for contribution in loaded if contribution is not None]

    def load_file(self, path: str | Path) -> Contribution | None:
        """Load one file with hook implementations or calls of `register_algorithm`; None if it fails.

        Raises:
            PluginError: in strict mode only.
        """
        path = Path(path).resolve()
        attempt = Attempt(path.stem, path.name, None, key=str(path), phase="import")
        if self._pm.has_plugin(attempt.key):
            return self._stop(attempt, "failed", f"loaded already: {path}")
        return self._bring_in(attempt, lambda: import_file(path))

    def require(self, names: Iterable[str]) -> None:
        """Check that plugins, named by distribution or entry point, are loaded.

        Raises:
            PluginError: saying of each one that is not loaded why.
        """
        problems = []
        for name in names:
            wanted = canonicalize_name(name)
            records = [r for r in self.records if wanted in (canonicalize_name(r.distribution), canonicalize_name(r.name))]
            if not records:
                problems.append(f"{name} is not installed (pip install {wanted})")
            elif not any(record.status == "loaded" for record in records):
                problems += [f"{record.title} is {record.status}: {record.reason}" for record in records]
        if problems:
            raise PluginError("required plugins are not loaded: " + "; ".join(problems))

    def check_availability(self, key: str, algorithm: str, environment: Environment) -> object:
        """The answer of the plugin's own hook, unchecked; None if it has none or leaves it open."""
        plugin = self._pm.get_plugin(key)
        if plugin is None:
            return None
        return self._call(plugin, "llada_check_availability", algorithm=algorithm, environment=environment)

    def _load_candidate(self, candidate: Candidate, selection: Selection) -> Contribution | None:
        attempt = Attempt(
            candidate.name,
            candidate.distribution,
            candidate.version,
            key=f"{candidate.distribution}:{candidate.name}",
            owner=candidate.distribution,
        )
        blocked = selection.blocks(candidate)
        if blocked:
            return self._stop(attempt, "blocked", blocked)
        attempt.phase = "compatible"
        unmet = candidate.unmet_bound(core_version())
        if unmet:
            return self._stop(attempt, "incompatible", unmet)
        return self._bring_in(attempt, candidate.entry_point.load)

    def _bring_in(self, attempt: Attempt, load: Callable[[], Any]) -> Contribution | None:
        torch_before = "torch" in sys.modules
        registered = False
        try:
            with holding() as registrations:
                attempt.phase = "import"
                start = time.perf_counter()
                plugin = load()
                attempt.import_seconds = time.perf_counter() - start
                attempt.phase = "register"
                self._check_new(attempt.key, plugin)
                self._pm.register(plugin, name=attempt.key)
                registered = True
                self._check_hooks(plugin, registrations)
                attempt.phase = "collect"
                collected = self._collect(attempt, plugin, registrations)
        except (Exception, SystemExit) as error:
            if registered:
                self._pm.unregister(name=attempt.key)
            return self._stop(attempt, "failed", one_line(error), error)
        warnings = collected.warnings
        if not torch_before and "torch" in sys.modules:
            warnings += ("loading it imports torch: keep torch out of its hook and params modules",)
        for warning in warnings:
            log.info("plugin %s (%s): %s", attempt.name, attempt.distribution, warning)
        record = attempt.record(
            "loaded", algorithms=collected.algorithm_names, rules=collected.rule_names, warnings=warnings
        )
        self.records.append(record)
        return Contribution(attempt.key, record, collected)

    def _check_new(self, key: str, plugin: Any) -> None:
        if isinstance(plugin, type):
            raise PluginError(f"the entry point names the class {plugin.__name__}; name the module with the hooks")
        hash(plugin)  # pluggy keeps plugins in sets
        if self._pm.has_plugin(key):
            raise PluginError(f"the distribution has two entry points of the name {key.rpartition(':')[2]!r}")
        if self._pm.is_registered(plugin):
            raise PluginError(f"its module is loaded already, as {self._pm.get_name(plugin)}")

    def _check_hooks(self, plugin: Any, registrations: list[Registration]) -> None:
        """Refuse misspelt hooks, and plugins that do nothing."""
        known = [name for name in dir(hookspecs) if name.startswith("llada_")]
        callers = self._pm.get_hookcallers(plugin) or []
        for caller in callers:
            optional = all(impl.optionalhook for impl in caller.get_hookimpls() if impl.plugin is plugin)
            if not caller.has_spec() and not optional:
                near = difflib.get_close_matches(caller.name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"this llada-core knows {', '.join(known)}"
                raise PluginError(f"unknown hook {caller.name}; {hint}")
        if not callers and not registrations:
            unmarked = [name for name in known if hasattr(plugin, name)]
            hint = f"mark {unmarked[0]} with @hookimpl" if unmarked else "it has no @hookimpl function"
            raise PluginError(f"registers nothing: {hint}")

    def _collect(self, attempt: Attempt, plugin: Any, registrations: list[Registration]) -> Collected:
        algorithms = self._call(plugin, "llada_register_algorithms")
        rules = self._call(plugin, "llada_register_unmasking_rules")
        collected = collect(algorithms, rules, registrations, attempt.owner)
        claims: dict[tuple[str, str, str], str] = {}
        for kind, names in (("algorithm", collected.algorithm_names), ("unmasking rule", collected.rule_names)):
            for name in names:
                claim = (kind, canonicalize_name(attempt.distribution), fold(name))
                earlier = self._claims.get(claim) or claims.get(claim)
                if earlier is not None:
                    raise PluginError(f"the {kind} {name!r} is provided twice by {attempt.distribution} ({earlier})")
                claims[claim] = attempt.key
        self._claims.update(claims)
        return collected

    def _call(self, plugin: Any, hook: str, **arguments: Any) -> Any:
        """Call a hook of this plugin alone."""
        others = [other for other in self._pm.get_plugins() if other is not plugin]
        return self._pm.subset_hook_caller(hook, others)(**arguments)

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
        log.debug("traceback of plugin %r:\n%s", record.name, trace)
        if self.strict:
            raise PluginError(message) from error
        return None
