"""What the two endpoints' replies have apart from each other: their ids and the form of a choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from llada_core.reply_text import FinishReason

from . import wire


class Shape(Struct, frozen=True, kw_only=True):
    """How an endpoint words its replies."""

    id_prefix: str
    reply: Callable[..., Any]
    """The body of a whole reply."""
    choice: Callable[[int, str, FinishReason], Any]
    """A choice of that: index, text, reason of its end."""
    chunk: Callable[..., Any]
    """One event of a stream."""
    opening: Callable[[int, str], Any]
    """What a stream sends of a choice before its text: index, prompt to repeat. None: nothing."""
    piece: Callable[[int, str, FinishReason | None], Any]
    """A piece of a choice: index, text, which may be empty, and at its end the reason."""


def _message(index: int, text: str, reason: FinishReason) -> wire.Choice:
    return wire.Choice(index=index, message=wire.Message(content=text), finish_reason=reason)


def _role(index: int, echo: str) -> wire.ChunkChoice:
    return wire.ChunkChoice(index=index, delta=wire.Delta(role="assistant", content=""))


def _delta(index: int, text: str, reason: FinishReason | None) -> wire.ChunkChoice:
    return wire.ChunkChoice(index=index, delta=wire.Delta(content=text or None), finish_reason=reason)


def _text(index: int, text: str, reason: FinishReason | None) -> wire.TextChoice:
    return wire.TextChoice(index=index, text=text, finish_reason=reason)


def _echo(index: int, echo: str) -> wire.TextChoice | None:
    return wire.TextChoice(index=index, text=echo) if echo else None


CHAT_SHAPE = Shape(
    id_prefix="chatcmpl-",
    reply=wire.ChatCompletion,
    choice=_message,
    chunk=wire.Chunk,
    opening=_role,
    piece=_delta,
)
"""`/v1/chat/completions`: messages and deltas."""

TEXT_SHAPE = Shape(
    id_prefix="cmpl-",
    reply=wire.Completion,
    choice=_text,
    chunk=wire.CompletionChunk,
    opening=_echo,
    piece=_text,
)
"""`/v1/completions`: plain text."""
