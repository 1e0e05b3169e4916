"""`GET /v1/models` and `GET /v1/models/{id}`."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ..context import Context
from ..replies import json_reply


@get("/v1/models")
async def list_models(context: NamedDependency[Context]) -> Response[bytes]:
    """The one model, under each of its served names."""
    return json_reply({"object": "list", "data": [_model(context, name) for name in context.names]})


@get("/v1/models/{name:path}")
async def get_model(name: FromPath[str], context: NamedDependency[Context]) -> Response[bytes]:
    """One served name; it may hold slashes. Any other is a 404 that lists them."""
    return json_reply(_model(context, context.model_name(str(name).lstrip("/"))))


def _model(context: Context, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": context.created,
        "owned_by": "llada",
        "root": context.names[0],
        "max_model_len": context.facts.context_length,
    }
