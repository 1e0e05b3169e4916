"""Installed plugins, found by entry point. Nothing here imports a plugin."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, PackageNotFoundError, distributions, version

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

GROUP = "llada_core.plugins"
CORE = "llada-core"

log = logging.getLogger("llada_core.plugins")


class Candidate:
    """An entry point of the group, and what its distribution's metadata says."""

    def __init__(self, entry_point: EntryPoint) -> None:
        dist = entry_point.dist
        self.entry_point = entry_point
        self.name = entry_point.name
        self.distribution = dist.name if dist is not None else entry_point.value.split(".")[0].split(":")[0]
        self.version = dist.version if dist is not None else None
        self.requires = tuple(dist.requires or ()) if dist is not None else ()

    @property
    def names(self) -> frozenset[str]:
        """The canonical names under which a user may mean this plugin."""
        return frozenset({canonicalize_name(self.distribution), canonicalize_name(self.name)})

    def unmet_bound(self, core_version: str | None) -> str | None:
        """Why this distribution's bound on llada-core excludes the running version, or None if it does not."""
        if core_version is None:
            return None
        for text in self.requires:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if canonicalize_name(requirement.name) != CORE or not applies:
                continue
            if not requirement.specifier.contains(core_version, prereleases=True):
                return f"needs {CORE}{requirement.specifier}, but {CORE} {core_version} is running"
        return None


def installed(path: list[str] | None = None) -> Iterator[EntryPoint]:
    """Entry points of the group `llada_core.plugins`, those of shadowed copies of a distribution left out.

    Args:
        path: folders to search instead of `sys.path`.

    A distribution whose metadata cannot be read is skipped with a warning; the others are found all the same.
    """
    seen = set()
    for dist in distributions() if path is None else distributions(path=path):
        try:
            name = canonicalize_name(dist.name or "")
            if name in seen:
                continue
            seen.add(name)
            found = list(dist.entry_points.select(group=GROUP))
        except Exception as error:
            log.warning("skipping a distribution whose metadata cannot be read (%s): %s", dist, error)
            continue
        yield from found


def candidates(entry_points: Iterable[EntryPoint]) -> list[Candidate]:
    """Candidates sorted by (distribution, entry point), so that order does not depend on the file system."""
    found = [Candidate(entry_point) for entry_point in entry_points]
    return sorted(found, key=lambda c: (canonicalize_name(c.distribution), c.name))


def core_version() -> str | None:
    """Version of the running llada-core, or None if it runs from a bare source tree."""
    try:
        return version(CORE)
    except PackageNotFoundError:
        return None
