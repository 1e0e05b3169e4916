"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How sure the best token of a run must be."""

    low_threshold: Annotated[
        float, Meta(ge=0, le=1, description="Confidence that the surest token of a run of masks must exceed.")
    ] = 0.5
