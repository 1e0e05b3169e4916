"""What a request claims to be for opens nothing."""

from __future__ import annotations

import pytest

from llada_server.api_keys import ApiKeys
from llada_server.app import create_app, create_litestar
from llada_server.context import Context

from .test_api_keys import status_of

pytestmark = pytest.mark.anyio
OPEN = ["/health/live", "/health/ready"]
PLAIN = "| |x|localhost|localhost:8000|127.0.0.1|127.0.0.1:0|[::1]|[::1]:8000|x:99999|x:|:80|x:y|u@x|x,y|*|."
ODD = ["..", "-", "xn--a", "ä", "\u2100", "\x00", "x\t", "a" * 300, "localhost.", "LOCALHOST"]
ENDS = ("", "?", "#", "/", ";", "%00", "\\")
HOSTS = [*PLAIN.split("|"), *ODD, *(f"x{path}{end}" for path in OPEN for end in ENDS)]
TABLE = {
    "/v1/chat/completions": "user",
    "/v1/completions": "user",
    "/v1/infill": "user",
    "/v1/models": "user",
    "/v1/models/{name:path}": "user",
    "/v1/algorithms": "user",
    "/v1/algorithms/{name:str}": "user",
    "/v1/algorithms/{name:str}/switch-on": "admin",
    "/v1/tokenize": "user",
    "/v1/detokenize": "user",
    "/tokenize": "user",
    "/tokenizer_info": "user",
    "/v1/tokenizer_info": "user",
    "/detokenize": "user",
    "/generation/algorithms": "user",
    "/generation/algorithms/{name:str}": "user",
    "/generation/algorithms/{name:str}/switch-on": "admin",
    "/health": "user",
    "/health/live": "open",
    "/health/ready": "open",
    "/batch/stats": "admin",
    "/metrics": "admin",
    "/version": "user",
    "/openapi.json": "user",
    "/docs": "user",
    "/": "open",
    "/playground/app.css": "open",
    "/playground/app.js": "open",
    "/playground/icon.svg": "open",
}
"""Who may use a route, where there are keys of both kinds."""


@pytest.fixture
def guarded(context: Context) -> Context:
    context.keys, context.admin_keys = ApiKeys(["user"]), ApiKeys(["admin"])
    return context


async def test_every_route_is_in_the_table(guarded: Context) -> None:
    assert {route.path for route in create_litestar(guarded).routes} == set(TABLE), "list a new route above"


@pytest.mark.parametrize("path", sorted(TABLE))
async def test_who_may_use_a_route(guarded: Context, path: str) -> None:
    plain = path.replace("{name:str}", "basic").replace("{name:path}", "model")
    found = {}
    for key in ("", "wrong", "user", "admin"):
        headers = [(b"authorization", f"Bearer {key}".encode())] if key else []
        method = "POST" if path.endswith("switch-on") else "GET"
        found[key] = await status_of(guarded, plain, headers, method)
    refused = {key for key, status in found.items() if status in (401, 403)}
    expected = {"open": set(), "user": {"", "wrong"}, "admin": {"", "wrong", "user"}}[TABLE[path]]
    assert refused == expected


async def test_no_host_opens_a_route(guarded: Context) -> None:
    app = create_app(guarded)
    for host in HOSTS:
        for path, who in TABLE.items():
            if who != "open":
                assert await status_of(app, path, [(b"host", host.encode())]) == 401, (path, host)


def test_there_are_enough_hosts() -> None:
    assert len(set(HOSTS)) >= 40
