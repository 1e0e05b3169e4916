"""The keys that clients or operators may send, as digests: no key is kept, compared or shown in clear."""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

log = logging.getLogger(__name__)


class ApiKeyError(Exception):
    """Keys that cannot be used; `str(error)` says why and holds none of them."""


class ApiKeys:
    """Keys that were given, and those of a file, which is read again when it changes."""

    def __init__(
        self,
        keys: Sequence[str] = (),
        file: Path | None = None,
        *,
        kind: str = "API key",
        interval: float = 1.0,
    ) -> None:
        """
        Args:
            file: one key a line; empty lines and lines that begin with `#` do not count.
            kind: what messages call a key.
            interval: seconds from one look at the file to the next.

        Raises:
            ApiKeyError: a key cannot be sent in a header, the file cannot be read, or there is no key at all.
        """
        self._kind = kind
        self._given = [digest(key, f"{kind} {number}", kind) for number, key in enumerate(keys, 1)]
        self._file = file
        self._interval = interval
        self._looked_at = time.monotonic()
        self._read: list[bytes] = []
        self._seen: object = None
        if file is not None:
            self._seen = _state(file)
            self._read = read_keys(file, kind)
        if not self._given + self._read:
            raise ApiKeyError(f"{file} holds no {kind}" if file else f"no {kind} was given")

    def __contains__(self, key: bytes) -> bool:
        """Whether it is one of the keys. Takes the same time whichever it is, or nearly is."""
        self._look()
        sent = sha256(key).digest()
        found = False
        for known in self._given + self._read:
            found |= hmac.compare_digest(known, sent)
        return found

    def _look(self) -> None:
        """Read the file again if it changed. One that is gone or wrong leaves the keys as they were."""
        now = time.monotonic()
        if self._file is None or now - self._looked_at < self._interval:
            return
        self._looked_at = now
        state = _state(self._file)
        if state == self._seen:
            return
        self._seen = state
        try:
            self._read = read_keys(self._file, self._kind)
        except ApiKeyError as error:
            log.error("%s; the %ss stay as they were", error, self._kind)
        else:
            log.info("%ss read again from %s: %d", self._kind, self._file, len(self._read))


def read_keys(file: Path, kind: str = "API key") -> list[bytes]:
    """Digests of the keys in `file`.

    Raises:
        ApiKeyError: it cannot be read, or a line holds no key.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ApiKeyError(f"cannot read {kind}s from {file}: {reason}") from None
    stripped = ((number, line.strip()) for number, line in enumerate(lines, 1))
    return [
        digest(line, f"{file}, line {number}", kind)
        for number, line in stripped
        if line and not line.startswith("#")
    ]


def digest(key: str, where: str, kind: str = "API key") -> bytes:
    """SHA-256 of a key.

    Raises:
        ApiKeyError: no client could send it; `where` it stands is said, not what it is.
    """
    if not key or not all("!" <= character <= "~" for character in key):
        raise ApiKeyError(f"{where}: an {kind} consists of visible ASCII characters, without spaces")
    return sha256(key.encode()).digest()


def _state(file: Path) -> object:
    """What changes when the file does; None: it cannot be looked at."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
