"""OpenTelemetry: one span a request."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from llada_server.app import create_app
from llada_server.context import Context
from llada_server.tracing import traced

from .fake_engine import FakeEngine

trace = pytest.importorskip("opentelemetry.sdk.trace")
pytest.importorskip("opentelemetry.instrumentation.asgi")
pytestmark = pytest.mark.anyio
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_stream_is_one_span(context: Context, engine: FakeEngine) -> None:
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    engine.text = "x" * 200
    exporter = InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app: Any = traced(create_app(context), provider)
    body = {
        "messages": [{"role": "user", "content": "a secret"}],
        "max_tokens": 200,
        "block_length": 1,
        "stream": True,
    }
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        reply = await http.post("/v1/chat/completions", json=body, headers={"traceparent": PARENT})
    assert reply.text.count("data: ") > 200
    (span,) = exporter.get_finished_spans()
    assert span.name == "POST /v1/chat/completions"
    assert f"{span.context.trace_id:032x}" == PARENT.split("-")[1]
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]
    assert "a secret" not in span.to_json()
    assert 200 in span.attributes.values()
