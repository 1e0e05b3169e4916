"""What the endpoints' replies have apart from each other: their ids and the form of a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from llada_core.engine.events import TokenLogprob
from llada_core.filling import Piece
from llada_core.reply_text import FinishReason

from . import wire
from .generation import Choice
from .hole_texts import HoleTexts
from .logprobs import TextOf, chat_logprobs, text_logprobs


class Shape(Struct, frozen=True, kw_only=True):
    """How an endpoint words its replies."""

    id_prefix: str
    reply: Callable[..., Any]
    """The body of a whole reply."""
    choice: Callable[[Choice, str, Any], Any]
    """A choice of that, which has ended, its text, and log-probabilities or None."""
    chunk: Callable[..., Any]
    """One event of a stream."""
    opening: Callable[[int, str], Any]
    """What a stream sends of a choice before its text: index, prompt to repeat. None: nothing."""
    piece: Callable[[int, str, FinishReason | None, Any], Any]
    """A piece of a choice: index, text, which may be empty, at its end the reason, log-probabilities or
    None."""
    logprobs: Callable[[Sequence[int], Sequence[TokenLogprob | None], TextOf, int], Any]
    """Log-probabilities: ids, what the engine says of each, their texts, where the first one begins."""


def _message(choice: Choice, text: str, logprobs: wire.ChatLogprobs | None) -> wire.Choice:
    message, reason = wire.Message(content=text), choice.text.finish_reason or "length"
    return wire.Choice(index=choice.index, message=message, logprobs=logprobs, finish_reason=reason)


def _plain(choice: Choice, text: str, logprobs: wire.TextLogprobs | None) -> wire.TextChoice:
    return _text(choice.index, text, choice.text.finish_reason or "length", logprobs)


def _filled(choice: Choice, text: str, logprobs: None) -> wire.InfillChoice:
    assert isinstance(choice.text, HoleTexts)
    assert choice.text.finish_reason is not None
    fills = {
        name: wire.Fill(text=fill.text, tokens=len(fill.tokens), finish_reason=fill.finish_reason)
        for name, fill in choice.text.fills().items()
    }
    whole, reason = choice.text.whole(), choice.text.finish_reason
    return wire.InfillChoice(index=choice.index, text=whole, holes=fills, finish_reason=reason)


def of_hole(choice: Choice, piece: Piece) -> wire.InfillPiece:
    """What a stream sends of a hole."""
    assert isinstance(choice.text, HoleTexts)
    name = choice.text.name(piece)
    return wire.InfillPiece(index=choice.index, hole=name, text=piece.text, finish_reason=piece.reason)


def _role(index: int, echo: str) -> wire.ChunkChoice:
    return wire.ChunkChoice(index=index, delta=wire.Delta(role="assistant", content=""))


def _delta(
    index: int, text: str, reason: FinishReason | None, logprobs: wire.ChatLogprobs | None
) -> wire.ChunkChoice:
    delta = wire.Delta(content=text or None)
    return wire.ChunkChoice(index=index, delta=delta, logprobs=logprobs, finish_reason=reason)


def _text(
    index: int, text: str, reason: FinishReason | None, logprobs: wire.TextLogprobs | None
) -> wire.TextChoice:
    return wire.TextChoice(index=index, text=text, logprobs=logprobs, finish_reason=reason)


def _echo(index: int, echo: str) -> wire.TextChoice | None:
    return wire.TextChoice(index=index, text=echo) if echo else None


CHAT_SHAPE = Shape(
    id_prefix="chatcmpl-",
    reply=wire.ChatCompletion,
    choice=_message,
    chunk=wire.Chunk,
    opening=_role,
    piece=_delta,
    logprobs=lambda ids, found, text_of, offset: chat_logprobs(ids, found, text_of),
)
"""`/v1/chat/completions`: messages and deltas."""

TEXT_SHAPE = Shape(
    id_prefix="cmpl-",
    reply=wire.Completion,
    choice=_plain,
    chunk=wire.CompletionChunk,
    opening=_echo,
    piece=_text,
    logprobs=text_logprobs,
)
"""`/v1/completions`: plain text."""

INFILL_SHAPE = Shape(
    id_prefix="infill-",
    reply=wire.Infill,
    choice=_filled,
    chunk=wire.InfillChunk,
    opening=lambda index, echo: None,
    piece=lambda index, text, reason, _: wire.InfillPiece(index=index, text=text, finish_reason=reason),
    logprobs=lambda *_: None,
)
"""`/v1/infill`: a template's holes."""
