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
        )
    ]
