"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How the end of a cycle is found."""

    low_threshold: Annotated[
        float, Meta(ge=0, le=1, description="A cycle may reach to the last mask that is this confident.")
    ] = 0.3
    explore_steps: Annotated[
        int, Meta(ge=1, le=1000, description="Most steps of a cycle that look for its end.")
    ] = 6
