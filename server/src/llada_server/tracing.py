"""Spans for OpenTelemetry: one a request, however many events its reply streams."""

from __future__ import annotations

from typing import Any

from litestar.types import ASGIApp

from .listening import StartError

MISSING = "--otlp-traces-endpoint: pip install 'llada-server[otel]'"


def with_spans(app: ASGIApp, endpoint: str) -> ASGIApp:
    """Wrap `app`: a span a request goes to `endpoint`, OTLP over HTTP.

    A request's `traceparent` is its span's parent. OpenTelemetry's own variables (`OTEL_...`) count.

    Raises:
        StartError: OpenTelemetry is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise StartError(MISSING) from None
    provider = TracerProvider(resource=Resource.create({"service.name": "llada-server"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
    return traced(app, provider)


def traced(app: ASGIApp, provider: Any) -> ASGIApp:
    """Wrap `app`: its spans go through `provider`.

    Raises:
        StartError: OpenTelemetry is not installed.
    """
    try:
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    except ImportError:
        raise StartError(MISSING) from None

    def name(scope: Any) -> tuple[str, dict[str, Any]]:
        return f"{scope.get('method', '')} {scope['path']}".strip(), {}

    wrapped: Any = OpenTelemetryMiddleware(
        app,
        default_span_details=name,
        tracer_provider=provider,
        exclude_spans=["receive", "send"],
    )
    return wrapped  # type: ignore[no-any-return]
