"""A request's parameters: the common ones, and how any part is validated.

A request has three parts, each a frozen msgspec Struct: `SamplingParams`, the algorithm's `Params` and the
unmasking rule's `Params`. All go through `parse`, so every error names its field the same way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from .errors import ParameterError

S = TypeVar("S", bound=msgspec.Struct)

Remasking = Literal["low_confidence", "random"]


class SamplingParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters that every algorithm shares; names are LLaDA's and Fast-dLLM's."""

    steps: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Forwards for the whole canvas; null: one token a step."),
    ] = None
    gen_length: Annotated[int, Meta(ge=1, description="Tokens to generate, rounded up to whole blocks.")] = (
        128
    )
    block_length: Annotated[
        int, Meta(ge=1, description="Positions denoised together; blocks go left to right.")
    ] = 32
    temperature: Annotated[
        float,
        Meta(ge=0, le=100, description="0 takes the likeliest token; above, draws from softmax(logits / t)."),
    ] = 0.0
    top_k: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Draw among the k likeliest tokens.")
    ] = None
    top_p: Annotated[
        float, Meta(gt=0, le=1, description="Draw among the likeliest tokens that hold this probability.")
    ] = 1.0
    cfg_scale: Annotated[
        float, Meta(ge=0, le=100, description="Classifier-free guidance; above 0 runs two rows, one nfe.")
    ] = 0.0
    remasking: Annotated[Remasking, Meta(description="What ranks positions: confidence, or chance.")] = (
        "low_confidence"
    )
    threshold: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="Commit every position at least this confident."),
    ] = None
    factor: Annotated[
        Annotated[float, Meta(gt=0, le=1e6)] | None,
        Meta(description="Commit n positions while confidence >= 1 - factor/(n+1)."),
    ] = None
    unmasking: Annotated[
        str | None, Meta(description="Unmasking rule; null: factor, then threshold, then the schedule.")
    ] = None
    seed: Annotated[
        int, Meta(ge=-(2**63), le=2**63 - 1, description="Seeds every random number of the request.")
    ] = 0
    ignore_eos: Annotated[bool, Meta(description="Go on after an end token.")] = False

    @property
    def rule(self) -> str:
        """The unmasking rule that runs: the one named, else factor, threshold, schedule, in that order."""
        if self.unmasking is not None:
            return self.unmasking
        if self.factor is not None:
            return "factor"
        return "schedule" if self.threshold is None else "threshold"

    def effective(self) -> SamplingParams:
        """The values that run: block_length at most gen_length, gen_length in whole blocks, steps filled in.

        More steps than positions act as one step a position; every block gets at least one step.
        """
        block_length = min(self.block_length, self.gen_length)
        blocks = -(-self.gen_length // block_length)
        gen_length = blocks * block_length
        steps = gen_length if self.steps is None else max(min(self.steps, gen_length), blocks)
        return msgspec.structs.replace(
            self, steps=steps, gen_length=gen_length, block_length=block_length, unmasking=self.rule
        )


def steps_per_block(steps: int, blocks: int) -> list[int]:
    """Spread `steps` over `blocks`: steps // blocks each, one more for the first steps % blocks, at least one.

    The same as LLaDA's `steps // blocks` wherever that divides evenly.
    """
    base, more = divmod(steps, blocks)
    return [max(1, base + (block < more)) for block in range(blocks)]


def parse(cls: type[S], values: Mapping[str, Any]) -> S:
    """Build `cls` from untrusted `values`; explicit None for a field that has a default means the default.

    Raises:
        ParameterError: naming the field, the value and the rule it breaks.
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(cls)}
    given = {
        name: value
        for name, value in values.items()
        if not (value is None and name in fields and not fields[name].required)
    }
    try:
        return msgspec.convert(given, cls)
    except msgspec.ValidationError as error:
        field, rule = _locate(str(error))
        shown = f" (got {_short(given[field])})" if field in given else ""
        raise ParameterError(field or "parameters", rule + shown) from None


def _locate(message: str) -> tuple[str, str]:
    """Split msgspec's "Expected `int` >= 1 - at `$.steps`" into field and rule."""
    unknown = re.match(r"Object contains unknown field `([^`]*)`", message)
    if unknown:
        return unknown[1], "unknown parameter"
    missing = re.match(r"Object missing required field `([^`]*)`", message)
    if missing:
        return missing[1], "required, but missing"
    rule, _, path = message.partition(" - at `$.")
    return path.rstrip("`").split(".")[0].split("[")[0], rule.replace("Expected", "expected", 1)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
