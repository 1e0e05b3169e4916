"""A response that sends events as they come and notices at once when the reader is gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from .presence import ClientGoneError, WhileThere

log = logging.getLogger(__name__)

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
        self._stalled = False
        self._task: asyncio.Task[Any] | None = None
        self._look: asyncio.TimerHandle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._task = asyncio.current_task()
        self._watch_sending()
        try:
            async with WhileThere(receive):
                # In a task of its own, since what wakes it would pass through all layers around this one.
                await asyncio.create_task(self._send_all(send))
            await self._send(send, {"type": "http.response.body", "body": b"", "more_body": False})
        except ClientGoneError:  # nobody is there to be told
            pass
        except asyncio.CancelledError:
            if not self._stalled:
                raise
            log.info("a client does not read; its request is given up")
        finally:
            self._look.cancel()
            await self._events.aclose()
            await self._close()

    async def _send_all(self, send: Send) -> None:
        await self._send(send, {"type": "http.response.start", "status": 200, "headers": self._head})
        async for event in self._events:
            self._sending_since = time.monotonic()
            await send({"type": "http.response.body", "body": event, "more_body": True})
            self._sending_since = None

    async def _send(self, send: Send, message: Any) -> None:
        self._sending_since = time.monotonic()
        await send(message)
        self._sending_since = None

    def _watch_sending(self) -> None:
        """Give up once something has been on its way for too long; a timer an event would cost more."""
        since = self._sending_since
        if since is not None and time.monotonic() - since >= self._send_timeout and self._task is not None:
            self._stalled = True
            self._task.cancel()
        else:
            self._look = asyncio.get_running_loop().call_later(self._send_timeout / 4, self._watch_sending)
