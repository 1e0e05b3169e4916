"""From a checked chat request to engine requests for this server's model and plugins."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from msgspec import Struct

from llada_core.engine.request import Request, build_request
from llada_core.errors import LladaError, ParameterError

from .chat_request import ChatRequest, check_unknown, without_refused
from .context import Context
from .errors import ApiError, bad_request, from_llada
from .fields import KNOWN_FIELDS
from .selection import Selection, select_algorithm


class Prepared(Struct, frozen=True, kw_only=True):
    """A chat request that can run."""

    chat: ChatRequest
    model: str
    selection: Selection
    requests: list[Request]
    """One a choice; they differ in id and seed."""
    ignored: list[str]
    """Unknown fields that were ignored."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the prompt, counted once however many choices there are."""
        return len(self.requests[0].prompt)

    @property
    def canvas_tokens(self) -> int:
        """Canvas positions of all choices."""
        return sum(request.canvas_length for request in self.requests)


def prepare(context: Context, chat: ChatRequest) -> Prepared:
    """Resolve names, encode the prompt, validate what only model and plugins can.

    May take a while (long prompts, availability checks of plugins): call it in a worker thread.

    Raises:
        ApiError: 400 or 404, naming the field.
    """
    model = context.model_name(chat.body.model)
    selection = select_algorithm(chat.body, context.settings.default_algorithm)
    try:
        own = _own_parameters(context, selection.name, chat)
        extra = without_refused(chat.extra, own)
        context.check_available(selection.name)
        prompt = context.tokenizer.chat(chat.messages)
        first, rest = build_request(
            context.registry,
            context.facts,
            {**msgspec.structs.asdict(chat.sampling), **extra, **chat.algorithm_params},
            id="",
            algorithm=selection.name,
            prompt=tuple(prompt),
            preview=chat.stream is not None and chat.stream.include_canvas,
        )
    except LladaError as error:
        raise _blame(error, chat) from None
    _refuse_leftover(chat.algorithm_params, rest, own, first.algorithm)
    unknown = [name for name in rest if name in extra]
    ignored = check_unknown(unknown, KNOWN_FIELDS | own, strict=context.settings.strict_params)
    return Prepared(
        chat=chat,
        model=model,
        selection=selection,
        requests=[_choice(first, index) for index in range(chat.body.n)],
        ignored=ignored,
    )


def effective_parameters(request: Request) -> dict[str, Any]:
    """What runs: common values, then the algorithm's and the rule's own."""
    parts = (request.params, request.algorithm_params, request.rule_params)
    return {
        name: value
        for part in parts
        if part is not None
        for name, value in msgspec.to_builtins(part).items()
        if name != "seed"
    }


def _own_parameters(context: Context, algorithm: str, chat: ChatRequest) -> frozenset[str]:
    """Names of the parameters that the algorithm and the unmasking rule declare."""
    registry = context.registry
    name = registry.resolve(algorithm)
    rule = registry.check_pairing(name, chat.sampling.rule)
    classes = (registry.params_for(name), registry.rule_params_for(rule))
    return frozenset(field for cls in classes if cls is not None for field in cls.__struct_fields__)


def _choice(request: Request, index: int) -> Request:
    """The request of choice `index`: its own id, and seed + index within 64 bits."""
    seed = (request.params.seed + index + 2**63) % 2**64 - 2**63
    params = msgspec.structs.replace(request.params, seed=seed)
    return msgspec.structs.replace(request, id=uuid.uuid4().hex, params=params)


def _blame(error: LladaError, chat: ChatRequest) -> ApiError:
    """`error` with the names that the client used."""
    reply = from_llada(error)
    if reply.param in ("gen_length", "max_tokens"):
        reply.param = chat.limit_field
    if isinstance(error, ParameterError) and reply.code == "invalid_parameter":
        if error.field in chat.algorithm_params:
            reply.param = f"algorithm_params.{error.field}"
        if error.field in chat.algorithm_params or error.field in chat.extra:
            reply.code = "invalid_algorithm_params"
    if reply.param == "generation_algorithm" and chat.body.generation_algorithm is None:
        reply.param = "algorithm" if chat.body.algorithm is not None else None
    return reply


def _refuse_leftover(
    params: dict[str, Any], rest: dict[str, Any], own: frozenset[str], algorithm: str
) -> None:
    """`algorithm_params` says what it is for, so nothing in it is ignored."""
    for name in params:
        if name in rest:
            takes = ", ".join(sorted(own)) or "none of its own"
            raise bad_request(
                f"algorithm_params.{name}: not a parameter of {algorithm} or its unmasking rule ({takes})",
                f"algorithm_params.{name}",
                "invalid_algorithm_params",
            )
