"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `credit`."""
    return [
        UnmaskingRuleSpec(
            name="credit",
            factory="llada_credit.rule:Credit",
            description="CreditDecoding: what earlier steps favoured gains confidence.",
            params="llada_credit.params:Params",
            sweep=("threshold=0.5", "threshold=0.7", "threshold=0.8", "threshold=0.95", "threshold=0.99"),
        )
    ]
