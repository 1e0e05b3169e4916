"""What the documents tell people to type works: Python blocks, curl and commands, against a real server."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from llada_core.registry import GenerationRegistry
from llada_core.registry import default as default_module

from ..serving import serving
from .run_command import run

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "docs/guide.md", "docs/migration.md", "server/README.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"


def blocks(language: str) -> list[tuple[str, str]]:
    """Fenced blocks of a language, each with the document that it stands in."""
    return [
        (document, body)
        for document in DOCUMENTS
        for kind, body in BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
        if kind == language
    ]


def commands(program: str) -> list[tuple[str, str]]:
    """Lines of plain blocks that run a program, without comments."""
    return [
        (document, line.partition(" #")[0].strip())
        for document, body in blocks("")
        for line in re.sub(r"\\\n\s*", "", body).splitlines()
        if line.startswith(f"{program} ")
    ]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the demo checkpoint, ready."""
    names = ("--served-model-name", "demo", "--served-model-name", "llada-8b-instruct")
    with serving(tmp_path_factory.mktemp("server") / "log", *names) as server:
        yield server.url


@pytest.mark.parametrize(("document", "body"), blocks("python"))
def test_python_blocks_run(
    document: str,
    body: str,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    replies: list[httpx.Response] = []

    class Requests:
        """The library of that name, as far as the documents use it."""

        @staticmethod
        def post(url: str, json: object) -> None:
            replies.append(httpx.post(url, json=json, timeout=60))

    monkeypatch.setitem(sys.modules, "requests", Requests)
    exec(compile(body.replace(ADDRESS, address), document, "exec"), {"__name__": "__main__"})
    assert all(reply.status_code == 200 for reply in replies)
    if "What is 17 plus 25?" in body and not replies and "tokens, nfe" not in body:
        assert "42" in capsys.readouterr().out


def test_curl_lines_run(address: str) -> None:
    ran = 0
    for document, body in blocks(""):
        if body.startswith("curl"):
            words = shlex.split(body.replace("\\\n", ""))
            url = next(word for word in words if word.startswith(ADDRESS)).replace(ADDRESS, address)
            reply = httpx.post(url, json=json.loads(words[words.index("-d") + 1]), timeout=60)
            assert reply.status_code == 200, f"{document}: {reply.text}"
            assert "42" in reply.json()["choices"][0]["message"]["content"]
            ran += 1
    assert ran >= 2


def test_the_algorithm_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = [body for document, body in blocks("python") if "DenoisingAlgorithm" in body]
    (tmp_path / "refreshing.py").write_text(source)
    assert len([line for line in source.splitlines() if line.strip()]) <= 20
    (line,) = [
        text for _, text in commands("llada") if "--plugin refreshing.py" in text and "generate" in text
    ]
    registry = GenerationRegistry()
    registry.load_plugins()
    monkeypatch.setattr(default_module, "_default", registry)
    monkeypatch.chdir(tmp_path)
    result = run(*shlex.split(line)[1:])
    assert result.exit_code == 0, result.output
    assert "42" in result.stdout


def test_every_command_that_is_shown_parses() -> None:
    """With --help behind it, a command reads its options and runs nothing."""
    from llada_core.cli import main

    shown = [line for _, line in commands("llada")]
    assert len(shown) > 10
    for line in shown:
        with pytest.raises(SystemExit) as ended:
            main([*shlex.split(line)[1:], "--help"], prog_name="llada")
        assert ended.value.code == 0, line


def test_links_between_documents_lead_somewhere() -> None:
    for document in (*DOCUMENTS, "docs/decisions.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (ROOT / document).parent.joinpath(target).exists(), f"{document} links to {target}"
