"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """When a committed token is revoked."""

    threshold_back: Annotated[
        float, Meta(ge=0, le=1, description="Probability below which a committed token is masked again.")
    ] = 0.9
