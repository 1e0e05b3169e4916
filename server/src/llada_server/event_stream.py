"""A response that sends events as they come and notices at once when the reader is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
}


class EventStream(Response[bytes]):
    """Server-sent events, already encoded.

    Args:
        events: every chunk of the body; must not raise.
        close: awaited once, however the stream ends: read to its end, or reader gone or stalled.
        send_timeout: seconds that the reader may take to make room before it counts as stalled.
    """

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        headers: dict[str, str],
        *,
        close: Callable[[], Awaitable[None]],
        send_timeout: float,
    ) -> None:
        super().__init__(b"")
        self._asgi = _EventStreamASGI(events, HEADERS | headers, close, send_timeout)

    def to_asgi_response(
        self, app: Any, request: Request[Any, Any, Any], *args: Any, **kwargs: Any
    ) -> ASGIResponse:
        """The ASGI side; Litestar's own arguments concern whole bodies."""
        return self._asgi


class _EventStreamASGI(ASGIResponse):
    __slots__ = ("_close", "_events", "_head", "_send_timeout", "_sending_since")

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        headers: dict[str, str],
        close: Callable[[], Awaitable[None]],
        send_timeout: float,
    ) -> None:
        super().__init__()
        self._events = events
        self._head = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._close = close
        self._send_timeout = send_timeout
        self._sending_since: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tasks = [
            asyncio.create_task(self._send_all(send)),
            asyncio.create_task(gone(receive)),
            asyncio.create_task(self._stalled()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._events.aclose()
            await self._close()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._head})
        async for event in self._events:
            self._sending_since = time.monotonic()
            await send({"type": "http.response.body", "body": event, "more_body": True})
            self._sending_since = None
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _stalled(self) -> None:
        """Return once an event has been on its way for too long; a timer an event would cost more."""
        while self._sending_since is None or time.monotonic() - self._sending_since < self._send_timeout:
            await asyncio.sleep(self._send_timeout / 4)


async def gone(receive: Receive) -> None:
    """Return when the client has disconnected; the request's body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
