"""What is said about plugins that are not there: why, and what to type."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from packaging.utils import canonicalize_name

from ..names import fold
from .first_party import OWNERS
from .record import PluginRecord


def not_loaded(names: Iterable[str], records: Iterable[PluginRecord]) -> list[str]:
    """One sentence for each of `names` (distributions or entry points) that is not loaded, saying why."""
    records = list(records)
    problems = []
    for name in names:
        wanted = canonicalize_name(name.strip())
        found = [record for record in records if wanted in record.names]
        if not found:
            problems.append(f"{name} is not installed{_hint(name, records)}")
        elif not any(record.status == "loaded" for record in found):
            problems += [f"{record.title} is {record.status}: {record.reason}" for record in found]
    return problems


def source_of(algorithm: str, records: Iterable[PluginRecord]) -> str:
    """Where one of the project's own algorithms comes from, and why it is not there; "" for other names."""
    distribution = OWNERS.get(fold(algorithm.rpartition(":")[2]))
    if distribution is None:
        return ""
    found = [record for record in records if canonicalize_name(record.distribution) == distribution]
    if not found:
        return f"it comes with {distribution}: pip install {distribution}"
    absent = [record for record in found if record.status != "loaded"]
    return "; ".join(f"it comes with {r.title}, which is {r.status}: {r.reason}" for r in absent)


def _hint(name: str, records: list[PluginRecord]) -> str:
    """What to do: a line that installs one of the project's own plugins, or near matches.

    No other name is offered for installing: it may be misspelt, and then be somebody else's.
    """
    wanted = canonicalize_name(name.strip())
    own = OWNERS.get(fold(name), wanted)
    if own in OWNERS.values():
        return f" (pip install {own})"
    near = difflib.get_close_matches(wanted, sorted({n for record in records for n in record.names}), n=3)
    return f" (did you mean {' or '.join(near)}?)" if near else ""
