"""A request as the engine takes it, and how one is built from untrusted values. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from ..errors import ContextLengthError, ParameterError
from ..facts import ModelFacts
from ..logit_control import LogitControl, take_control
from ..params import SamplingParams, parse, take_part
from ..structure import Structure
from ..template import HoleSpan, Template, parts_of

if TYPE_CHECKING:
    from ..registry import GenerationRegistry


MOST_LOGPROBS = 20
"""Most alternatives with each token."""


class Request(msgspec.Struct, frozen=True, kw_only=True, tag="request"):
    """One canvas to fill: token ids and parameters; text stays outside the engine."""

    id: str
    prompt: tuple[int, ...]
    suffix: tuple[int, ...] = ()
    """Fixed text behind the generated part (infilling)."""
    inside: tuple[int, ...] = ()
    """Ids of the generated part where text is fixed inside it; those in `holes` do not count."""
    holes: tuple[HoleSpan, ...] = ()
    """What of the generated part is to be generated, as `Template.of` lays it out; empty: all of it."""
    together: bool = False
    """Whether all holes are denoised at once, instead of one after the other."""
    algorithm: str
    """Canonical name, as the registry resolved it."""
    params: SamplingParams
    """Effective values (`SamplingParams.effective`)."""
    algorithm_params: Any = None
    """Instance of the algorithm's `Params`, or None if it declares none."""
    rule_params: Any = None
    """Instance of the unmasking rule's `Params`, or None if it declares none."""
    preview: bool = False
    """Whether `Preview` events are wanted."""
    logprobs: Annotated[int, Meta(ge=0, le=MOST_LOGPROBS)] | None = None
    """Whether log-probabilities are wanted with each token, and with how many alternatives."""
    structure: Structure | None = None
    """What its text has to look like; `max_tokens` then says how long it may be."""
    max_tokens: int = 0
    """Most tokens of the text, where `structure` is given: the canvas may hold more."""
    control: LogitControl | None = None
    """Changes of its logits and more ids that end its text; None: nothing of it."""

    @property
    def canvas_length(self) -> int:
        """Canvas positions: prompt, generated part, suffix."""
        return len(self.prompt) + self.params.gen_length + len(self.suffix)

    @property
    def copies(self) -> int:
        """How many canvases a forward of it holds: with guidance also one without the prompt."""
        return 2 if self.params.cfg_scale > 0 else 1

    @property
    def fixed_tokens(self) -> int:
        """Those of them that hold text of the request."""
        holes = sum(hole.length for hole in self.holes)
        return self.canvas_length - (holes or self.params.gen_length)

    def effective(self) -> dict[str, Any]:
        """What runs: common values, logit control, the algorithm's and the rule's own."""
        parts = (self.params, self.control, self.algorithm_params, self.rule_params)
        return {
            name: value
            for part in parts
            if part is not None
            for name, value in msgspec.to_builtins(part).items()
        }

    def stop_ids(self, end_ids: Sequence[int]) -> tuple[int, ...]:
        """Ids that end its text; `end_ids` are the model's, which count unless they are to be ignored."""
        own = () if self.control is None else self.control.stop_token_ids
        return own if self.params.ignore_eos else (*end_ids, *own)

    def padding_ids(self, end_ids: Sequence[int]) -> tuple[int, ...]:
        """Ids that are left out of the fills of holes; `end_ids` are the model's."""
        return (*end_ids, *(() if self.control is None else self.control.stop_token_ids))


def build_request(
    registry: GenerationRegistry,
    facts: ModelFacts,
    values: Mapping[str, Any],
    *,
    id: str,
    algorithm: str,
    prompt: tuple[int, ...],
    suffix: tuple[int, ...] = (),
    template: Template | None = None,
    together: bool = False,
    preview: bool = False,
    logprobs: int | None = None,
    structure: Structure | None = None,
) -> tuple[Request, dict[str, Any]]:
    """Validate flat `values` in parts: common, logit control, the algorithm's, the unmasking rule's.

    Args:
        template: what follows the prompt: its holes are filled, and `gen_length` is what they span.
        together: fill all holes at once, instead of one after the other.
        structure: what the text has to look like.

    Returns:
        The request, and those of `values` that belong to none of the parts.

    Raises:
        ParameterError: a value that can never work, naming its field.
        ContextLengthError: the canvas is longer than the model's context, naming both numbers.
        UnknownNameError, AmbiguousNameError, UnavailableError: the algorithm or the rule.
    """
    name = registry.resolve(algorithm)
    common = {key: value for key, value in values.items() if key in SamplingParams.__struct_fields__}
    params = parse(SamplingParams, common)
    max_tokens = params.gen_length
    if template is not None:
        length = len(prompt) + len(template.before) + len(template.inside) + len(template.after)
        params = _over_holes(params, template, length, together)
        prompt, suffix = (*prompt, *template.before), (*template.after, *suffix)
    else:
        params = params.effective()
    rule = registry.check_pairing(name, params.rule)
    params = msgspec.structs.replace(params, unmasking=rule)
    rest = {key: value for key, value in values.items() if key not in common}
    control = take_control(rest)
    algorithm_params = take_part(registry.params_for(name), rest)
    rule_params = take_part(registry.rule_params_for(rule), rest)
    request = Request(
        id=id,
        prompt=tuple(prompt),
        suffix=tuple(suffix),
        inside=() if template is None else template.inside,
        holes=() if template is None else template.holes,
        together=together,
        algorithm=name,
        params=params,
        algorithm_params=algorithm_params,
        rule_params=rule_params,
        preview=preview,
        logprobs=logprobs,
        structure=structure,
        max_tokens=0 if structure is None else max_tokens,
        control=control,
    )
    check_fits(request, facts)
    return request, rest


def _over_holes(params: SamplingParams, template: Template, length: int, together: bool) -> SamplingParams:
    """The values that run for the holes of a canvas of `length`: blocks that fit it, and one token a step
    where no steps are asked for.

    Raises:
        ParameterError: as `SamplingParams.effective`.
    """
    block_length = min(params.block_length, length)
    masks = sum(hole.length for hole in template.holes)
    fewest = len(parts_of(template.holes, block_length, together))
    steps = masks if params.steps is None else max(min(params.steps, masks), fewest)
    params = msgspec.structs.replace(params, gen_length=masks).effective()
    span = len(template.inside)
    block_length = span if together else block_length
    return msgspec.structs.replace(params, steps=steps, gen_length=span, block_length=block_length)


def check_fits(request: Request, facts: ModelFacts) -> None:
    """Refuse ids that the model does not have, logit control that leaves nothing to draw, and canvases longer
    than its context.

    Raises:
        ParameterError, ContextLengthError
    """
    if request.logprobs is not None and not 0 <= request.logprobs <= MOST_LOGPROBS:
        raise ParameterError(
            "logprobs", f"expected 0 to {MOST_LOGPROBS} alternatives (got {request.logprobs})"
        )
    bad = next(
        (id for id in (*request.prompt, *request.inside, *request.suffix) if not 0 <= id < facts.vocab_size),
        None,
    )
    if bad is not None:
        raise ParameterError(
            "prompt", f"token id {bad} is outside the model's vocabulary of {facts.vocab_size}"
        )
    if request.structure is not None:
        _check_structured(request)
    if request.control is not None:
        request.control.check(facts, request.params.gen_length)
    if request.holes and request.canvas_length > facts.context_length:
        masks = sum(hole.length for hole in request.holes)
        raise ContextLengthError(
            "template",
            f"{request.canvas_length - masks} tokens of fixed text and holes of {masks} in all are "
            f"{request.canvas_length}, but the model's context is {facts.context_length}",
        )
    if request.canvas_length > facts.context_length:
        fixed = len(request.prompt) + len(request.suffix)
        raise ContextLengthError(
            "max_tokens",
            f"prompt of {fixed} tokens plus {request.params.gen_length} to generate (whole blocks of "
            f"{request.params.block_length}) is {request.canvas_length}, but the model's context is "
            f"{facts.context_length}",
        )


def _check_structured(request: Request) -> None:
    """Refuse what cannot be together with `structure`: what ends a text elsewhere, and text behind it.

    Raises:
        ParameterError
    """
    control = request.control
    for name, given in (
        ("suffix", request.suffix),
        ("template", request.holes),
        ("ignore_eos", request.params.ignore_eos),
        ("stop_token_ids", control is not None and control.stop_token_ids),
        ("min_tokens", control is not None and control.min_tokens),
    ):
        if given:
            raise ParameterError(name, "not together with structured output, which says where its text ends")
