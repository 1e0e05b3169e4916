"""A row whose text belongs to a grammar: it commits from left to right, as far as the grammar goes along."""

from __future__ import annotations

import numpy as np
import torch

from ..canvas import Canvas, Ids
from ..errors import LladaError
from ..structure.guide import Guide
from .edits import LogitEdits


class GuidedEdits:
    """The editor of one such row; see `RowEdits`.

    At the frontier, the first mask, only what the grammar allows is drawn; behind it, whatever the model
    likes. Of what a step commits the run that begins at the frontier stays, as far as the grammar takes it.
    What it has taken is final: a committer that revises changes none of it.
    """

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._fault: LladaError | None = None

    def at(self, canvas: Canvas, positions: Ids) -> LogitEdits | None:
        """The mask of the frontier, where that is computed."""
        found = (positions == frontier(canvas)).nonzero()[0]
        if not len(found):
            return None
        try:
            return LogitEdits(allowed={int(found[0]): self.guide.mask()})
        except LladaError as error:  # it is this row's alone: `accept` says so
            self._fault = error
            return None

    def accept(self, canvas: Canvas, start: int, tokens: Ids, sampled: Ids) -> Ids:
        """The region with the run that the grammar took; all other masks stand again.

        Raises:
            LladaError: the grammar is too complex here.
        """
        if self._fault is not None:
            raise self._fault
        first = frontier(canvas) - start
        part = slice(start, start + len(tokens))
        kept = np.where(canvas.masked[part], -1, canvas.tokens[part])
        if not 0 <= first < len(tokens):
            return kept
        run = []
        for token in tokens[first:].tolist():
            if token < 0:
                break
            run.append(token)
        written = self.guide.take(run, int(sampled[first]))
        kept[first : first + len(written)] = written
        return kept


def frontier(canvas: Canvas) -> int:
    """The first mask."""
    return canvas.prompt_length + canvas.leading()


def in_order(statistics: dict[str, torch.Tensor], rows: torch.Tensor) -> dict[str, torch.Tensor]:
    """`others` and `confidence` [rows, width] as rules are to see them in the flagged rows: no mask is surer
    than those before it, so that what a rule commits begins at the frontier.

    Infinite `others` stay: nothing is known there.
    """
    others = statistics["others"]
    known = ~others.isinf()
    ordered = others.masked_fill(~known, 0).cummax(1).values.masked_fill(~known, torch.inf)
    found = {"others": torch.where(rows[:, None], ordered, others)}
    if "confidence" in statistics:
        found["confidence"] = torch.where(known, 1 / (1 + found["others"]), statistics["confidence"])
    return found
