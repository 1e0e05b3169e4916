"""Which plugins may load: the allow and deny lists, applied before anything is imported."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import msgspec
from packaging.utils import canonicalize_name

from .discovery import Candidate

ALLOW = "LLADA_PLUGINS"
DENY = "LLADA_PLUGINS_DISABLED"
STRICT = "LLADA_PLUGINS_STRICT"


class Selection(msgspec.Struct, frozen=True):
    """Canonical names of distributions or entry points; deny wins over allow."""

    allow: frozenset[str] | None = None
    """Only these; None: all, the empty set: none."""
    deny: frozenset[str] = frozenset()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Selection:
        """Read the comma-separated `LLADA_PLUGINS` and `LLADA_PLUGINS_DISABLED`."""
        allow = environ.get(ALLOW)
        return cls(None if allow is None else _names(allow), _names(environ.get(DENY, "")))

    def blocks(self, candidate: Candidate) -> str | None:
        """Why this plugin must not load, or None if it may."""
        if candidate.names & self.deny:
            return f"blocked by {DENY}"
        if self.allow is not None and not candidate.names & self.allow:
            return f"not in {ALLOW}"
        return None

    def unknown(self, candidates: Iterable[Candidate]) -> list[str]:
        """One message for each listed name that no installed plugin has, with near matches."""
        known = sorted({name for candidate in candidates for name in candidate.names})
        messages = []
        for variable, names in ((ALLOW, self.allow or frozenset()), (DENY, self.deny)):
            for name in sorted(names.difference(known)):
                near = difflib.get_close_matches(name, known, n=3)
                there = f"installed: {', '.join(known) or 'none'}"
                hint = f"did you mean {' or '.join(near)}?" if near else there
                messages.append(f"{variable} names {name!r}, but no such plugin is installed; {hint}")
        return messages


def is_strict(environ: Mapping[str, str]) -> bool:
    """Whether `LLADA_PLUGINS_STRICT` asks that a plugin that cannot load is an error."""
    return environ.get(STRICT, "").strip().lower() not in ("", "0", "false", "no", "off")


def _names(text: str) -> frozenset[str]:
    return frozenset(canonicalize_name(name.strip()) for name in text.split(",") if name.strip())
