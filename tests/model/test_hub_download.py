"""Downloads, against a small stand-in of the hub on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest

COMMIT = {"main": "a" * 40, "v2": "b" * 40}


class Hub(ThreadingHTTPServer):
    """Serves one repository, `owner/name`, from a folder; remembers which files were fetched."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.fetched: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """What a snapshot download asks for: the commit, the list of files (in either form), and a file."""

    server: Hub

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        if path.startswith("api/models/owner/name/tree/"):
            files = [
                {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                for name, content in self.files().items()
            ]
            self.reply(200, json.dumps(files).encode(), {}, body)
        elif path.startswith("api/models/owner/name"):
            revision = path.removeprefix("api/models/owner/name").removeprefix("/revision/") or "main"
            commit = COMMIT.get(revision, revision)
            if commit not in COMMIT.values():
                self.reply(404, b"{}", {"X-Error-Code": "RevisionNotFound"}, body)
                return
            listing = {
                "id": "owner/name",
                "sha": commit,
                "siblings": [{"rfilename": name} for name in self.files()],
            }
            self.reply(200, json.dumps(listing).encode(), {}, body)
        elif path.startswith("api/models/owner/gated"):
            self.reply(403, b"{}", {"X-Error-Code": "GatedRepo"}, body)
        elif path.startswith("owner/name/resolve/"):
            commit, _, name = path.removeprefix("owner/name/resolve/").partition("/")
            content = self.files()[name]
            if body:
                self.server.fetched.append(name)
            etag = hashlib.sha1(content).hexdigest()
            self.reply(200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": commit}, body)
        else:
            self.reply(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body)

    def files(self) -> dict[str, bytes]:
        folder = self.server.folder
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    def reply(self, status: int, content: bytes, headers: dict[str, str], body: bool) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error."""


@pytest.fixture
def hub(make_checkpoint: Callable[..., Path]) -> Iterator[Hub]:
    folder = make_checkpoint("hub")
    for name in ("modeling_llada.py", "pytorch_model.bin", "README.md", "original/model.safetensors"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("not wanted")
    (folder / "tokenizer.json").write_text("{}")
    server = Hub(folder)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def resolve_there(hub: Hub, home: Path, call: str) -> subprocess.CompletedProcess[str]:
    """`resolve(call)` in a process whose hub is the stand-in, since the address is read at import."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_address[1]}",
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    code = (
        "from llada_core.checkpoints import resolve\nfrom llada_core.errors import CheckpointError\n"
        f"try:\n    print(resolve({call}))\nexcept CheckpointError as error:\n    print('error:', error)"
    )
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=120
    )


def test_a_download_takes_weights_configuration_and_tokenizer_only(hub: Hub, tmp_path: Path) -> None:
    done = resolve_there(hub, tmp_path / "home", "'owner/name'")
    folder = Path(done.stdout.strip())
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    assert folder.name == COMMIT["main"]
    assert (folder / "config.json").read_bytes() == (hub.folder / "config.json").read_bytes()


def test_weights_are_left_out_on_request(hub: Hub, tmp_path: Path) -> None:
    resolve_there(hub, tmp_path / "home", "'owner/name', weights=False")
    assert sorted(hub.fetched) == ["config.json", "tokenizer.json"]


def test_a_second_call_downloads_nothing(hub: Hub, tmp_path: Path) -> None:
    resolve_there(hub, tmp_path / "home", "'owner/name'")
    assert sorted(hub.fetched) == ["config.json", "model.safetensors", "tokenizer.json"]
    hub.fetched.clear()
    resolve_there(hub, tmp_path / "home", "'owner/name'")
    assert hub.fetched == []


def test_a_revision_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    done = resolve_there(hub, tmp_path / "home", "'owner/name', revision='v2'")
    assert Path(done.stdout.strip()).name == COMMIT["v2"]


def test_progress_is_shown_on_request(hub: Hub, tmp_path: Path) -> None:
    silent = resolve_there(hub, tmp_path / "first", "'owner/name', progress=False")
    assert "%" not in silent.stderr
    shown = resolve_there(hub, tmp_path / "second", "'owner/name', progress=True")
    assert "Fetching" in shown.stderr or "Downloading" in shown.stderr


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("'owner/other'", "error: owner/other: the hub has no such repository"),
        ("'owner/gated'", "error: owner/gated: the hub asks for consent first"),
        (
            "'owner/name', revision='v9'",
            "error: owner/name, revision v9: the hub has the repository but no such",
        ),
    ],
)
def test_what_the_hub_refuses_is_told(hub: Hub, tmp_path: Path, call: str, message: str) -> None:
    assert resolve_there(hub, tmp_path / "home", call).stdout.startswith(message)


def test_no_connection_is_told(hub: Hub, tmp_path: Path) -> None:
    hub.server_close()
    done = resolve_there(hub, tmp_path / "home", "'owner/name'")
    assert done.stdout.startswith("error: owner/name: the download failed: ")
