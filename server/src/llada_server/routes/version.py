"""`GET /version`."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from litestar import Response, get

from .. import __version__
from ..replies import json_reply

DISTRIBUTIONS = ("llada-core", "litestar", "msgspec", "uvicorn", "torch", "transformers")


@get("/version")
async def versions() -> Response[bytes]:
    """Versions of this server and of what it stands on."""
    found = {"llada-server": __version__, "python": platform.python_version()}
    return json_reply(found | {name: _version(name) for name in DISTRIBUTIONS})


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
