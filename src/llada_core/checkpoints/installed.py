"""Checkpoints that installed distributions bring, found by the entry-point group `llada_core.models`."""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from llada_core.errors import CheckpointError

GROUP = "llada_core.models"


def installed_models() -> dict[str, EntryPoint]:
    """Entry points by name, and as `distribution:name` too where two distributions claim one name."""
    claims: dict[str, list[EntryPoint]] = defaultdict(list)
    for entry in entry_points(group=GROUP):
        claims[entry.name].append(entry)
    found = {}
    for name, entries in claims.items():
        for entry in entries:
            found[name if len(entries) == 1 else f"{_distribution(entry)}:{name}"] = entry
    return found


def installed_folder(name: str, entry: EntryPoint) -> Path:
    """The folder of an installed checkpoint.

    Raises:
        CheckpointError: its package does not import, or its function fails or gives no folder.
    """
    who = f"installed model {name!r} (distribution {_distribution(entry)}, {entry.value})"
    try:
        folder = entry.load()()
    except (Exception, SystemExit) as error:
        raise CheckpointError(f"{who} is broken: {type(error).__name__}: {error}") from error
    if not isinstance(folder, (str, Path)) or not Path(folder).is_dir():
        raise CheckpointError(f"{who} is broken: expected the path of a folder, got {folder!r}")
    return Path(folder)


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "unknown"
