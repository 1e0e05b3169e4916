"""Finds the distribution that a tag releases, and refuses a tag that is not ready.

    python .github/release_folder.py llada-eb-v0.1.1

Prints what the release workflow goes on with: `distribution=llada-eb`, `version=0.1.1` and
`folder=plugins/llada-eb`, a line each. Needs nothing but Python's standard library.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TAG = re.compile(r"(?P<distribution>[a-z0-9]+(-[a-z0-9]+)*)-v(?P<version>\d+\.\d+\.\d+((a|b|rc)\d+)?)")


class NotReady(Exception):
    """The tag cannot be released; the message says why."""


class Release(NamedTuple):
    """One version of one distribution."""

    distribution: str
    version: str
    folder: str
    """Relative to the repository's root, with forward slashes."""


def find_release(tag: str, root: Path = ROOT) -> Release:
    """What `tag` releases.

    Raises:
        NotReady: it has another form, names no distribution, is not the version in pyproject.toml, or has no
            entry with a date in the changelog.
    """
    form = TAG.fullmatch(tag)
    if form is None:
        raise NotReady(f"{tag}: expected DISTRIBUTION-vMAJOR.MINOR.PATCH, such as llada-core-v0.2.0")
    name, version = form["distribution"], form["version"]
    projects = {project["name"]: (folder, project) for folder, project in distributions(root)}
    if name not in projects:
        raise NotReady(f"{tag}: no distribution {name}; there are {', '.join(sorted(projects))}")
    folder, project = projects[name]
    if project["version"] != version:
        raise NotReady(f"{tag}: {folder}/pyproject.toml says version {project['version']}")
    check_changelog(root, Path(folder, "CHANGELOG.md"), version)
    return Release(name, version, folder)


def distributions(root: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Folder and project table of each distribution: what requirements-dev.txt installs as editable."""
    for line in (root / "requirements-dev.txt").read_text().splitlines():
        if line.startswith("-e "):
            folder = line.split()[1]
            yield folder, tomllib.loads((root / folder / "pyproject.toml").read_text())["project"]


def check_changelog(root: Path, path: Path, version: str) -> None:
    """Look in `path`, relative to `root`, for `## VERSION, YYYY-MM-DD` with something below it.

    Raises:
        NotReady: it is not there, has no date yet, or is empty.
    """
    text = (root / path).read_text() if (root / path).exists() else ""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    entries = dict(zip(parts[1::2], parts[2::2], strict=True))
    found = [heading for heading in entries if heading.partition(",")[0] == version]
    if not found:
        raise NotReady(f"{path.as_posix()} has no entry '## {version}, YYYY-MM-DD'")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", found[0].partition(", ")[2]):
        raise NotReady(f"{path.as_posix()}: '## {found[0]}' has no date yet")
    if not entries[found[0]].strip():
        raise NotReady(f"{path.as_posix()}: the entry of {version} is empty")


def main(arguments: list[str]) -> None:
    """Print the release of a tag, or say why there is none."""
    if len(arguments) != 1:
        sys.exit("usage: python .github/release_folder.py TAG")
    try:
        release = find_release(arguments[0])
    except NotReady as error:
        sys.exit(str(error))
    for field, value in release._asdict().items():
        print(f"{field}={value}")


if __name__ == "__main__":
    main(sys.argv[1:])
