"""granian in place of uvicorn: HTTP in Rust, for servers that face clients directly."""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from litestar.types import ASGIApp

from .context import Context
from .listening import StartError
from .settings import Settings

if TYPE_CHECKING:
    from granian.server.embed import Server

LAST = 5.0
"""Seconds that streams get to say that they were cut, and granian to close connections."""


class GranianServer:
    """Serves an application as `uvicorn.Server` does, as far as `HttpServer` uses that."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        """
        Raises:
            StartError: granian is not installed.
        """
        try:
            import granian.server.embed  # noqa: F401
        except ImportError:
            raise StartError("--http-server granian: pip install 'llada-server[granian]'") from None
        self._app = app
        self._context = context
        self._stop, self._stop_now = asyncio.Event(), asyncio.Event()

    @property
    def should_exit(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @should_exit.setter
    def should_exit(self, value: bool) -> None:
        if value:
            self._stop.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """First call: finish what runs. Second: stop now."""
        if self._stop.is_set():
            self._stop_now.set()
        self._stop.set()

    async def serve(self, sockets: list[socket.socket]) -> None:
        """Serve on the address of the one socket, which granian opens anew, until told to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        server = make_server(self._app, self._context.settings, sockets[0])
        serving = asyncio.create_task(server.serve())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
            await self._drain()
            server.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait((serving,), timeout=LAST)
            if serving.done():
                serving.result()
        finally:
            stopping.cancel()
            serving.cancel()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def _drain(self) -> None:
        """Refuse new requests, let open ones finish for a while, then fail them."""
        context = self._context
        context.draining = True
        await self._wait_for_requests(context.settings.drain_timeout)
        await context.client.abort("draining", "the server is shutting down")
        await self._wait_for_requests(LAST)

    async def _wait_for_requests(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self._context.gate.open and loop.time() < deadline and not self._stop_now.is_set():
            await asyncio.sleep(0.02)


def make_server(app: ASGIApp, settings: Settings, listener: socket.socket) -> Server:
    """granian on the address of `listener`, which is closed."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.server.embed import Server

    name = listener.getsockname()
    listener.close()
    path = None
    if isinstance(name, str):
        path = Path(name)
        path.unlink(missing_ok=True)
    certificate, key = settings.ssl_certfile, settings.ssl_keyfile or settings.ssl_certfile
    return Server(
        app,
        address="localhost" if path else name[0],
        port=0 if path else name[1],
        uds=path,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=max(128, min(settings.max_connections, 2048)),
        backpressure=settings.max_connections,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(settings.header_timeout * 1000),
            max_buffer_size=max(8192, settings.max_header_bytes),
        ),
        log_enabled=False,
        ssl_cert=Path(certificate) if certificate else None,
        ssl_key=Path(key) if key else None,
    )
