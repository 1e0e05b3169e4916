"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import AlgorithmSpec, hookimpl


@hookimpl
def llada_register_algorithms() -> list[AlgorithmSpec]:
    """Describe `basic`."""
    return [
        AlgorithmSpec(
            name="basic",
            factory="llada_basic.algorithm:Basic",
            aliases=("no_cache", "simple"),
            description="No cache: every step computes the whole canvas. Exact, and the slowest.",
            covers="canvas",
        )
    ]
