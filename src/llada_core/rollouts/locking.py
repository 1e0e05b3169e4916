"""One process an output."""

from __future__ import annotations

import sys
from pathlib import Path

from .errors import RolloutError


def lock(file: int, path: Path) -> None:
    """Hold `file` for this process until it is closed; Windows has no such lock, and goes without.

    Raises:
        RolloutError: another process holds it.
    """
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RolloutError(f"another process is writing {path}") from None
