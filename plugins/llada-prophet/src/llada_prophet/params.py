"""What a request may choose; imports no torch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Gap = Annotated[float, Meta(ge=0, le=1e4)]


class Params(msgspec.Struct, frozen=True):
    """Mean gaps between best and second logit that end decoding, in each third of the steps."""

    early_gap: Annotated[Gap, Meta(description="Mean gap that is enough in the first third.")] = 7.5
    middle_gap: Annotated[Gap, Meta(description="Mean gap that is enough in the second third.")] = 5.0
    late_gap: Annotated[Gap, Meta(description="Mean gap that is enough in the last third.")] = 2.5
