"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Params(msgspec.Struct, frozen=True):
    """How long kept keys and values are good for."""

    refresh_interval: Annotated[
        int, Meta(ge=1, le=1_000_000, description="The whole canvas is computed every so many forwards.")
    ] = 8
