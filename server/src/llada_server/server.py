"""One server process: bind, load, serve, drain."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from types import FrameType

import uvicorn

from llada_core.errors import LladaError

from .app import create_app
from .context import Context
from .errors import scrub
from .settings import Settings

log = logging.getLogger("llada_server")


class StartError(Exception):
    """The server cannot start; `str(error)` says why in one line."""


def bind(settings: Settings) -> socket.socket:
    """A socket on the address of `settings`, taken before the model is loaded.

    Raises:
        StartError: the port is in use, or the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it every reply waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {reason}; choose another with --port"
        ) from None
    return listener


def run(context: Context, listener: socket.socket) -> int:
    """Serve on `listener` until SIGTERM or SIGINT; returns the process's exit code."""
    # A long run of Python code in the engine's thread would otherwise hold up every reply by 5 ms.
    sys.setswitchinterval(0.0005)
    return asyncio.run(HttpServer(context, listener).serve())


class _Server(uvicorn.Server):
    """uvicorn, with a drain that ends streams by an error event instead of cutting them."""

    def __init__(self, config: uvicorn.Config, context: Context) -> None:
        super().__init__(config)
        self._context = context

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """First signal: finish what runs. Second: stop now. Neither is raised again, the exit code is 0."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse new requests, let open ones finish for a while, then fail them."""
        context = self._context
        context.draining = True
        if context.gate.open:
            log.info("stopping; %d open requests get %g s", context.gate.open, context.settings.drain_timeout)
        cut = asyncio.create_task(self._cut())
        try:
            await super().shutdown(sockets)
        finally:
            cut.cancel()

    async def _cut(self) -> None:
        await asyncio.sleep(self._context.settings.drain_timeout)
        await self._context.client.abort("draining", "the server is shutting down")


class HttpServer:
    """Serves a context on a bound socket; for embedding, where `run` is too much."""

    def __init__(self, context: Context, listener: socket.socket) -> None:
        self._context = context
        self._listener = listener
        self._failed = False
        settings = context.settings
        config = uvicorn.Config(
            create_app(context),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(settings.drain_timeout) + 5,
        )
        self._server = _Server(config, context)

    def stop(self) -> None:
        """What a signal does: drain at the first call, stop at once at the second."""
        self._server.handle_exit(0, None)

    async def serve(self) -> int:
        """Load the model while already answering, serve until `stop` or a signal, drain.

        Returns:
            0, or 1 if the model could not be loaded.
        """
        starting = asyncio.create_task(self._start_engine())
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            starting.cancel()
            await self._context.client.close()
        return 1 if self._failed else 0

    async def _start_engine(self) -> None:
        started = time.monotonic()
        try:
            await self._context.client.start()
            await asyncio.to_thread(self._context.algorithms)
        except Exception as error:
            self._failed, self._server.should_exit = True, True
            shown = (
                str(error)
                if isinstance(error, LladaError)
                else f"{type(error).__name__}: {scrub(str(error))}"
            )
            log.error("cannot load the model %s: %s", self._context.settings.model, shown)
        else:
            self._announce(time.monotonic() - started)

    def _announce(self, seconds: float) -> None:
        context, info = self._context, self._context.client.info
        host, port = self._listener.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        if info is not None:
            log.info("%s on %s in %s, loaded in %.1f s", context.names[0], info.device, info.dtype, seconds)
            log.info("room for keys and values of %d tokens", info.kv_tokens)
        log.info("algorithms: %s", ", ".join(context.available_algorithms) or "none available")
        log.info("ready on %s (stop with Ctrl-C); try:", url)
        log.info(
            "  curl %s/v1/chat/completions -H 'Content-Type: application/json' "
            '-d \'{"messages": [{"role": "user", "content": "Hello"}]}\'',
            url,
        )
        if host not in ("127.0.0.1", "::1"):
            log.warning("anybody who reaches %s can use this server: there is no authentication", url)
