"""What authors of plugins test with. Importing this imports neither torch nor pytest."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .fake_distribution import importable, make_distribution, make_plugin, registry_of

if TYPE_CHECKING:
    from .checks import CHECKS
    from .kit import check_algorithm, parametrize_with_checks
    from .plans import progress_at
    from .subject import CheckFailed, NotApplicable, Subject
    from .tiny import tiny_model

_LAZY = {
    "CHECKS": "checks",
    "CheckFailed": "subject",
    "NotApplicable": "subject",
    "Subject": "subject",
    "check_algorithm": "kit",
    "parametrize_with_checks": "kit",
    "progress_at": "plans",
    "tiny_model": "tiny",
}

__all__ = [
    "CHECKS",
    "CheckFailed",
    "NotApplicable",
    "Subject",
    "check_algorithm",
    "importable",
    "make_distribution",
    "make_plugin",
    "parametrize_with_checks",
    "progress_at",
    "registry_of",
    "tiny_model",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
