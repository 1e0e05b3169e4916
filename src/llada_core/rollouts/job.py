"""The note beside an output that says of which run it is, so that no other run goes on with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from .errors import RolloutError
from .lines import Defaults
from .source import Identity


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about the records of a run."""

    model: str
    revision: str | None = None
    dtype: str | None = None
    quantization: str | None = None
    prompts: Identity | None = None
    """None: they did not come from a file."""
    defaults: Defaults


def note_of(output: Path) -> Path:
    """Where the note of an output lies."""
    return output.with_name(output.name + ".job")


def claim(output: Path, job: Job) -> None:
    """Write the note, or find that it is there and says the same.

    Raises:
        RolloutError: the output is of another run, or of none.
    """
    note = note_of(output)
    if note.exists():
        _compare(output, note, job)
    elif output.exists():
        raise RolloutError(f"{output} exists, and {note.name} beside it does not: it is no output of a batch")
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        fresh = note.with_name(note.name + ".new")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(job), indent=2) + b"\n")
        os.replace(fresh, note)


def _compare(output: Path, note: Path, job: Job) -> None:
    try:
        before = msgspec.json.decode(note.read_bytes(), type=Job)
    except msgspec.MsgspecError as error:
        raise RolloutError(f"{note} is damaged: {error}") from None
    # Through JSON, since what was given in Python may be a tuple where that knows arrays only.
    then, now = (_flat(msgspec.json.decode(msgspec.json.encode(each))) for each in (before, job))
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            raise RolloutError(
                f"{output} was begun with {name} {then.get(name)!r:.300}, now it is {now.get(name)!r:.300}; "
                f"choose another output, or delete it and {note.name}"
            )


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Values of nested objects by dotted names."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found
