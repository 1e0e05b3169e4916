"""The page's files with replies by a script, for what no model can be made to say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from llada_server.playground_files import read_files

PARAMETERS = {
    "type": "object",
    "properties": {
        "gen_length": {"type": "integer", "minimum": 1, "default": 128, "description": "Tokens."},
        "block_length": {"type": "integer", "minimum": 1, "default": 32, "description": "A block."},
    },
}
LISTING = {
    "algorithms": [
        {
            "name": "scripted",
            "aliases": [],
            "description": "Says what it is told to.",
            "available": True,
            "reason": None,
            "hint": None,
            "distribution": "scripted",
            "version": "1",
            "execution": "denoising",
            "unmasking": ["schedule"],
            "params": None,
        }
    ],
    "unmasking_rules": [],
    "parameters": PARAMETERS,
    "plugins": [],
    "default": "scripted",
}
GETS: dict[str, Any] = {
    "/health/ready": {"status": "ready"},
    "/generation/algorithms": LISTING,
    "/v1/models": {"data": [{"id": "scripted"}]},
}
REPORT = {"algorithm": "scripted", "unmasking": "schedule", "seed": 1, "nfe": 1, "parameters": {}}

Pieces = Iterable[dict[str, Any] | bytes | float]
"""Chunks of a reply, the same already encoded, or seconds to wait."""


def text(piece: str) -> dict[str, Any]:
    """A chunk with a piece of text."""
    return {"choices": [{"index": 0, "delta": {"content": piece}}]}


def canvas(*changes: tuple[int, str, float | None, int, str]) -> dict[str, Any]:
    """A chunk with what a step changed."""
    return {"choices": [{"index": 0, "delta": {}}], "llada": {"canvas": changes}}


def ending(tokens: int = 1) -> list[dict[str, Any]]:
    """The last chunks of a reply."""
    usage = {"prompt_tokens": 1, "completion_tokens": tokens, "total_tokens": tokens + 1}
    return [
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "llada": REPORT},
        {"choices": [], "usage": usage},
    ]


def encode(chunk: dict[str, Any]) -> bytes:
    """A chunk as a server-sent event."""
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


@contextmanager
def scripted(script: Callable[[dict[str, Any]], Pieces]) -> Iterator[str]:
    """The address of a server that answers the body of each POST with the pieces of `script`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            file = read_files().get(self.path)
            if file:
                self._send(200, file.headers, file.body)
            elif self.path in GETS:
                self._send(200, {"content-type": "application/json"}, json.dumps(GETS[self.path]).encode())
            else:
                self._send(404, {}, b"")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._send(200, {"content-type": "text/event-stream"}, b"")
            try:
                for piece in script(body):
                    if isinstance(piece, float):
                        time.sleep(piece)
                    else:
                        self.wfile.write(piece if isinstance(piece, bytes) else encode(piece))
                        self.wfile.flush()
                self.wfile.write(b"data: [DONE]\n\n")
            except (BrokenPipeError, ConnectionResetError):
                pass

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
