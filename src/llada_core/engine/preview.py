"""What a step changed on a canvas, for those who want to watch."""

from __future__ import annotations

from ..canvas import Ids
from .events import Change, Preview
from .row import Row
from .runner import Outcome


def preview(row: Row, outcome: Outcome, before: Ids) -> list[Preview]:
    """The event of one step, if the request wants it and anything changed.

    `before` is what the region held, -1 where masked; the forward is not counted yet.
    """
    if not row.request.preview or outcome.tokens is None:
        return []
    first = outcome.start - row.canvas.prompt_length
    changes = []
    for n in (outcome.tokens != before).nonzero()[0].tolist():
        token = int(outcome.tokens[n])
        if token < 0:
            change = Change(first + n, row.canvas.mask_id, None, row.forwards + 1, "remask")
        else:
            sure = None if outcome.confidence is None else float(outcome.confidence[n])
            change = Change(first + n, token, sure, row.forwards + 1, "commit")
        changes.append(change)
    return [Preview(row.request.id, changes)] if changes else []
