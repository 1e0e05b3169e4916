"""A framework for generating text with LLaDA diffusion language models.

The names in `__all__` are the public interface; everything else may change. Each is imported when it is first
used, so importing this package is quick and does not import torch.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import TYPE_CHECKING, Any

__all__ = [
    "AlgorithmError",
    "AlgorithmInfo",
    "AlgorithmSpec",
    "AmbiguousNameError",
    "Availability",
    "CancelledError",
    "CheckpointError",
    "ContextLengthError",
    "DenoisingAlgorithm",
    "Engine",
    "EngineConfig",
    "Environment",
    "Factor",
    "GenerationAlgorithm",
    "GenerationError",
    "GenerationRegistry",
    "Keep",
    "LladaError",
    "ModelFacts",
    "NonFiniteError",
    "Observation",
    "OutOfMemoryError",
    "ParameterError",
    "ParamsBatch",
    "Plan",
    "PlanError",
    "PluginError",
    "PluginRecord",
    "Progress",
    "Region",
    "Request",
    "RuleInfo",
    "SamplingParams",
    "Schedule",
    "Session",
    "Threshold",
    "Tokenizer",
    "UnavailableError",
    "UnknownNameError",
    "UnmaskingRule",
    "UnmaskingRuleSpec",
    "Update",
    "Window",
    "build_request",
    "default_registry",
    "generate_many",
    "get_algorithm",
    "get_algorithm_info",
    "hookimpl",
    "list_algorithms",
    "list_available_algorithms",
    "load_model",
    "ranks",
    "register_algorithm",
]

if TYPE_CHECKING:
    from .algorithm import Availability, DenoisingAlgorithm, GenerationAlgorithm, Region
    from .engine.engine import Engine, EngineConfig
    from .engine.request import Request, build_request
    from .environment import Environment
    from .errors import (
        AlgorithmError,
        AmbiguousNameError,
        CancelledError,
        CheckpointError,
        ContextLengthError,
        GenerationError,
        LladaError,
        NonFiniteError,
        OutOfMemoryError,
        ParameterError,
        PlanError,
        PluginError,
        UnavailableError,
        UnknownNameError,
    )
    from .facts import ModelFacts
    from .hookspecs import AlgorithmSpec, UnmaskingRuleSpec, hookimpl
    from .model import load_model
    from .observation import Observation, ParamsBatch, Update
    from .params import SamplingParams
    from .plan import Keep, Plan, Progress, Window
    from .plugins import PluginRecord
    from .registry import (
        AlgorithmInfo,
        GenerationRegistry,
        RuleInfo,
        default_registry,
        get_algorithm,
        get_algorithm_info,
        list_algorithms,
        list_available_algorithms,
        register_algorithm,
    )
    from .rollouts import generate_many
    from .session import Session
    from .tokenizer import Tokenizer
    from .unmasking import Factor, Schedule, Threshold, UnmaskingRule, ranks

    __version__: str

_NAMES_OF_MODULES = {
    "algorithm": ("Availability", "DenoisingAlgorithm", "GenerationAlgorithm", "Region"),
    "engine.engine": ("Engine", "EngineConfig"),
    "engine.request": ("Request", "build_request"),
    "environment": ("Environment",),
    "errors": (
        "AlgorithmError",
        "AmbiguousNameError",
        "CancelledError",
        "CheckpointError",
        "ContextLengthError",
        "GenerationError",
        "LladaError",
        "NonFiniteError",
        "OutOfMemoryError",
        "ParameterError",
        "PlanError",
        "PluginError",
        "UnavailableError",
        "UnknownNameError",
    ),
    "facts": ("ModelFacts",),
    "hookspecs": ("AlgorithmSpec", "UnmaskingRuleSpec", "hookimpl"),
    "model": ("load_model",),
    "observation": ("Observation", "ParamsBatch", "Update"),
    "params": ("SamplingParams",),
    "plan": ("Keep", "Plan", "Progress", "Window"),
    "plugins": ("PluginRecord",),
    "registry": (
        "AlgorithmInfo",
        "GenerationRegistry",
        "RuleInfo",
        "default_registry",
        "get_algorithm",
        "get_algorithm_info",
        "list_algorithms",
        "list_available_algorithms",
        "register_algorithm",
    ),
    "rollouts": ("generate_many",),
    "session": ("Session",),
    "tokenizer": ("Tokenizer",),
    "unmasking": ("Factor", "Schedule", "Threshold", "UnmaskingRule", "ranks"),
}
_MODULE_OF_NAME = {name: module for module, names in _NAMES_OF_MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        try:
            return importlib.metadata.version("llada-core")
        except importlib.metadata.PackageNotFoundError:
            return "0+unknown"
    if name not in _MODULE_OF_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULE_OF_NAME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
