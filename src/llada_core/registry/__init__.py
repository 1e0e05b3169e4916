"""Algorithms and unmasking rules by name."""

from __future__ import annotations

from .default import (
    default_registry,
    get_algorithm,
    get_algorithm_info,
    list_algorithms,
    list_available_algorithms,
    load_registry,
    register_algorithm,
)
from .generation import GenerationRegistry
from .listing import AlgorithmInfo, RuleInfo

__all__ = [
    "AlgorithmInfo",
    "GenerationRegistry",
    "RuleInfo",
    "default_registry",
    "get_algorithm",
    "get_algorithm_info",
    "list_algorithms",
    "list_available_algorithms",
    "load_registry",
    "register_algorithm",
]
