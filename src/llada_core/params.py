"""A request's parameters: the common ones, and how any part is validated.

A request has three parts, each a frozen msgspec Struct: `SamplingParams`, the algorithm's `Params` and the
unmasking rule's `Params`. All go through `parse`, so every error names its field the same way.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, inspect

from .errors import AlgorithmError, LladaError, ParameterError
from .names import fold

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
    def truncated(self) -> bool:
        """Whether top_k or top_p limits what is drawn."""
        return self.top_k is not None or self.top_p < 1

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

        Raises:
            ParameterError: `unmasking` names a rule whose own parameter is null.
        """
        for name in ("threshold", "factor"):
            if fold(self.rule.rpartition(":")[2]) == name and getattr(self, name) is None:
                raise ParameterError(name, f"required by unmasking {self.rule!r}, but missing")
        block_length = min(self.block_length, self.gen_length)
        blocks = -(-self.gen_length // block_length)
        gen_length = blocks * block_length
        steps = gen_length if self.steps is None else max(min(self.steps, gen_length), blocks)
        return msgspec.structs.replace(
            self, steps=steps, gen_length=gen_length, block_length=block_length, unmasking=self.rule
        )


def steps_per_block(steps: int, blocks: int) -> list[int]:
    """Spread `steps` over `blocks`: steps // blocks each, one more for the first steps % blocks.

    At least one each. The same as LLaDA's `steps // blocks` wherever that divides evenly.
    """
    return steps_by_size(steps, [1] * blocks)


def steps_by_size(steps: int, sizes: Sequence[int]) -> list[int]:
    """Spread `steps` over blocks with so many masks each: in proportion, rounded down, and what is left over
    to those that lost most, the first among equals. At least one each."""
    total = sum(sizes)
    shares = [divmod(steps * size, total) for size in sizes]
    losers = sorted(range(len(sizes)), key=lambda n: -shares[n][1])
    more = set(losers[: steps - sum(whole for whole, _ in shares)])
    return [max(1, whole + (n in more)) for n, (whole, _) in enumerate(shares)]


class NumericField(NamedTuple):
    """The declared type of a field that holds a number."""

    kind: type
    """bool, int or float."""
    optional: bool
    """Whether it may be None."""


@functools.cache
def numeric_fields(cls: type[msgspec.Struct]) -> dict[str, NumericField]:
    """The fields of a Struct that hold a number by their declared type, whatever their values."""
    found = {}
    for field in msgspec.structs.fields(cls):
        kinds = set().union(*map(_kinds, _options(field.type)))
        optional = type(None) in kinds
        kinds -= {type(None)}
        if kinds and kinds <= {bool, int, float}:
            widest = next(kind for kind in (float, int, bool) if kind in kinds)
            found[field.name] = NumericField(widest, optional)
    return found


def no_number(name: str, known: Iterable[str]) -> str:
    """The message for a numeric parameter that a request does not have; `known` are those that it has."""
    return (
        f"no numeric parameter named {name!r} in this request's parts; there are {', '.join(known) or 'none'}"
    )


def _options(declared: Any) -> list[inspect.Type]:
    """What a declared type may be: the members of unions, without their annotations."""
    if not isinstance(declared, inspect.Type):
        declared = inspect.type_info(declared)
    if isinstance(declared, inspect.Metadata):
        return _options(declared.type)
    if isinstance(declared, inspect.UnionType):
        return [option for member in declared.types for option in _options(member)]
    return [declared]


def _kinds(option: inspect.Type) -> set[type]:
    """The Python types of its values; `object` where they are neither numbers nor None."""
    if isinstance(option, inspect.LiteralType):
        return {type(value) for value in option.values}
    if isinstance(option, inspect.NoneType):
        return {type(None)}
    numbers = {inspect.BoolType: bool, inspect.IntType: int, inspect.FloatType: float}
    return {numbers.get(type(option), object)}


def parse(cls: type[S], values: Mapping[str, Any]) -> S:
    """Build `cls` from untrusted `values`; explicit None for a field that has a default means the default.

    Numbers must be finite and integers fit 64 bits, also where the field declares no bounds.

    Raises:
        ParameterError: naming the field, the value and the rule it breaks.
    """
    fields = _fields(cls)
    given = {
        name: value
        for name, value in values.items()
        if not (value is None and name in fields and not fields[name].required)
    }
    try:
        parsed = msgspec.convert(given, cls)
    except msgspec.ValidationError as error:
        path, rule = locate(str(error))
        name = re.split(r"[.\[]", path)[0]
        if rule.startswith("Invalid enum value") and name == path:
            rule = f"expected {_choices(fields[name].type)}"
        raise ParameterError(path or "parameters", rule + _shown(given, name)) from None
    for name, field in fields.items():
        value = getattr(parsed, field.name) if name in given else None
        if isinstance(value, float) and not math.isfinite(value):
            raise ParameterError(name, "expected a finite number" + _shown(given, name))
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise ParameterError(name, "expected an integer of at most 64 bits" + _shown(given, name))
    return parsed


@functools.cache
def _fields(cls: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """By the names in a request; looking them up takes longer than all the rest of `parse`."""
    return {field.encode_name: field for field in msgspec.structs.fields(cls)}


def take_part(cls: type[S] | None, values: dict[str, Any]) -> S | None:
    """Parse the fields of `cls` out of `values`, removing them there; None if there is no such part.

    Raises:
        ParameterError: as `parse`.
        AlgorithmError: the part's own check fails otherwise than by saying no.
    """
    if cls is None:
        return None
    own = {name: values.pop(name) for name in cls.__struct_fields__ if name in values}
    try:
        return parse(cls, own)
    except LladaError:
        raise
    except Exception as error:
        where = f"{cls.__module__}.{cls.__qualname__}"
        raise AlgorithmError(f"{where} failed: {type(error).__name__}: {error}") from error


def unknown_parameter(name: str, known: Iterable[str], who: str) -> ParameterError:
    """The error for a parameter that nobody has, with the names that are near, or all that there are."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
    return ParameterError(name, f"no parameter of {who}; {hint}")


def locate(message: str) -> tuple[str, str]:
    """Split msgspec's "Expected `int`, got `str` - at `$.options.size`" into path and rule."""
    found = re.fullmatch(r"(.*?)(?: - at (?:`key` in )?`\$\.?([^`]*)`)?", message, re.DOTALL)
    rule, path = (found[1], found[2] or "") if found else (message, "")
    field = re.fullmatch(r"Object (contains unknown|missing required) field `([^`]*)`", rule)
    if field:
        path = f"{path}.{field[2]}" if path else field[2]
        return path, "unknown parameter" if field[1] == "contains unknown" else "required, but missing"
    return path, rule.replace("Expected", "expected", 1)


def _choices(declared: Any) -> str:
    """The values of a Literal or an Enum, as a message lists them."""
    values: list[Any] = []
    for option in _options(declared):
        if isinstance(option, inspect.LiteralType):
            values += option.values
        elif isinstance(option, inspect.EnumType):
            values += [member.value for member in option.cls]
    return " or ".join(map(repr, values))


def _shown(given: Mapping[str, Any], name: str) -> str:
    """The value at fault, shortened."""
    if name not in given:
        return ""
    text = repr(given[name])
    return f" (got {text if len(text) <= 60 else text[:57] + '...'})"
