"""What a request says its reply has to look like: OpenAI's `response_format`, vLLM's `structured_outputs`."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from llada_core.errors import ParameterError
from llada_core.structure import Structure

from .errors import ApiError, bad_request, unsupported
from .fields import GenerationBody
from .messages import check_text, kind

FORMATS = ("text", "json_object", "json_schema")
WAYS = ("json", "json_object", "choice", "regex")
NO_EFFECT = ("disable_any_whitespace", "disable_fallback", "disable_additional_properties")


class Asked(Struct, frozen=True):
    """A structure, and the field that says it."""

    structure: Structure
    field: str


def read_structure(body: GenerationBody) -> dict[str, Any]:
    """The members of a `GenerationRequest` that say what its texts have to look like, if the body does.

    Raises:
        ApiError: 400 naming the field, or the part of the schema.
    """
    found = [
        asked
        for asked in (_response_format(body.response_format), _structured_outputs(body.structured_outputs))
        if asked is not None
    ]
    if len(found) > 1:
        raise bad_request(
            "structured_outputs: contradicts response_format; send one of them", "structured_outputs"
        )
    if found and body.stop:
        raise unsupported("stop", "stop: not together with structured output, whose text a stop string cuts")
    return {"structure": found[0].structure, "structure_field": found[0].field} if found else {}


def _response_format(value: Any) -> Asked | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") not in FORMATS:
        got = kind(value) if not isinstance(value, dict) else f"type {value.get('type')!r:.40}"
        raise bad_request(
            f"response_format: expected an object with a type of {', '.join(FORMATS)}; got {got}",
            "response_format",
        )
    if value["type"] == "text":
        return None
    if value["type"] == "json_object":
        return Asked(Structure.json_object(), "response_format")
    inside, where = value.get("json_schema"), "response_format.json_schema"
    if not isinstance(inside, dict) or "schema" not in inside:
        raise bad_request(f"{where}: expected an object with a schema", where)
    return _schema(inside["schema"], f"{where}.schema")


def _structured_outputs(value: Any) -> Asked | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request(f"structured_outputs: expected an object, got {kind(value)}", "structured_outputs")
    given = {name: part for name, part in value.items() if part is not None and part is not False}
    for name in NO_EFFECT:
        given.pop(name, None)
    other = next((name for name in given if name not in WAYS), None)
    if other is not None:
        raise unsupported(
            f"structured_outputs.{other}",
            f"structured_outputs.{other}: not supported; there are {', '.join(WAYS)}",
        )
    if len(given) != 1:
        raise bad_request(
            f"structured_outputs: expected one of {', '.join(WAYS)}, got {', '.join(given) or 'none'}",
            "structured_outputs",
        )
    ((name, part),) = given.items()
    where = f"structured_outputs.{name}"
    try:
        if name == "json_object":
            return Asked(Structure.json_object(), where)
        if name == "json":
            return _schema(_parsed(part, where), where)
        if name == "regex":
            return Asked(Structure.regex(_text(part, where)), where)
        if not isinstance(part, list):
            raise bad_request(f"{where}: expected an array of strings, got {kind(part)}", where)
        return Asked(Structure.choice([_text(text, where) for text in part]), where)
    except ParameterError as error:
        raise bad_request(f"{where}: {error.message}", where) from None


def _schema(schema: Any, where: str) -> Asked:
    if not isinstance(schema, (dict, bool)):
        raise bad_request(f"{where}: expected a JSON Schema, got {kind(schema)}", where)
    try:
        return Asked(Structure.json_schema(schema), where)
    except ParameterError as error:
        raise blame(error, where) from None


def _parsed(value: Any, where: str) -> Any:
    """A schema may come as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise bad_request(f"{where}: the string is not valid JSON", where) from None


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise bad_request(f"{where}: expected a string, got {kind(value)}", where)
    return check_text(value, where)


def blame(error: ParameterError, where: str) -> ApiError:
    """The 400 for what is wrong with the structure in field `where`."""
    return bad_request(f"{where}: {error.message}", where)
