"""A line of the input, and what the run says where a line says nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import LladaError, ParameterError
from ..logit_control import LogitControl
from ..params import SamplingParams
from ..session import Ask, Prompt
from ..session.ask import OutputParams
from ..template import Hole
from .records import Task

PARAMETERS = frozenset(
    name for part in (SamplingParams, LogitControl, OutputParams) for name in part.__struct_fields__
) | {"max_tokens", "bad_words"}
SEEDS = 2**64
HALF = 2**63


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every line that does not say otherwise."""

    algorithm: str | None = None
    """None: the session's."""
    params: dict[str, Any] = {}
    prefix: str = ""
    suffix: str = ""
    raw: bool = False
    system: str | None = None
    """A system message before each prompt that is text."""
    samples: int = 1
    """Replies to each line; they differ in their seeds."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The names that mean something in a line; any other is carried over to the output."""

    prompt: str | None = None
    messages: list[dict[str, Any]] | None = None
    token_ids: list[int] | None = None
    id: str | int | None = None
    algorithm: str | None = None
    params: dict[str, Any] = {}
    prefix: str | None = None
    suffix: str | None = None
    raw: bool | None = None
    template: tuple[str | Hole, ...] = ()
    together: bool = False


class BadLineError(LladaError):
    """A line is no request."""

    code = "invalid_line"


def parse_line(data: bytes) -> tuple[Line, dict[str, Any]]:
    """A line and what else it holds. A JSON string is a prompt.

    Raises:
        BadLineError: it is no JSON, a value has the wrong type, or it does not hold one prompt.
    """
    try:
        found = msgspec.json.decode(data)
        if isinstance(found, str):
            found = {"prompt": found}
        line = msgspec.convert(found, Line)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise BadLineError(f"not a line of a batch: {error}") from None
    given = [name for name in ("prompt", "messages", "token_ids") if getattr(line, name) is not None]
    if len(given) != 1:
        raise BadLineError(
            f"expected one of prompt, messages and token_ids, got {', '.join(given) or 'none'}"
        )
    extra = {name: value for name, value in found.items() if name not in Line.__struct_fields__}
    misplaced = sorted(PARAMETERS.intersection(extra))
    if misplaced:
        raise ParameterError(misplaced[0], "parameters of a line stand in its object `params`")
    return line, extra


def as_ask(task: Task, line: Line, defaults: Defaults) -> Ask:
    """What to generate. Without a seed of its own, a line's is the run's plus the number of its task, so that
    no two lines draw the same random numbers.

    Raises:
        ParameterError: a seed that is no integer.
    """
    params = {**defaults.params, **line.params}
    seed = params.get("seed") or 0
    if not isinstance(seed, int):
        raise ParameterError("seed", f"expected an integer, got {seed!r:.60}")
    if "seed" not in line.params:
        seed += (task.line - 1) * defaults.samples
    params["seed"] = (seed + task.sample + HALF) % SEEDS - HALF
    raw = defaults.raw if line.raw is None else line.raw
    return Ask(
        _prompt(line, defaults.system if not raw else None),
        line.algorithm or defaults.algorithm,
        params,
        _either(line.prefix, "" if line.template else defaults.prefix),
        _either(line.suffix, "" if line.template else defaults.suffix),
        raw and line.token_ids is None,
        line.template,
        together=line.together,
    )


def _either(own: str | None, other: str) -> str:
    return other if own is None else own


def _prompt(line: Line, system: str | None) -> Prompt:
    if line.prompt is None:
        return line.messages or () if line.token_ids is None else line.token_ids
    if system is None:
        return line.prompt
    return [{"role": "system", "content": system}, {"role": "user", "content": line.prompt}]
