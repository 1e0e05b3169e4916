"""One table of names: short, qualified and alias, with conflicts that stay visible and helpful errors."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from packaging.utils import canonicalize_name

from .errors import AmbiguousNameError, UnknownNameError


def fold(name: str) -> str:
    """The form in which names are compared: without regard to case, and to `-` against `_`."""
    return name.strip().lower().replace("-", "_")


class Named(Protocol):
    """What an entry of the table must have."""

    name: str
    aliases: tuple[str, ...]

    @property
    def distribution(self) -> str | None:
        """Who brought it; None: this process itself."""

    @property
    def title(self) -> str:
        """Who brought it, with the version, for messages."""


E = TypeVar("E", bound=Named)


class Names(Generic[E]):
    """Entries in the order in which they came. A name that two distributions claim is ambiguous.

    A canonical name always wins over an alias, and what this process registered itself wins over what a
    distribution brought.
    """

    def __init__(self, kind: str, field: str, code: str) -> None:
        """`kind` is the word for messages; `field` and `code` are what errors carry ("unknown_" + code)."""
        self.kind, self.field, self.code = kind, field, code
        self.entries: tuple[E, ...] = ()
        self._index: tuple[dict[str, list[E]], dict[str, list[E]]] | None = None
        """Entries by folded name and by folded alias; None: to be made anew."""

    def add(self, entry: E) -> None:
        """Add an entry; others of the same name stay."""
        self.entries = (*self.entries, entry)
        self._index = None

    def replace(self, entry: E) -> list[E]:
        """Put an entry in the place of all others of its name, and take its aliases from whoever has them.

        It also takes over the aliases of those that it replaces.

        Returns:
            The entries that lost their place or an alias.
        """
        key = fold(entry.name)
        replaced = [other for other in self.entries if fold(other.name) == key]
        entry.aliases = _unique((*entry.aliases, *(alias for other in replaced for alias in other.aliases)))
        place = self.entries.index(replaced[0]) if replaced else len(self.entries)
        before, after = self.entries[:place], self.entries[place:]
        self.entries = (*before, entry, *(other for other in after if other not in replaced))
        losers = [other for other in self.entries if other is not entry and _drop(other, entry)]
        self._index = None
        return replaced + losers

    def clear(self) -> None:
        """Forget all entries."""
        self.entries = ()
        self._index = None

    def find(self, name: str) -> list[E]:
        """Every entry that `name` may mean: a name, an alias, or one of them behind "distribution:"."""
        distribution, colon, short = name.rpartition(":")
        found = self._of(fold(short))
        if colon:
            owner = canonicalize_name(distribution.strip())
            found = [
                [entry for entry in entries if canonicalize_name(entry.distribution or "") == owner]
                for entries in found
            ]
        named, aliased = found
        either = named or aliased
        return [entry for entry in either if entry.distribution is None] or either

    def _of(self, key: str) -> list[list[E]]:
        """Those of this name, and those of this alias."""
        if self._index is None:
            names, aliases = defaultdict(list), defaultdict(list)
            for entry in self.entries:
                names[fold(entry.name)].append(entry)
                for alias in dict.fromkeys(map(fold, entry.aliases)):
                    aliases[alias].append(entry)
            self._index = dict(names), dict(aliases)
        return [table.get(key, []) for table in self._index]

    def resolve(self, name: str, hint: Callable[[], str] = str) -> E:
        """The one entry that `name` means; `hint` says more of one that nobody has.

        Raises:
            AmbiguousNameError: several distributions provide it; the message gives the qualified names.
            UnknownNameError: none does; the message gives near matches, `hint`, and all names there are.
        """
        found = self.find(name)
        if len(found) == 1:
            return found[0]
        error = self._ambiguous(name, found) if found else self._unknown(name, hint())
        error.field = self.field
        raise error

    def canonical(self, entry: E) -> str:
        """The short name while it is unambiguous, else the qualified one."""
        return entry.name if self.find(entry.name) == [entry] else self.qualified(entry)

    def qualified(self, entry: E) -> str:
        """`distribution:name`, or the bare name of an entry that no distribution brought."""
        return f"{entry.distribution}:{entry.name}" if entry.distribution else entry.name

    def reachable_aliases(self, entry: E) -> tuple[str, ...]:
        """Those of an entry's aliases that mean it and nothing else."""
        return tuple(alias for alias in entry.aliases if self.find(alias) == [entry])

    def listing(self) -> list[str]:
        """Canonical names, in order."""
        return [self.canonical(entry) for entry in self.entries]

    def _ambiguous(self, name: str, found: list[E]) -> UnknownNameError:
        owners = " and ".join(entry.title for entry in found)
        choices = " or ".join(repr(self.qualified(entry)) for entry in found)
        error = AmbiguousNameError(f"{self.kind} {_short(name)} is provided by {owners}: ask for {choices}")
        error.code = f"ambiguous_{self.code}"
        return error

    def _unknown(self, name: str, hint: str) -> UnknownNameError:
        spelled = {fold(text): text for entry in self.entries for text in (*entry.aliases, entry.name)}
        near = difflib.get_close_matches(fold(name.rpartition(":")[2]), list(spelled), n=3)
        parts = [f"no {self.kind} named {_short(name)}"]
        if near:
            parts.append(f"did you mean {' or '.join(repr(spelled[key]) for key in near)}?")
        if hint:
            parts.append(hint)
        parts.append(f"installed: {', '.join(self.listing()) or 'none'}")
        error = UnknownNameError("; ".join(parts))
        error.code = f"unknown_{self.code}"
        return error


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(fold(name), name)
    return tuple(first.values())


def _drop(other: Named, winner: Named) -> bool:
    """Take the aliases of `winner` from `other`; whether it had any."""
    taken = set(map(fold, winner.aliases))
    kept = tuple(alias for alias in other.aliases if fold(alias) not in taken)
    had_any = kept != other.aliases
    other.aliases = kept
    return had_any


def _short(name: str) -> str:
    return repr(name if len(name) <= 60 else name[:57] + "...")
