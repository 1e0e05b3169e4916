"""From committed tokens to the texts of a template's holes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from .engine.events import TokenLogprob
from .errors import ParameterError
from .reply_text import Decoder, FinishReason
from .template import Hole, HoleSpan

MOST_HOLES = 64
"""Most holes of one template."""


class Fill(msgspec.Struct, frozen=True):
    """What a hole was filled with."""

    text: str
    tokens: list[int]
    """The ids of the text."""
    finish_reason: FinishReason
    """"stop" if it needed fewer tokens than the hole has, "length" if it took all of them."""


class Piece(NamedTuple):
    """What some tokens add to one hole."""

    hole: int
    text: str
    """Final; may be empty."""
    reason: FinishReason | None
    """None while the hole is open."""


class Fills:
    """The fills of one template while its tokens arrive in the order of positions."""

    def __init__(
        self,
        holes: Sequence[HoleSpan],
        decoder: Callable[[], Decoder],
        end_ids: Collection[int],
        *,
        open_end: bool,
    ) -> None:
        """
        Args:
            decoder: makes one for each hole.
            end_ids: padding, which is left out.
            open_end: no text follows the last hole, so that its first end token ends it.
        """
        self._holes = holes
        self._decoder = decoder
        self._end_ids = frozenset(end_ids)
        self._open_end = open_end
        self._position = 0
        self._at = 0
        self._text, self._padded, self._decode = "", False, decoder()
        self._tokens: list[list[int]] = [[] for _ in holes]
        self._texts = ["" for _ in holes]
        self._reasons: list[FinishReason] = []
        self.positions: list[int] = []
        """Of each token of the texts, counted from the start of the generated part."""
        self.logprobs: list[TokenLogprob | None] = []
        """One of each of them, where `feed` is given some."""

    def feed(
        self, tokens: Sequence[int], logprobs: Sequence[TokenLogprob | None] | None = None
    ) -> list[Piece]:
        """Add the next tokens of the generated part, fixed ones among them."""
        pieces: list[Piece] = []
        for n, token in enumerate(tokens):
            if self._at < len(self._holes) and self._position >= self._holes[self._at].start:
                if self._take(token) and logprobs is not None:
                    self.logprobs.append(logprobs[n])
                if self._position + 1 == self._holes[self._at].end:
                    pieces.append(self._close())
            self._position += 1
        if self._text:
            pieces.append(Piece(self._at, self._text, None))
            self._text = ""
        for piece in pieces:
            self._texts[piece.hole] += piece.text
        return pieces

    @property
    def ids(self) -> list[int]:
        """The tokens of all texts so far."""
        return list(chain(*self._tokens))

    @property
    def finish_reason(self) -> FinishReason | None:
        """ "length" if a hole is full, else "stop"; None while one is open."""
        if self._at < len(self._holes):
            return None
        return "length" if "length" in self._reasons else "stop"

    def found(self) -> list[Fill]:
        """What each hole was filled with, once all tokens have been fed."""
        return [Fill(*fill) for fill in zip(self._texts, self._tokens, self._reasons, strict=True)]

    def _take(self, token: int) -> bool:
        """Whether the next token belongs to the text of its hole."""
        last = self._at == len(self._holes) - 1
        if token in self._end_ids or (last and self._open_end and self._padded):
            self._padded = True
            return False
        self._tokens[self._at].append(token)
        self.positions.append(self._position)
        self._text += self._decode.feed([token])
        return True

    def _close(self) -> Piece:
        reason: FinishReason = "stop" if self._padded else "length"
        piece = Piece(self._at, self._text + self._decode.finish(), reason)
        self._reasons.append(reason)
        self._at += 1
        self._text, self._padded, self._decode = "", False, self._decoder()
        return piece


def hole_names(holes: Sequence[Hole]) -> list[str]:
    """The name of each hole, in order.

    Raises:
        ParameterError: too many holes, or two of one name.
    """
    if len(holes) > MOST_HOLES:
        raise ParameterError("template", f"at most {MOST_HOLES} holes, got {len(holes)}")
    names = [f"hole_{n}" if hole.name is None else hole.name for n, hole in enumerate(holes, 1)]
    twice = next((name for n, name in enumerate(names) if name in names[:n]), None)
    if twice is not None:
        raise ParameterError("template", f"two holes are named {twice!r}; each is answered by its name")
    return names


def joined(fixed: Sequence[str], fills: Iterable[Fill]) -> str:
    """A template's whole text: `fixed` holds what lies before each hole, and behind the last one."""
    return fixed[0] + "".join(fill.text + text for fill, text in zip(fills, fixed[1:], strict=True))


def fixed_texts(template: Iterable[str | Hole]) -> list[str]:
    """The text before each hole, and behind the last one."""
    texts = [""]
    for piece in template:
        if isinstance(piece, str):
            texts[-1] += piece
        else:
            texts.append("")
    return texts
