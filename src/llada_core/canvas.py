"""The canvas of one request as the host sees it: ids, a mask by position, and the partition into blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Canvas:
    """Prompt, generated part, fixed suffix: one row of tokens.

    A position is masked because `masked` says so, never because its id equals the mask id; a prompt may hold
    that id. Masked positions hold the mask id, so that the row can be fed to the model as it is.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        gen_length: int,
        block_length: int,
        mask_id: int,
        suffix: Sequence[int] = (),
    ) -> None:
        """`gen_length` is a multiple of `block_length`; both are at least 1."""
        self.mask_id = mask_id
        self.prompt_length = len(prompt)
        self.gen_length = gen_length
        self.block_length = block_length
        self.blocks = gen_length // block_length
        self.length = len(prompt) + gen_length + len(suffix)
        self.tokens: Ids = np.full(self.length, mask_id, dtype=np.int64)
        self.tokens[: len(prompt)] = prompt
        self.tokens[len(prompt) + gen_length :] = suffix
        self.masked: Flags = np.zeros(self.length, dtype=np.bool_)
        self.masked[self.generated] = True

    @property
    def generated(self) -> slice:
        """The positions that the request generates."""
        return slice(self.prompt_length, self.prompt_length + self.gen_length)

    def span(self, block: int) -> tuple[int, int]:
        """First position of a block, and one past its last."""
        start = self.prompt_length + block * self.block_length
        return start, start + self.block_length

    def masked_in(self, block: int) -> int:
        """Masks in a block."""
        start, end = self.span(block)
        return int(np.count_nonzero(self.masked[start:end]))

    def first_open_block(self) -> int | None:
        """The leftmost block that holds a mask, or None if the canvas is complete."""
        first = self.leading()
        return first // self.block_length if first < self.gen_length else None

    def leading(self) -> int:
        """Generated positions before the first mask."""
        open_ = self.masked[self.generated]
        first = int(open_.argmax())
        return first if open_[first] else self.gen_length

    def store(self, start: int, tokens: Ids) -> None:
        """Take over what the device holds from position `start` on; -1 stands for a mask."""
        end = start + len(tokens)
        masked = tokens < 0
        self.masked[start:end] = masked
        self.tokens[start:end] = np.where(masked, self.mask_id, tokens)
