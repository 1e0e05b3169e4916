"""The unmasking rules that every registry has."""

from __future__ import annotations

from ..hookspecs import UnmaskingRuleSpec

SPECS = (
    UnmaskingRuleSpec(
        "schedule", "llada_core.unmasking:Schedule", "The fixed schedule: masks spread evenly over the steps."
    ),
    UnmaskingRuleSpec(
        "threshold",
        "llada_core.unmasking:Threshold",
        "Every position at least `threshold` confident.",
        sweep=tuple(f"threshold={value}" for value in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)),
    ),
    UnmaskingRuleSpec(
        "factor",
        "llada_core.unmasking:Factor",
        "n positions while the n-th is at least 1 - factor / (n + 1) confident.",
        sweep=tuple(f"factor={value}" for value in (4.0, 2.0, 1.5, 1.0, 0.5, 0.25)),
    ),
)
"""Their descriptions; they have no parameters of their own."""
