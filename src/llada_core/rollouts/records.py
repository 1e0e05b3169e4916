"""What a run works on and writes: tasks in, records out."""

from __future__ import annotations

from typing import Any

import msgspec

from ..engine.events import Change, TokenLogprob
from ..errors import LladaError
from ..filling import Fill
from ..session import Reply


class Task(msgspec.Struct, frozen=True, array_like=True):
    """One sample of one line. The line is still as it was read, since to parse it is the replica's work."""

    line: int
    """Counted from 1, as editors count."""
    sample: int
    """Counted from 0."""
    data: bytes
    """The line as JSON."""

    @property
    def key(self) -> tuple[int, int]:
        """What no other task of the run has."""
        return self.line, self.sample


class LineError(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no reply."""

    code: str
    message: str
    field: str | None = None
    """The parameter at fault, if one is."""

    @classmethod
    def of(cls, error: LladaError) -> LineError:
        """What to tell of `error`."""
        return cls(error.code, str(error), error.field)


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the output: a reply, or an error."""

    line: int
    sample: int = 0
    id: str | int | None = None
    """As the line gave it."""
    text: str | None = None
    token_ids: list[int] | None = None
    """The ids of the text."""
    finish_reason: str | None = None
    """"stop" if an end token ended the text, "length" if the limit did."""
    nfe: int | None = None
    """Forward evaluations of the model."""
    prompt_tokens: int | None = None
    algorithm: str | None = None
    """Canonical name of what ran."""
    seed: int | None = None
    """With which the sample can be made again by itself."""
    holes: dict[str, Fill] = {}
    """Of a template, by name."""
    logprobs: list[TokenLogprob | None] | None = None
    commit_steps: list[int | None] | None = None
    trajectory: list[Change] | None = None
    """These three as in `Reply`, where they were asked for."""
    error: LineError | None = None
    extra: dict[str, Any] = {}
    """Whatever else the line held."""

    @property
    def key(self) -> tuple[int, int]:
        """The task that this is about."""
        return self.line, self.sample


def replied(task: Task, id: str | int | None, extra: dict[str, Any], reply: Reply) -> Record:
    """The record of a task that went well."""
    return Record(
        line=task.line,
        sample=task.sample,
        id=id,
        text=reply.text,
        token_ids=reply.tokens,
        finish_reason=reply.finish_reason,
        nfe=reply.nfe,
        prompt_tokens=reply.prompt_tokens,
        algorithm=reply.algorithm,
        seed=reply.parameters["seed"],
        holes=reply.holes,
        logprobs=reply.logprobs,
        commit_steps=reply.commit_steps,
        trajectory=reply.trajectory,
        extra=extra,
    )
