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
            sweep=("min_commits=32", "min_commits=16", "min_commits=8", "min_commits=4"),
        )
    ]
