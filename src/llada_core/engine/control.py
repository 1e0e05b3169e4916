"""`LogitControl` on a canvas: what it changes before a step, and what of the step it lets stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..canvas import Canvas, Flags, Ids
from ..facts import ModelFacts
from ..logit_control import LogitControl
from .edits import Floats, LogitEdits, RowEdits, committed
from .request import Request

FORBIDDEN = -np.inf


def editors_of(request: Request, facts: ModelFacts) -> tuple[RowEdits, ...]:
    """The editors that a request asks for."""
    editors: list[RowEdits] = []
    if request.control is not None and request.control.edits_logits:
        editors.append(ControlEdits(request.control, facts))
    if any(hole.min_tokens for hole in request.holes):
        editors.append(HoleEdits(request, facts))
    return tuple(editors)


class HoleEdits:
    """The editor of a request with holes that need some tokens: no padding comes before."""

    def __init__(self, request: Request, facts: ModelFacts) -> None:
        self._ends = np.unique(request.padding_ids(facts.end_ids)).astype(np.int64)
        first = len(request.prompt)
        spans = [np.arange(hole.start, hole.start + hole.min_tokens) for hole in request.holes]
        self._positions = first + np.concatenate(spans)

    def at(self, canvas: Canvas, positions: Ids) -> LogitEdits | None:
        """See `RowEdits`."""
        early = np.flatnonzero(np.isin(positions, self._positions))
        return LogitEdits(*_at(early, self._ends, np.full(len(self._ends), FORBIDDEN, dtype=np.float32)))

    def accept(self, canvas: Canvas, start: int, tokens: Ids, sampled: Ids) -> Ids:
        """What was drawn stays."""
        return tokens


class ControlEdits:
    """The editor of one request with a `LogitControl`."""

    def __init__(self, control: LogitControl, facts: ModelFacts) -> None:
        self._control = control
        self._ends = np.unique([*facts.end_ids, *control.stop_token_ids]).astype(np.int64)
        single = sorted({word[0] for word in control.bad_words_ids if len(word) == 1})
        self._words = [word for word in control.bad_words_ids if len(word) > 1]
        self._fixed_ids: Ids = np.array([*control.logit_bias, *single], dtype=np.int64)
        self._fixed_bias = np.array(
            [*control.logit_bias.values(), *(FORBIDDEN for _ in single)], dtype=np.float32
        )
        self._allowed = None
        if control.allowed_token_ids is not None:
            flags = np.zeros(-(-facts.vocab_size // 8) * 8, dtype=np.uint8)
            flags[list(control.allowed_token_ids)] = 1
            self._allowed = np.packbits(flags, bitorder="little")

    def at(self, canvas: Canvas, positions: Ids) -> LogitEdits | None:
        """See `RowEdits`."""
        parts = [
            _everywhere(len(positions), self._fixed_ids, self._fixed_bias),
            *self._too_early(canvas, positions),
            *self._penalties(canvas, positions),
            *self._completions(canvas, positions),
        ]
        allowed = {} if self._allowed is None else dict.fromkeys(range(len(positions)), self._allowed)
        place, token, bias, factor = (np.concatenate(column) for column in zip(*parts, strict=True))
        return LogitEdits(place, token, bias, factor, allowed)

    def accept(self, canvas: Canvas, start: int, tokens: Ids, sampled: Ids) -> Ids:
        """Withdraw commits of one step that complete a bad word together: the rightmost, until none does.

        No edit can prevent them, since none of the positions knew of the others.
        """
        before = np.where(canvas.masked, -1, canvas.tokens)
        after, region = before.copy(), slice(start, start + len(tokens))
        after[region] = tokens
        new = committed(before, after)
        while (fresh := self._new_in_bad_word(canvas, after, new)) is not None:
            last = int(fresh[-1])
            # A word that one commit completes is no draw but a token that a rule made up.
            after[last] = before[last] if len(fresh) > 1 else sampled[last - start]
            new[last] = False
        found: Ids = after[region]
        return found

    def _too_early(self, canvas: Canvas, positions: Ids) -> Iterator[Entries]:
        early = np.flatnonzero(positions < canvas.prompt_length + self._control.min_tokens)
        if len(early) and len(self._ends):
            yield _at(early, self._ends, np.full(len(self._ends), FORBIDDEN, dtype=np.float32))

    def _penalties(self, canvas: Canvas, positions: Ids) -> Iterator[Entries]:
        """By the tokens that are committed at other positions than a place's own; ends do not count."""
        control = self._control
        if control.presence_penalty or control.frequency_penalty:
            held = canvas.tokens[~canvas.masked & ~canvas.fixed]
            ids, counts = np.unique(held[~np.isin(held, self._ends)], return_counts=True)
            seen = _others(canvas, positions, ids, counts)
            bias = -(control.presence_penalty * (seen > 0) + control.frequency_penalty * seen)
            yield _table(ids, bias.astype(np.float32))
        if control.repetition_penalty != 1:
            held = canvas.tokens[~canvas.masked]
            held = held[~np.isin(held, self._ends) & (held != canvas.mask_id)]
            ids, counts = np.unique(held, return_counts=True)
            seen = _others(canvas, positions, ids, counts)
            factor = np.where(seen > 0, control.repetition_penalty, 1).astype(np.float32)
            yield _table(ids, np.zeros_like(factor), factor)

    def _completions(self, canvas: Canvas, positions: Ids) -> Iterator[Entries]:
        """At each place, the ids with which a bad word would be complete."""
        held = np.where(canvas.masked, -1, canvas.tokens)
        places, ids = [], []
        for word in self._words:
            for at in range(len(word)):
                first = positions - at
                fits = (first >= 0) & (first + len(word) <= canvas.length)
                if not fits.any():
                    continue
                window = np.clip(first, 0, canvas.length - len(word))[:, None] + np.arange(len(word))
                same = held[window] == word
                same[:, at] = True
                found = np.flatnonzero(fits & same.all(1))
                places.append(found)
                ids.append(np.full(len(found), word[at]))
        if places:
            place = np.concatenate(places).astype(np.int64)
            forbidden = np.full(len(place), FORBIDDEN, dtype=np.float32)
            yield place, np.concatenate(ids).astype(np.int64), forbidden, np.ones_like(forbidden)

    def _new_in_bad_word(self, canvas: Canvas, held: Ids, new: Flags) -> Ids | None:
        """The new positions of a bad word that has some, ascending; `held` [canvas] is -1 where masked."""
        for word in self._control.bad_words_ids:
            if len(word) > len(held):
                continue
            first = np.flatnonzero((sliding_window_view(held, len(word)) == word).all(1))
            for window in first[:, None] + np.arange(len(word)):
                fresh: Ids = window[new[window]]
                if len(fresh):
                    return fresh
        return None


Entries = tuple[Ids, Ids, Floats, Floats]
"""Place, token, bias, factor of some edits."""


def _everywhere(places: int, ids: Ids, bias: Floats) -> Entries:
    return _at(np.arange(places), ids, bias)


def _at(places: Ids, ids: Ids, bias: Floats) -> Entries:
    """The same edits at each of `places`."""
    token, amounts = np.tile(ids, len(places)), np.tile(bias, len(places))
    return np.repeat(places, len(ids)), token, amounts, np.ones_like(amounts)


def _table(ids: Ids, bias: Floats, factor: Floats | None = None) -> Entries:
    """Edits [places, ids]."""
    place = np.repeat(np.arange(len(bias)), len(ids))
    flat = bias.reshape(-1)
    return place, np.tile(ids, len(bias)), flat, np.ones_like(flat) if factor is None else factor.reshape(-1)


def _others(canvas: Canvas, positions: Ids, ids: Ids, counts: Ids) -> Ids:
    """How often each of `ids` is held outside of each position: [positions, ids]."""
    own = np.where(canvas.masked[positions], -1, canvas.tokens[positions])
    found: Ids = counts[None] - (own[:, None] == ids)
    return found
