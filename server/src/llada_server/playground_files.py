"""The built files of the playground page: what `server/playground` makes, by the path it is served at."""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "playground"
FILES = {
    "/": ("index.html", "text/html"),
    "/playground/app.css": ("app.css", "text/css"),
    "/playground/app.js": ("app.js", "text/javascript"),
    "/playground/icon.svg": ("icon.svg", "image/svg+xml"),
}
"""File and media type by path. These paths are open also where the server has API keys."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from elsewhere, nothing inline, and no text becomes markup."""


class PageFile(Struct, frozen=True):
    """One file, ready to be sent."""

    body: bytes
    packed: bytes
    """The same for those who take gzip."""
    headers: dict[str, str]


def read_files() -> dict[str, PageFile]:
    """Every file by its path."""
    return {path: _read(FOLDER / name, media_type) for path, (name, media_type) in FILES.items()}


def _read(file: Path, media_type: str) -> PageFile:
    body = file.read_bytes()
    headers = {
        "content-type": media_type if media_type.startswith("image/") else f"{media_type}; charset=utf-8",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-cache",
        "vary": "accept-encoding",
        "etag": f'W/"{sha256(body).hexdigest()[:32]}"',
    }
    return PageFile(body, gzip.compress(body, mtime=0), headers)
