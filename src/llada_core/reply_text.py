"""From committed tokens to the text of a reply: cut at an end token, at max_tokens, at a stop string."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from .engine.events import TokenLogprob

FinishReason = Literal["stop", "length"]


class Decoder(Protocol):
    """What is used of `llada_core.detokenize.IncrementalDecoder`."""

    def feed(self, ids: Sequence[int]) -> str:
        """Text that these ids complete; an unfinished character is held back."""

    def finish(self) -> str:
        """What was held back."""


class ReplyText:
    """One choice's text, built token by token, so that a stream and a whole reply are cut alike.

    Text that may be the beginning of a stop string is held back; what `feed` returned is final.
    """

    def __init__(
        self,
        decoder: Decoder,
        *,
        max_tokens: int,
        end_ids: Iterable[int] = (),
        padding_ids: Iterable[int] = (),
        stop: tuple[str, ...] = (),
        judged: bool = False,
    ) -> None:
        """
        Args:
            end_ids: end the text.
            padding_ids: are left out of it; where there are some, the text ended before its room did.
            judged: whether a text without an end token is complete is said to `finish`.
        """
        self._decoder = decoder
        self._max_tokens = max_tokens
        self._end_ids = frozenset(end_ids)
        self._padding_ids = frozenset(padding_ids)
        self._textless = self._end_ids | self._padding_ids
        self._padding: set[int] = set()
        """Where there were padding tokens."""
        self._positions = 0
        self._stop = stop
        self._held = ""
        self._judged = judged
        self.ids: list[int] = []
        """Tokens of the reply so far; without the end token, but with one that completes a stop string."""
        self.logprobs: list[TokenLogprob | None] = []
        """One of each of them, where `feed` is given some."""
        self.finish_reason: FinishReason | None = None
        """None while the text is open."""
        self.stopped_early = False
        """Whether a stop string ended the text, so that the rest of the canvas is of no use."""

    @property
    def tokens(self) -> int:
        """How many tokens the reply has so far."""
        return len(self.ids)

    @property
    def positions(self) -> list[int]:
        """Of each of them, counted from the start of the generated part."""
        return [position for position in range(self._positions) if position not in self._padding]

    def feed(self, ids: Sequence[int], logprobs: Sequence[TokenLogprob | None] | None = None) -> str:
        """Add tokens; returns the text that is now certain. Tokens behind the end are dropped."""
        plain = self._plain(ids)
        first = ids[:plain]
        self.ids += first
        if logprobs is not None:
            self.logprobs += logprobs[:plain]
        self._positions += plain
        text = self._decoder.feed(first) if plain else ""
        for n, id in enumerate(ids[plain:], plain):
            if self.finish_reason is not None or self._positions == self._max_tokens:
                break
            if id in self._end_ids:
                text += self._close("stop")
                break
            self._positions += 1
            if id in self._padding_ids:
                self._padding.add(self._positions - 1)
            else:
                self.ids.append(id)
                if logprobs is not None:
                    self.logprobs.append(logprobs[n])
                text += self._release(self._decoder.feed([id]))
            full = self._positions == self._max_tokens
            if full and self.finish_reason is None and not self._judged:
                text += self.finish()
        return text

    def _plain(self, ids: Sequence[int]) -> int:
        """How many tokens at the beginning of `ids` can be decoded together: none of them ends the text, or
        stands for none. With stop strings each is looked at, since the one that completes a stop string
        counts, and those behind it do not."""
        if self._stop or self.finish_reason is not None:
            return 0
        room = self._max_tokens - self._positions - 1  # the last one closes the text
        if len(ids) <= room and self._textless.isdisjoint(ids):
            return len(ids)
        end = next((n for n, id in enumerate(ids) if id in self._textless), len(ids))
        return max(0, min(end, room))

    def finish(self, reason: FinishReason = "length") -> str:
        """Close the text at the end of the canvas, with the engine's `reason` where that judges; returns what
        was held back."""
        if self.finish_reason is not None:
            return ""
        return self._close(reason if self._judged else "stop" if self._padding else "length")

    def _close(self, reason: FinishReason) -> str:
        text = self._release(self._decoder.finish())
        if self.finish_reason is None:
            text, self._held = text + self._held, ""
            self.finish_reason = reason
        return text

    def _release(self, new: str) -> str:
        if not new or not self._stop:
            return new
        text = self._held + new
        cut = min((at for at in (text.find(stop) for stop in self._stop) if at >= 0), default=None)
        if cut is not None:
            self._held, self.finish_reason, self.stopped_early = "", "stop", True
            return text[:cut]
        hold = longest_stop_prefix(text, self._stop)
        self._held = text[len(text) - hold :]
        return text[: len(text) - hold]


def longest_stop_prefix(text: str, stop: Iterable[str]) -> int:
    """Length of the longest end of `text` that begins one of `stop`."""
    return max(
        (
            size
            for word in stop
            for size in range(1, min(len(word), len(text)) + 1)
            if text.endswith(word[:size])
        ),
        default=0,
    )
