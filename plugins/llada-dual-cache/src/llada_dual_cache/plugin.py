"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import AlgorithmSpec, hookimpl


@hookimpl
def llada_register_algorithms() -> list[AlgorithmSpec]:
    """Describe `dual_cache`."""
    return [
        AlgorithmSpec(
            name="dual_cache",
            factory="llada_dual_cache.algorithm:DualCache",
            aliases=("dual", "double_cache"),
            description="Fast-dLLM's dual cache: within a block, only the block is computed again.",
            needs_cache=True,
        )
    ]
