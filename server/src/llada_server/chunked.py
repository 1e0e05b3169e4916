"""The pieces of a chunked reply on uvicorn's connections, framed without h11."""

from __future__ import annotations

from collections.abc import Awaitable

from litestar.types import HTTPScope, Message, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class ChunkedSend:
    """The `send` of one request; h11 would take a third of a piece's time for its three lines.

    Nothing but whole pieces goes by h11, which counts none of them: it writes the head and the last chunk,
    and keeps the connection's state.
    """

    def __init__(self, connection: H11Protocol, scope: HTTPScope, send: Send) -> None:
        self._connection, self._cycle = connection, connection.cycle
        self._scope, self._send = scope, send
        self._chunked = False

    def __call__(self, message: Message) -> Awaitable[None]:
        """Send one message."""
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            if self._chunked and body and message.get("more_body"):
                return self._write(body)
        elif message["type"] == "http.response.start":
            self._chunked = (
                self._scope["http_version"] == "1.1"
                and self._scope["method"] != "HEAD"
                and message["status"] == 200
                and all(name.lower() != b"content-length" for name, _ in message.get("headers", []))
            )
        return self._send(message)

    async def _write(self, body: bytes) -> None:
        cycle, flow = self._cycle, self._connection.flow
        if flow.write_paused and not cycle.disconnected:
            await flow.drain()
        if not cycle.disconnected:
            self._connection.transport.write(b"%x\r\n%b\r\n" % (len(body), body))
