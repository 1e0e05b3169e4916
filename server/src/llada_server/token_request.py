"""The bodies of `POST /v1/tokenize` and `POST /v1/detokenize`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from llada_core.facts import ModelFacts

from .errors import bad_request, unsupported
from .fields import MESSAGES
from .generation_request import S, TextSide, check_unknown, decode_object, read_own
from .messages import check_text, read_messages
from .token_ids import check_range, read_ids


class TokenizeBody(Struct, frozen=True, kw_only=True):
    """What `POST /v1/tokenize` reads: a prompt or messages."""

    model: Annotated[str | None, Meta(description="A served name; left out: the model that is served.")] = (
        None
    )
    prompt: Annotated[str | None, Meta(description="Plain text; nothing is put around it.")] = None
    messages: Annotated[
        Any,
        Meta(
            description="A conversation, in the layout in which a chat sends it.", extra_json_schema=MESSAGES
        ),
    ] = None
    add_special_tokens: Annotated[
        bool,
        Meta(
            description="Only false: special tokens come from the chat layout alone.",
            extra_json_schema={"enum": [False]},
        ),
    ] = False
    add_generation_prompt: Annotated[
        bool,
        Meta(
            description="Only true: a conversation ends where the reply begins.",
            extra_json_schema={"enum": [True]},
        ),
    ] = True

    def encode(self, tokenizer: TextSide) -> list[int]:
        """The token ids. May take a while."""
        if self.prompt is not None:
            return tokenizer.encode(self.prompt)
        return tokenizer.chat(read_messages(self.messages))


class DetokenizeBody(Struct, frozen=True, kw_only=True):
    """What `POST /v1/detokenize` reads."""

    model: Annotated[str | None, Meta(description="A served name; left out: the model that is served.")] = (
        None
    )
    tokens: Annotated[
        Any,
        Meta(
            description="Token ids; special ones have no text.",
            extra_json_schema={"type": "array", "items": {"type": "integer", "minimum": 0}},
        ),
    ]

    def check(self, facts: ModelFacts) -> None:
        """Refuse ids that the model does not have.

        Raises:
            ApiError: 400 naming the first one.
        """
        check_range(self.tokens, "tokens", facts)


def read_tokenize(raw: bytes, *, strict: bool) -> tuple[TokenizeBody, list[str]]:
    """Decode and check; also the names of ignored fields.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    body, ignored = _read(TokenizeBody, raw, strict)
    if (body.prompt is None) == (body.messages is None):
        raise bad_request("prompt: send either prompt or messages", "prompt")
    if body.prompt is not None:
        check_text(body.prompt, "prompt")
    else:
        read_messages(body.messages)
    if body.add_special_tokens:
        name = "add_special_tokens"
        raise unsupported(name, f"{name}: special tokens come from the chat layout alone; leave it out")
    if not body.add_generation_prompt:
        name = "add_generation_prompt"
        raise unsupported(name, f"{name}: a conversation ends where the reply begins; leave it out")
    return body, ignored


def read_detokenize(raw: bytes, *, strict: bool) -> tuple[DetokenizeBody, list[str]]:
    """Decode and check; also the names of ignored fields.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    body, ignored = _read(DetokenizeBody, raw, strict)
    tokens = read_ids(body.tokens, "tokens") if body.tokens != [] else []
    return msgspec.structs.replace(body, tokens=tokens), ignored


def _read(cls: type[S], raw: bytes, strict: bool) -> tuple[S, list[str]]:
    values = decode_object(raw)
    known = cls.__struct_fields__
    unknown = [name for name in values if name not in known]
    return read_own(cls, values), check_unknown(unknown, known, strict=strict)
