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

if TYPE_CHECKING:
    from ..registry import GenerationRegistry


MOST_LOGPROBS = 20
"""Most alternatives with each token."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One canvas to fill: token ids and parameters; text stays outside the engine."""

    id: str
    prompt: tuple[int, ...]
    suffix: tuple[int, ...] = ()
    """Fixed text behind the generated part (infilling)."""
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
    control: LogitControl | None = None
    """Changes of its logits and more ids that end its text; None: nothing of it."""

    @property
    def canvas_length(self) -> int:
        """Canvas positions: prompt, generated part, suffix."""
        return len(self.prompt) + self.params.gen_length + len(self.suffix)

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


def build_request(
    registry: GenerationRegistry,
    facts: ModelFacts,
    values: Mapping[str, Any],
    *,
    id: str,
    algorithm: str,
    prompt: tuple[int, ...],
    suffix: tuple[int, ...] = (),
    preview: bool = False,
    logprobs: int | None = None,
) -> tuple[Request, dict[str, Any]]:
    """Validate flat `values` in parts: common, logit control, the algorithm's, the unmasking rule's.

    Returns:
        The request, and those of `values` that belong to none of the parts.

    Raises:
        ParameterError: a value that can never work, naming its field.
        ContextLengthError: the canvas is longer than the model's context, naming both numbers.
        UnknownNameError, AmbiguousNameError, UnavailableError: the algorithm or the rule.
    """
    name = registry.resolve(algorithm)
    common = {key: value for key, value in values.items() if key in SamplingParams.__struct_fields__}
    params = parse(SamplingParams, common).effective()
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
        algorithm=name,
        params=params,
        algorithm_params=algorithm_params,
        rule_params=rule_params,
        preview=preview,
        logprobs=logprobs,
        control=control,
    )
    check_fits(request, facts)
    return request, rest


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
    bad = next((id for id in (*request.prompt, *request.suffix) if not 0 <= id < facts.vocab_size), None)
    if bad is not None:
        raise ParameterError(
            "prompt", f"token id {bad} is outside the model's vocabulary of {facts.vocab_size}"
        )
    if request.control is not None:
        request.control.check(facts, request.params.gen_length)
    if request.canvas_length > facts.context_length:
        fixed = len(request.prompt) + len(request.suffix)
        raise ContextLengthError(
            "max_tokens",
            f"prompt of {fixed} tokens plus {request.params.gen_length} to generate (whole blocks of "
            f"{request.params.block_length}) is {request.canvas_length}, but the model's context is "
            f"{facts.context_length}",
        )
