"""JSON replies, and every exception as a reply in OpenAI's shape."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from llada_core.errors import LladaError

from .errors import ApiError, from_llada, internal_error
from .wire import encode

log = logging.getLogger(__name__)


def json_reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """`body` encoded by msgspec."""
    return Response(encode(body), status_code=status, headers=headers, media_type="application/json")


def on_exception(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The reply for anything raised in a route or by the framework around it."""
    reply = as_api_error(error)
    if reply.status == 500 and not isinstance(error, (ApiError, LladaError)):
        log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return json_reply(reply.body, reply.status, reply.headers)


def as_api_error(error: Exception) -> ApiError:
    """`error` with a status, a code and a message that is fit for a client."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, LladaError):
        return from_llada(error)
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _from_framework(error)
    return internal_error()


def _from_framework(error: HTTPException) -> ApiError:
    status = error.status_code
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    known = {
        404: ("not_found", "no such endpoint; see GET /version and the documentation for the list"),
        405: ("method_not_allowed", f"this endpoint takes {headers.get('allow', 'another method')}"),
        413: ("request_too_large", "the request's body is too large"),
    }
    code, message = known.get(status, (None, error.detail))
    return ApiError(status, message, code=code, headers=headers)
