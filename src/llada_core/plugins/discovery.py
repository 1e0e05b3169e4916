"""Installed plugins, found by entry point. Nothing here imports a plugin."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distributions, version

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
        self.distribution = _field(dist, "Name") or entry_point.value.split(".")[0].split(":")[0]
        self.version = _field(dist, "Version")

    @property
    def key(self) -> str:
        """What tells it from all others: `distribution:name`."""
        return f"{canonicalize_name(self.distribution)}:{self.name}"

    @property
    def names(self) -> frozenset[str]:
        """The canonical names under which a user may mean this plugin."""
        return frozenset({canonicalize_name(self.distribution), canonicalize_name(self.name)})

    def unmet_bound(self, core_version: str | None) -> str | None:
        """Why its bound on llada-core excludes the running version, or None if it does not."""
        if core_version is None or self.entry_point.dist is None:
            return None
        for text in self.entry_point.dist.requires or ():
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
            found = list(dist.entry_points.select(group=GROUP))
            name = _field(dist, "Name")
        except Exception as error:
            log.warning("skipping a distribution whose metadata cannot be read (%s): %s", _where(dist), error)
            continue
        if name is None and found:
            log.warning("skipping plugins of a distribution whose metadata has no name (%s)", _where(dist))
        elif name is not None and canonicalize_name(name) not in seen:
            seen.add(canonicalize_name(name))
            yield from found


def candidates(entry_points: Iterable[EntryPoint]) -> list[Candidate]:
    """Candidates sorted by (distribution, entry point), so that order does not depend on the file system."""
    found = [Candidate(entry_point) for entry_point in entry_points]
    return sorted(found, key=lambda c: (canonicalize_name(c.distribution), c.name, c.entry_point.value))


def core_version() -> str | None:
    """Version of the running llada-core, or None if it runs from a bare source tree."""
    try:
        return version(CORE)
    except PackageNotFoundError:
        return None


def _field(dist: Distribution | None, key: str) -> str | None:
    """A field of the metadata, or None; asking for one that is missing is deprecated and will raise."""
    return dist.metadata[key] or None if dist is not None and key in dist.metadata else None


def _where(dist: Distribution) -> str:
    """The folder of a distribution's metadata, if it tells."""
    return str(getattr(dist, "_path", dist))
