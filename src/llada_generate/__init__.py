"""The older import name of llada_core, kept for scripts that use it: re-exports, nothing else."""

from __future__ import annotations

from llada_core import (
    Availability,
    DenoisingAlgorithm,
    GenerationAlgorithm,
    GenerationRegistry,
    get_algorithm,
    get_algorithm_info,
    list_algorithms,
    list_available_algorithms,
    register_algorithm,
)

from . import registry

__all__ = [
    "Availability",
    "DenoisingAlgorithm",
    "GenerationAlgorithm",
    "GenerationRegistry",
    "get_algorithm",
    "get_algorithm_info",
    "list_algorithms",
    "list_available_algorithms",
    "register_algorithm",
    "registry",
]
