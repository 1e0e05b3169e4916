"""What an engine may be told. Imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class EngineConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one engine."""

    max_rows: Annotated[int, Meta(ge=1)] = 8
    """Most requests that run at once."""
    kv_tokens: Annotated[int, Meta(ge=0)] | None = None
    """Size of the key/value pool in canvas positions; None: what `max_rows` full contexts need, with
    guidance, or what fits into memory, if that is less."""
    max_batched_tokens: Annotated[int, Meta(ge=1)] = 16384
    """Most tokens of one forward, unless a single request needs more."""
    block_steps: bool | None = None
    """Whether steps that compute just their block run over buffers that never move, on CUDA as graphs; None:
    where the model has its fused forward."""
    capture_rules: bool = True
    """Whether rules are captured with those steps; else they decide outside, as those do that cannot be."""
    state_bytes: Annotated[int, Meta(ge=0)] = 2**30
    """Most memory for the state of algorithms and rules."""
    whole_loop_threads: Annotated[int, Meta(ge=1)] = 8
    """Most requests of whole-loop algorithms at once; each has a thread."""
    whole_loop_tokens: Annotated[int, Meta(ge=1)] = 4096
    """Most canvas positions of them that run at once, unless a single request has more; memory is kept for
    the logits of so many. What a script computes from its logits is not planned for."""
    step_limit: Annotated[float, Meta(gt=0)] = 60.0
    """Seconds that one call of an algorithm's or rule's own code may take before its requests fail."""
    whole_loop_silence: Annotated[float, Meta(gt=0)] = 60.0
    """Seconds that a whole-loop algorithm may compute without calling the model before its request fails."""
