"""The registry of this process, loaded when it is first asked for, and functions that use it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from ..algorithm import GenerationAlgorithm
from ..errors import PluginError
from ..plugins import is_strict
from ..plugins.direct import checked, hold
from .generation import GenerationRegistry

_lock = threading.RLock()
_default: GenerationRegistry | None = None


def default_registry() -> GenerationRegistry:
    """The registry of this process with all installed plugins, the same one for every caller.

    Raises:
        PluginError: a plugin cannot load, with `LLADA_PLUGINS_STRICT=1` only.
    """
    global _default
    with _lock:
        if _default is None:
            # Set before loading: a plugin may ask for the registry while it is imported.
            _default = GenerationRegistry(strict=is_strict(os.environ))
            try:
                _default.load_plugins()
            except BaseException:
                _default = None
                raise
        return _default


def load_registry(files: Iterable[Path]) -> GenerationRegistry:
    """The registry of this process, with these files as plugins too.

    Raises:
        PluginError: a file does not load.
    """
    registry = default_registry()
    for file in files:
        record = registry.load_file(file)
        if record.status != "loaded":
            raise PluginError(f"--plugin {file}: {record.reason}")
    return registry


def register_algorithm(
    algorithm: GenerationAlgorithm,
    aliases: Iterable[str] | None = None,
    *,
    params: type[msgspec.Struct] | None = None,
) -> None:
    """Register an instance. In a plugin that is being loaded it belongs to that plugin, and counts once the
    plugin has loaded as a whole; elsewhere it is `GenerationRegistry.register`.

    Raises:
        TypeError, ValueError, PluginError: as for `GenerationRegistry.register`.
    """
    registration = checked(algorithm, aliases, params)
    if not hold(registration):
        default_registry().register(algorithm, registration.aliases, params=params)


def get_algorithm(name: str | None) -> GenerationAlgorithm | None:
    """`GenerationRegistry.get` of the default registry."""
    return default_registry().get(name)


def list_algorithms() -> list[str]:
    """`GenerationRegistry.list_algorithms` of the default registry."""
    return default_registry().list_algorithms()


def list_available_algorithms() -> list[str]:
    """`GenerationRegistry.list_available_algorithms` of the default registry."""
    return default_registry().list_available_algorithms()


def get_algorithm_info(name: str) -> dict[str, Any] | None:
    """`GenerationRegistry.get_algorithm_info` of the default registry."""
    return default_registry().get_algorithm_info(name)
