"""`POST /v1/infill`, whole or streamed."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from ..answer import answer
from ..context import Context
from ..infill_request import read_infill
from ..shapes import INFILL_SHAPE


@post("/v1/infill", status_code=200)
async def infill(request: Request[Any, Any, Any], context: NamedDependency[Context]) -> Response[bytes]:
    """Fill the holes of a text, each answered by its name."""
    return await answer(request, context, read_infill, INFILL_SHAPE)
