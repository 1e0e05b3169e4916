"""Where one reply is in its grammar, and what may follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import AlgorithmError, ParameterError
from ..facts import ModelFacts
from .closing import refuse_error

if TYPE_CHECKING:
    from llguidance import LLMatcher

    from .closing import Closing


class Guide:
    """One reply, token by token from its beginning, so that it is complete before its room is used up.

    It always knows a way to the end, if the search finds one, and takes no token after which the known ways
    no longer fit.
    """

    def __init__(
        self,
        matcher: LLMatcher,
        facts: ModelFacts,
        closing: Closing,
        room: int,
        way: Sequence[int] | None,
    ) -> None:
        """
        Args:
            matcher: at the beginning of the text.
            room: most tokens of the text.
            way: tokens that complete it from here; None: the search found none.
        """
        self._matcher = matcher
        self._ends = frozenset(facts.end_ids)
        self._bytes = -(-facts.vocab_size // 8)
        self._closing = closing
        self._way = None if way is None or len(way) > room else list(way)
        self._mask: npt.NDArray[np.uint8] | None = None
        self.room = room
        """Tokens that may still be written."""
        self._ended = False

    @property
    def complete(self) -> bool:
        """Whether the text is complete: nothing may follow it, or its end was chosen, or its room is used
        up."""
        return self._ended or self._matcher.is_stopped() or (not self.room and self._matcher.is_accepting())

    @property
    def over(self) -> bool:
        """Whether nothing more is to be written."""
        return self.complete or not self.room

    def mask(self) -> npt.NDArray[np.uint8]:
        """Which tokens may come next: ceil(vocab / 8) bytes, bit v % 8 of byte v // 8 for token v.

        Raises:
            ParameterError: the grammar is too complex here.
        """
        if self._mask is None:
            bits = self._matcher.compute_bitmask()
            refuse_error(self._matcher)
            self._mask = np.frombuffer(bits, dtype=np.uint8)[: self._bytes]
        return self._mask

    def take(self, tokens: Sequence[int], drawn: int) -> list[int]:
        """Write the longest beginning of `tokens` that the grammar takes and that leaves room for the rest of
        the text; else `drawn`, which `mask` allowed; else, where that leaves no room, one token of the known
        way. Returns what was written.

        Raises:
            ParameterError: the grammar is too complex here.
            AlgorithmError: nothing can be written.
        """
        self._mask = None
        written = self._try(tokens) or self._try([drawn])
        if not written and self._way and self._matcher.consume_token(self._way[0]):
            written = [self._way.pop(0)]
        refuse_error(self._matcher)
        if not written:
            raise AlgorithmError("the grammar takes none of the tokens that it allowed")
        self.room -= len(written)
        return written

    def forced(self) -> list[int]:
        """Write what the grammar leaves no choice about, or a part of it, and return it; nothing if there is
        none.

        Raises:
            ParameterError: the grammar is too complex here.
        """
        if self.over:
            return []
        tokens = self._matcher.compute_ff_tokens()[: self.room]
        if not tokens or not self._matcher.consume_tokens(tokens):
            refuse_error(self._matcher)
            return []
        self._mask = None
        if not self._fits(tokens) and self._way:
            # The known way spells the same with fewer tokens.
            self._matcher.rollback(len(tokens))
            tokens = [self._way.pop(0)]
            self._matcher.consume_tokens(tokens)
        self.room -= len(tokens)
        return tokens

    def _try(self, tokens: Sequence[int]) -> list[int]:
        """What of `tokens` can be written; the matcher has consumed it."""
        count = self._matcher.try_consume_tokens(list(tokens[: self.room]))
        if count and tokens[count - 1] in self._ends:
            self._ended = True
            return list(tokens[:count])
        while count and not self._fits(tokens[:count]):
            self._matcher.rollback(1)
            count -= 1
        return list(tokens[:count])

    def _fits(self, written: Sequence[int]) -> bool:
        """Whether the rest of the text has room behind `written`, which the matcher has just consumed; keeps
        the way that was found."""
        left = self.room - len(written)
        if self._way is None:
            return True
        try:
            way = self._closing.path(self._matcher, left, look=False, known=self._way)
        except ParameterError:  # too complex for the search, perhaps not for what is written
            return False
        if way is None:
            return False
        self._way = way
        return True
