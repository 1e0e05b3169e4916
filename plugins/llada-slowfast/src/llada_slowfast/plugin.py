"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `slowfast`."""
    return [
        UnmaskingRuleSpec(
            name="slowfast",
            factory="llada_slowfast.rule:SlowFast",
            description="SlowFast sampling: finds how far the model can see, then fills up to there.",
            params="llada_slowfast.params:Params",
            sweep=("threshold=0.5", "threshold=0.7", "threshold=0.8", "threshold=0.95", "threshold=0.99"),
        )
    ]
