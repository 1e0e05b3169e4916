"""The body of `POST /v1/chat/completions`."""

from __future__ import annotations

from llada_core.facts import ModelFacts

from .errors import bad_request
from .fields import CHAT, ChatBody
from .generation_request import GenerationRequest, Input, TextSide, decode_object, read_common, read_own
from .messages import read_messages
from .structured_request import read_structure


def read_chat(raw: bytes) -> GenerationRequest:
    """Decode and check a conversation.

    Raises:
        ApiError: 400 naming the field, the value and the rule.
    """
    values = decode_object(raw)
    body = read_own(ChatBody, values)
    messages = read_messages(body.messages)
    if body.top_logprobs and not body.logprobs:
        raise bad_request("top_logprobs: only allowed with logprobs: true", "top_logprobs")

    def encode(tokenizer: TextSide, facts: ModelFacts) -> list[Input]:
        return [Input(prompt=tuple(tokenizer.chat(messages)))]

    return GenerationRequest(**read_common(CHAT, values, body), **read_structure(body), encode=encode)
