"""One request as a loop over positions sees it: no batch, no tensors but a position's logits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch

from llada_core import Request, philox

from .slow_model import Cache, SlowModel


class SlowRow:
    """A canvas, its masks, and the last forward's tokens and confidences at them."""

    def __init__(self, model: SlowModel, request: Request) -> None:
        self.model = model
        self.params = request.params
        generated = self.params.gen_length
        self.first = len(request.prompt)
        self.canvas = [*request.prompt, *[model.mask_id] * generated, *request.suffix]
        self.masked = set(range(self.first, self.first + generated))
        self.forwards = 0
        self.caches = model.empty_cache(), model.empty_cache()
        """Keys and values, and those of the guiding row, which sees no fixed text."""
        self.sampled: dict[int, int] = {}
        self.sure: dict[int, float] = {}
        self.block = range(0)
        self.step = self.masks_at_start = 0
        self.enter_block()

    @property
    def generated(self) -> list[int]:
        """The tokens behind the prompt, up to the fixed suffix."""
        return self.canvas[self.first : self.first + self.params.gen_length]

    def enter_block(self) -> bool:
        """Go on to the leftmost block that holds a mask; whether that is another one."""
        length = self.params.block_length
        start = self.first + (min(self.masked) - self.first) // length * length
        if self.block == range(start, start + length):
            return False
        self.block, self.step = range(start, start + length), 0
        self.masks_at_start = len(self.masked & set(self.block))
        return True

    def look(self, window: Sequence[int] | None = None, keep: bool = True) -> dict[int, torch.Tensor]:
        """One forward; logits [vocab] by position.

        Args:
            window: what is computed, beside what is in the caches; None: everything, the caches untouched.
            keep: whether what is computed goes into the caches.
        """
        logits = self._forward(self.canvas, window, self.caches[0], keep)
        if self.params.cfg_scale:
            generated = range(self.first, self.first + self.params.gen_length)
            free = [token if p in generated else self.model.mask_id for p, token in enumerate(self.canvas)]
            unguided = self._forward(free, window, self.caches[1], keep)
            scale = self.params.cfg_scale + 1
            logits = {p: unguided[p] + scale * (logits[p] - unguided[p]) for p in logits}
        self.score(logits)
        self.forwards += 1
        return logits

    def score(self, logits: Mapping[int, torch.Tensor], forward: int | None = None) -> None:
        """Sample a token at each mask that `logits` has, in forward number `forward` (default: the next)."""
        seen = sorted(self.masked & logits.keys())
        forward = self.forwards if forward is None else forward
        self.sampled = {p: self._draw(p, logits[p], forward) for p in seen}
        self.sure = {p: float(logits[p].softmax(0)[self.sampled[p]]) for p in seen}

    def ranked(self) -> list[int]:
        """The masks of the block that the forward computed, surest first."""
        return sorted(self.sure.keys() & set(self.block), key=lambda p: (-self.sure[p], p))

    def scheduled(self) -> list[int]:
        """What the schedule commits: an even share of the block's masks, one more in the first steps."""
        steps, blocks = self.params.steps, self.params.gen_length // self.params.block_length
        assert steps is not None
        index = (self.block[0] - self.first) // self.params.block_length
        own = max(1, steps // blocks + (index < steps % blocks))
        share = self.masks_at_start // own + (self.step < self.masks_at_start % own)
        return self.ranked()[:share]

    def confident(self) -> list[int]:
        """What the threshold commits: all that reach it, and the surest."""
        threshold = self.params.threshold
        assert threshold is not None
        return [p for n, p in enumerate(self.ranked()) if n == 0 or self.sure[p] >= threshold]

    def chosen(self) -> list[int]:
        """What the request's own rule commits."""
        return self.scheduled() if self.params.threshold is None else self.confident()

    def commit(self, positions: Iterable[int]) -> None:
        """Write the sampled tokens."""
        self.step += 1
        for p in positions:
            self.canvas[p] = self.sampled[p]
            self.masked.discard(p)

    def remask(self, positions: Iterable[int]) -> None:
        """Mask again what was committed."""
        for p in positions:
            self.canvas[p] = self.model.mask_id
            self.masked.add(p)

    def _forward(
        self, canvas: Sequence[int], window: Sequence[int] | None, cache: Cache, keep: bool
    ) -> dict[int, torch.Tensor]:
        if window is None:
            return self.model.logits(canvas)
        return self.model.logits(canvas, window, cache if keep else [dict(entries) for entries in cache])

    def _draw(self, position: int, logits: torch.Tensor, forward: int) -> int:
        logits = logits.clone()
        logits[self.model.mask_id] = -torch.inf
        if not self.params.temperature:
            return int(logits.argmax())
        cumulative = (logits / self.params.temperature).softmax(0).cumsum(0)
        seed, place, time = (torch.tensor(n) for n in (self.params.seed, position, forward))
        chance = philox.uniform(seed, place, time, philox.DRAW_STREAM)
        return int((cumulative > chance).nonzero()[0])
