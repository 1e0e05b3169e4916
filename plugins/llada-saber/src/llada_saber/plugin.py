"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `saber`."""
    return [
        UnmaskingRuleSpec(
            name="saber",
            factory="llada_saber.rule:Saber",
            description="Saber: commits faster as confidence grows, and masks again what lost it.",
            params="llada_saber.params:Params",
            sweep=("min_tokens=32", "min_tokens=16", "min_tokens=8", "min_tokens=4"),
        )
    ]
