"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import AlgorithmSpec, hookimpl


@hookimpl
def llada_register_algorithms() -> list[AlgorithmSpec]:
    """Describe `prefix_cache`."""
    return [
        AlgorithmSpec(
            name="prefix_cache",
            factory="llada_prefix_cache.algorithm:PrefixCache",
            aliases=("prefix", "cache"),
            description="Fast-dLLM's prefix cache: within a block, keys and values before it are reused.",
            needs_cache=True,
        )
    ]
