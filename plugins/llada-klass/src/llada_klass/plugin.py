"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `klass`."""
    return [
        UnmaskingRuleSpec(
            name="klass",
            factory="llada_klass.rule:Klass",
            description="KLASS: commits what is confident and whose distribution has stopped moving.",
            params="llada_klass.params:Params",
            sweep=(
                "steps=4/block",
                "steps=8/block",
                "steps=16/block",
                "kl_steps=1",
                "kl_steps=1,kl_threshold=0.1,conf_threshold=0.6",
            ),
        )
    ]
