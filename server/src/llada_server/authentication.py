"""Who may ask: with API keys, only those who send one, on every path but the probes' and the page's files.
And who may operate."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from .api_keys import ApiKeys
from .errors import ApiError
from .metrics import Metrics
from .playground_files import FILES
from .wire import encode

OPEN_PATHS = frozenset({"/health/live", "/health/ready", *FILES})
"""For probes, which send no keys, and the files of the page, which asks for one; they are the same on every
server. Exact, as sent: whatever is not spelt like this needs a key."""


MAY_OPERATE = "llada.may_operate"
"""Name in a request's scope: whether it came with an admin key."""


def with_keys(app: ASGIApp, users: ApiKeys | None, operators: ApiKeys | None, metrics: Metrics) -> ASGIApp:
    """Wrap `app`: it sees only requests with a key, and those for `OPEN_PATHS`.

    This is outside of the application's routing, so that unknown paths and methods need a key too. Nothing
    but the path decides: no header, method or prefix opens anything. What only operators may do is up to
    `operators_only`, behind the routing, where a path has one spelling.

    Args:
        users: who may ask; None: everybody.
        operators: who may ask and operate; None: everybody who may ask.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        sent = bearer_token(scope)
        operates = operators is None or (sent is not None and sent in operators)
        scope[MAY_OPERATE] = operates  # type: ignore[literal-required]
        known = operators is not None and operates
        if users is None or known or scope["path"] in OPEN_PATHS or (sent is not None and sent in users):
            await app(scope, receive, send)
            return
        metrics.rejected("invalid_api_key")
        await _refuse(unauthorized(missing=sent is None), send)

    return guarded


def operators_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard of routes that need an admin key, where there are any.

    Raises:
        ApiError: 403 `admin_required`.
    """
    if not connection.scope.get(MAY_OPERATE, True):
        raise ApiError(403, "this endpoint takes one of the server's admin keys", code="admin_required")


def bearer_token(scope: Scope) -> bytes | None:
    """The token of `Authorization: Bearer TOKEN`; None without one, or with two such headers."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(given) != 1:
        return None
    scheme, _, token = given[0].partition(b" ")
    return token.strip() or None if scheme.lower() == b"bearer" else None


def unauthorized(*, missing: bool) -> ApiError:
    """A 401 that does not repeat what was sent."""
    message = (
        "this server wants an API key, in a header `Authorization: Bearer KEY`"
        if missing
        else "this API key is not one of the server's"
    )
    challenge = 'Bearer realm="llada"' + ("" if missing else ', error="invalid_token"')
    return ApiError(401, message, code="invalid_api_key", headers={"www-authenticate": challenge})


async def _refuse(error: ApiError, send: Send) -> None:
    body = encode(error.body)
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        **error.headers,
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
