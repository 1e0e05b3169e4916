"""Which unmasking rules work with which algorithms."""

from __future__ import annotations

from ..plugins.first_party import CORE_RULES
from .entries import AlgorithmEntry, RuleEntry


def mismatch(algorithm: AlgorithmEntry, rule: RuleEntry) -> str | None:
    """Why the two do not work together, or None if they do.

    An algorithm that commits by itself goes with the core's rules, of which it shares the parameters (steps,
    threshold, factor).
    """
    if (algorithm.own_step or algorithm.execution == "whole_loop") and rule.name not in CORE_RULES:
        return "the algorithm decides itself what to commit"
    if rule.region == "canvas" and algorithm.covers == "block":
        return "the rule looks at the whole canvas, and the algorithm's forwards compute only a part of it"
    if algorithm.params is not None and rule.params is not None:
        both = set(algorithm.params.__struct_fields__) & set(rule.params.__struct_fields__)
        if both:
            return f"both have a parameter named {min(both)!r}"
    return None
