"""`GET /openapi.json`, and `GET /docs` for people."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from ..docs_page import HEADERS, page
from ..openapi import document
from ..replies import json_reply


@get("/openapi.json")
async def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This interface as an OpenAPI 3.1 document."""
    return json_reply(document(request.app.routes))


@get("/docs")
async def documentation(request: Request[Any, Any, Any]) -> Response[str]:
    """The same as a page to read, which loads nothing from elsewhere."""
    return Response(page(document(request.app.routes)), media_type="text/html", headers=HEADERS)
