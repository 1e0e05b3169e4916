"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `prophet`."""
    return [
        UnmaskingRuleSpec(
            name="prophet",
            factory="llada_prophet.rule:Prophet",
            description="Prophet: once the answer is clear, commits all that is left.",
            params="llada_prophet.params:Params",
            region="canvas",
            sweep=(
                "steps=8/block",
                "early_gap=10,middle_gap=7.5,late_gap=5",
                "early_gap=15,middle_gap=10,late_gap=5",
                "early_gap=20,middle_gap=15,late_gap=10",
            ),
        )
    ]
