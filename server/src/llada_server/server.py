"""One server process: bind, load, serve, drain."""

from __future__ import annotations

import asyncio
import gc
import logging
import shlex
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from litestar.types import ASGIApp

from llada_core.errors import LladaError

from .app import create_app
from .connections import protocol
from .context import Context
from .errors import scrub
from .granian_server import GranianServer
from .listening import EXPOSED, is_exposed, url_of
from .settings import Settings
from .tracing import with_spans

log = logging.getLogger("llada_server")


def run(context: Context, listener: socket.socket) -> int:
    """Serve on `listener` until SIGTERM or SIGINT; returns the process's exit code."""
    # A long run of Python code in the engine's thread would otherwise hold up every reply by 5 ms.
    sys.setswitchinterval(0.0005)
    server = HttpServer(context, listener)
    settle()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(server.serve())


def settle() -> None:
    """Take what there is by now out of the garbage collector's sight, for as long as the process lives: each
    full look at it would hold up all replies."""
    gc.collect()
    gc.freeze()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which saves a third of the time of an event; None: asyncio's own, on Windows."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


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


def uvicorn_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How `app` is served."""
    return uvicorn.Config(
        app,
        http=protocol(settings),
        h11_max_incomplete_event_size=settings.max_header_bytes,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=settings.ssl_certfile,
        ssl_keyfile=settings.ssl_keyfile,
        timeout_graceful_shutdown=int(settings.drain_timeout) + 5,
    )


class HttpServer:
    """Serves a context on a bound socket; for embedding, where `run` is too much."""

    def __init__(
        self,
        context: Context,
        listener: socket.socket,
        *,
        around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    ) -> None:
        """`around` wraps the application."""
        self._context = context
        self._listener = listener
        self._failed = False
        settings = context.settings
        self._url = url_of(listener, tls=settings.ssl_certfile is not None)
        app = around(create_app(context))
        if settings.otlp_traces_endpoint is not None:
            app = with_spans(app, settings.otlp_traces_endpoint)
        self._server: _Server | GranianServer
        if settings.http_server == "granian":
            self._server = GranianServer(app, context)
        else:
            self._server = _Server(uvicorn_config(app, settings), context)

    def stop(self) -> None:
        """What a signal does: drain at the first call, stop at once at the second."""
        self._server.handle_exit(0, None)

    async def serve(self) -> int:
        """Load the model while already answering, serve until `stop` or a signal, drain.

        Returns:
            0, or 1 if the model could not be loaded.
        """
        if self._context.keys is None and is_exposed(self._listener):
            log.warning(EXPOSED, self._url)
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
        if info is not None:
            log.info("%s on %s in %s, loaded in %.1f s", context.names[0], info.device, info.dtype, seconds)
            log.info("room for keys and values of %d tokens", info.kv_tokens)
        log.info("algorithms: %s", ", ".join(context.available_algorithms) or "none available")
        path = context.settings.uds
        log.info("ready on %s (stop with Ctrl-C); try:", path or self._url)
        log.info(
            "  curl %s%s/v1/chat/completions %s-H 'Content-Type: application/json' "
            '-d \'{"messages": [{"role": "user", "content": "Hello"}]}\'',
            f"--unix-socket {shlex.quote(path)} " if path else "",
            self._url,
            "" if context.keys is None else "-H 'Authorization: Bearer KEY' ",
        )
