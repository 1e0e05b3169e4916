"""What surrounds the application, so that it also sees replies that no route made: ids and counts."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Awaitable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics

VALID_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
OTHER = "other"
"""Handler of requests that no route has, and any method that HTTP does not."""


def with_request_id(app: ASGIApp) -> ASGIApp:
    """Wrap `app`: `x-request-id` is the client's, if it has a harmless form, else a fresh one."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given if VALID_ID.fullmatch(given) else f"req_{uuid.uuid4().hex}".encode()

        def send_with_id(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id)]
            return send(message)

        await app(scope, receive, send_with_id)

    return wrapped


def with_counts(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """Wrap `app`: every reply is counted under its route, once it is over."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        def send_and_note(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            return send(message)

        try:
            await app(scope, receive, send_and_note)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            handler = scope.get("path_template") or OTHER
            metrics.answered(handler, method, status or 499, time.perf_counter() - begun)

    return wrapped
