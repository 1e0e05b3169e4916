"""A short way from a state of a grammar to a complete text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..facts import ModelFacts

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

FEW = 24
"""So many next tokens are compared by where they lead to."""


class Closing:
    """Searches greedily, as suits JSON: close what is open, else write what is shortest. Where few tokens are
    allowed, as between the members of an enumeration, it looks where each of them leads to."""

    def __init__(self, tokens: LLTokenizer, facts: ModelFacts) -> None:
        def single(text: str) -> list[int]:
            found = tokens.tokenize_str(text)
            return found if len(found) == 1 else []

        self.tokens = tokens
        self._end = facts.end_ids[0]
        self._vocab = facts.vocab_size
        self._letters = [token for text in "ab" for token in single(text)]
        self._quotes = single('"')
        self._closers = [token for text in ("}", "]", ",") for token in single(text)]
        self._values = [token for text in ("0", "1") for token in single(text)]

    def path(self, matcher: LLMatcher, most: int, look: bool = True) -> list[int] | None:
        """Tokens that complete the text, its end token not among them; None if at most `most` are not enough
        for what the search finds. `matcher` is left as it is.

        Args:
            look: compare where few tokens are allowed; else the first one will do.
        """
        at, found = matcher.deep_copy(), list[int]()
        while len(found) <= most:
            if at.is_accepting():
                return found
            forced = at.compute_ff_tokens()
            if not forced:
                rest = self._choose(at, most - len(found), look)
                if rest is None:
                    return None
                forced = rest
            if not at.consume_tokens(forced):
                return None
            found += forced
        return None

    def shortest(self, matcher: LLMatcher, most: int) -> list[int] | None:
        """A path of few tokens from the beginning of a text; None as in `path`."""
        found = self.path(matcher, most)
        if found is None:
            return None
        packed = self._packed(self.tokens.decode_bytes(found))
        return packed if len(packed) < len(found) and self.completes(matcher, packed) else found

    def completes(self, matcher: LLMatcher, path: list[int]) -> bool:
        """Whether `path` still completes the text."""
        return bool(matcher.validate_tokens([*path, self._end]) == len(path) + 1)

    def _choose(self, at: LLMatcher, most: int, look: bool) -> list[int] | None:
        """What to write next; a whole completion, where several were compared."""
        free = all(_takes(at, token) for token in self._letters)  # inside a string of any letters
        usual = [*self._quotes, *self._letters] if free else [*self._closers, *self._quotes, *self._values]
        tokens = [token for token in usual if _takes(at, token)]
        if not tokens or (look and not free):
            allowed = self._allowed(at)
            tokens = allowed if len(allowed) <= FEW else tokens or allowed[:1]
        if free or not look or len(tokens) < 2:
            return tokens[:1] or None
        best: list[int] | None = None
        for token in tokens:
            after, left = at.deep_copy(), most if best is None else len(best) - 1
            if after.consume_token(token):
                rest = self.path(after, left - 1, look=False)
                if rest is not None and (best is None or 1 + len(rest) < len(best)):
                    best = [token, *rest]
        return best

    def _packed(self, text: bytes) -> list[int]:
        """The fewest tokens that spell `text`; nothing if none do."""
        ids, longest = self._spelling
        fewest: list[list[int] | None] = [[]]
        for end in range(1, len(text) + 1):
            best: list[int] | None = None
            for start in range(max(0, end - longest), end):
                before, token = fewest[start], ids.get(text[start:end])
                if before is not None and token is not None and (best is None or len(before) + 1 < len(best)):
                    best = [*before, token]
            fewest.append(best)
        return fewest[-1] or []

    @cached_property
    def _spelling(self) -> tuple[dict[bytes, int], int]:
        """The token of each text, and the most bytes of one."""
        ids = {
            self.tokens.decode_bytes([id]): id
            for id in range(self.tokens.vocab_size)
            if not self.tokens.is_special_token(id)
        }
        ids.pop(b"", None)
        return ids, max(map(len, ids))

    def _allowed(self, at: LLMatcher) -> list[int]:
        bits = at.compute_bitmask()
        return [id for id in range(self._vocab) if bits[id >> 3] >> (id & 7) & 1]


def _takes(at: LLMatcher, token: int) -> bool:
    return bool(at.validate_tokens([token]) == 1)
