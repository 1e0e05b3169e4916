"""The OpenAPI document, made from the routes, the request bodies and the reply bodies as they are in code."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute
from msgspec import Struct

from llada_core.logit_control import LogitControl
from llada_core.params import SamplingParams

from . import __version__, wire
from .authentication import OPEN_PATHS
from .errors import ErrorBody
from .fields import BENIGN, ENDPOINTS, SCHEMA, HoleBody, StreamOptions
from .playground_files import FILES
from .token_request import DetokenizeBody, TokenizeBody

REPLIES = (wire.ChatCompletion, wire.Completion, wire.Infill, wire.InfillPiece, wire.ChunkChoice, wire.Canvas)
SHARED = (
    *REPLIES,
    ErrorBody,
    TokenizeBody,
    DetokenizeBody,
    StreamOptions,
    HoleBody,
    SamplingParams,
    LogitControl,
)


class Form(Struct, frozen=True, kw_only=True):
    """What goes in and out of an operation, beside JSON objects without a schema."""

    body: str | None = None
    reply: str | None = None
    event: str | None = None
    """What a server-sent event holds, where the reply may be a stream."""
    media_type: str = "application/json"


FORMS = {
    "chat_completions": Form(body="ChatBody", reply="ChatCompletion", event="Chunk"),
    "completions": Form(body="CompletionBody", reply="Completion", event="CompletionChunk"),
    "infill": Form(body="InfillBody", reply="Infill", event="InfillChunk"),
    "tokenize": Form(body="TokenizeBody"),
    "detokenize": Form(body="DetokenizeBody"),
    "metrics": Form(media_type="text/plain"),
    "documentation": Form(media_type="text/html"),
}
"""By the name of the route's function; the files of the playground are in their own table."""


def document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """OpenAPI 3.1 of these routes."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, handler in sorted(_operations(routes), key=lambda operation: operation[:2]):
        shown = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
        paths.setdefault(shown, {})[method.lower()] = _operation(shown, handler)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LLaDA server",
            "version": __version__,
            "description": "OpenAI's interface, where it has one; what is LLaDA's own comes as extra fields.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"api_key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"api_key": []}, {}],
    }


def schemas() -> dict[str, Any]:
    """Every body by its name."""
    bodies = [endpoint.body for endpoint in ENDPOINTS]
    _, found = msgspec.json.schema_components([*SHARED, *bodies], ref_template=SCHEMA)
    sampling = found.pop("SamplingParams")["properties"] | found.pop("LogitControl")["properties"]
    for endpoint in ENDPOINTS:
        name = endpoint.body.__name__
        found[name] = _request(found[name], sampling, endpoint.without)
    for other in (TokenizeBody, DetokenizeBody, StreamOptions, HoleBody):
        found[other.__name__] = _nullable(found[other.__name__])
    found["TokenizeBody"]["oneOf"] = [
        {"properties": {"prompt": {"type": "string"}}, "required": ["prompt"]},
        {"properties": {"messages": {"type": "array"}}, "required": ["messages"]},
    ]
    found["Chunk"] = _chunk(found["ChatCompletion"], "chat.completion.chunk", "ChunkChoice")
    found["CompletionChunk"] = _chunk(found["Completion"], "text_completion", "TextChoice")
    found["InfillChunk"] = _chunk(found["Infill"], "infill.chunk", "InfillPiece")
    return found


def _request(own: dict[str, Any], sampling: dict[str, Any], without: Collection[str]) -> dict[str, Any]:
    """A generating endpoint's fields; an algorithm's own come on top, so more are allowed."""
    benign = {name: {"description": f"Accepted without effect: {why}."} for name, why in BENIGN.items()}
    options = {"stream_options": {"anyOf": [_ref("StreamOptions"), {"type": "null"}]}}
    properties = sampling | own["properties"] | benign
    properties |= {name: options[name] | {"description": properties[name]["description"]} for name in options}
    properties = {name: rule for name, rule in properties.items() if name not in without}
    return _nullable(own | {"properties": properties, "additionalProperties": True})


def _nullable(body: dict[str, Any]) -> dict[str, Any]:
    required = body.get("required", ())
    properties = {
        name: rule if name in required else _or_null(rule) for name, rule in body["properties"].items()
    }
    return body | {"properties": properties}


def _or_null(rule: dict[str, Any]) -> dict[str, Any]:
    """An explicit null counts as left out."""
    if not rule.keys() & {"type", "anyOf", "enum"} or {"type": "null"} in rule.get("anyOf", ()):
        return rule
    outside = {name: rule[name] for name in ("description", "default") if name in rule}
    inside = {name: value for name, value in rule.items() if name not in outside}
    choices = inside["anyOf"] if set(inside) == {"anyOf"} else [inside]
    return {"anyOf": [*choices, {"type": "null"}]} | outside


def _chunk(reply: dict[str, Any], object: str, choice: str) -> dict[str, Any]:
    """An event of a stream: the whole reply's members, with pieces of choices."""
    properties = reply["properties"] | {
        "object": {"enum": [object]},
        "choices": {"type": "array", "items": _ref(choice)},
        "usage": {"anyOf": [_ref("Usage"), {"type": "null"}]},
        "llada": {"anyOf": [_ref("Run"), _ref("Canvas")]},
    }
    required = [name for name in reply["required"] if name not in ("usage", "llada")]
    return {"title": choice, "type": "object", "properties": properties, "required": required}


def _operations(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                yield route.path, str(method), handler


def _operation(path: str, handler: HTTPRouteHandler) -> dict[str, Any]:
    form = Form(media_type=FILES[path][1]) if path in FILES else FORMS.get(handler.handler_name, Form())
    summary, _, more = (handler.fn.__doc__ or "").partition("\n")
    made: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{handler.handler_name}_{path}").strip("_"),
        "summary": summary,
        "responses": {"200": _success(form), "default": _content("An error", _ref("ErrorBody"))},
    }
    if more.strip():
        made["description"] = more.strip()
    if path in OPEN_PATHS:
        made["security"] = []
    names = re.findall(r"\{(\w+)\}", path)
    if names:
        made["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    if form.body:
        made["requestBody"] = _content("", _ref(form.body)) | {"required": True}
        del made["requestBody"]["description"]
    if handler.handler_name == "health":
        made["responses"]["503"] = _success(form) | {
            "description": "The same, while requests cannot be answered"
        }
    return made


def _success(form: Form) -> dict[str, Any]:
    kind = "object" if form.media_type == "application/json" else "string"
    reply = _content("Success", _ref(form.reply) if form.reply else {"type": kind}, form.media_type)
    if form.event:
        event = {"type": "string", "contentMediaType": "application/json", "contentSchema": _ref(form.event)}
        data = {"anyOf": [event, {"const": "[DONE]"}]}
        events = {
            "description": "Events `data: {…}`, the last one `data: [DONE]`.",
            "type": "object",
            "properties": {"data": data},
            "required": ["data"],
        }
        reply["content"]["text/event-stream"] = {"schema": events}
    return reply


def _content(
    description: str, schema: dict[str, Any], media_type: str = "application/json"
) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": SCHEMA.format(name=name)}
