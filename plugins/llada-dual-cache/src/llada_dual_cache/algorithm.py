"""Block-wise decoding with a cache of everything around the block."""

from __future__ import annotations

from llada_core import DenoisingAlgorithm, Keep, Plan, Progress, Window


class DualCache(DenoisingAlgorithm):
    """Reuses, within a block, the keys and values of everything before and behind it.

    Wu et al., "Fast-dLLM: Training-free Acceleration of Diffusion LLM by Enabling KV Cache and Parallel
    Decoding" (2025), section 3.2 (DualCache). An approximation: with bidirectional attention the kept keys and
    values do not see what the block commits, until the next block refreshes them.
    """

    def plan(self, progress: Progress) -> Plan:
        """The block's first step computes the canvas and keeps all of it; the others compute the block alone and
        overwrite its part."""
        if progress.step_in_block == 0:
            return Plan(Window.CANVAS, Keep.ALL)
        return Plan(Window.BLOCK, Keep.ALL)
