"""From a checked request to engine requests for this server's model and plugins."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from msgspec import Struct

from llada_core.engine.likelihood_request import LikelihoodRequest
from llada_core.engine.request import Request, build_request
from llada_core.errors import ContextLengthError, LladaError, ParameterError, UnavailableError
from llada_core.logit_control import encode_bad_words
from llada_core.structure import Structure

from .context import Context
from .errors import ApiError, bad_request, from_llada
from .generation_request import GenerationRequest, Input, check_unknown, without_refused
from .selection import Selection, select_algorithm
from .settings import Settings
from .structured_request import blame


class Prepared(Struct, frozen=True, kw_only=True):
    """A request that can run."""

    asked: GenerationRequest
    model: str
    selection: Selection
    inputs: list[Input]
    requests: list[Request]
    """One a choice, those of the first prompt first; a prompt's differ in id and seed."""
    likelihoods: list[LikelihoodRequest | None]
    """One a prompt whose log-likelihood is asked for; None where it has no token."""
    ignored: list[str]
    """Unknown fields that were ignored."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens of prompts, suffixes and templates, each counted once however many choices it has."""
        return sum(request.fixed_tokens for request in self.requests[:: self.asked.body.n])

    @property
    def work(self) -> int:
        """Requests to the engine."""
        return len(self.requests) + sum(request is not None for request in self.likelihoods)

    @property
    def canvas_tokens(self) -> int:
        """Canvas positions of all choices."""
        estimates = sum(len(request.tokens) for request in self.likelihoods if request is not None)
        return estimates + sum(request.canvas_length for request in self.requests)

    def input_of(self, index: int) -> Input:
        """The prompt of choice `index`."""
        return self.inputs[index // self.asked.body.n]


def prepare(context: Context, asked: GenerationRequest) -> Prepared:
    """Resolve names, encode the prompts, validate what only model and plugins can.

    May take a while (long prompts, availability checks of plugins): call it in a worker thread.

    Raises:
        ApiError: 400 or 404, naming the field.
    """
    model = context.model_name(asked.body.model)
    if asked.body.n > context.settings.max_n:
        raise bad_request(f"n: at most {context.settings.max_n} choices, got {asked.body.n}", "n")
    selection = select_algorithm(asked.body, context.settings.default_algorithm)
    try:
        own = _own_parameters(context, selection.name, asked)
        extra = without_refused(asked.endpoint, asked.extra, own)
        context.check_available(selection.name)
        inputs = asked.encode(context.tokenizer, context.facts)
        _check_amount(context, asked, len(inputs))
        if asked.structure is not None:
            _check_structure(context, asked, asked.structure)
        control = _control(context, asked)
        likelihoods = [_likelihood(context, asked, part, n) for n, part in enumerate(inputs)]
        built = [_build(context, asked, selection, extra | control, part) for part in inputs]
    except LladaError as error:
        raise _blame(error, asked) from None
    for request, _ in built:
        _check_work(context.settings, asked, request)
    first, rest = built[0]
    _refuse_leftover(context, asked.algorithm_params, rest, own, first.algorithm)
    unknown = [name for name in rest if name in extra]
    known = asked.endpoint.known | own
    ignored = check_unknown(
        unknown, known, strict=context.settings.strict_params, owners_of=context.registry.owners_of
    )
    return Prepared(
        asked=asked,
        model=model,
        selection=selection,
        inputs=inputs,
        likelihoods=likelihoods if asked.likelihood is not None else [],
        requests=[_choice(request, index) for request, _ in built for index in range(asked.body.n)],
        ignored=ignored,
    )


def _build(
    context: Context, asked: GenerationRequest, selection: Selection, extra: dict[str, Any], part: Input
) -> tuple[Request, dict[str, Any]]:
    watched = asked.stream is not None and asked.stream.include_canvas
    try:
        return build_request(
            context.registry,
            context.facts,
            {**msgspec.structs.asdict(asked.sampling), **extra, **asked.algorithm_params},
            id="",
            algorithm=selection.name,
            prompt=part.prompt,
            suffix=part.suffix,
            template=part.template,
            together=asked.holes is not None and asked.holes.together,
            structure=asked.structure,
            preview=watched or asked.body.trace is not None,
            logprobs=asked.logprobs,
        )
    except ContextLengthError as error:
        if not part.name:
            raise
        raise ContextLengthError(error.field or "max_tokens", f"{part.name}: {error.message}") from None


def _likelihood(
    context: Context, asked: GenerationRequest, part: Input, index: int
) -> LikelihoodRequest | None:
    """The estimate that is asked for of a prompt."""
    if asked.likelihood is None or not part.prompt:
        return None
    start = asked.likelihood.start_of(index)
    if start >= len(part.prompt):
        where = f" of {part.name}" if part.name else ""
        raise ParameterError(
            "likelihood_from", f"{start} of the {len(part.prompt)} tokens{where} leave none to estimate"
        )
    request = LikelihoodRequest(
        id=uuid.uuid4().hex,
        tokens=part.prompt,
        start=start,
        samples=asked.likelihood.samples,
        seed=asked.sampling.seed,
    )
    request.check(context.facts)
    return request


def _control(context: Context, asked: GenerationRequest) -> dict[str, Any]:
    """Fields of `LogitControl`, texts encoded."""
    if not asked.body.bad_words:
        return asked.control
    words = encode_bad_words(asked.body.bad_words, context.tokenizer.encode)
    return asked.control | {"bad_words_ids": [*asked.control.get("bad_words_ids", ()), *words]}


def _check_structure(context: Context, asked: GenerationRequest, structure: Structure) -> None:
    """Refuse a structure of which no grammar can be made, and one whose shortest text has no room."""
    if context.checker is None:
        raise UnavailableError("structured output: there is no tokenizer.json to make grammars of")
    try:
        shortest = context.checker.check(structure)
    except ParameterError as error:
        raise blame(error, asked.structure_field) from None
    if shortest is not None and shortest > asked.max_tokens:
        raise bad_request(
            f"{asked.limit_field}: {asked.max_tokens} tokens are too few for {asked.structure_field}, whose "
            f"shortest text that was found has {shortest}",
            asked.limit_field,
        )


def _check_amount(context: Context, asked: GenerationRequest, prompts: int) -> None:
    """Bound what one request can ask for."""
    choices, most = prompts * asked.body.n, context.settings.max_choices
    if choices > most:
        raise bad_request(
            f"n: {asked.body.n} choices for each of {prompts} prompts are {choices}; at most {most}", "n"
        )
    length, context_length = asked.sampling.gen_length, context.facts.context_length
    if length <= context_length and choices * length > 8 * context_length:
        raise bad_request(
            f"{asked.limit_field}: {choices} choices of {length} tokens are more than the "
            f"{8 * context_length} that one request may ask for",
            asked.limit_field,
        )


def _check_work(settings: Settings, asked: GenerationRequest, request: Request) -> None:
    """Bound what one choice can cost: its canvas, and that times its forwards."""
    canvas, params = request.canvas_length, request.params
    if settings.max_canvas is not None and canvas > settings.max_canvas:
        raise bad_request(
            f"{asked.limit_field}: prompt and reply are {canvas} tokens, and at most {settings.max_canvas} "
            "are taken here",
            asked.limit_field,
            "context_length_exceeded",
        )
    forwards = min(params.steps or params.gen_length, params.gen_length) * (2 if params.cfg_scale else 1)
    if forwards * canvas > settings.max_forward_tokens:
        raise bad_request(
            f"steps: {forwards} forwards on {canvas} tokens are more than the {settings.max_forward_tokens} "
            "that one choice may compute",
            "steps",
        )


def effective_parameters(request: Request) -> dict[str, Any]:
    """What runs; the seed is reported by itself."""
    return {name: value for name, value in request.effective().items() if name != "seed"}


def _own_parameters(context: Context, algorithm: str, asked: GenerationRequest) -> frozenset[str]:
    """Names of the parameters that the algorithm and the unmasking rule declare."""
    registry = context.registry
    name = registry.resolve(algorithm)
    rule = registry.check_pairing(name, asked.sampling.rule)
    classes = (registry.params_for(name), registry.rule_params_for(rule))
    return frozenset(field for cls in classes if cls is not None for field in cls.__struct_fields__)


def _choice(request: Request, index: int) -> Request:
    """The request of choice `index`: its own id, and seed + index within 64 bits."""
    seed = (request.params.seed + index + 2**63) % 2**64 - 2**63
    params = msgspec.structs.replace(request.params, seed=seed)
    return msgspec.structs.replace(request, id=uuid.uuid4().hex, params=params)


def _blame(error: LladaError, asked: GenerationRequest) -> ApiError:
    """`error` with the names that the client used."""
    if isinstance(error, ParameterError) and error.field == "structure":
        return blame(error, asked.structure_field)
    reply = from_llada(error)
    if reply.param in ("gen_length", "max_tokens"):
        reply.param = asked.limit_field
    if isinstance(error, ParameterError) and reply.code == "invalid_parameter":
        if error.field in asked.algorithm_params:
            reply.param = f"algorithm_params.{error.field}"
        if error.field in asked.algorithm_params or error.field in asked.extra:
            reply.code = "invalid_algorithm_params"
    if reply.param == "generation_algorithm" and asked.body.generation_algorithm is None:
        reply.param = "algorithm" if asked.body.algorithm is not None else None
    return reply


def _refuse_leftover(
    context: Context, params: dict[str, Any], rest: dict[str, Any], own: frozenset[str], algorithm: str
) -> None:
    """`algorithm_params` says what it is for, so nothing in it is ignored."""
    for name in params:
        if name in rest:
            takes = ", ".join(sorted(own)) or "none of its own"
            owners = context.registry.owners_of(name)
            raise bad_request(
                f"algorithm_params.{name}: "
                + (owners or f"not a parameter of {algorithm} or its unmasking rule ({takes})"),
                f"algorithm_params.{name}",
                "invalid_algorithm_params",
            )
