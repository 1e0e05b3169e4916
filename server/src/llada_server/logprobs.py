"""Log-probabilities of tokens in OpenAI's two forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from llada_core.engine.events import TokenLogprob

from . import wire

LEAST = -9999.0
"""Stands for minus infinity, which JSON does not have; OpenAI's number for it."""
TextOf = Callable[[int], str]
"""The text of one token."""


def chat_logprobs(
    ids: Sequence[int], logprobs: Sequence[TokenLogprob | None], text_of: TextOf
) -> wire.ChatLogprobs:
    """Of a chat choice, or of a piece of one."""
    content = []
    for id, entry in zip(ids, logprobs, strict=True):
        text = text_of(id)
        top = [
            wire.TopEntry(token=other, logprob=value, bytes=_bytes(other))
            for other, value in ((text_of(other), value) for other, value in _top(entry))
        ]
        content.append(
            wire.TokenEntry(token=text, logprob=_number(entry), bytes=_bytes(text), top_logprobs=top)
        )
    return wire.ChatLogprobs(content=content)


def text_logprobs(
    ids: Sequence[int], logprobs: Sequence[TokenLogprob | None], text_of: TextOf, offset: int
) -> wire.TextLogprobs:
    """Of a completion choice, or of a piece of one that begins `offset` characters into its text."""
    found = wire.TextLogprobs(tokens=[], token_logprobs=[], top_logprobs=[], text_offset=[])
    for id, entry in zip(ids, logprobs, strict=True):
        text = text_of(id)
        found.tokens.append(text)
        found.token_logprobs.append(None if entry is None else _number(entry))
        top = {text_of(other): value for other, value in reversed(_top(entry))}
        found.top_logprobs.append(None if entry is None else top)
        found.text_offset.append(offset)
        offset += len(text)
    return found


def _bytes(text: str) -> list[int] | None:
    """None for part of a character, whose bytes are not known here."""
    return None if "\ufffd" in text else list(text.encode())


def _top(entry: TokenLogprob | None) -> list[tuple[int, float]]:
    return [] if entry is None else entry.top


def _number(entry: TokenLogprob | None) -> float:
    return LEAST if entry is None or math.isinf(entry.logprob) else entry.logprob
