"""A short way from a state of a grammar to a complete text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from ..errors import ParameterError
from ..facts import ModelFacts

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

FEW = 24
"""So many next tokens are compared by where they lead to."""
PATIENCE = 16
"""After so many letters in a string, only its end is waited for."""
MARKS = "@.:/-_ a0123456789+#,;=!?*'()[]{}<>%&~|^$A"
"""Characters that are tried where a string or a number cannot end yet."""
SECOND = 7
"""So many of them are tried as a second one too."""


class Closing:
    """Searches greedily, as suits JSON: close what is open, else write what is shortest. Where few tokens are
    allowed, as between the members of an enumeration, it looks where each of them leads to; where a string or
    a number cannot end yet, it tries a few characters."""

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
        self._spelling = {
            tokens.decode_bytes([id]): id
            for id in range(tokens.vocab_size)
            if not tokens.is_special_token(id)
        }
        self._spelling.pop(b"", None)
        self._longest = max(map(len, self._spelling))
        self._digits = [token for text in "0123456789" for token in single(text)]
        self._marks = [token for text in MARKS for token in single(text)]

    def path(
        self, matcher: LLMatcher, most: int, look: bool = True, known: Sequence[int] = ()
    ) -> list[int] | None:
        """Tokens that complete the text, its end token not among them; None if at most `most` are not enough
        for what the search finds. `matcher` is left as it is.

        Args:
            look: compare where few tokens are allowed; else the first one will do.
            known: tokens that completed the text from a state before this one: what is left of them may
                complete it still, or again as soon as what was begun since is closed.

        Raises:
            ParameterError: the grammar became too complex on the way.
        """
        at, found = matcher.deep_copy(), list[int]()
        while len(found) <= most:
            if at.is_accepting():
                return found
            rest = self._rest(at, known, most - len(found))
            if rest is not None:
                return found + rest
            forced = at.compute_ff_tokens()
            if not forced:
                patient = found[-PATIENCE:] != self._letters[:1] * PATIENCE
                rest = self._choose(at, most - len(found), look, patient)
                if rest is None:
                    break
                forced = rest
            if not at.consume_tokens(forced):
                break
            found += forced
        refuse_error(at)
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

    def _rest(self, at: LLMatcher, known: Sequence[int], most: int) -> list[int] | None:
        """The longest end of `known`, of at most `most` tokens, that completes the text."""
        takes: dict[int, bool] = {}
        for cut in range(max(0, len(known) - most), len(known)):
            token = known[cut]
            if token not in takes:
                takes[token] = _takes(at, token)
            if takes[token] and self.completes(at, rest := list(known[cut:])):
                return rest
        return None

    def _choose(self, at: LLMatcher, most: int, look: bool, patient: bool) -> list[int] | None:
        """What to write next; a whole completion, where several were compared."""
        letters = [token for token in self._letters if _takes(at, token)]
        free = len(letters) == len(self._letters)  # inside a string of any letters
        if not free and look:
            allowed = self._allowed(at)
            if len(allowed) <= FEW:
                return self._best(at, allowed, most)
        enders = self._quotes if free else [*self._closers, *self._quotes]
        usual = [token for token in enders if _takes(at, token)]
        if not usual and patient and (soon := self._soon(at, enders, free)):
            return soon
        usual += letters if free else [token for token in self._values if _takes(at, token)]
        if free or not look:
            return usual[:1] or self._allowed(at)[:1] or None
        return self._best(at, usual or allowed[:1], most)

    def _best(self, at: LLMatcher, tokens: list[int], most: int) -> list[int] | None:
        """The shortest completion that begins with one of `tokens`; the only one, without its completion."""
        if len(tokens) < 2:
            return tokens or None
        best: list[int] | None = None
        for token in tokens:
            after, left = at.deep_copy(), most if best is None else len(best) - 1
            if after.consume_token(token):
                rest = self.path(after, left - 1, look=False)
                if rest is not None and (best is None or 1 + len(rest) < len(best)):
                    best = [token, *rest]
        return best

    def _soon(self, at: LLMatcher, enders: list[int], free: bool) -> list[int] | None:
        """A few characters behind which one of `enders` may come, or the text's end: digits; where any letter
        may come, marks too, and letters between them."""
        goals = [*enders, self._end]
        marks, letter, few = self._marks if free else self._digits, self._letters[:1], self._marks[:SECOND]
        runs = chain(
            ([mark] for mark in marks),
            ([mark, *self._digits[:1] * more] for more in (1, 2, 3, 4) for mark in marks),
        )
        if free:
            runs = chain(
                runs,
                ([mark, *letter] for mark in marks),
                ([*letter, mark, *letter] for mark in marks),
                ([mark, *letter, second, *letter] for mark in marks for second in few),
            )
        for run in runs:
            for goal in goals:
                taken = at.validate_tokens([*run, goal])
                if taken > len(run):
                    return run
                if taken < len(run):
                    break
        return None

    def _packed(self, text: bytes) -> list[int]:
        """The fewest tokens that spell `text`; nothing if none do."""
        fewest: list[list[int] | None] = [[]]
        for end in range(1, len(text) + 1):
            best: list[int] | None = None
            for start in range(max(0, end - self._longest), end):
                before, token = fewest[start], self._spelling.get(text[start:end])
                if before is not None and token is not None and (best is None or len(before) + 1 < len(best)):
                    best = [*before, token]
            fewest.append(best)
        return fewest[-1] or []

    def _allowed(self, at: LLMatcher) -> list[int]:
        import numpy as np  # here, since commands that list do not need it

        bits = np.frombuffer(at.compute_bitmask(), dtype=np.uint8)
        allowed: list[int] = np.flatnonzero(
            np.unpackbits(bits, count=self._vocab, bitorder="little")
        ).tolist()
        return allowed


def refuse_error(matcher: LLMatcher) -> None:
    """Raise if the grammar engine has given up."""
    if matcher.is_error():
        raise ParameterError("structure", f"too complex: {said(matcher.get_error())}")


def said(message: str) -> str:
    """What the grammar engine says, as one line."""
    lines = [line.strip() for line in message.splitlines() if line.strip() and "<non-verbose/>" not in line]
    return " ".join(lines)[:300]


def _takes(at: LLMatcher, token: int) -> bool:
    return bool(at.validate_tokens([token]) == 1)
