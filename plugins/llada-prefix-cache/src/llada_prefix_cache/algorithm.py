"""Block-wise decoding with a cache of everything before the block."""

from __future__ import annotations

from llada_core import DenoisingAlgorithm, Keep, Plan, Progress, Window


class PrefixCache(DenoisingAlgorithm):
    """Reuses, within a block, the keys and values of the prompt and the finished blocks.

    Wu et al., "Fast-dLLM: Training-free Acceleration of Diffusion LLM by Enabling KV Cache and Parallel
    Decoding" (2025), section 3.2 (key-value cache for block-wise decoding). An approximation: attention is
    bidirectional, and the kept keys and values do not see what the block commits until the next block
    refreshes them.
    """

    def plan(self, progress: Progress) -> Plan:
        """The first step of a block computes the canvas and keeps what lies before the block; the others
        compute from the block's start to the canvas's end."""
        if progress.step_in_block == 0:
            return Plan(Window.CANVAS, Keep.PREFIX)
        return Plan(Window.SUFFIX)
