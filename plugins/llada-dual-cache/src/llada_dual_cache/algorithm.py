"""Block-wise decoding with a cache of everything around the block."""

from __future__ import annotations

from llada_core import DenoisingAlgorithm, Keep, Plan, Progress, Window


class DualCache(DenoisingAlgorithm):
    """Reuses, within a block, the keys and values of everything before and behind it.

    Wu et al., "Fast-dLLM: Training-free Acceleration of Diffusion LLM by Enabling KV Cache and Parallel
    Decoding" (2025), section 3.2 (DualCache). An approximation: attention is bidirectional, and the kept keys
    and values do not see what the block commits until the next block refreshes them.
    """

    def plan(self, progress: Progress) -> Plan:
        """The first step of a block computes and keeps the canvas; the others do so with the block alone."""
        if progress.step_in_block == 0:
            return Plan(Window.CANVAS, Keep.ALL)
        return Plan(Window.BLOCK, Keep.ALL)
