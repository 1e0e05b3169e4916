"""Applying what a committer answers, within what the contract allows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import torch

from ..canvas import Ids
from ..errors import AlgorithmError, LladaError
from ..facts import ModelFacts
from ..observation import Observation, ParamsBatch, Update
from .group import Group
from .row import Row
from .state import check_state


@dataclass(frozen=True, slots=True)
class Decision:
    """The regions after a step, and the rows whose committer failed."""

    rows: list[int]
    """Indices into the group of the rows that went well."""
    index: torch.Tensor
    """The same, int64 on the device."""
    tokens: torch.Tensor
    """int64 [len(rows), width]: what the positions hold, -1 where masked."""
    failed: list[tuple[Row, LladaError]]


def decide(group: Group, obs: Observation, params: ParamsBatch, state: Any) -> Decision:
    """Ask the group's committer, all rows at once; if it fails, row by row, so that only the culprits
    fail."""
    everyone = list(range(len(group.rows)))
    try:
        return _join([_step(group, everyone, obs, params, state)], [], obs)
    except LladaError as error:
        if len(everyone) == 1:
            return _join([], [(group.rows[0], error)], obs)
        together = error
    done, failed = [], []
    for n in everyone:
        part = slice(n, n + 1)
        one = type(state)(*(field[part] for field in state)) if state is not None else None
        try:
            done.append(_step(group, [n], _take(obs, part), params.take(part), one))
        except LladaError as error:
            failed.append((group.rows[n], error))
    if not failed:
        group.committer.helped(together, len(everyone))
    return _join(done, failed, obs)


def _step(
    group: Group, rows: list[int], obs: Observation, params: ParamsBatch, state: Any
) -> tuple[list[int], torch.Tensor]:
    """Decide for some rows; store their new state."""
    update = group.committer.decide(obs, params, state)
    if update.state is not None:
        check_state(update.state, state, group.committer.name)
    may_remask = None
    if group.committer.revises:
        flags = [group.rows[n].may_remask for n in rows]
        may_remask = torch.tensor(flags, device=obs.token.device)
    tokens = apply(obs, update, may_remask)
    if update.state is not None:
        for at, n in enumerate(rows):
            group.rows[n].state.store(update.state, at)
    return rows, tokens


def apply(obs: Observation, update: Update, may_remask: torch.Tensor | None) -> torch.Tensor:
    """What the positions hold after `update`, -1 where masked: int64 [rows, width].

    Writes count at masked, editable positions. A committer that revises may also rewrite committed ones, and
    mask them again in rows of which `may_remask`, bool [rows], says so; None: it does not revise. A row that
    commits nothing commits the position of its block with the least odds against it.
    """
    open_ = obs.masked & obs.editable
    # No id is negative: -2 tells a faulty one from -1, the mask.
    tokens = obs.sampled if update.tokens is None else torch.where(update.tokens < 0, -2, update.tokens)
    write = update.write & open_
    cost = obs.others.masked_fill(~obs.eligible, torch.inf)
    best = torch.zeros_like(write).scatter_(1, cost.argmin(1, keepdim=True), True) & obs.eligible
    stuck = ~write.any(1, keepdim=True)
    forced = best & stuck
    tokens = torch.where(forced, obs.sampled, tokens)
    write = write | forced
    remask = None
    if may_remask is not None:
        committed = ~obs.masked & obs.editable
        write = write | (update.write & committed)
        if update.remask is not None:
            remask = update.remask & committed & may_remask[:, None]
    held = torch.where(write, tokens, torch.where(obs.masked, -1, obs.token))
    return held if remask is None else torch.where(remask, -1, held)


def _take(obs: Observation, part: slice) -> Observation:
    """The same observation of some rows."""
    values: dict[str, Any] = {}
    for field in fields(obs):
        value = getattr(obs, field.name)
        values[field.name] = value[part] if isinstance(value, torch.Tensor) else value
    values["statistics"] = {name: value[part] for name, value in obs.statistics.items()}
    return Observation(**values)


def _join(
    done: list[tuple[list[int], torch.Tensor]], failed: list[tuple[Row, LladaError]], obs: Observation
) -> Decision:
    rows = [n for part, _ in done for n in part]
    index = torch.tensor(rows, dtype=torch.int64, device=obs.token.device)
    tokens = torch.cat([tokens for _, tokens in done]) if done else obs.token[:0]
    return Decision(rows, index, tokens, failed)


def fault_in(tokens: Ids, before: Ids, facts: ModelFacts, name: str) -> AlgorithmError | None:
    """The error of a row that wrote the mask id, or an id that the model does not have.

    `tokens` and `before` are one row's region, -1 where masked.
    """
    new = tokens[tokens != before]
    bad = new[(new < -1) | (new >= facts.vocab_size) | (new == facts.mask_id)]
    if not bad.size:
        return None
    what = "the mask id" if bad[0] == facts.mask_id else f"outside of the vocabulary of {facts.vocab_size}"
    return AlgorithmError(f"{name} wrote a token id that is {what}")
