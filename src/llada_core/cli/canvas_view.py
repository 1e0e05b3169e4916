"""The canvas of one reply, as it looks while it is denoised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby

from rich.text import Text

from ..engine.events import Preview

MASK, END = "░", "·"
STYLES = {"masked": "dim", "end": "dim", "fresh": "bold green", "settled": ""}


class CanvasView:
    """Masked positions as blocks, what the last step changed highlighted, end tokens as dots."""

    def __init__(
        self, length: int, decode: Callable[[Sequence[int]], str], end_ids: Collection[int] = ()
    ) -> None:
        self._decode = decode
        self._ends = frozenset(end_ids)
        self._tokens: list[int | None] = [None] * length
        self._forward_of = [0] * length
        self.forwards = 0
        """The last forward that changed anything, counted from 1."""

    @property
    def masked(self) -> int:
        """Positions that hold a mask."""
        return self._tokens.count(None)

    def apply(self, preview: Preview) -> None:
        """Take what one step changed."""
        for change in preview.changes:
            self._tokens[change.position] = None if change.kind == "remask" else change.token
            self._forward_of[change.position] = change.forward
            self.forwards = max(self.forwards, change.forward)

    def render(self) -> Text:
        """The canvas as styled text."""
        text = Text()
        for state, positions in groupby(range(len(self._tokens)), key=self._state):
            text.append(self._show(state, list(positions)), style=STYLES[state])
        return text

    def status(self) -> str:
        """How far it is, in a few words."""
        length = len(self._tokens)
        return f"forward {self.forwards}, {length - self.masked} of {length} tokens"

    def _state(self, position: int) -> str:
        token = self._tokens[position]
        if token is None:
            return "masked"
        if token in self._ends:
            return "end"
        return "fresh" if self._forward_of[position] == self.forwards else "settled"

    def _show(self, state: str, positions: list[int]) -> str:
        if state in ("masked", "end"):
            return (MASK if state == "masked" else END) * len(positions)
        return self._decode([token for at in positions if (token := self._tokens[at]) is not None])
