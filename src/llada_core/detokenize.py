"""From token ids to text as they arrive."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

REPLACEMENT = "\ufffd"
HELD_AT_MOST = 3
"""A character of UTF-8 has at most four bytes, so an unfinished one shows as at most three replacements."""


def cut_at_end(ids: Sequence[int], end_ids: Collection[int]) -> list[int]:
    """The ids before the first one that ends a reply."""
    ends = set(end_ids)
    return list(ids[: next((n for n, id in enumerate(ids) if id in ends), len(ids))])


class IncrementalDecoder:
    """Text of one reply, piece by piece. What was given out is final; half a character is held back.

    All pieces together are the text that decoding all ids at once gives.
    """

    def __init__(self, decode: Callable[[list[int]], str], skip: Collection[int] = ()) -> None:
        """`decode` gives the text of ids; `skip` are ids without text, such as special tokens."""
        self._decode = decode
        self._skip = skip
        # One token of context, since a decoder may treat the first token of a text differently.
        self._context: list[int] = []
        self._pending: list[int] = []
        self._given = 0

    def feed(self, ids: Iterable[int]) -> str:
        """Text that these ids complete; may be empty."""
        self._pending += [id for id in ids if id not in self._skip]
        return self._take(final=False)

    def finish(self) -> str:
        """What was held back, an unfinished character as U+FFFD."""
        return self._take(final=True)

    def _take(self, final: bool) -> str:
        if not self._pending:
            return ""
        text = self._decode(self._context + self._pending)[len(self._decode(self._context)) :]
        certain = len(text)
        while (
            not final and certain and text[certain - 1] == REPLACEMENT and len(text) - certain < HELD_AT_MOST
        ):
            certain -= 1
        new = text[self._given : certain]
        if certain == len(text):
            self._context, self._pending, self._given = self._pending[-1:], [], 0
        else:
            self._given = max(self._given, certain)
        return new
