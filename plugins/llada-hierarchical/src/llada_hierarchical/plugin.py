"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `hierarchical`."""
    return [
        UnmaskingRuleSpec(
            name="hierarchical",
            factory="llada_hierarchical.rule:Hierarchical",
            description="dInfer's hierarchical decoding: the surest of every run of masks goes too.",
            params="llada_hierarchical.params:Params",
            sweep=(
                "threshold=0.7,low_threshold=0.1",
                "low_threshold=0.1",
                "low_threshold=0.3",
                "threshold=0.95,low_threshold=0.7",
                "threshold=0.99,low_threshold=0.9",
            ),
        )
    ]
