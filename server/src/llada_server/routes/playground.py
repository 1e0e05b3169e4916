"""`GET /` and the three files that the page loads."""

from __future__ import annotations

from functools import cache
from typing import Any

from litestar import Request, Response, get

from ..playground_files import FILES, PageFile, read_files


@get(list(FILES))
async def playground(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page where a model can be watched while it denoises, and what it loads."""
    file = _files()[request.scope["path"].rstrip("/") or "/"]
    asked = request.headers
    if asked.get("if-none-match") == file.headers["etag"]:
        return Response(b"", status_code=304, headers=file.headers)
    if "gzip" in asked.get("accept-encoding", ""):
        return Response(file.packed, headers=file.headers | {"content-encoding": "gzip"})
    return Response(file.body, headers=file.headers)


@cache
def _files() -> dict[str, PageFile]:
    """Read once, when the first one is asked for."""
    return read_files()
