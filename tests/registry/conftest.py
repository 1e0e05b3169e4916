"""Algorithms and rules that never run."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from llada_core import (
    Availability,
    DenoisingAlgorithm,
    GenerationAlgorithm,
    GenerationRegistry,
    Plan,
    Progress,
    Window,
)


class Planned(DenoisingAlgorithm):
    """Batched by the engine."""

    def __init__(self, name: str = "planned", aliases: tuple[str, ...] = ()) -> None:
        self.name, self.aliases, self.description = name, aliases, f"the algorithm {name}"

    def plan(self, progress: Progress) -> Plan:
        return Plan(Window.CANVAS)


class Looped(GenerationAlgorithm):
    """Brings its own loop; `answer` is what its availability is, or raises."""

    def __init__(self, name: str = "looped", answer: Any = True, aliases: tuple[str, ...] = ()) -> None:
        super().__init__(name, f"the algorithm {name}", aliases)
        self.answer = answer

    def generate(self, model: Any, prompt: torch.Tensor, **kwargs: Any) -> tuple[torch.Tensor, int]:
        return prompt, 0

    def is_available(self) -> bool:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return bool(self.answer)

    def availability(self) -> Availability:
        return super().availability() if isinstance(self.answer, (bool, BaseException)) else self.answer


@pytest.fixture
def registry() -> GenerationRegistry:
    """An empty registry."""
    return GenerationRegistry(availability_limit=0.5)


@pytest.fixture
def planned() -> type[Planned]:
    """A denoising algorithm."""
    return Planned


@pytest.fixture
def looped() -> type[Looped]:
    """A whole-loop algorithm."""
    return Looped
