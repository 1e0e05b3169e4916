"""The choices of one request while the engine works on them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator
from typing import Protocol

from msgspec import Struct

from llada_core.engine.events import Change, Commit, Event, Failed, Finished, Preview
from llada_core.engine.request import Request
from llada_core.errors import LladaError
from llada_core.filling import Piece
from llada_core.reply_text import ReplyText
from llada_core.trace import Trace

from .bell import Beat, Bell
from .engine_client import EngineClient
from .errors import ApiError, bad_request, from_code
from .event_queue import EventQueue
from .hole_texts import HoleTexts


class Choice:
    """One engine request and the text that it has brought so far."""

    def __init__(
        self,
        index: int,
        request: Request,
        text: ReplyText | HoleTexts,
        echo: str = "",
        structure_field: str = "",
    ) -> None:
        self.index = index
        self.request = request
        self.text = text
        self.echo = echo
        """Text that a reply puts in front."""
        self.structure_field = structure_field
        """Where the body says what the text has to look like."""
        self.ending: Finished | None = None
        """None where a stop string ended the text before the engine was through."""
        self.done = False
        self.trace = Trace()
        self.events: EventQueue

    def take(self, event: Event | None) -> Update:
        """What `event` adds.

        Raises:
            ApiError: the request failed, or its events stopped without an ending.
        """
        if isinstance(event, Commit):
            new = self.text.feed(event.tokens, event.logprobs)
            return Update(self, new) if isinstance(new, str) else Update(self, pieces=new)
        if isinstance(event, Preview):
            self.trace.take(event)
            return Update(self, changes=event.changes)
        if isinstance(event, Finished):
            self.ending, self.done = event, True
            return Update(self, self.text.finish(event.reason))
        if isinstance(event, Failed):
            self.done = True
            raise self.fault(event.code, event.message, event.field)
        self.done = True
        raise from_code("cancelled", "the request was cancelled")

    def fault(self, code: str, message: str, field: str | None) -> ApiError:
        """What the engine says, by the name that the client used."""
        if field == "structure":
            message = message.removeprefix("structure: ")
            return bad_request(f"{self.structure_field}: {message}", self.structure_field)
        return from_code(code, message, field)


class Update(Struct, frozen=True):
    """What one event changed for a reader; the choice is complete if `choice.done`."""

    choice: Choice
    text: str = ""
    pieces: list[Piece] = []
    """What was added to holes."""
    changes: list[Change] | None = None


class Watcher(Protocol):
    """Who is told how a request gets on; see `llada_server.watch`."""

    def taken(self, choices: list[Choice]) -> None:
        """The engine has taken all choices."""

    def texts(self, choice: Choice, count: int) -> None:
        """A choice has got so many pieces of text at once."""

    def done(self, choice: Choice) -> None:
        """A choice is complete."""

    def refused(self, choice: Choice, error: LladaError) -> None:
        """The engine did not take a choice."""

    def failed(self, choice: Choice | None, error: ApiError) -> None:
        """A choice failed, or (None) all of them did not finish in time."""

    def closed(self) -> None:
        """Nobody works on the request any more."""


class Generation:
    """Several choices at once. Call `start`; then read the `news`, `let_go` of what is `unwanted` and, unless
    all is `done`, `wait` for more; `close` whatever happens."""

    def __init__(
        self,
        client: EngineClient,
        choices: list[Choice],
        *,
        timeout: float,
        keep_alive: float,
        watcher: Watcher,
        beat: Beat | None = None,
    ) -> None:
        """With a `beat`, what comes between two of its strokes comes together."""
        self.choices = choices
        self._client = client
        self._timeout = timeout
        self._keep_alive = keep_alive
        self._watcher = watcher
        self._bell = Bell(beat)
        self._submitted: list[Choice] = []
        self.unwanted: list[Choice] = []
        """Ended by a stop string while the engine goes on."""

    async def start(self) -> None:
        """Hand every choice to the engine.

        Raises:
            ApiError: the engine refuses one, or does not take them in time; `close` gives the others up.
        """
        self._deadline = time.monotonic() + self._timeout
        try:
            async with asyncio.timeout(self._timeout):
                for choice in self.choices:
                    choice.events = await self._submit(choice)
                    choice.events.listener = self._bell.ring
                    self._submitted.append(choice)
        except TimeoutError:
            raise self._too_late() from None
        self._watcher.taken(self.choices)

    async def _submit(self, choice: Choice) -> EventQueue:
        try:
            return await self._client.submit(choice.request)
        except LladaError as error:
            self._watcher.refused(choice, error)
            raise choice.fault(error.code, str(error), error.field) from error

    def wait(self) -> Awaitable[bool]:
        """Until there may be news; False: for a while there were none.

        Raises:
            ApiError: the time is up.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            late = self._too_late()
            self._watcher.failed(None, late)
            raise late
        return self._bell.wait(min(left, self._keep_alive))

    def news(self) -> Iterator[Update]:
        """What has happened since they were last read, choice by choice.

        Raises:
            ApiError: a choice failed.
        """
        for choice in self.choices:
            pending, texts = choice.events.pending, 0
            try:
                while pending and not choice.done:
                    update = choice.take(pending.popleft())
                    if update.text or any(piece.text for piece in update.pieces):
                        texts += 1
                    if choice.text.stopped_early and not choice.done:
                        self._end_early(choice)
                    if choice.done:
                        self._watcher.done(choice)
                    yield update
            except ApiError as error:
                self._watcher.failed(choice, error)
                raise
            finally:
                if texts:
                    self._watcher.texts(choice, texts)

    async def let_go(self) -> None:
        """Give up what the news have shown to be of no use any more."""
        while self.unwanted:
            await self._client.cancel(self.unwanted.pop().request.id)

    @property
    def done(self) -> bool:
        """Whether every choice is complete."""
        for choice in self.choices:  # noqa: SIM110 - asked for every piece, and a generator takes longer
            if not choice.done:
                return False
        return True

    def _too_late(self) -> ApiError:
        return from_code("request_deadline", f"not finished within {self._timeout:g} seconds")

    async def close(self) -> None:
        """Give up what is not done."""
        self._bell.close()
        self._watcher.closed()
        for choice in self._submitted:
            if not choice.done:
                choice.done = True
                self.unwanted.append(choice)
        await self.let_go()

    def _end_early(self, choice: Choice) -> None:
        """Nothing more is wanted: take the ending if it came with the last commit, else have it given up."""
        choice.done = True
        pending = choice.events.pending
        if pending and isinstance(pending[-1], Finished):
            choice.ending = pending[-1]
        else:
            self.unwanted.append(choice)
