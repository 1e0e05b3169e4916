"""The base classes under their older import name."""

from __future__ import annotations

from llada_core import Availability, DenoisingAlgorithm, GenerationAlgorithm

__all__ = ["Availability", "DenoisingAlgorithm", "GenerationAlgorithm"]
