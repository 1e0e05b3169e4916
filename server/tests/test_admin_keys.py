"""What only operators may do, where there are admin keys."""

from __future__ import annotations

import pytest

from llada_server.api_keys import ApiKeys
from llada_server.context import Context

from .conftest import client_of
from .test_api_keys import status_of

pytestmark = pytest.mark.anyio
OPERATE = [("GET", "/metrics"), ("GET", "/batch/stats"), ("POST", "/generation/algorithms/basic/switch-on")]
ASK = [("GET", "/health"), ("GET", "/v1/models"), ("GET", "/generation/algorithms")]
SPELLINGS = ["/metrics", "//metrics", "/metrics/", "///batch//stats", "/batch/stats/"]


async def status(context: Context, method: str, path: str, key: str | None) -> tuple[int, str | None]:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    async with client_of(context) as http:
        reply = await http.request(method, path, headers=headers)
    is_error = reply.status_code >= 400 and reply.headers["content-type"].startswith("application/json")
    return reply.status_code, reply.json()["error"]["code"] if is_error else None


@pytest.mark.parametrize(("method", "path"), OPERATE)
async def test_with_both_kinds_of_keys(context: Context, method: str, path: str) -> None:
    context.keys, context.admin_keys = ApiKeys(["user"]), ApiKeys(["admin"])
    assert await status(context, method, path, None) == (401, "invalid_api_key")
    assert await status(context, method, path, "wrong") == (401, "invalid_api_key")
    assert await status(context, method, path, "user") == (403, "admin_required")
    assert await status(context, method, path, "admin") == (200, None)


@pytest.mark.parametrize(("method", "path"), OPERATE)
async def test_with_admin_keys_alone(context: Context, method: str, path: str) -> None:
    context.admin_keys = ApiKeys(["admin"])
    for key in (None, "none", "user"):
        assert await status(context, method, path, key) == (403, "admin_required")
    assert await status(context, method, path, "admin") == (200, None)


@pytest.mark.parametrize(("method", "path"), OPERATE)
async def test_without_admin_keys_whoever_may_ask_may_operate(
    context: Context, method: str, path: str
) -> None:
    assert await status(context, method, path, None) == (200, None)
    context.keys = ApiKeys(["user"])
    assert await status(context, method, path, None) == (401, "invalid_api_key")
    assert await status(context, method, path, "user") == (200, None)


@pytest.mark.parametrize(("method", "path"), ASK)
async def test_admin_keys_open_everything(context: Context, method: str, path: str) -> None:
    context.keys, context.admin_keys = ApiKeys(["user"]), ApiKeys(["admin"])
    assert await status(context, method, path, "user") == (200, None)
    assert await status(context, method, path, "admin") == (200, None)
    context.keys = None
    assert await status(context, method, path, "none") == (200, None)


@pytest.mark.parametrize("path", SPELLINGS)
async def test_no_spelling_of_a_path_goes_round(context: Context, path: str) -> None:
    context.keys, context.admin_keys = ApiKeys(["user"]), ApiKeys(["admin"])
    assert await status_of(context, path, [(b"authorization", b"Bearer user")]) in (403, 404)
