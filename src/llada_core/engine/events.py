"""What the engine says about a request. Data only, so that it can cross a process boundary."""

from __future__ import annotations

from typing import Literal

import msgspec

ChangeKind = Literal["commit", "preview", "remask"]


class TokenLogprob(msgspec.Struct, frozen=True, array_like=True):
    """What the model said of a token at the step that committed it: natural logarithms of the softmax of the
    edited, untempered logits. A later commit at the position replaces it."""

    logprob: float
    """Of the token that was committed, be it the one that was drawn or not."""
    top: list[tuple[int, float]]
    """The likeliest ids, as many as the request asks for, without the mask id and what was forbidden."""


class Commit(msgspec.Struct, frozen=True, tag="commit"):
    """Final tokens, append-only: they follow those of the request's earlier `Commit`s without a gap."""

    request_id: str
    start: int
    """Position of the first token, counted from the start of the generated part."""
    tokens: list[int]
    logprobs: list[TokenLogprob | None] | None = None
    """One a token, where the request asks for them; None for what an early stop left out."""


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One canvas position that a step changed."""

    position: int
    """Counted from the start of the generated part."""
    token: int
    """The id now held; the mask id where it was masked again."""
    confidence: float | None
    """Probability of the token when it was sampled, if known."""
    forward: int
    """The forward, counted from 1, that changed it."""
    kind: ChangeKind


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """What one step changed on the canvas, in any order of positions; sent only where the request asks."""

    request_id: str
    changes: list[Change]


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag="finished"):
    """The last event of a request that ran to its end."""

    request_id: str
    tokens: list[int]
    """The whole generated part, no mask left; what an early stop did not compute holds the end token."""
    reason: Literal["stop", "length"]
    """"stop" if the generated part holds an end token, else "length"."""
    nfe: int
    """Forwards of this request; a guided pair counts as one."""
    forwards_per_block: list[int]
    prompt_tokens: int


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """The last event of a request that could not finish; no other request is touched."""

    request_id: str
    code: str
    message: str
    field: str | None = None


class Scored(msgspec.Struct, frozen=True, kw_only=True, tag="scored"):
    """The last event of a `LikelihoodRequest`."""

    request_id: str
    logprobs: list[float]
    """What each estimated token adds to the estimate, which is their sum. By itself one is no probability."""
    error: float
    """Standard error of the sum, from the spread of the samples; 0 where one pattern of masks is all."""
    forwards: int
    """Different patterns of masks, a forward each."""


Event = Commit | Preview | Finished | Scored | Failed
Ending = Finished | Scored | Failed
GOING_ON = (Commit, Preview)
"""Others follow these. Quicker to ask for than an `Ending`: a class of msgspec is found at once if it is the
right one, and takes a third of a microsecond if it is not."""
