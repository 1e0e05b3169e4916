"""LLaDA's semi-autoregressive sampling without a cache."""

from __future__ import annotations

from llada_core import DenoisingAlgorithm, Plan, Progress, Window


class Basic(DenoisingAlgorithm):
    """Computes the whole canvas in every step and keeps nothing: exact, and the slowest.

    Nie et al., "Large Language Diffusion Models" (2025), section 2.4 and algorithms 4 (random remasking) and
    5 (low-confidence remasking), block after block; Fast-dLLM's loop without a cache. The request's unmasking
    rule says what a step commits.
    """

    def plan(self, progress: Progress) -> Plan:
        """The whole canvas, always."""
        return Plan(Window.CANVAS)
