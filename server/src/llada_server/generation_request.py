"""From the bytes of a chat request to checked values, as far as that is possible without a model."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from llada_core.algorithm import resolve_remasking
from llada_core.errors import ParameterError
from llada_core.params import SamplingParams, parse

from .errors import ApiError, bad_request, unsupported
from .fields import ACCEPTED_FIELDS, REFUSED, SAMPLING_FIELDS, ChatBody, StreamOptions
from .messages import ChatMessage, kind, read_messages
from .suggest import near_match

S = TypeVar("S", bound=Struct)

DEFAULT_MAX_TOKENS = 128
MAX_FIELDS = 256
"""Most members of one object of the request; each unknown one is compared with every known name."""


class ChatRequest(Struct, frozen=True, kw_only=True):
    """A chat request, checked as far as that is possible without a model."""

    body: ChatBody
    messages: list[ChatMessage]
    limit_field: str
    """The name under which the request set `max_tokens`."""
    stop: tuple[str, ...]
    stream: StreamOptions | None
    """None: answer whole."""
    sampling: SamplingParams
    """As the request set them, not yet the effective values; `gen_length` is `max_tokens`."""
    extra: dict[str, Any]
    """Other top-level fields: an algorithm's own parameters, refused fields, or mistakes."""
    algorithm_params: dict[str, Any]


def read_chat(raw: bytes) -> ChatRequest:
    """Decode and check the body of `POST /v1/chat/completions`.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    values = decode_object(raw)
    own = {name: value for name, value in values.items() if name in ChatBody.__struct_fields__}
    body = checked(ChatBody, own)
    limit_field = _limit_field(body)
    return ChatRequest(
        body=body,
        messages=read_messages(body.messages),
        limit_field=limit_field,
        stop=_stop(body.stop),
        stream=_stream(body),
        sampling=_sampling(body, values, getattr(body, limit_field) or DEFAULT_MAX_TOKENS),
        extra={name: value for name, value in values.items() if name not in ACCEPTED_FIELDS},
        algorithm_params=_algorithm_params(body, values),
    )


def decode_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`.

    Raises:
        ApiError: 400 `invalid_json`.
    """
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        what = str(error) if isinstance(error, msgspec.MsgspecError) else "not UTF-8, or nested too deeply"
        raise bad_request(f"the body is not valid JSON: {what}", code="invalid_json") from None
    if not isinstance(value, dict):
        raise bad_request(f"the body must be a JSON object, got {kind(value)}", code="invalid_json")
    _few(value, "the body")
    return value


def without_refused(extra: Mapping[str, Any], own: Collection[str]) -> dict[str, Any]:
    """`extra` without the fields that would change the reply's meaning if they were ignored.

    Args:
        extra: fields that the server does not implement.
        own: names of the algorithm's and the rule's own parameters, which go before the table.

    Raises:
        ApiError: 400 `unsupported_parameter`, unless the value asks for nothing.
    """
    rest = dict(extra)
    for name in [name for name in extra if name in REFUSED and name not in own]:
        value, allowed = rest.pop(name), REFUSED[name]
        if value is not None and not any(_same(value, harmless) for harmless in allowed):
            rule = f", or send {' or '.join(map(_json, allowed))}" if allowed else ""
            raise unsupported(name, f"{name}: not supported by this server; leave it out{rule}")
    return rest


def checked(cls: type[S], values: Mapping[str, Any]) -> S:
    """`llada_core.params.parse` with its errors as 400s."""
    try:
        return parse(cls, values)
    except ParameterError as error:
        raise bad_request(str(error), error.field) from None


def misspelt(name: str, known: Collection[str], where: str = "") -> ApiError | None:
    """The 400 for a field that looks like a misspelt known one, or None."""
    near = near_match(name, known)
    if near is None:
        return None
    message = f"{where}{name}: unknown parameter; did you mean {near!r}?"
    return bad_request(message, where + name, "unknown_parameter")


def _limit_field(body: ChatBody) -> str:
    names = ("max_completion_tokens", "max_tokens", "gen_length")
    return next((name for name in names if getattr(body, name) is not None), "max_tokens")


def _stop(stop: str | list[str] | None) -> tuple[str, ...]:
    if stop is None:
        return ()
    return (stop,) if isinstance(stop, str) else tuple(stop)


def _stream(body: ChatBody) -> StreamOptions | None:
    if not body.stream:
        if body.stream_options is not None:
            raise bad_request("stream_options: only allowed with stream: true", "stream_options")
        return None
    given = _few(body.stream_options or {}, "stream_options")
    known = StreamOptions.__struct_fields__
    for name in given:
        if name not in known and (error := misspelt(name, known, "stream_options.")):
            raise error
    try:
        return parse(StreamOptions, {name: value for name, value in given.items() if name in known})
    except ParameterError as error:
        raise bad_request(f"stream_options.{error}", f"stream_options.{error.field}") from None


def _sampling(body: ChatBody, values: Mapping[str, Any], max_tokens: int) -> SamplingParams:
    try:
        remasking = resolve_remasking(body.remasking)
    except ParameterError as error:
        raise bad_request(str(error), error.field) from None
    given = {name: values[name] for name in SAMPLING_FIELDS if name in values}
    given |= {"gen_length": max_tokens, "temperature": body.temperature, "remasking": remasking}
    given["top_k"] = body.top_k if body.top_k > 0 else None
    given["seed"] = secrets.randbelow(2**53) if body.seed is None else body.seed
    return checked(SamplingParams, given)


def _algorithm_params(body: ChatBody, values: Mapping[str, Any]) -> dict[str, Any]:
    params = _few(body.algorithm_params or {}, "algorithm_params")
    for name, value in params.items():
        where = f"algorithm_params.{name}"
        if name in ACCEPTED_FIELDS:
            raise bad_request(f"{where}: a common field; it belongs at the top level", where)
        if name in values and not _same(values[name], value):
            raise bad_request(f"{where}: contradicts the field {name} at the top level; send one", where)
    return params


def check_unknown(names: Iterable[str], known: Collection[str], *, strict: bool) -> list[str]:
    """The fields to name as ignored: all of `names`.

    Raises:
        ApiError: 400 for one that looks like a misspelt one of `known`, and, if `strict`, for any.
    """
    names = list(names)
    for name in names:
        if error := misspelt(name, known):
            raise error
    if names and strict:
        raise bad_request(f"{names[0]}: unknown parameter", names[0], "unknown_parameter")
    return names


def _few(value: dict[str, Any], where: str) -> dict[str, Any]:
    if len(value) > MAX_FIELDS:
        raise bad_request(f"{where}: at most {MAX_FIELDS} fields, got {len(value)}")
    return value


def _same(a: Any, b: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
