"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How bold a step may be."""

    gamma: Annotated[
        float, Meta(ge=0, le=1e3, description="Entropy in nats that a step may commit beyond its largest.")
    ] = 0.1
