"""`POST /v1/completions`, whole or streamed."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from ..answer import answer
from ..completion_request import read_completion
from ..context import Context
from ..shapes import TEXT_SHAPE


@post("/v1/completions", status_code=200)
async def completions(request: Request[Any, Any, Any], context: NamedDependency[Context]) -> Response[bytes]:
    """Continue prompts, or fill the hole between a prompt and a suffix."""
    return await answer(request, context, read_completion, TEXT_SHAPE)
