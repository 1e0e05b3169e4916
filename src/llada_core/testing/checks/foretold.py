"""What a rule says beforehand."""

from __future__ import annotations

from itertools import groupby

from ...params import steps_per_block
from ..subject import CheckFailed, NotApplicable, Subject, run

BLOCK = 6


def check_quota_is_what_it_commits(subject: Subject) -> None:
    """A rule that says how many positions a step commits commits just so many."""
    if subject.rule is None:
        raise NotApplicable("it is no rule")
    rule = subject.registry.get_rule(subject.rule)
    for steps in (5, 12):
        request = subject.request(steps=steps, gen_length=2 * BLOCK, block_length=BLOCK, preview=True)
        if rule.quota(BLOCK, 0, steps_per_block(steps, 2)[0], request.rule_params) is None:
            raise NotApplicable("it does not say how many positions a step commits")
        changes = [
            change for event in run(subject.engine(), request).previews["a"] for change in event.changes
        ]
        for block, of_block in groupby(changes, key=lambda change: change.position // BLOCK):
            left, allotted = BLOCK, steps_per_block(steps, 2)[block]
            for step, (_, committed) in enumerate(groupby(of_block, key=lambda change: change.forward)):
                said = rule.quota(BLOCK, step, allotted, request.rule_params)
                done = len(list(committed))
                if said is not None and max(1, min(said, left)) != done:
                    raise CheckFailed(
                        f"quota says {said} for step {step} of {allotted} in a block of {BLOCK} with {left} "
                        f"masks left, and the step commits {done}"
                    )
                left -= done
