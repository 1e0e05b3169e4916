"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `eb`."""
    return [
        UnmaskingRuleSpec(
            name="eb",
            factory="llada_eb.rule:EntropyBound",
            description="EB-Sampler: each step commits as many tokens as an entropy bound allows.",
            params="llada_eb.params:Params",
            sweep=("gamma=3.0", "gamma=1.0", "gamma=0.3", "gamma=0.03", "gamma=0.003"),
        )
    ]
