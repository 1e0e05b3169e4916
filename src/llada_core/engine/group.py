"""The rows of a tick that one committer decides on together, as the tensors that it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from ..canvas import Flags, Ids
from ..observation import Observation, ParamsBatch
from .committer import Committer
from .row import Row
from .upload import upload


@dataclass(eq=False)
class Group:
    """Rows [rows], their region [rows, width] on the host, and which positions need statistics."""

    committer: Committer
    rows: list[Row]
    width: int
    token: Ids
    position: Ids
    masked: Flags
    editable: Flags
    in_block: Flags
    wanted: npt.NDArray[np.intp]
    """Flat indices into [rows, width] where statistics are computed, ascending."""

    @classmethod
    def of(cls, committer: Committer, rows: list[Row]) -> Group:
        """Lay the rows' regions, which are equally wide, side by side."""
        width = rows[0].region[1] - rows[0].region[0]
        shape = (len(rows), width)
        token = np.zeros(shape, dtype=np.int64)
        starts = np.array([row.region[0] for row in rows])
        position = starts[:, None] + np.arange(width)
        masked, editable, in_block = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
        for n, row in enumerate(rows):
            start, end = row.region
            token[n] = row.canvas.tokens[start:end]
            masked[n] = row.canvas.masked[start:end]
            _mark_computed(editable[n], row, start, width)
            in_block[n] = row.canvas.open_to(row.block, start, end)
            editable[n] &= in_block[n] if committer.region == "block" else ~row.canvas.fixed[start:end]
        wanted = np.flatnonzero(editable if committer.looks_everywhere else editable & masked)
        return cls(committer, rows, width, token, position, masked, editable, in_block, wanted)

    def observation(self, token: torch.Tensor, statistics: dict[str, torch.Tensor]) -> Observation:
        """The group as its committer sees it: `token` on the device, `statistics` [rows, width, ...]."""
        rows, device = self.rows, token.device
        numbers = np.array([counters(row) for row in rows], dtype=np.int64).T.copy()
        columns = dict(zip(COUNTERS, upload(numbers, device).unbind(0), strict=True))
        params = [row.request.params for row in rows]
        random = np.array([p.remasking == "random" for p in params])
        flags = upload(np.stack((self.masked, self.editable, self.in_block)), device)
        return Observation(
            token=token,
            position=upload(self.position, device),
            masked=flags[0],
            editable=flags[1],
            in_block=flags[2],
            **columns,
            random_remasking=upload(random, device),
            any_random=bool(random.any()),
            rule=self.committer.rule,
            mask_id=rows[0].canvas.mask_id,
            any_drawn=any(p.temperature > 0 for p in params),
            any_truncated=any(p.truncated for p in params),
            statistics=statistics,
        )

    def params(self, device: torch.device) -> ParamsBatch:
        """The rows' parameters as tensors [rows]."""
        return ParamsBatch([row.parts for row in self.rows], device)


COUNTERS = (
    "forwards",
    "step_in_block",
    "steps_in_block",
    "masked_at_block_start",
    "masked_left",
    "block",
    "blocks",
    "seed",
)
"""The integers of a row that an observation has."""


def counters(row: Row) -> tuple[int, ...]:
    """Those integers as they are before a forward."""
    return (
        row.forwards,
        row.step_in_block,
        row.steps[row.block],
        row.masked_at_block_start,
        row.canvas.masked_in(row.block),
        row.block,
        row.canvas.blocks,
        row.request.params.seed,
    )


def form_groups(rows: Sequence[Row]) -> list[Group]:
    """Rows with one committer and equally wide regions decide together, those with edits by themselves.

    Padding would change results: a floating-point sum over a wider row adds in another order, so what a rule
    compares with a threshold would depend on the row's neighbours.
    """
    alike: dict[tuple[int, int, bool], list[Row]] = {}
    for row in rows:
        start, end = row.region
        alike.setdefault((id(row.committer), end - start, row.apart), []).append(row)
    return [Group.of(members[0].committer, members) for members in alike.values()]


def _mark_computed(editable: Flags, row: Row, start: int, width: int) -> None:
    """Mark the positions of a region that the row's forward computes."""
    planned = row.planned
    assert planned is not None
    if planned.scattered is not None:
        inside = planned.scattered - start
        editable[inside[(inside >= 0) & (inside < width)]] = True
    else:
        first = max(planned.start - start, 0)
        editable[first : max(min(planned.start + planned.length - start, width), 0)] = True
