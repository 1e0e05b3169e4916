"""From the bytes of a request to checked values, as far as that is possible without a model."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from llada_core.algorithm import resolve_remasking
from llada_core.errors import ParameterError
from llada_core.facts import ModelFacts
from llada_core.logit_control import take_control
from llada_core.params import SamplingParams, parse
from llada_core.structure import Structure
from llada_core.template import Template

from .errors import ApiError, bad_request, unsupported
from .fields import CONTROL_FIELDS, REFUSED, SAMPLING_FIELDS, Endpoint, GenerationBody, StreamOptions
from .messages import ChatMessage, kind
from .suggest import near_match

S = TypeVar("S", bound=Struct)

DEFAULT_MAX_TOKENS = 128
MAX_FIELDS = 256
"""Most members of one object of the request; each unknown one is compared with every known name."""


class Input(Struct, frozen=True, kw_only=True):
    """One prompt as token ids; a request may hold several."""

    prompt: tuple[int, ...]
    suffix: tuple[int, ...] = ()
    template: Template | None = None
    """What follows the prompt, where holes are to be filled."""
    echo: str = ""
    """Text that goes in front of the reply."""
    name: str = ""
    """How an error names it, where there are several."""


class Holes(Struct, frozen=True, kw_only=True):
    """What a reply needs to know of a template."""

    names: list[str]
    fixed: list[str]
    """The text before each hole, and behind the last one."""
    together: bool


class Likelihood(Struct, frozen=True, kw_only=True):
    """How the log-likelihood of prompts is estimated."""

    samples: int
    start: int | list[int]
    """Tokens that are given, of every prompt or one a prompt."""

    def start_of(self, index: int) -> int:
        """That of prompt `index`."""
        return self.start if isinstance(self.start, int) else self.start[index]


class GenerationRequest(Struct, frozen=True, kw_only=True):
    """A request of any of the endpoints, checked as far as that is possible without a model."""

    endpoint: Endpoint
    body: GenerationBody
    limit_field: str
    """The name under which the request set `max_tokens`."""
    max_tokens: int
    """Most tokens of a choice's text; the canvas may hold more."""
    stop: tuple[str, ...]
    stream: StreamOptions | None
    """None: answer whole."""
    sampling: SamplingParams
    """As the request set them, not yet the effective values."""
    control: dict[str, Any]
    """Fields of `LogitControl`."""
    logprobs: int | None
    """How many alternatives with each log-probability; None: none are wanted."""
    extra: dict[str, Any]
    """Other top-level fields: an algorithm's own parameters, refused fields, or mistakes."""
    algorithm_params: dict[str, Any]
    structure: Structure | None = None
    """What each text has to look like."""
    structure_field: str = ""
    """The field that says so."""
    holes: Holes | None = None
    """The template's texts and names, where holes are to be filled."""
    likelihood: Likelihood | None = None
    """What is to be estimated of the prompts; None: nothing."""
    encode: Callable[[TextSide, ModelFacts], list[Input]]
    """Token ids of the prompts, at least one. May take a while, and raise an ApiError or a LladaError."""


class TextSide(Protocol):
    """What encoding a prompt uses of `llada_core.tokenizer.Tokenizer`."""

    @property
    def special_ids(self) -> frozenset[int]:
        """Ids that no text becomes."""

    def chat(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Ids of the conversation in the model's layout, ready for the reply."""

    def encode(self, text: str) -> list[int]:
        """Ids of plain text."""

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids, special tokens left out."""


def read_common(
    endpoint: Endpoint, values: Mapping[str, Any], body: GenerationBody, length: int | None = None
) -> dict[str, Any]:
    """The members of a `GenerationRequest` that all endpoints read alike.

    Args:
        values: the whole JSON object.
        body: the endpoint's own part of it.
        length: of all holes; None: the body says how long the reply may be.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    limit_field = _limit_field(body) if length is None else "template"
    max_tokens = length or getattr(body, limit_field) or DEFAULT_MAX_TOKENS
    return {
        "endpoint": endpoint,
        "body": body,
        "limit_field": limit_field,
        "max_tokens": max_tokens,
        "stop": _stop(body.stop),
        "stream": _stream(body),
        "sampling": _sampling(body, values, max_tokens),
        "control": _control(endpoint, values),
        "logprobs": body.alternatives,
        "extra": {name: value for name, value in values.items() if name not in endpoint.accepted},
        "algorithm_params": _algorithm_params(endpoint, body, values),
    }


def read_own(cls: type[S], values: Mapping[str, Any], without: Collection[str] = ()) -> S:
    """The members of a JSON object that are fields of `cls`, but for some.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    names = set(cls.__struct_fields__).difference(without)
    return checked(cls, {name: value for name, value in values.items() if name in names})


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


def without_refused(endpoint: Endpoint, extra: Mapping[str, Any], own: Collection[str]) -> dict[str, Any]:
    """`extra` without the fields that would change the reply's meaning if they were ignored.

    Args:
        extra: fields that the server does not implement.
        own: names of the algorithm's and the rule's own parameters, which go before the table.

    Raises:
        ApiError: 400 `unsupported_parameter`, unless the value asks for nothing.
    """
    rest = dict(extra)
    for name in [name for name in extra if name in endpoint.refused and name not in own]:
        value, row = rest.pop(name), REFUSED[name]
        if value is not None and not any(_same(value, harmless) for harmless in row.harmless):
            rule = f", or send {' or '.join(map(_json, row.harmless))}" if row.harmless else ""
            raise unsupported(name, f"{name}: not supported here ({row.why}); leave it out{rule}")
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


def _limit_field(body: GenerationBody) -> str:
    names = ("max_completion_tokens", "max_tokens", "gen_length")
    return next((name for name in names if getattr(body, name) is not None), "max_tokens")


def _stop(stop: str | list[str] | None) -> tuple[str, ...]:
    if stop is None:
        return ()
    return (stop,) if isinstance(stop, str) else tuple(stop)


def _stream(body: GenerationBody) -> StreamOptions | None:
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


def _sampling(body: GenerationBody, values: Mapping[str, Any], max_tokens: int) -> SamplingParams:
    try:
        remasking = resolve_remasking(body.remasking)
    except ParameterError as error:
        raise bad_request(str(error), error.field) from None
    given = {name: values[name] for name in SAMPLING_FIELDS if name in values}
    given |= {"gen_length": max_tokens, "temperature": body.temperature, "remasking": remasking}
    given["top_k"] = body.top_k if body.top_k > 0 else None
    given["seed"] = secrets.randbelow(2**53) if body.seed is None else body.seed
    return checked(SamplingParams, given)


def _control(endpoint: Endpoint, values: Mapping[str, Any]) -> dict[str, Any]:
    names = CONTROL_FIELDS & endpoint.implemented
    given = {name: values[name] for name in names if values.get(name) is not None}
    try:
        take_control(dict(given))
    except ParameterError as error:
        raise bad_request(str(error), error.field) from None
    return given


def _algorithm_params(endpoint: Endpoint, body: GenerationBody, values: Mapping[str, Any]) -> dict[str, Any]:
    params = _few(body.algorithm_params or {}, "algorithm_params")
    for name, value in params.items():
        where = f"algorithm_params.{name}"
        if name in endpoint.accepted:
            raise bad_request(f"{where}: a common field; it belongs at the top level", where)
        if name in values and not _same(values[name], value):
            raise bad_request(f"{where}: contradicts the field {name} at the top level; send one", where)
    return params


def check_unknown(
    names: Iterable[str],
    known: Collection[str],
    *,
    strict: bool,
    owners_of: Callable[[str], str] = lambda name: "",
) -> list[str]:
    """The fields to name as ignored: all of `names`. `owners_of` says whose parameter one is, if anybody's.

    Raises:
        ApiError: 400 for one that an algorithm or rule has which the request does not use, for one that looks
            like a misspelt one of `known`, and, if `strict`, for any.
    """
    names = list(names)
    for name in names:
        if owners := owners_of(name):
            raise bad_request(f"{name}: {owners}", name, "unknown_parameter")
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
