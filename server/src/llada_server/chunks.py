"""A reply as server-sent events."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncGenerator
from typing import Any

from msgspec import UNSET, UnsetType

from llada_core.engine.events import Change
from llada_core.reply_text import FinishReason

from . import wire
from .context import ChatTokenizer
from .errors import ApiError, internal_error
from .fields import StreamOptions
from .generation import Choice, Generation, Update
from .prepare import Prepared
from .report import report
from .shapes import Shape, of_hole
from .wire import DONE, KEEP_ALIVE, encode, sse

log = logging.getLogger(__name__)

LARGE = 1 << 16
"""Bytes after which a piece is sent, whatever else is there, so that a slow reader holds up the next."""
SOME_TEXT = uuid.uuid4().hex
"""Stands for a text where an event's bytes are wanted around it: nothing else in it can be the same."""


class ChunkWriter:
    """Turns updates into events. One id and creation time for the whole stream."""

    def __init__(
        self,
        prepared: Prepared,
        generation: Generation,
        tokenizer: ChatTokenizer,
        shape: Shape,
        id: str,
        created: int,
    ) -> None:
        self._prepared = prepared
        self._generation = generation
        self._tokenizer = tokenizer
        self._shape = shape
        self._id = id
        self._created = created
        self._options = prepared.asked.stream or StreamOptions()
        self._around: dict[int, tuple[bytes, bytes]] = {}
        """By choice: the bytes of an event before and behind a text."""
        self._told: dict[int, tuple[int, int]] = {}
        """By choice: tokens whose log-probabilities were sent, and the length of their texts."""

    async def events(self) -> AsyncGenerator[bytes, None]:
        """Every byte of the stream's body; what comes at once is one piece of it. Never raises: what goes
        wrong becomes an error event."""
        generation, piece = self._generation, b""
        try:
            for choice in generation.choices:
                opening = self._shape.opening(choice.index, choice.echo)
                if opening is not None:
                    yield self._chunk([opening])
            while True:
                for update in generation.news():
                    piece += self._events_of(update)
                    if len(piece) > LARGE:
                        yield piece
                        piece = b""
                if generation.unwanted:
                    await generation.let_go()
                if generation.done:
                    break
                if piece:
                    yield piece
                    piece = b""
                if not await generation.wait():
                    yield KEEP_ALIVE
            if self._options.include_usage:
                piece += self._chunk([], usage=self._usage())
        except ApiError as error:
            piece += sse(error.body)
        except Exception:
            log.exception("a stream failed")
            piece += sse(internal_error().body)
        yield piece + DONE

    def _events_of(self, update: Update) -> bytes:
        choice, events = update.choice, b""
        if update.changes is not None and self._options.include_canvas:
            canvas = wire.Canvas(canvas=[self._change(change) for change in update.changes])
            events += self._piece(choice, llada=canvas)
        for piece in update.pieces:
            events += self._chunk([of_hole(choice, piece)])
        logprobs = None if self._prepared.asked.logprobs is None else self._new_logprobs(choice)
        if logprobs is not None:
            events += self._piece(choice, update.text, logprobs=logprobs)
        elif update.text:
            events += self._text(choice, update.text)
        if choice.done:
            run = report(self._prepared, [choice])
            events += self._piece(choice, reason=choice.text.finish_reason, llada=run)
        return events

    def _text(self, choice: Choice, text: str) -> bytes:
        """A piece of nothing but text: what is around it is encoded once a stream."""
        if self._options.continuous_usage_stats:
            return self._piece(choice, text)
        around = self._around.get(choice.index)
        if around is None:
            before, _, behind = self._piece(choice, SOME_TEXT).partition(encode(SOME_TEXT))
            around = self._around[choice.index] = before, behind
        return around[0] + encode(text) + around[1]

    def _piece(
        self,
        choice: Choice,
        text: str = "",
        reason: FinishReason | None = None,
        llada: wire.Run | wire.Canvas | UnsetType = UNSET,
        logprobs: Any = None,
    ) -> bytes:
        return self._chunk([self._shape.piece(choice.index, text, reason, logprobs)], llada=llada)

    def _new_logprobs(self, choice: Choice) -> Any:
        """Of the tokens that came since the last piece; None: there are none.

        They come with their tokens, whose text may be held back a while.
        """
        text = choice.text
        sent, offset = self._told.get(choice.index, (0, len(choice.echo)))
        if sent == text.tokens:
            return None
        ids, text_of = text.ids[sent:], self._tokenizer.token_text
        self._told[choice.index] = text.tokens, offset + sum(len(text_of(id)) for id in ids)
        return self._shape.logprobs(ids, text.logprobs[sent:], text_of, offset)

    def _chunk(
        self,
        choices: list[Any],
        *,
        llada: wire.Run | wire.Canvas | UnsetType = UNSET,
        usage: wire.Usage | None = None,
    ) -> bytes:
        return sse(
            self._shape.chunk(
                id=self._id,
                created=self._created,
                model=self._prepared.model,
                choices=choices,
                usage=usage or self._running_usage(),
                llada=llada,
            )
        )

    def _running_usage(self) -> wire.Usage | UnsetType | None:
        if self._options.continuous_usage_stats:
            return self._usage()
        return None if self._options.include_usage else UNSET

    def _usage(self) -> wire.Usage:
        tokens = sum(choice.text.tokens for choice in self._generation.choices)
        return wire.Usage.of(self._prepared.prompt_tokens, tokens)

    def _change(self, change: Change) -> wire.CanvasChange:
        text = "" if change.kind == "remask" else self._tokenizer.decode([change.token])
        return (change.position, text, change.confidence, change.forward, change.kind)
