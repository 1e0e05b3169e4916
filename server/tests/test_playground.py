"""The page's files as the server sends them, and as they were built."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from llada_server.playground_files import FILES, FOLDER, POLICY

pytestmark = pytest.mark.anyio

SOURCES = Path(__file__).parents[1] / "playground"
MADE_FROM = [
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
]
REBUILD = "the built page is not what its sources make: run `nox -s playground -- --write`"


@pytest.mark.parametrize("path", FILES)
async def test_files_are_sent_with_their_type_and_a_strict_policy(http: httpx.AsyncClient, path: str) -> None:
    name, media_type = FILES[path]
    reply = await http.get(path)
    assert reply.status_code == 200
    assert reply.content == (FOLDER / name).read_bytes()
    assert reply.headers["content-type"].partition(";")[0] == media_type
    assert reply.headers["content-security-policy"] == POLICY
    assert reply.headers["x-content-type-options"] == "nosniff"
    again = await http.get(path, headers={"if-none-match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_gzip_is_sent_to_those_who_take_it_only(http: httpx.AsyncClient) -> None:
    packed = await http.get("/playground/app.js", headers={"accept-encoding": "gzip, br"})
    plain = await http.get("/playground/app.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


async def test_nothing_else_of_the_folder_is_sent(http: httpx.AsyncClient) -> None:
    for path in ("/playground/sources.sha256", "/playground/", "/playground/../app.py", "/index.html"):
        assert (await http.get(path)).status_code == 404


def test_policy_lets_nothing_in() -> None:
    directives = {words[0]: words[1:] for words in (part.split() for part in POLICY.split(";"))}
    assert directives.pop("default-src") == ["'none'"]
    assert directives.pop("require-trusted-types-for") == ["'script'"]
    assert {value for values in directives.values() for value in values} == {"'self'", "'none'"}


def test_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    page = (FOLDER / "index.html").read_text()
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == [
        "./playground/icon.svg",
        "./playground/app.js",
        "./playground/app.css",
    ]
    assert not re.findall(r"<style|\sstyle=|\son\w+=", page)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert not re.findall(r"url\(|@import", (FOLDER / "app.css").read_text())


def test_script_stays_small() -> None:
    packed = gzip.compress((FOLDER / "app.js").read_bytes())
    assert len(packed) < 120_000


def test_built_files_are_those_of_the_sources() -> None:
    """Where there is Node, `nox -s playground` builds them; this notices a forgotten build without it."""
    found = [file for name in MADE_FROM for file in (SOURCES / name, *(SOURCES / name).rglob("*"))]
    files = {file.relative_to(SOURCES).as_posix(): file for file in found if file.is_file()}
    lines = [f"{sha256(file.read_bytes()).hexdigest()}  {name}\n" for name, file in sorted(files.items())]
    assert (FOLDER / "sources.sha256").read_text() == "".join(lines), REBUILD


def test_lock_file_names_no_place_to_download_from() -> None:
    lock = (SOURCES / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert "resolved" not in lock
