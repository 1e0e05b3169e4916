"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """Who may follow an anchor."""

    relaxed_threshold: Annotated[
        float, Meta(ge=0, le=1, description="Confidence that is enough near an anchor.")
    ] = 0.75
    radius: Annotated[
        int, Meta(ge=0, le=100_000, description="Positions to either side of an anchor that are near it.")
    ] = 4
