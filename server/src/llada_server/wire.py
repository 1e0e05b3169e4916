"""The bodies of replies, in OpenAI's member order, with our own facts in one extra object, `llada`."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from llada_core.reply_text import FinishReason

encode = msgspec.json.Encoder().encode

CanvasChange = tuple[int, str, float | None, int, str]
"""Position in the generated part, text, confidence, forward, "commit" | "preview" | "remask"."""


TrajectoryChange = tuple[int, int, float | None, int, str]
"""The same with the token's id in place of its text."""


class Usage(Struct, kw_only=True):
    """True token counts: no padding, nothing behind the end token."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt: int, completion: int) -> Usage:
        """Counts that add up."""
        return cls(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


class Likelihood(Struct, kw_only=True):
    """Estimate of log p of a prompt's last tokens, given those before."""

    index: int
    """Of the prompt."""
    log_likelihood: float
    error: float
    """Its standard error."""
    tokens: int
    """How many are estimated."""
    samples: int
    forwards: int


class ChoiceRun(Struct, kw_only=True):
    """What one of several choices took."""

    index: int
    seed: int
    nfe: int | None
    forwards_per_block: list[int] | None


class Run(Struct, kw_only=True):
    """What ran, beside OpenAI's members of a reply."""

    algorithm: str
    """Canonical name."""
    requested_algorithm: str | None
    """The name or alias that the request sent."""
    selected_by: Literal["generation_algorithm", "use_cache", "default"]
    unmasking: str
    seed: int
    nfe: int | None
    """Forward evaluations; null where a stop string ended the run early."""
    forwards_per_block: list[int] | None
    parameters: dict[str, Any]
    """Effective values: common, the algorithm's, the unmasking rule's."""
    choices: list[ChoiceRun] | UnsetType = UNSET
    """Each choice by itself, where there are several; `nfe` is then their sum."""
    likelihoods: list[Likelihood] | UnsetType = UNSET
    """One a prompt, with `echo` and `logprobs`."""
    traces: list[TokenTrace] | UnsetType = UNSET
    """Each choice's, where the request asks for them."""


class TopEntry(Struct, kw_only=True):
    """An alternative to a token."""

    token: str
    logprob: float
    bytes: list[int] | None


class TokenEntry(Struct, kw_only=True):
    """A token of a chat reply."""

    token: str
    logprob: float
    """At the step that committed it."""
    bytes: list[int] | None
    top_logprobs: list[TopEntry]


class ChatLogprobs(Struct, kw_only=True):
    """Log-probabilities of a chat choice."""

    content: list[TokenEntry]
    refusal: None = None


class TextLogprobs(Struct, kw_only=True):
    """Log-probabilities of a completion choice, an entry a token."""

    tokens: list[str]
    token_logprobs: list[float | None]
    top_logprobs: list[dict[str, float] | None]
    text_offset: list[int]


class TokenTrace(Struct, kw_only=True):
    """How one choice came about."""

    index: int
    token_ids: list[int]
    """Of the text."""
    commit_steps: list[int | None]
    """The forward, counted from 1, that committed each."""
    trajectory: list[TrajectoryChange] | UnsetType = UNSET


class Message(Struct, kw_only=True):
    role: Literal["assistant"] = "assistant"
    content: str


class Choice(Struct, kw_only=True):
    index: int
    message: Message
    logprobs: ChatLogprobs | None = None
    finish_reason: FinishReason


class ChatCompletion(Struct, kw_only=True):
    """A whole reply."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    llada: Run


class Delta(Struct, kw_only=True, omit_defaults=True):
    role: str | None = None
    content: str | None = None


class ChunkChoice(Struct, kw_only=True):
    index: int
    delta: Delta
    logprobs: ChatLogprobs | None = None
    finish_reason: FinishReason | None = None


class Canvas(Struct, kw_only=True):
    """What one step changed on the canvas, for those who want to watch."""

    canvas: list[CanvasChange]


class Chunk(Struct, kw_only=True):
    """One event of a stream."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | UnsetType | None = UNSET
    llada: Run | Canvas | UnsetType = UNSET


class TextChoice(Struct, kw_only=True):
    """A choice of `/v1/completions`, or a piece of one."""

    index: int
    text: str
    logprobs: TextLogprobs | None = None
    finish_reason: FinishReason | None = None


class Completion(Struct, kw_only=True):
    """A whole reply of `/v1/completions`."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int
    model: str
    choices: list[TextChoice]
    usage: Usage
    llada: Run


class CompletionChunk(Struct, kw_only=True):
    """One event of a stream of `/v1/completions`."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int
    model: str
    choices: list[TextChoice]
    usage: Usage | UnsetType | None = UNSET
    llada: Run | Canvas | UnsetType = UNSET


class Fill(Struct, kw_only=True):
    """What a hole was filled with."""

    text: str
    tokens: int
    """How many the text has."""
    finish_reason: FinishReason
    """"length" if it took the whole hole."""


class InfillChoice(Struct, kw_only=True):
    """A choice of `/v1/infill`."""

    index: int
    text: str
    """Fixed text and fills."""
    holes: dict[str, Fill]
    finish_reason: FinishReason
    """"length" if a hole is full."""


class Infill(Struct, kw_only=True):
    """A whole reply of `/v1/infill`."""

    id: str
    object: Literal["infill"] = "infill"
    created: int
    model: str
    choices: list[InfillChoice]
    usage: Usage
    llada: Run


class InfillPiece(Struct, kw_only=True):
    """What an event adds to a hole; without a hole, the end of the choice."""

    index: int
    hole: str | None = None
    text: str = ""
    finish_reason: FinishReason | None = None


class InfillChunk(Struct, kw_only=True):
    """One event of a stream of `/v1/infill`."""

    id: str
    object: Literal["infill.chunk"] = "infill.chunk"
    created: int
    model: str
    choices: list[InfillPiece]
    usage: Usage | UnsetType | None = UNSET
    llada: Run | Canvas | UnsetType = UNSET


def sse(payload: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + encode(payload) + b"\n\n"


DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"
