"""What a request may change of its logits, and which ids end its text. Imports no torch.

A canvas is not filled from left to right, so each has a meaning of its own; docs/guide.md has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .errors import ParameterError
from .facts import ModelFacts
from .params import parse

Id = Annotated[int, Meta(ge=0, lt=2**31)]
MOST_TOKENS = 32
"""Most tokens of a bad word."""
Penalty = Annotated[float, Meta(ge=-2, le=2)]


class LogitControl(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The same for every algorithm that samples in the engine and for every unmasking rule."""

    logit_bias: Annotated[
        dict[Id, Annotated[float, Meta(ge=-100, le=100)]],
        Meta(max_length=1024, description="Token id to a number, -100 to 100, that is added to its logit."),
    ] = {}
    allowed_token_ids: Annotated[
        Annotated[tuple[Id, ...], Meta(min_length=1)] | None,
        Meta(description="The only token ids that may be drawn."),
    ] = None
    bad_words_ids: Annotated[
        tuple[Annotated[tuple[Id, ...], Meta(min_length=1, max_length=MOST_TOKENS)], ...],
        Meta(max_length=256, description="Sequences of token ids that must not stand side by side."),
    ] = ()
    min_tokens: Annotated[int, Meta(ge=0, description="Positions at the start that no end token takes.")] = 0
    stop_token_ids: Annotated[
        tuple[Id, ...], Meta(max_length=128, description="More token ids that end the text.")
    ] = ()
    presence_penalty: Annotated[
        Penalty, Meta(description="Taken off the logit of a token that the generated part holds already.")
    ] = 0.0
    frequency_penalty: Annotated[
        Penalty, Meta(description="The same, once for each time that the generated part holds it.")
    ] = 0.0
    repetition_penalty: Annotated[
        float,
        Meta(
            gt=0,
            le=10,
            description="Divides the logit of a token that the canvas holds already; below 0, multiplies.",
        ),
    ] = 1.0

    @property
    def edits_logits(self) -> bool:
        """Whether it asks for more than other ends of the text."""
        return msgspec.structs.replace(self, stop_token_ids=()) != NOTHING

    def check(self, facts: ModelFacts, gen_length: int) -> None:
        """Refuse what a model of these facts cannot do.

        Raises:
            ParameterError: naming the field.
        """
        named: dict[str, Iterable[int]] = {
            "logit_bias": self.logit_bias,
            "allowed_token_ids": self.allowed_token_ids or (),
            "bad_words_ids": (id for word in self.bad_words_ids for id in word),
            "stop_token_ids": self.stop_token_ids,
        }
        for field, ids in named.items():
            bad = next((id for id in ids if id >= facts.vocab_size), None)
            if bad is not None:
                raise ParameterError(
                    field, f"token id {bad} is outside the model's vocabulary of {facts.vocab_size}"
                )
        for field in ("logit_bias", "stop_token_ids"):
            if facts.mask_id in getattr(self, field):
                raise ParameterError(field, f"token id {facts.mask_id} is the mask, which is never drawn")
        if self.min_tokens > gen_length:
            raise ParameterError(
                "min_tokens", f"{self.min_tokens} are more than the {gen_length} to generate"
            )
        if self.allowed_token_ids is not None and not self._left(facts):
            raise ParameterError("allowed_token_ids", "the other fields forbid each of these tokens")

    def _left(self, facts: ModelFacts) -> set[int]:
        """Ids that may stand everywhere."""
        single = {word[0] for word in self.bad_words_ids if len(word) == 1}
        ends = {*facts.end_ids, *self.stop_token_ids} if self.min_tokens else set()
        return {*(self.allowed_token_ids or ())} - single - ends - {facts.mask_id}


NOTHING = LogitControl()


def changed_fields(control: LogitControl) -> list[str]:
    """Names of the fields that ask for something."""
    return [
        name for name in LogitControl.__struct_fields__ if getattr(control, name) != getattr(NOTHING, name)
    ]


def take_control(values: dict[str, Any]) -> LogitControl | None:
    """Parse the fields of a `LogitControl` out of `values`, removing them there; None: they ask for nothing.

    Keys of `logit_bias` may be text, as JSON has them.

    Raises:
        ParameterError: naming the field.
    """
    own = {name: values.pop(name) for name in LogitControl.__struct_fields__ if name in values}
    if isinstance(own.get("logit_bias"), Mapping):
        own["logit_bias"] = {_id(key): value for key, value in own["logit_bias"].items()}
    control = parse(LogitControl, own)
    return None if control == NOTHING else control


def encode_bad_words(words: Iterable[str], encode: Callable[[str], list[int]]) -> list[list[int]]:
    """`bad_words_ids` of texts: each as it stands by itself, and behind a space.

    Raises:
        ParameterError: one is empty, or more than 32 tokens.
    """
    found: list[list[int]] = []
    for index, word in enumerate(words):
        for text in (word, f" {word}"):
            ids = encode(text)
            if not word.strip() or not 0 < len(ids) <= MOST_TOKENS:
                raise ParameterError(
                    f"bad_words[{index}]", f"expected a text of 1 to {MOST_TOKENS} tokens (got {word[:40]!r})"
                )
            if ids not in found:
                found.append(ids)
    return found


def _id(key: Any) -> Any:
    if isinstance(key, str):
        if not (key.isascii() and key.isdigit()) or len(key) > 10:
            raise ParameterError("logit_bias", f"expected token ids as keys (got {key[:40]!r})")
        return int(key)
    return key
