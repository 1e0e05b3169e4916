"""`GET /batch/stats`."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from llada_core.engine.stats import EngineStats

from ..authentication import operators_only
from ..context import Context
from ..replies import json_reply


@get("/batch/stats", guards=[operators_only])
async def batch_stats(context: NamedDependency[Context]) -> Response[bytes]:
    """The engine's counters, under the older names first; zeros before the model is loaded."""
    stats = await context.client.stats() or EngineStats(max_rows=context.settings.max_rows)
    engine = msgspec.to_builtins(stats)
    del engine["step_seconds"], engine["queue_seconds"]  # of use only to Prometheus
    body = {
        "max_batch_size": stats.max_rows,
        "max_wait_time": context.settings.max_wait_time,
        "pending_requests": stats.waiting,
        "currently_processing": stats.running,
        "mean_batch_size": stats.rows / stats.ticks if stats.ticks else None,
        "open_requests": context.gate.open,
        "refused_requests": context.gate.refused,
        "ignored_fields": context.ignored_fields,
        "engine": engine,
    }
    return json_reply(body)
