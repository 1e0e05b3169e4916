"""The choices of one request while the engine works on them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct

from llada_core.engine.events import Change, Commit, Event, Failed, Finished, Preview
from llada_core.engine.request import Request
from llada_core.errors import LladaError
from llada_core.filling import Piece
from llada_core.reply_text import ReplyText
from llada_core.trace import Trace

from .engine_client import EngineClient
from .errors import ApiError, bad_request, from_code
from .event_queue import Bell, EventQueue
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

    def update(self, update: Update) -> None:
        """One choice got on, or is complete."""

    def refused(self, choice: Choice, error: LladaError) -> None:
        """The engine did not take a choice."""

    def failed(self, choice: Choice | None, error: ApiError) -> None:
        """A choice failed, or (None) all of them did not finish in time."""

    def closed(self) -> None:
        """Nobody works on the request any more."""


class Generation:
    """Several choices at once. Call `start`, read `updates`, and `close` whatever happens."""

    def __init__(
        self,
        client: EngineClient,
        choices: list[Choice],
        *,
        timeout: float,
        keep_alive: float,
        watcher: Watcher,
        gap: float = 0.0,
    ) -> None:
        """`gap`: seconds from one look at what has come to the next; what comes in between comes together."""
        self.choices = choices
        self._client = client
        self._timeout = timeout
        self._keep_alive = keep_alive
        self._watcher = watcher
        self._gap = gap
        self._submitted: list[Choice] = []

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

    async def updates(self) -> AsyncIterator[Update | None]:
        """What happens, choice by choice as it comes; None after a while in which nothing did.

        Raises:
            ApiError: a choice failed, or the time is up.
        """
        bell, looked = Bell(), -math.inf
        for choice in self.choices:
            choice.events.listener = bell.ring
        try:
            while True:
                for choice in self.choices:
                    while choice.events.ready and not choice.done:
                        update = self._take(choice, choice.events.take())
                        if choice.text.stopped_early and not choice.done:
                            await self._end_early(choice)
                        self._watcher.update(update)
                        yield update
                if self.done:
                    return
                left = self._deadline - time.monotonic()
                if left <= 0:
                    late = self._too_late()
                    self._watcher.failed(None, late)
                    raise late
                if not await bell.wait(min(left, self._keep_alive)):
                    yield None
                    continue
                if (early := looked + self._gap - time.monotonic()) > 0:
                    await asyncio.sleep(early)
                looked = time.monotonic()
        finally:
            bell.close()

    @property
    def done(self) -> bool:
        """Whether every choice is complete."""
        for choice in self.choices:  # noqa: SIM110 - asked at every event, and a generator takes longer
            if not choice.done:
                return False
        return True

    @property
    def ready(self) -> bool:
        """Whether the next update is there already."""
        for choice in self.choices:  # noqa: SIM110
            if choice.events.ready and not choice.done:
                return True
        return False

    def _take(self, choice: Choice, event: Event | None) -> Update:
        try:
            return choice.take(event)
        except ApiError as error:
            self._watcher.failed(choice, error)
            raise

    def _too_late(self) -> ApiError:
        return from_code("request_deadline", f"not finished within {self._timeout:g} seconds")

    async def close(self) -> None:
        """Give up what is not done."""
        self._watcher.closed()
        for choice in self._submitted:
            if not choice.done:
                choice.done = True
                await self._client.cancel(choice.request.id)

    async def _end_early(self, choice: Choice) -> None:
        """Nothing more is wanted: take the ending if it came with the last commit, else cancel."""
        choice.done = True
        while choice.events.ready:
            event = choice.events.take()
            if isinstance(event, Finished):
                choice.ending = event
                return
        await self._client.cancel(choice.request.id)
