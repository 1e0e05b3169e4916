"""Describes the rules and steps of `zoo_steps_code`, without importing it."""

from llada_core import AlgorithmSpec, UnmaskingRuleSpec, hookimpl

RULES = {
    "raises": "Raises",
    "exits": "Exits",
    "cannot_be_quoted": "CannotBeQuoted",
    "hangs": "Hangs",
    "allocates": "Allocates",
    "no_update": "NoUpdate",
    "wrong_shape": "WrongShape",
    "wrong_dtype": "WrongDtype",
    "wrong_device": "WrongDevice",
    "sparse": "Sparse",
    "writes_the_mask": "WritesTheMask",
    "writes_no_token": "WritesNoToken",
    "not_finite": "NotFinite",
    "spoils_the_odds": "SpoilsTheOdds",
    "rewrites": "Rewrites",
    "remasks": "Remasks",
    "state_raises": "StateRaises",
    "state_raises_later": "StateRaisesLater",
    "state_is_a_list": "StateIsAList",
    "state_is_huge": "StateIsHuge",
    "state_changes": "StateChanges",
    "state_varies": "StateVaries",
    "resizes": "Resizes",
    "assigns": "Assigns",
    "never_writes": "NeverWrites",
    "writes_everywhere": "WritesEverywhere",
    "sets_everything": "SetsEverything",
}


@hookimpl
def llada_register_unmasking_rules():
    return [UnmaskingRuleSpec(f"rule_{name}", f"zoo_steps_code:{cls}") for name, cls in RULES.items()]


@hookimpl
def llada_register_algorithms():
    return [AlgorithmSpec("step_raises", "zoo_steps_code:RaisingStep", own_step=True)]
