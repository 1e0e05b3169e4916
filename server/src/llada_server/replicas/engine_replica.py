"""One engine as a replica of Ray Serve."""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from llada_core.checkpoints import resolve
from llada_core.errors import LladaError

from ..engine_messages import Refusal, Taken
from ..loading import load_plugins, typed
from ..logs import configure_logging
from ..options import variable
from ..startup import make_client
from .callers import Callers
from .deaths import DeathRecord
from .messages import Look, encode, read_request
from .options import Deployment
from .router import OPEN_REQUESTS, READY

log = logging.getLogger(__name__)

ROUND = 1.0
"""Seconds from one search for orphaned requests to the next."""


class EngineReplica:
    """An `EngineClient` of one machine, behind methods that other machines can call."""

    async def __init__(self, deployment: Deployment) -> None:  # type: ignore[misc]
        """Load the model; Ray Serve counts the replica as there once this returns."""
        for name in ("api_keys", "admin_keys"):
            os.environ.pop(variable(name), None)
        settings = deployment.settings
        configure_logging(settings.log_level, settings.log_format)
        files = [Path(file) for file in deployment.plugin_files]
        self._registry = await asyncio.to_thread(load_plugins, files, deployment.required_plugins)
        folder = await asyncio.to_thread(resolve, settings.model, settings.revision)
        self._id = uuid.uuid4().hex
        self._deaths = DeathRecord()
        self._client = make_client(str(folder), settings, self._registry, files, self._deaths)
        self._open: Counter[str] = Counter()
        self._callers = Callers()
        await self._client.start()
        self._watch = asyncio.create_task(self._give_up_orphans())

    async def generate(self, algorithm: str, data: bytes, caller: str) -> AsyncIterator[bytes]:
        """Run one request: first whether it is taken, then its events. Who stops reading cancels it.

        Args:
            algorithm: that of the request, for the router.
            caller: who reads the events: an HTTP replica that also looks here.
        """
        request = typed(self._registry, read_request(data))
        self._open[algorithm] += 1
        self._callers.opened(caller, request.id)
        try:
            events = await self._client.submit(request)
            yield encode(Taken(request.id))
            async for event in events:
                yield encode(event)
        except LladaError as error:
            yield encode(Taken(request.id, Refusal.of(error)))
        finally:
            self._open[algorithm] -= 1
            self._callers.closed(caller, request.id)
            await self._client.cancel(request.id)

    async def _give_up_orphans(self) -> None:
        """End what nobody reads any more, for ever."""
        while True:
            for request_id in self._callers.orphans():
                log.warning("request %s is given up: its HTTP replica is gone", request_id)
                await self._client.cancel(request_id)
            await asyncio.sleep(ROUND)

    async def look(self, caller: str, lasting: float) -> bytes:
        """How the engine is doing; `caller` looks again within `lasting` seconds or is gone."""
        self._callers.heard(caller, lasting)
        client = self._client
        return encode(
            Look(
                replica=self._id,
                state=client.state,
                reason=client.reason,
                info=client.info,
                vitals=client.vitals,
                stats=await client.stats(),
                availability=dict(client.availability),
                deaths=list(self._deaths.deaths),
            )
        )

    def record_routing_stats(self) -> dict[str, Any]:
        """What routers want to know."""
        return {OPEN_REQUESTS: dict(+self._open), READY: self._client.state == "ready"}

    def check_health(self) -> None:
        """Raise once the engine has failed for good: then Ray Serve starts another replica."""
        if self._client.state in ("failed", "closed"):
            raise RuntimeError(self._client.reason or "the engine is closed")
