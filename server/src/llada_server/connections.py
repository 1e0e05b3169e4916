"""HTTP connections: how many there may be, and how long each may take to say what it wants.

uvicorn closes a connection that idles after a reply, but waits for ever for the rest of a request's head; and
what is no HTTP it refuses in plain text.
"""

from __future__ import annotations

import asyncio
import sys
from http import HTTPStatus
from typing import Any

import h11
from litestar.types import ASGIApp, HTTPScope, Receive, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .chunked import ChunkedSend
from .errors import ApiError
from .settings import Settings
from .wire import encode

PIECE = 4096
"""Bytes of a head that are looked at together."""


def protocol(settings: Settings) -> type[H11Protocol]:
    """The protocol of connections under these settings, for `uvicorn.Config(http=...)`."""

    class Connection(LimitedConnection):
        max_connections = settings.max_connections
        header_timeout = settings.header_timeout

    return Connection


class LimitedConnection(H11Protocol):
    """HTTP/1.1 with limits, whose refusals are errors in OpenAI's shape."""

    max_connections: int
    header_timeout: float
    _waiting: asyncio.TimerHandle | None = None
    """Ends the connection if the head of its next request does not arrive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._application: ASGIApp = self.app
        self.app = self._answer

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, ChunkedSend(self, scope, send))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or turn it away where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.max_connections:
            full = ApiError(503, "too many connections", code="too_many_connections")
            self._refuse(full, (("retry-after", "1"),))
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; once a request is being answered, none is waited for."""
        # Only a head that is not complete yet is measured, and so it must not come all at once.
        while self._idle and len(data) > PIECE and not self.transport.is_closing():
            super().data_received(data[:PIECE])
            data = data[PIECE:]
        if not self.transport.is_closing():
            super().data_received(data)
        if self._idle:
            self._wait()
        else:
            self._wait_no_more()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; called where it was met."""
        if self.cycle is not None and self.cycle.response_started:
            self.transport.close()
            return
        error = sys.exc_info()[1]
        status = getattr(error, "error_status_hint", 400)
        if status == 431:
            self._refuse(ApiError(431, "the request's headers are too large", code="headers_too_large"))
        else:
            self._refuse(ApiError(400, "this is no valid HTTP/1.1 request", code="invalid_http"))

    @property
    def _idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        if self._waiting is None and not self.transport.is_closing():
            self._waiting = self.loop.call_later(self.header_timeout, self._too_slow)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        self._waiting = None
        if self.conn.our_state is not h11.IDLE:  # what trickles in is the body of a request that was refused
            self.transport.close()
            return
        slow = f"the request's headers did not arrive within {self.header_timeout:g} seconds"
        self._refuse(ApiError(408, slow, code="request_timeout"))

    def _refuse(self, error: ApiError, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Answer without a request, and close."""
        if self.transport.is_closing():
            return
        body = encode(error.body)
        lines = [
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
            *(f"{name}: {value}" for name, value in headers),
        ]
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self.transport.close()
