"""`GET /metrics`."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from ..authentication import operators_only
from ..context import Context
from ..metrics import CONTENT_TYPE, EngineView


@get("/metrics", guards=[operators_only])
async def metrics(context: NamedDependency[Context]) -> Response[bytes]:
    """Counters, gauges and histograms in Prometheus' text format."""
    client = context.client
    view = EngineView(
        stats=await client.stats(),
        up=client.state == "ready" and not context.draining,
        open_requests=context.gate.open,
        restarts=client.vitals.restarts,
        switched_off=context.breaker.switched_off(),
        times_off=context.breaker.times(),
    )
    text = context.metrics.text(view)
    return Response(text, headers={"content-type": CONTENT_TYPE})
