"""With API keys every path is closed but those of probes and of the page, and no key is ever told."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.types import ASGIApp

from llada_server import api_keys
from llada_server.api_keys import ApiKeyError, ApiKeys
from llada_server.app import create_app, create_litestar
from llada_server.authentication import OPEN_PATHS
from llada_server.context import Context

from .conftest import MakeContext, client_of
from .test_errors import error_of

pytestmark = pytest.mark.anyio

KEY, OTHER = "sk-first-0123456789", "sk-second-987654321"
HI = {"messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture
def guarded(make_context: MakeContext) -> Context:
    context = make_context()
    context.keys = ApiKeys([KEY, OTHER])
    return context


@pytest.fixture
async def http(guarded: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(guarded) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize("key", [KEY, OTHER])
async def test_each_key_is_taken(http: httpx.AsyncClient, key: str) -> None:
    reply = await http.post("/v1/chat/completions", json=HI, headers=bearer(key))
    assert reply.status_code == 200
    spelt = await http.get("/v1/models", headers={"authorization": f"bearer  {key}"})
    assert spelt.status_code == 200


async def test_every_route_wants_a_key_but_probes_and_the_page(
    guarded: Context, http: httpx.AsyncClient
) -> None:
    for route in create_litestar(guarded).routes:
        path = route.path.replace("{name:str}", "basic").replace("{model_id:path}", "model")
        for method in {*route.methods, "OPTIONS", "DELETE"}:
            for headers in ({}, bearer("wrong")):
                reply = await http.request(method, path, headers=headers)
                assert (reply.status_code == 401) is (path not in OPEN_PATHS), (method, path)
    probes, page = {"/health/live", "/health/ready"}, {f"/playground/app.{kind}" for kind in ("css", "js")}
    assert probes | page | {"/", "/playground/icon.svg"} == OPEN_PATHS


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/health/live/",
        "//health/live",
        "/health/live/../../v1/models",
        "//",
        "/playground",
        "/playground/",
        "/playground/sources.sha256",
        "/playground/app.js/",
        "/playground/../v1/models",
    ],
)
async def test_default_is_deny(guarded: Context, path: str) -> None:
    """Paths as a raw client may send them, which httpx would tidy up."""
    assert (await status_of(guarded, path)) == 401


@pytest.mark.parametrize("path", ["/v1/models", "//v1/models", "/v1//models/", "/V1/models"])
@pytest.mark.parametrize("host", [b"x/health/live?", b"x/health/live#", b"", b"localhost:1"])
async def test_no_spelling_of_path_or_host_opens_anything(guarded: Context, path: str, host: bytes) -> None:
    assert (await status_of(guarded, path, [(b"host", host)])) == 401


@pytest.mark.parametrize(
    "values",
    [
        ["Basic " + KEY],
        [KEY],
        ["Bearer"],
        ["Bearer "],
        ["Bearer " + KEY + "x"],
        ["Bearer " + KEY[:-1]],
        ["Bearer " + KEY.upper()],
        [f"Bearer {KEY} {OTHER}"],
        [f"Bearer {KEY}", "Bearer wrong"],
        ["Bearer \xff"],
    ],
)
async def test_headers_that_are_no_key(guarded: Context, values: list[str]) -> None:
    headers = [(b"authorization", value.encode("latin-1")) for value in values]
    assert (await status_of(guarded, "/v1/models", headers)) == 401


async def test_refusal_has_the_shape_of_all_errors(guarded: Context, http: httpx.AsyncClient) -> None:
    missing = await http.get("/v1/models")
    wrong = await http.post("/v1/chat/completions", json=HI, headers=bearer("sk-guess"))
    for reply in (missing, wrong):
        error = error_of(reply, 401)
        assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
        assert reply.headers["www-authenticate"].startswith("Bearer ")
        assert "sk-" not in reply.text
    assert "Authorization: Bearer" in missing.json()["error"]["message"]
    metrics = await http.get("/metrics", headers=bearer(KEY))
    assert 'reason="invalid_api_key"} 2.0' in metrics.text


async def test_the_document_says_where_a_key_belongs(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json", headers=bearer(KEY))).json()
    assert document["security"] == [{"api_key": []}, {}]  # a key, if the server has some
    assert document["components"]["securitySchemes"] == {"api_key": {"type": "http", "scheme": "bearer"}}
    free = {
        path
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if operation.get("security") == []
    }
    assert free == OPEN_PATHS


async def test_a_websocket_is_closed(guarded: Context) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "websocket", "path": "/health/live", "headers": []}
    await create_app(guarded)(scope, None, send)  # type: ignore[arg-type]
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_without_keys_everything_is_open(make_context: MakeContext) -> None:
    async with client_of(make_context()) as http:
        assert (await http.get("/v1/models", headers=bearer("anything"))).status_code == 200


def test_every_key_is_compared_as_a_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """However early one matches, so that time tells nothing."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((a, b))
        return a == b

    keys = ApiKeys([KEY, OTHER])
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert KEY.encode() in keys
    assert b"wrong" not in keys
    assert len(compared) == 4
    assert all(len(a) == len(b) == 32 for a, b in compared)
    assert KEY not in repr(vars(keys))


def test_file_of_keys(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    file = tmp_path / "keys"
    write(file, f"# ours\n\n  {KEY}  \r\n#{OTHER}\n", 1)
    keys = ApiKeys(["given"], file, interval=0)
    assert [key in keys for key in (b"given", KEY.encode(), OTHER.encode())] == [True, True, False]

    write(file, OTHER, 2)
    assert [key in keys for key in (b"given", KEY.encode(), OTHER.encode())] == [True, False, True]

    write(file, f"{KEY} with words", 3)
    assert [key in keys for key in (b"given", KEY.encode(), OTHER.encode())] == [True, False, True]
    assert "keys, line 1" in caplog.text

    file.unlink()
    assert OTHER.encode() in keys
    assert "No such file" in caplog.text
    write(file, "", 4)
    assert [key in keys for key in (b"given", KEY.encode(), OTHER.encode())] == [True, False, False]
    assert "sk-" not in caplog.text


def test_file_is_looked_at_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(api_keys.time, "monotonic", lambda: now)
    file = tmp_path / "keys"
    write(file, KEY, 1)
    keys = ApiKeys(file=file)
    write(file, OTHER, 2)
    assert OTHER.encode() not in keys
    now += 1
    assert OTHER.encode() in keys


@pytest.mark.parametrize("given", [[""], ["two words"], ["sk-\n"], ["sk-ä"], []])
def test_keys_that_cannot_be_sent(given: list[str]) -> None:
    with pytest.raises(ApiKeyError) as caught:
        ApiKeys(given)
    assert not given or not given[0] or given[0] not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"# none\n", b"\xff\xfe"])
def test_files_without_keys(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ApiKeyError, match="keys"):
        ApiKeys(file=file)


def write(file: Path, text: str, second: int) -> None:
    """Write, with a time of its own: a file system's clock may be coarse."""
    file.write_text(text)
    os.utime(file, (second, second))


async def status_of(
    context: Context | ASGIApp,
    path: str,
    headers: list[tuple[bytes, bytes]] | None = None,
    method: str = "GET",
) -> int:
    """Status of a request whose path goes to the application as it is."""
    statuses: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope: Any = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": headers or [],
    }
    app = create_app(context) if isinstance(context, Context) else context
    await app(scope, receive, send)
    return statuses[0]
