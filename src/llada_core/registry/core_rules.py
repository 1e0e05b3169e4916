"""The unmasking rules that every registry has."""

from __future__ import annotations

from ..hookspecs import UnmaskingRuleSpec

SPECS = (
    UnmaskingRuleSpec(
        "schedule", "llada_core.unmasking:Schedule", "The fixed schedule: masks spread evenly over the steps."
    ),
    UnmaskingRuleSpec(
        "threshold", "llada_core.unmasking:Threshold", "Every position at least `threshold` confident."
    ),
    UnmaskingRuleSpec(
        "factor",
        "llada_core.unmasking:Factor",
        "n positions while the n-th is at least 1 - factor / (n + 1) confident.",
    ),
)
"""Their descriptions; they have no parameters of their own."""
