"""`GET /generation/algorithms` and one of them, also as `/v1/algorithms`."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from llada_core.errors import AmbiguousNameError, UnknownNameError
from llada_core.params import SamplingParams
from llada_core.plugins.parameters import json_schema

from ..authentication import operators_only
from ..context import Context
from ..errors import ApiError, scrub
from ..fields import GenerationBody
from ..replies import json_reply

READ_FIRST = ("temperature", "top_k", "seed")
"""Common parameters that a request's body holds within bounds of its own, and with other defaults."""
PLUGIN = ("name", "distribution", "version", "status", "reason", "algorithms", "rules")
NOTE = (
    "Choose one per request with generation_algorithm (a name or an alias); its own parameters (params) go "
    "beside the common ones (parameters). unmasking names an unmasking rule. What is unavailable or not "
    "loaded says why in reason."
)


def _common() -> dict[str, Any]:
    """JSON Schema of the common parameters as a request may hold them."""
    schema, body = json_schema(SamplingParams), json_schema(GenerationBody)
    assert schema is not None
    assert body is not None
    read_first = {name: body["properties"][name] for name in READ_FIRST}
    return schema | {"properties": schema["properties"] | read_first}


COMMON = _common()


@get(["/generation/algorithms", "/v1/algorithms"])
async def list_algorithms(context: NamedDependency[Context]) -> Response[bytes]:
    """What is installed: availability, origin, JSON Schema of parameters."""
    found = await asyncio.to_thread(context.algorithms)
    body = {
        "algorithms": [_shown(info) for info in found],
        "unmasking_rules": [_shown(info) for info in context.registry.describe_rules()],
        "parameters": COMMON,
        "plugins": [_plugin(record) for record in context.registry.records],
        "switched_off": context.breaker.switched_off(),
        "default": context.settings.default_algorithm,
        "note": NOTE,
    }
    return json_reply(body)


@get(["/generation/algorithms/{name:str}", "/v1/algorithms/{name:str}"])
async def get_algorithm(name: FromPath[str], context: NamedDependency[Context]) -> Response[bytes]:
    """One of them by any of its names, with the common parameters and the rules that it works with."""
    canonical = _canonical(context, name)
    found = await asyncio.to_thread(context.algorithms)
    info = next(info for info in found if info.name == canonical)
    rules = [rule for rule in context.registry.describe_rules() if rule.name in info.unmasking]
    return json_reply(_shown(info) | {"parameters": COMMON, "unmasking_rules": [_shown(r) for r in rules]})


@post(
    ["/generation/algorithms/{name:str}/switch-on", "/v1/algorithms/{name:str}/switch-on"],
    status_code=200,
    guards=[operators_only],
)
async def switch_on(name: FromPath[str], context: NamedDependency[Context]) -> Response[bytes]:
    """Let an algorithm take requests again that was switched off because it had failed."""
    canonical = _canonical(context, name)
    return json_reply({"algorithm": canonical, "was_switched_off": context.breaker.switch_on(canonical)})


def _canonical(context: Context, name: str) -> str:
    """The canonical name of an algorithm in an address.

    Raises:
        ApiError: 404 for one that there is not.
    """
    try:
        return context.registry.resolve(name)
    except AmbiguousNameError:
        raise
    except UnknownNameError as error:
        raise ApiError(404, scrub(str(error)), code=error.code) from None


def _shown(info: msgspec.Struct) -> dict[str, Any]:
    """`info` as JSON, without paths of this machine."""
    shown: dict[str, Any] = msgspec.to_builtins(info)
    for name in ("reason", "hint"):
        if shown.get(name):
            shown[name] = scrub(shown[name])
    return shown


def _plugin(record: msgspec.Struct) -> dict[str, Any]:
    shown = _shown(record)
    return {name: shown[name] for name in PLUGIN}
