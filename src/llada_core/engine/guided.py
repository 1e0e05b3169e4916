"""A row whose text belongs to a grammar: it commits from left to right, as far as the grammar goes along."""

from __future__ import annotations

from ..canvas import Canvas, Ids
from ..structure.guide import Guide
from .edits import LogitEdits


class GuidedEdits:
    """The editor of one such row; see `RowEdits`.

    At the frontier, the first mask, only what the grammar allows is drawn; behind it, whatever the model
    likes. Of what a step commits the run that begins at the frontier stays, as far as the grammar takes it.
    """

    def __init__(self, guide: Guide) -> None:
        self.guide = guide

    def at(self, canvas: Canvas, positions: Ids) -> LogitEdits | None:
        """The mask of the frontier, where that is computed."""
        found = (positions == frontier(canvas)).nonzero()[0]
        return LogitEdits(allowed={int(found[0]): self.guide.mask()}) if len(found) else None

    def accept(self, canvas: Canvas, start: int, tokens: Ids, sampled: Ids) -> Ids:
        """The region with the run that the grammar took; it was -1 there before."""
        first = frontier(canvas) - start
        kept = tokens.copy()
        kept[canvas.masked[start : start + len(tokens)]] = -1
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
