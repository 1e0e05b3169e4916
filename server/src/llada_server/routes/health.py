"""`GET /health`, `/health/live` and `/health/ready`."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from .. import __version__
from ..context import Context
from ..replies import json_reply


@get("/health")
async def health(context: NamedDependency[Context]) -> Response[bytes]:
    """Whether requests can be answered, and what is known about the engine; 503 while they cannot."""
    client = context.client
    stats, vitals = await client.stats(), client.vitals
    ready = client.state == "ready" and not context.draining
    names = context.available_algorithms
    body = {
        "status": "healthy" if ready else _status(context),
        "model_loaded": client.state == "ready",
        "model": context.names[0],
        "device": client.info.device if client.info else None,
        "dtype": client.info.dtype if client.info else None,
        "batch_processor_active": client.state == "ready",
        "pending_requests": stats.waiting if stats else 0,
        "running_requests": stats.running if stats else 0,
        "available_generation_algorithms": names,
        "total_generation_algorithms": len(context.registry.list_algorithms()),
        "reason": client.reason,
        "engine": client.state,
        "engine_restarts": vitals.restarts,
        "seconds_since_progress": vitals.seconds_since_progress,
        "version": __version__,
    }
    return json_reply(body, 200 if ready else 503, {} if ready else {"retry-after": "5"})


@get("/health/live")
async def live() -> Response[bytes]:
    """Whether the HTTP side runs: always 200."""
    return json_reply({"status": "alive"})


@get("/health/ready")
async def ready(context: NamedDependency[Context]) -> Response[bytes]:
    """Whether requests are taken: 200, or 503 with an error that says why not."""
    context.check_ready()
    return json_reply({"status": "ready"})


def _status(context: Context) -> str:
    if context.draining:
        return "draining"
    return {"starting": "loading", "restarting": "restarting"}.get(context.client.state, "unhealthy")
