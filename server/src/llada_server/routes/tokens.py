"""What the model sees of a text: tokenize, detokenize and tokenizer_info, with and without `/v1`."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from ..answer import ignored_header, read_body
from ..context import Context
from ..replies import json_reply
from ..token_request import read_detokenize, read_tokenize


@post(["/v1/tokenize", "/tokenize"], status_code=200)
async def tokenize(request: Request[Any, Any, Any], context: NamedDependency[Context]) -> Response[bytes]:
    """Token ids of a prompt, or of a conversation in the model's layout."""
    asked, ignored = read_tokenize(await read_body(request, context), strict=context.settings.strict_params)
    context.model_name(asked.model)
    tokens = await asyncio.to_thread(asked.encode, context.tokenizer)
    body = {"count": len(tokens), "max_model_len": context.facts.context_length, "tokens": tokens}
    return json_reply(body, headers=ignored_header(context, ignored))


@get(["/v1/tokenizer_info", "/tokenizer_info"])
async def tokenizer_info(context: NamedDependency[Context]) -> Response[bytes]:
    """Special tokens and chat template, for programs that lay out conversations themselves."""
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": context.facts.context_length}
    return json_reply(about | context.tokenizer.description)


@post(["/v1/detokenize", "/detokenize"], status_code=200)
async def detokenize(request: Request[Any, Any, Any], context: NamedDependency[Context]) -> Response[bytes]:
    """Text of token ids; special ones have none."""
    asked, ignored = read_detokenize(await read_body(request, context), strict=context.settings.strict_params)
    context.model_name(asked.model)
    asked.check(context.facts)
    text = await asyncio.to_thread(context.tokenizer.decode, asked.tokens)
    return json_reply({"prompt": text}, headers=ignored_header(context, ignored))
