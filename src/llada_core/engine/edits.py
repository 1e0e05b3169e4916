"""What a running request changes of its logits, and of what its steps commit; on the host.

An editor is asked before each committing step for the changes at the positions that are drawn (`at`), and
after it for what of the step's commits stays (`accept`). Rows without an editor never come here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from .. import sampling
from ..canvas import Canvas, Flags, Ids
from .upload import upload

Floats = npt.NDArray[np.float32]


def _no_ids() -> Ids:
    return np.zeros(0, dtype=np.int64)


def _no_floats() -> Floats:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LogitEdits:
    """Changes of the logits at some positions of one row; see `llada_core.sampling.Edits`."""

    place: Ids = field(default_factory=_no_ids)
    """[k]: index into the positions that `RowEdits.at` was asked about. A pair of place and token may occur
    several times: factors are multiplied, biases added."""
    token: Ids = field(default_factory=_no_ids)
    """[k]."""
    bias: Floats = field(default_factory=_no_floats)
    """[k]; minus infinity forbids the token."""
    factor: Floats | None = None
    """[k]: a logit above 0 is divided by it, others are multiplied; None: 1 everywhere."""
    allowed: dict[int, npt.NDArray[np.uint8]] = field(default_factory=dict)
    """By place, ceil(vocab / 8) bytes: bit v % 8 of byte v // 8 says whether token v may be drawn. Of several
    editors' masks only what all allow is."""


class RowEdits(Protocol):
    """An editor of one request. It may keep what it likes of its row: every row has its own."""

    def at(self, canvas: Canvas, positions: Ids) -> LogitEdits | None:
        """The changes at canvas `positions` [n] before a step, or None; the canvas is as it was before it."""

    def accept(self, canvas: Canvas, start: int, tokens: Ids, sampled: Ids) -> Ids:
        """What of a step stays: `tokens`, or a copy with other ids or with -1 where a mask is to stand again.

        At least one position that was masked before must be committed.

        Args:
            canvas: as it was before the step.
            start: canvas position of the first of `tokens`.
            tokens: [width], what the region would hold after the step, -1 where masked.
            sampled: [width], what was drawn under the edits at masks that were computed; elsewhere the ids
                held.
        """


def gather_edits(
    editors: Iterable[tuple[RowEdits, Canvas, npt.NDArray[np.intp]]], positions: Ids, device: torch.device
) -> sampling.Edits | None:
    """The edits of several rows for one tensor of logits [n, vocab].

    Args:
        editors: each with its row's canvas and the ascending indices, of the n, that are the row's.
        positions: canvas positions [n].
    """
    place, token, bias, factor = [_no_ids()], [_no_ids()], [_no_floats()], [_no_floats()]
    allowed: dict[int, npt.NDArray[np.uint8]] = {}
    for editor, canvas, where in editors:
        found = editor.at(canvas, positions[where])
        if found is None:
            continue
        place.append(where[found.place])
        token.append(found.token)
        bias.append(found.bias)
        factor.append(np.ones_like(found.bias) if found.factor is None else found.factor)
        for at, bits in found.allowed.items():
            n = int(where[at])
            allowed[n] = allowed[n] & bits if n in allowed else bits
    places, ids, factors, biases = _merge(
        np.concatenate(place), np.concatenate(token), np.concatenate(factor), np.concatenate(bias)
    )
    if not len(places) and not allowed:
        return None
    edits = sampling.Edits(
        upload(places, device), upload(ids, device), upload(factors, device), upload(biases, device)
    )
    if not allowed:
        return edits
    rows, masks = np.array(list(allowed), dtype=np.int64), np.stack(list(allowed.values()))
    return replace(edits, allowed_place=upload(rows, device), allowed=upload(masks, device))


def accept(editors: Sequence[RowEdits], canvas: Canvas, start: int, tokens: Ids, sampled: Ids) -> Ids:
    """What of a step stays in the eyes of all editors, one after the other."""
    for editor in editors:
        tokens = editor.accept(canvas, start, tokens, sampled)
    return tokens


def committed(before: Ids, after: Ids) -> Flags:
    """Where a step wrote a token; both are -1 where masked."""
    found: Flags = (after >= 0) & (after != before)
    return found


def _merge(place: Ids, token: Ids, factor: Floats, bias: Floats) -> tuple[Ids, Ids, Floats, Floats]:
    """Each pair of place and token once."""
    _, first, inverse = np.unique((place << 32) + token, return_index=True, return_inverse=True)
    if len(first) == len(place):
        return place, token, factor, bias
    factors, biases = np.ones(len(first), dtype=np.float32), np.zeros(len(first), dtype=np.float32)
    np.multiply.at(factors, inverse, factor)
    np.add.at(biases, inverse, bias)
    return place[first], token[first], factors, biases
