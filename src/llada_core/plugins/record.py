"""What became of each plugin, in a form that can be listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from packaging.utils import canonicalize_name

from ..errors import PluginError

Status = Literal["loaded", "blocked", "incompatible", "failed"]
Phase = Literal["select", "compatible", "import", "register", "collect"]


class PluginRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One plugin and what became of it. Whether its algorithms can run here, the registry says later."""

    key: str
    """What tells it from all others: `distribution:name`, or a lone file's path."""
    name: str
    """Entry-point name, or a lone file's stem."""
    distribution: str
    """Distribution that brought it, or a lone file's name."""
    version: str | None
    status: Status
    phase: Phase
    """The phase that it reached."""
    reason: str | None = None
    """Why it is not loaded, in one line."""
    algorithms: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    import_seconds: float | None = None
    traceback: str | None = None
    warnings: tuple[str, ...] = ()
    """What its author should change although it loaded."""

    @property
    def title(self) -> str:
        """Distribution and version, for messages."""
        return f"{self.distribution} {self.version}" if self.version else self.distribution

    @property
    def names(self) -> frozenset[str]:
        """The canonical names under which a user may mean it."""
        return frozenset({canonicalize_name(self.distribution), canonicalize_name(self.name)})


@dataclass
class Attempt:
    """A plugin on its way through the phases."""

    key: str
    name: str
    distribution: str
    version: str | None
    owner: str | None = None
    """The distribution; None: a lone file, which owns no first-party name."""
    phase: Phase = "select"
    import_seconds: float | None = None

    def record(self, status: Status, **more: Any) -> PluginRecord:
        """The record of it as it stands; `more` are fields of PluginRecord."""
        return PluginRecord(
            key=self.key,
            name=self.name,
            distribution=self.distribution,
            version=self.version,
            status=status,
            phase=self.phase,
            import_seconds=self.import_seconds,
            **more,
        )


def one_line(error: BaseException) -> str:
    """An exception as one line of at most 500 characters; the framework's own errors without their type."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = "(its message cannot be shown)"
    if not isinstance(error, PluginError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= 500 else text[:497] + "..."
