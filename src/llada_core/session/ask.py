"""What to generate, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from ..algorithm import resolve_remasking
from ..engine.events import Change, TokenLogprob
from ..engine.request import MOST_LOGPROBS
from ..errors import ParameterError
from ..filling import Fill
from ..params import parse
from ..structure import Structure
from ..template import Hole
from ..trace import Kind

Prompt = str | Sequence[Mapping[str, Any]] | Sequence[int]
"""One user turn as text; a conversation: mappings with a `role` and a `content`; or token ids."""


class Ask(msgspec.Struct, frozen=True):
    """One thing to generate, and how."""

    prompt: Prompt
    algorithm: str | None = None
    """Name or alias; None: the session's default."""
    params: Mapping[str, Any] = {}
    """Fields of `SamplingParams`, `LogitControl` and `OutputParams`, `max_tokens`, `bad_words` (texts), and
    the algorithm's and the unmasking rule's own parameters."""
    prefix: str = ""
    """Text with which the reply already begins."""
    suffix: str = ""
    """Text that follows the generated part: with it, the model fills a hole of `max_tokens` positions."""
    raw: bool = False
    """Take the prompt as plain text, without the checkpoint's chat layout."""
    template: Sequence[str | Hole] = ()
    """Fixed text and holes that make up the reply, instead of `prefix`, `suffix` and `max_tokens`."""
    structure: Structure | None = None
    """What the text has to look like: JSON of a schema, one of some texts, a regular expression."""
    together: bool = False
    """Fill all holes of the template at once, instead of one after the other."""


class OutputParams(msgspec.Struct, frozen=True, kw_only=True):
    """What of a reply is wanted, and what else ends its text."""

    stop: str | tuple[Annotated[str, Meta(min_length=1)], ...] = ()
    """Strings before which the text ends."""
    logprobs: Annotated[int, Meta(ge=0, le=MOST_LOGPROBS)] | None = None
    """Whether `Reply.logprobs` are wanted, and with how many alternatives."""
    trace: Kind | None = None
    """Whether `Reply.commit_steps` are wanted ("steps"), and `Reply.trajectory` too ("trajectory")."""

    @property
    def stops(self) -> tuple[str, ...]:
        """The stop strings."""
        return tuple(filter(None, (self.stop,))) if isinstance(self.stop, str) else self.stop

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> OutputParams:
        """Those among the parameters of an `Ask`.

        Raises:
            ParameterError
        """
        return parse(cls, {name: params[name] for name in cls.__struct_fields__ if name in params})


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a model generated for one `Ask`."""

    text: str
    """Cut at the first end token, then at `max_tokens`; in a hole, end tokens are padding and left out. Of a
    template, fixed text and fills."""
    tokens: list[int]
    """The ids of the text; of a template, those of its fills."""
    finish_reason: Literal["stop", "length"]
    """"stop" if an end token ended the text, "length" if `max_tokens` did, or one of a template's holes is
    full."""
    holes: dict[str, Fill] = {}
    """A template's fills, by the names of the holes."""
    nfe: int
    """Forward evaluations of the model; a guided pair counts as one."""
    forwards_per_block: list[int]
    prompt_tokens: int
    algorithm: str
    """Canonical name of the algorithm that ran."""
    parameters: dict[str, Any]
    """What ran: common values as the engine took them, logit control, the algorithm's and the rule's own."""
    logprobs: list[TokenLogprob | None] | None = None
    """One of each of `tokens`, where they were asked for."""
    commit_steps: list[int | None] | None = None
    """The forward, counted from 1, that committed each of `tokens`; where a trace was asked for."""
    trajectory: list[Change] | None = None
    """Every change of the canvas, in the order of forwards; where it was asked for."""


def engine_values(params: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """`params` as the engine takes them: `max_tokens` as `gen_length`, a boolean `remasking` by its name, and
    without `OutputParams`.

    Returns:
        The values, None left out, and the name under which the length was given.

    Raises:
        ParameterError: `max_tokens` contradicts `gen_length`, or `remasking` is none of its values.
    """
    own = OutputParams.__struct_fields__
    values = {name: value for name, value in params.items() if value is not None and name not in own}
    if "remasking" in values:
        values["remasking"] = resolve_remasking(values["remasking"])
    if "max_tokens" not in values:
        return values, "gen_length"
    limit = values.pop("max_tokens")
    if values.setdefault("gen_length", limit) != limit:
        raise ParameterError("max_tokens", f"{limit!r} contradicts gen_length {values['gen_length']!r}")
    return values, "max_tokens"
