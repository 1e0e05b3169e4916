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
        )
    ]
