"""The plugins' hooks at pluggy. A call asks one plugin alone: its answer and its failure are its own."""

from __future__ import annotations

import difflib
from types import ModuleType
from typing import Any

import pluggy

from .. import hookspecs
from ..errors import PluginError

KNOWN = tuple(name for name in dir(hookspecs) if name.startswith("llada_"))
"""Names of the hooks that this llada-core calls."""


class Hooks:
    """Registered plugins by key. Only this class knows pluggy."""

    def __init__(self) -> None:
        self._pm = pluggy.PluginManager(hookspecs.PROJECT)
        self._pm.add_hookspecs(hookspecs)

    def has(self, key: str) -> bool:
        """Whether a plugin of this key is registered."""
        return self._pm.has_plugin(key)

    def add(self, key: str, plugin: Any) -> tuple[str, ...]:
        """Register a plugin; if it cannot be, nothing is left of it.

        Returns:
            The hooks that it implements.

        Raises:
            PluginError: it is no module, it or its key is registered already, or one of its hooks is unknown.
            pluggy.PluginValidationError: a hook has parameters that the specification lacks.
        """
        if not isinstance(plugin, ModuleType):
            raise PluginError(f"the entry point names {plugin!r:.80}; name the module with the hooks")
        if self.has(key):
            raise PluginError(f"the distribution has two entry points of the name {key.rpartition(':')[2]!r}")
        if self._pm.is_registered(plugin):
            raise PluginError(f"its module is loaded already, as {self._pm.get_name(plugin)}")
        self._pm.register(plugin, name=key)
        try:
            return self._implemented(plugin)
        except PluginError:
            self.remove(key)
            raise

    def remove(self, key: str) -> None:
        """Forget a plugin."""
        self._pm.unregister(name=key)

    def call(self, key: str, hook: str, **arguments: Any) -> Any:
        """Call a hook of one plugin: a list of what it returned other than None, or the first such result.

        What the hook raises comes through. A plugin that is not registered has nothing to say.
        """
        plugin = self._pm.get_plugin(key)
        others = [other for other in self._pm.get_plugins() if other is not plugin]
        return self._pm.subset_hook_caller(hook, others)(**arguments)

    def _implemented(self, plugin: Any) -> tuple[str, ...]:
        names = []
        for caller in self._pm.get_hookcallers(plugin) or []:
            if caller.has_spec():
                names.append(caller.name)
            elif not all(impl.optionalhook for impl in caller.get_hookimpls() if impl.plugin is plugin):
                near = difflib.get_close_matches(caller.name, KNOWN, n=1)
                hint = f"did you mean {near[0]}?" if near else f"this llada-core knows {', '.join(KNOWN)}"
                raise PluginError(f"unknown hook {caller.name}; {hint}")
        return tuple(names)


def nothing_registered(plugin: Any) -> PluginError:
    """The error for a plugin without any hook implementation."""
    unmarked = [name for name in KNOWN if hasattr(plugin, name)]
    nothing = "it has no @hookimpl function and does not call register_algorithm(...)"
    hint = f"mark {unmarked[0]} with @hookimpl" if unmarked else nothing
    return PluginError(f"registers nothing: {hint}")
