"""The registry's functions under their older import name.

Older scripts import `registry` from `llada_generate` as the registry object itself, so every other attribute
of this module is that object's: `registry.get("basic")`.
"""

from __future__ import annotations

from typing import Any

from llada_core import (
    GenerationRegistry,
    default_registry,
    get_algorithm,
    get_algorithm_info,
    list_algorithms,
    list_available_algorithms,
    register_algorithm,
)

__all__ = [
    "GenerationRegistry",
    "get_algorithm",
    "get_algorithm_info",
    "list_algorithms",
    "list_available_algorithms",
    "register_algorithm",
]


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(default_registry(), name)
