"""What a plan is asked with, for tests that go through it step by step."""

from __future__ import annotations

from typing import Any

from ..plan import Progress


def progress_at(
    block: int,
    step: int,
    *,
    prompt_length: int = 5,
    blocks: int = 2,
    block_length: int = 4,
    steps_in_block: int = 2,
    params: Any = None,
) -> Progress:
    """The progress before step `step` of block `block`, where each earlier block took its scheduled steps.

    By default a canvas of 5 prompt positions and 2 blocks of 4, two steps a block.
    """
    start = prompt_length + block_length * block
    return Progress(
        forwards=steps_in_block * block + step,
        block=block,
        blocks=blocks,
        block_start=start,
        block_end=start + block_length,
        step_in_block=step,
        steps_in_block=steps_in_block,
        masked_in_block=max(block_length - block_length // steps_in_block * step, 0),
        prompt_length=prompt_length,
        canvas_length=prompt_length + blocks * block_length,
        params=params,
    )
