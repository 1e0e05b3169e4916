"""The application on a real socket, for what cannot be seen without one: timing and disconnects."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from llada_server.app import create_app
from llada_server.context import Context
from llada_server.server import uvicorn_config


class QuietServer(uvicorn.Server):
    """uvicorn that leaves signals alone."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)


@asynccontextmanager
async def live(context: Context) -> AsyncIterator[tuple[str, int]]:
    """Serve `context` on a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn_config(create_app(context), context.settings)
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:
            await asyncio.sleep(0.005)
        try:
            yield listener.getsockname()[:2]
        finally:
            server.should_exit = True
            server.force_exit = True
            await serving
