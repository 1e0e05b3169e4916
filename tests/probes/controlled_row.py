"""A slow row whose logits are edited id by id, and whose commits complete no bad word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch

from llada_core import Request
from llada_core.logit_control import LogitControl

from .slow_model import SlowModel
from .slow_row import SlowRow


class ControlledRow(SlowRow):
    """Keeps for each position the log-probabilities of the forward by which it was committed."""

    def __init__(self, model: SlowModel, request: Request, end_ids: Sequence[int]) -> None:
        super().__init__(model, request)
        self.control = request.control or LogitControl()
        self.ends = {*end_ids, *self.control.stop_token_ids}
        self.edited: dict[int, torch.Tensor] = {}
        self.log_p_of: dict[int, torch.Tensor] = {}

    def score(self, logits: Mapping[int, torch.Tensor], forward: int | None = None) -> None:
        if forward is None:  # not a rule that samples again
            assert isinstance(logits, dict)
            for p in logits:
                if self.first <= p < self.first + self.params.gen_length:
                    logits[p] = self._edited(p, logits[p])
            self.edited = dict(logits)
        super().score(logits, forward)

    def commit(self, positions: Iterable[int]) -> None:
        new = set(positions)
        while (bad := self._bad_word(new)) is not None:
            new.discard(max(new & bad))
        super().commit(new)
        for p in new:
            self.log_p_of[p] = self.edited[p].log_softmax(0)

    def _edited(self, p: int, logits: torch.Tensor) -> torch.Tensor:
        control, found = self.control, logits.clone()
        everywhere = [t for q, t in enumerate(self.canvas) if q not in self.masked and q != p]
        generated = range(self.first, self.first + self.params.gen_length)
        own = [t for q, t in enumerate(self.canvas) if q in generated and q not in self.masked and q != p]
        for v in set(everywhere) - self.ends - {self.model.mask_id}:
            found[v] = (
                found[v] / control.repetition_penalty
                if found[v] > 0
                else found[v] * control.repetition_penalty
            )
        for v in set(own) - self.ends:
            found[v] -= control.presence_penalty + own.count(v) * control.frequency_penalty
        for v, bias in control.logit_bias.items():
            found[v] += bias
        forbidden: set[int] = set(self.ends) if p < self.first + control.min_tokens else set()
        forbidden |= {v for word in control.bad_words_ids for v in word if self._completes(p, v)}
        if control.allowed_token_ids is not None:
            forbidden |= set(range(len(logits))) - set(control.allowed_token_ids)
        found[sorted(forbidden)] = -torch.inf
        return found

    def _completes(self, p: int, v: int) -> bool:
        """Whether `v` at `p` makes a bad word of what stands beside it."""
        for word in self.control.bad_words_ids:
            for at in (n for n, id in enumerate(word) if id == v):
                around = {p - at + n: id for n, id in enumerate(word) if n != at}
                if all(0 <= q < len(self.canvas) and q not in self.masked for q in around) and all(
                    self.canvas[q] == id for q, id in around.items()
                ):
                    return True
        return False

    def _bad_word(self, new: set[int]) -> set[int] | None:
        """The leftmost place of the first bad word that the positions of `new` would complete."""
        held = {p: t for p, t in enumerate(self.canvas) if p not in self.masked}
        held |= {p: self.sampled[p] for p in new}
        for word in self.control.bad_words_ids:
            for start in range(len(self.canvas)):
                window = set(range(start, start + len(word)))
                if window & new and all(held.get(start + n) == id for n, id in enumerate(word)):
                    return window
        return None
