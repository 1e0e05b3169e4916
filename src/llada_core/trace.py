"""How a canvas came about, as its previews tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .engine.events import Change, Preview

Kind = Literal["steps", "trajectory"]
"""What a request may ask for: the forward that committed each token, or every change of the canvas too."""


class Trace:
    """Gathers the previews of one request."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        """Every change, in the order of forwards."""
        self._last: dict[int, Change] = {}

    def take(self, event: Preview) -> None:
        """What one more step changed."""
        self.changes += event.changes
        self._last |= {change.position: change for change in event.changes}

    def commit_steps(self, positions: Iterable[int]) -> list[int | None]:
        """The forward, counted from 1, that committed what each position holds; None: none did."""
        found = (self._last.get(position) for position in positions)
        return [None if change is None or change.kind == "remask" else change.forward for change in found]
