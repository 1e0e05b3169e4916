"""What llada-core finds through the entry point; imports no torch."""

from __future__ import annotations

from llada_core import UnmaskingRuleSpec, hookimpl


@hookimpl
def llada_register_unmasking_rules() -> list[UnmaskingRuleSpec]:
    """Describe `frechet`."""
    return [
        UnmaskingRuleSpec(
            name="frechet",
            factory="llada_frechet.rule:Frechet",
            description="Fast-dLLM++: commits while the Fréchet bound on all confidences together allows.",
            params="llada_frechet.params:Params",
            sweep=("delta=-0.5", "delta=0.0", "delta=0.5", "delta=0.75", "delta=0.9"),
        )
    ]
