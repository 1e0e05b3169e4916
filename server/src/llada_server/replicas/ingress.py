"""The HTTP side as a replica of Ray Serve."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from litestar.types import ASGIApp

from llada_core.checkpoints import read_facts, resolve
from llada_core.tokenizer import Tokenizer

from ..api_keys import ApiKeys
from ..app import create_inner_app
from ..breaker import Breaker
from ..context import Context
from ..loading import load_plugins
from ..logs import configure_logging
from ..options import variable
from ..startup import served_names, take_keys
from .options import Deployment
from .served_engines import ServedEngines


class Ingress:
    """The application of `llada serve`, in front of engines elsewhere."""

    async def __init__(self, deployment: Deployment, engines: Any) -> None:  # type: ignore[misc]
        """Read the tokenizer and wait for the first engine.

        Args:
            engines: `DeploymentHandle` of the engine replicas.
        """
        settings = deployment.settings
        configure_logging(settings.log_level, settings.log_format)
        files = [Path(file) for file in deployment.plugin_files]
        registry = await asyncio.to_thread(load_plugins, files, deployment.required_plugins)
        folder = await asyncio.to_thread(resolve, settings.model, settings.revision)
        breaker = Breaker.under(settings)
        self._context = Context(
            ServedEngines(engines, self._resize, breaker),
            settings,
            breaker=breaker,
            registry=registry,
            tokenizer=Tokenizer(folder),
            facts=read_facts(folder),
            names=served_names(settings, folder),
            keys=_keys("API key", deployment.api_key_file),
            admin_keys=_keys("admin key", deployment.admin_key_file),
        )
        await self._context.client.start()
        await asyncio.to_thread(self._context.algorithms)

    def __serve_build_asgi_app__(self) -> ASGIApp:
        """What Ray Serve sends HTTP requests to, with ids that it has made."""
        return create_inner_app(self._context)

    def _resize(self, engines: int) -> None:
        context = self._context
        context.gate.resize(context.settings.max_rows * max(1, engines))

    async def drain(self) -> int:
        """Refuse new requests and let open ones finish for a while; how many had to be ended after it."""
        context = self._context
        context.draining = True
        deadline = time.monotonic() + context.settings.drain_timeout
        while context.gate.open and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        left = context.gate.open
        await context.client.abort("draining", "the server is shutting down")
        return left


def _keys(kind: str, file: str | None) -> ApiKeys | None:
    """Those of the variable and of the file."""
    given = os.environ.get(variable(kind.lower().replace(" ", "_") + "s"), "")
    return take_keys([key for key in given.split(",") if key], Path(file) if file else None, kind)
