"""A chat reply as server-sent events."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator

from msgspec import UNSET, UnsetType

from llada_core.engine.events import Change

from . import wire
from .context import ChatTokenizer
from .errors import ApiError, internal_error
from .fields import StreamOptions
from .generation import Choice, Generation, Update
from .prepare import Prepared
from .report import report
from .wire import DONE, KEEP_ALIVE, sse

log = logging.getLogger(__name__)


class ChunkWriter:
    """Turns updates into events. One id and creation time for the whole stream."""

    def __init__(
        self, prepared: Prepared, generation: Generation, tokenizer: ChatTokenizer, id: str, created: int
    ) -> None:
        self._prepared = prepared
        self._generation = generation
        self._tokenizer = tokenizer
        self._id = id
        self._created = created
        self._options = prepared.chat.stream or StreamOptions()

    async def events(self) -> AsyncGenerator[bytes, None]:
        """Every byte of the stream's body. Never raises: what goes wrong becomes an error event."""
        try:
            for choice in self._generation.choices:
                yield self._chunk(choice, wire.Delta(role="assistant", content=""))
            async for update in self._generation.updates():
                if update is None:
                    yield KEEP_ALIVE
                else:
                    for event in self._events_of(update):
                        yield event
            if self._options.include_usage:
                yield self._usage_chunk()
        except ApiError as error:
            yield sse(error.body)
        except Exception:
            log.exception("a stream failed")
            yield sse(internal_error().body)
        yield DONE

    def _events_of(self, update: Update) -> list[bytes]:
        choice, events = update.choice, []
        if update.changes is not None:
            canvas = wire.Canvas(canvas=[self._change(change) for change in update.changes])
            events.append(self._chunk(choice, wire.Delta(), llada=canvas))
        if update.text:
            events.append(self._chunk(choice, wire.Delta(content=update.text)))
        if choice.done:
            run = report(self._prepared, [choice])
            events.append(self._chunk(choice, wire.Delta(), finish=True, llada=run))
        return events

    def _chunk(
        self,
        choice: Choice,
        delta: wire.Delta,
        *,
        finish: bool = False,
        llada: wire.Run | wire.Canvas | UnsetType = UNSET,
    ) -> bytes:
        reason = choice.text.finish_reason if finish else None
        return sse(
            wire.Chunk(
                id=self._id,
                created=self._created,
                model=self._prepared.model,
                choices=[wire.ChunkChoice(index=choice.index, delta=delta, finish_reason=reason)],
                usage=self._running_usage(),
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

    def _usage_chunk(self) -> bytes:
        return sse(
            wire.Chunk(
                id=self._id,
                created=self._created,
                model=self._prepared.model,
                choices=[],
                usage=self._usage(),
            )
        )

    def _change(self, change: Change) -> wire.CanvasChange:
        text = "" if change.kind == "remask" else self._tokenizer.decode([change.token])
        return (change.position, text, change.confidence, change.forward, change.kind)
