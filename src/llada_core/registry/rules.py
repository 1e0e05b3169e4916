"""Unmasking rules by name."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import msgspec

from ..names import Names
from ..plugins.discovery import CORE, core_version
from .core_rules import SPECS
from .entries import Owner, RuleEntry, described_rule, registered_rule
from .listing import RuleInfo, rule_info

if TYPE_CHECKING:
    from ..unmasking import UnmaskingRule

log = logging.getLogger("llada_core.registry")


class RuleRegistry:
    """The part of the registry that holds unmasking rules; a new one knows the core's."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._rules: Names[RuleEntry] = Names("unmasking rule", "unmasking", "unmasking_rule")
        core = Owner(CORE, core_version())
        for spec in SPECS:
            self._rules.add(described_rule(spec, None, core))

    def register_rule(
        self,
        name: str,
        rule: UnmaskingRule,
        *,
        description: str = "",
        params: type[msgspec.Struct] | None = None,
    ) -> None:
        """Add an unmasking rule; one of the same name is replaced, with a warning.

        Raises:
            ValueError: the name is one of the core's, empty, or holds a colon.
            PluginError: parameters that cannot be used.
        """
        entry = registered_rule(name, rule, description, params)
        with self._lock:
            for loser in self._rules.replace(entry):
                log.warning("registering unmasking rule %r takes over from %s", name, loser.title)

    def get_rule(self, name: str) -> UnmaskingRule:
        """The unmasking rule of this name; imports torch.

        Raises:
            UnavailableError: its module or constructor fails.
        """
        return self._rule(name).get()

    def list_rules(self) -> list[str]:
        """Canonical names of the unmasking rules: the core's, then those of plugins."""
        return self._rules.listing()

    def rule_params_for(self, name: str) -> type[msgspec.Struct] | None:
        """The Struct of a rule's own parameters, or None if it has none."""
        return self._rule(name).params

    def rule_sweep_for(self, name: str) -> tuple[str, ...]:
        """Settings of a rule that its plugin found worth comparing, as `llada eval` writes them."""
        return self._rule(name).sweep

    def _rule(self, name: str) -> RuleEntry:
        return self._rules.resolve(name, lambda: self._rule_hint(name))

    def _rule_hint(self, name: str) -> str:
        """What else an unknown name may mean."""
        return ""

    def describe_rules(self) -> list[RuleInfo]:
        """All unmasking rules."""
        return [rule_info(entry, self._rules) for entry in self._rules.entries]
