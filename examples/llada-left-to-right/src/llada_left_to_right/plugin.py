"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `left_to_right`."""
    return [
        UnmaskingRuleSpec(
            name="left_to_right",
            factory="llada_left_to_right.rule:LeftToRight",
            description="The leftmost masked position, and the run of sure ones behind it.",
            params="llada_left_to_right.params:Params",
        )
    ]
