"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `localleap`."""
    return [
        UnmaskingRuleSpec(
            name="localleap",
            factory="llada_localleap.rule:LocalLeap",
            description="LocalLeap: near a token that is sure, less confidence is enough.",
            params="llada_localleap.params:Params",
            sweep=("relaxed_threshold=0.3", "relaxed_threshold=0.5", "threshold=0.95", "threshold=0.99"),
        )
    ]
