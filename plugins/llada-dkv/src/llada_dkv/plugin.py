"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import AlgorithmSpec, hookimpl


@hookimpl
def llada_register_algorithms() -> list[AlgorithmSpec]:
    """Describe `dkv`."""
    return [
        AlgorithmSpec(
            name="dkv",
            factory="llada_dkv.algorithm:DelayedCache",
            description="dKV-Cache: keys and values are kept from one step after a token's commit.",
            params="llada_dkv.params:Params",
            needs_cache=True,
            own_step=True,
        )
    ]
