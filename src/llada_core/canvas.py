"""The canvas of one request as the host sees it: ids, a mask by position, and the partition into blocks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .template import HoleSpan, parts_of

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Canvas:
    """Prompt, generated part, fixed suffix: one row of tokens.

    A position is masked because `masked` says so, never because its id equals the mask id; a prompt may hold
    that id. Masked positions hold the mask id, so that the row can be fed to the model as it is.

    With holes, text is fixed inside the generated part too. What is denoised together is then a part of a
    hole, and its block the `block_length` positions that end with it: so all blocks of a request have one
    width, and whatever else lies in one is not to be changed.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        gen_length: int,
        block_length: int,
        mask_id: int,
        suffix: Sequence[int] = (),
        *,
        inside: Sequence[int] = (),
        holes: Sequence[HoleSpan] = (),
        together: bool = False,
    ) -> None:
        """
        Args:
            gen_length: without holes a multiple of `block_length`; both are at least 1.
            block_length: with holes at most the canvas.
            inside: the generated part's ids, of which those in `holes` do not count; only with these.
            together: all holes are one part, and the generated part is its block.
        """
        self.mask_id = mask_id
        self.prompt_length = first = len(prompt)
        self.gen_length = gen_length
        self.length = first + gen_length + len(suffix)
        self.tokens: Ids = np.full(self.length, mask_id, dtype=np.int64)
        self.tokens[:first] = prompt
        self.tokens[first + gen_length :] = suffix
        self.fixed: Flags = np.ones(self.length, dtype=np.bool_)
        """What the request brought and nothing changes."""
        if holes:
            for hole in holes:
                self.fixed[first + hole.start : first + hole.end] = False
            self.block_length = gen_length if together else block_length
            parts = parts_of(holes, block_length, together)
            where = self.generated
            self.tokens[where] = np.where(self.fixed[where], inside, mask_id)
        else:
            self.fixed[self.generated] = False
            self.block_length = block_length
            parts = [(start, start + block_length) for start in range(0, gen_length, block_length)]
        self._parts = [(first + start, first + end) for start, end in parts]
        self._ends = [end for _, end in self._parts]
        self.masked: Flags = ~self.fixed

    @property
    def blocks(self) -> int:
        """How many there are."""
        return len(self._parts)

    @property
    def generated(self) -> slice:
        """The positions from the first that the request generates to the last."""
        return slice(self.prompt_length, self.prompt_length + self.gen_length)

    def span(self, block: int) -> tuple[int, int]:
        """First position of a block, and one past its last."""
        start = min(max(self._ends[block] - self.block_length, 0), self.length - self.block_length)
        return start, start + self.block_length

    def part(self, block: int) -> tuple[int, int]:
        """First position of what a block denoises, and one past its last; without holes, all of it."""
        return self._parts[block]

    def open_to(self, block: int, start: int, end: int) -> Flags:
        """Which of the positions `start` to `end` - 1 a block may change."""
        flags = np.zeros(end - start, dtype=np.bool_)
        first, last = self._parts[block]
        part = slice(max(first - start, 0), max(last - start, 0))
        flags[part] = ~self.fixed[start:end][part]
        return flags

    def whole(self, block: int) -> bool:
        """Whether a block may change all of its positions."""
        return self.span(block) == self._parts[block] and not self.fixed[slice(*self.span(block))].any()

    def masked_in(self, block: int) -> int:
        """Masks that a block is to fill."""
        start, end = self._parts[block]
        return int(np.count_nonzero(self.masked[start:end]))

    def first_open_block(self) -> int | None:
        """The leftmost block that holds a mask, or None if the canvas is complete."""
        first = self.leading()
        return bisect_right(self._ends, self.prompt_length + first) if first < self.gen_length else None

    def leading(self) -> int:
        """Positions of the generated part before the first mask."""
        open_ = self.masked[self.generated]
        first = int(open_.argmax())
        return first if open_[first] else self.gen_length

    def store(self, start: int, tokens: Ids) -> None:
        """Take over what the device holds from position `start` on; -1 stands for a mask."""
        end = start + len(tokens)
        masked = tokens < 0
        self.masked[start:end] = masked
        self.tokens[start:end] = np.where(masked, self.mask_id, tokens)
