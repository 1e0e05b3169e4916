"""`POST /v1/chat/completions`, whole or streamed."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from ..answer import answer
from ..chat_request import read_chat
from ..context import Context
from ..shapes import CHAT_SHAPE


@post("/v1/chat/completions", status_code=200)
async def chat_completions(
    request: Request[Any, Any, Any], context: NamedDependency[Context]
) -> Response[bytes]:
    """Answer a conversation."""
    return await answer(request, context, read_chat, CHAT_SHAPE)
