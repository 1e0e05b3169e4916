"""The texts of one choice's holes, where a reply is a template."""

from __future__ import annotations

from collections.abc import Sequence

from llada_core.engine.events import TokenLogprob
from llada_core.filling import Fill, Fills, Piece, joined
from llada_core.reply_text import FinishReason

from .generation_request import Holes


class HoleTexts:
    """What `ReplyText` is for a reply of one text."""

    stopped_early = False

    def __init__(self, holes: Holes, fills: Fills) -> None:
        self._holes = holes
        self._fills = fills

    @property
    def tokens(self) -> int:
        """Tokens of all fills so far."""
        return len(self._fills.ids)

    @property
    def finish_reason(self) -> FinishReason | None:
        """ "length" if a hole is full, else "stop"; None while one is open."""
        return self._fills.finish_reason

    @property
    def ids(self) -> list[int]:
        """Those tokens."""
        return self._fills.ids

    @property
    def positions(self) -> list[int]:
        """Of each of them, counted from the start of the generated part."""
        return self._fills.positions

    @property
    def logprobs(self) -> list[TokenLogprob | None]:
        """Of each of them, where `feed` is given some."""
        return self._fills.logprobs

    def feed(self, ids: Sequence[int], logprobs: Sequence[TokenLogprob | None] | None = None) -> list[Piece]:
        """Add the next tokens; returns what is now certain."""
        return self._fills.feed(ids, logprobs)

    def finish(self, reason: FinishReason = "length") -> str:
        """Nothing is held back."""
        return ""

    def name(self, piece: Piece) -> str:
        """The hole of a piece."""
        return self._holes.names[piece.hole]

    def fills(self) -> dict[str, Fill]:
        """The fill of each hole; once finished."""
        return dict(zip(self._holes.names, self._fills.found(), strict=True))

    def whole(self) -> str:
        """Fixed text and fills; once finished."""
        return joined(self._holes.fixed, self._fills.found())
