"""Errors in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`, whatever went wrong."""

from __future__ import annotations

import re

import msgspec

from llada_core.errors import LladaError

MAX_MESSAGE = 1000


class ErrorInfo(msgspec.Struct, frozen=True):
    """The four members of OpenAI's error object."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """The body of every reply that is not a success, and of an error event in a stream."""

    error: ErrorInfo


class ApiError(Exception):
    """An error with everything that its HTTP reply needs; `message` is fit to be shown to a user."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 3] + "..."
        self.param = param
        self.code = code
        self.headers = headers or {}

    @property
    def body(self) -> ErrorBody:
        """What goes over the wire."""
        return ErrorBody(ErrorInfo(self.message, error_type(self.status), self.param, self.code))


def bad_request(message: str, param: str | None = None, code: str | None = "invalid_parameter") -> ApiError:
    """A 400: the client must change something before it tries again."""
    return ApiError(400, message, param=param, code=code)


def unsupported(param: str, message: str) -> ApiError:
    """A 400 for something that OpenAI's interface has and that would be wrong to ignore here."""
    return bad_request(message, param, "unsupported_parameter")


def not_ready(code: str, message: str) -> ApiError:
    """A 503: trying again in a moment may help."""
    return ApiError(503, message, code=code, headers={"retry-after": "5"})


def internal_error() -> ApiError:
    """A 500 that tells nothing about the inside; the log has the traceback."""
    return ApiError(500, "internal error; the server's log has the details", code="internal_error")


def error_type(status: int) -> str:
    """OpenAI's error type for an HTTP status."""
    named = {
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        429: "rate_limit_error",
        503: "service_unavailable_error",
    }
    return named.get(status, "invalid_request_error" if status < 500 else "server_error")


STATUS_BY_CODE = {
    "invalid_parameter": 400,
    "invalid_algorithm_params": 400,
    "context_length_exceeded": 400,
    "algorithm_unavailable": 400,
    "algorithm_disabled": 503,
    "engine_dead": 503,
    "draining": 503,
    "not_ready": 503,
    "request_deadline": 504,
    "cancelled": 503,
}
"""Status of a code that the framework raised; "unknown_..." and "ambiguous_..." are 400, any other 500."""


def from_code(code: str, message: str, param: str | None = None) -> ApiError:
    """The reply for an error that the framework raised on purpose, by its code."""
    status = 400 if code.startswith(("unknown_", "ambiguous_")) else STATUS_BY_CODE.get(code, 500)
    headers = {}
    if status == 503:
        headers["retry-after"] = "5"
    if status == 500:
        # The same request would fail the same way; openai-python would otherwise send it twice more.
        headers["x-should-retry"] = "false"
    return ApiError(status, scrub(message), param=param, code=code, headers=headers)


def from_llada(error: LladaError) -> ApiError:
    """The reply for `error`."""
    return from_code(error.code, str(error), error.field)


PATHS = re.compile(r"(?<![\w/:.])(?:/[\w.@+~-]+){2,}/?|\b[A-Za-z]:\\[^\s'\"]+")


def scrub(message: str) -> str:
    """First line of `message`, without paths of this machine: plugins quote exceptions that may hold some."""
    return PATHS.sub("<path>", message.strip().partition("\n")[0])
