"""Work for a client, given up once nobody is there to take it."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType

from litestar.types import Receive

from .errors import ApiError

log = logging.getLogger(__name__)


class ClientGoneError(ApiError):
    """For the log; nobody is left to read it."""

    def __init__(self) -> None:
        super().__init__(499, "the client closed the connection", code="client_closed")


class WhileThere:
    """`async with WhileThere(receive):` cancels what is in it when the client disconnects, as
    `asyncio.timeout` does when the time is up. The request's body must have been read.

    Raises:
        ClientGoneError: it did.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("needs a task")
        self._task = task
        self._before = task.cancelling()
        self._watcher = asyncio.create_task(_gone(self._receive))
        self._watcher.add_done_callback(self._leave)

    def _leave(self, watcher: asyncio.Task[None]) -> None:
        if not watcher.cancelled():
            self._gone = True
            self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watcher.remove_done_callback(self._leave)
        self._watcher.cancel()
        if self._gone and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            log.info("a client is gone; its request is given up")
            raise ClientGoneError from None


async def _gone(receive: Receive) -> None:
    """Return when the client has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass
