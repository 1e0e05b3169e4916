"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """Parameters of `left_to_right`."""

    run_confidence: Annotated[
        float, Meta(gt=0, le=1, description="A run goes on while each token is at least this confident.")
    ] = 0.9
    max_run: Annotated[int, Meta(ge=1, description="Most tokens a step; 1: strictly one at a time.")] = 32
