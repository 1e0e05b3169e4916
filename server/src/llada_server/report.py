"""The `llada` object of a reply: what ran, beside OpenAI's members."""

from __future__ import annotations

from msgspec import UNSET

from .generation import Choice
from .prepare import Prepared, effective_parameters
from .wire import ChoiceRun, Run, TokenTrace, TrajectoryChange


def report(prepared: Prepared, choices: list[Choice]) -> Run:
    """Facts of these choices together; each by itself too, where there are several.

    `nfe` and `forwards_per_block` are sums over the choices, null if one was ended by a stop string.
    """
    first = choices[0].request
    runs = [_one(choice) for choice in choices]
    return Run(
        algorithm=first.algorithm,
        requested_algorithm=prepared.selection.requested,
        selected_by=prepared.selection.selected_by,
        unmasking=first.params.rule,
        seed=first.params.seed,
        nfe=_sum([run.nfe for run in runs]),
        forwards_per_block=_sum_blocks([run.forwards_per_block for run in runs]),
        parameters=effective_parameters(first),
        choices=runs if len(runs) > 1 else UNSET,
        traces=UNSET if prepared.asked.body.trace is None else [_trace(prepared, c) for c in choices],
    )


def _trace(prepared: Prepared, choice: Choice) -> TokenTrace:
    changes: list[TrajectoryChange] = [
        (change.position, change.token, change.confidence, change.forward, change.kind)
        for change in choice.trace.changes
    ]
    return TokenTrace(
        index=choice.index,
        token_ids=choice.text.ids,
        commit_steps=choice.trace.commit_steps(choice.text.positions),
        trajectory=changes if prepared.asked.body.trace == "trajectory" else UNSET,
    )


def _one(choice: Choice) -> ChoiceRun:
    ending = choice.ending
    return ChoiceRun(
        index=choice.index,
        seed=choice.request.params.seed,
        nfe=None if ending is None else ending.nfe,
        forwards_per_block=None if ending is None else ending.forwards_per_block,
    )


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _sum_blocks(values: list[list[int] | None]) -> list[int] | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    blocks = max(map(len, known))
    return [sum(counts[block] for counts in known if block < len(counts)) for block in range(blocks)]
