"""The rows of a measurement, as data and as a table."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One case."""

    case: str
    median_ms: float
    floor_ms: float | None = None
    """What the hardware allows; None where it is not one forward."""
    reference_ms: float | None = None
    """What the algorithm's published code took on the same card."""
    max_rel_error: float | None = None
    """Of the logits against float32."""
    tokens_per_s: float | None = None
    check: str = ""

    @property
    def times_floor(self) -> float | None:
        """How many times the floor it takes."""
        return None if not self.floor_ms else self.median_ms / self.floor_ms


HEADER = ("case", "ms", "floor ms", "x floor", "published code ms", "tokens/s", "logits' error", "check")


def cells(row: Row) -> tuple[str, ...]:
    """The row as text, under `HEADER`."""

    def shown(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    return (
        row.case,
        shown(row.median_ms, ".2f"),
        shown(row.floor_ms, ".2f"),
        shown(row.times_floor, ".2f"),
        shown(row.reference_ms, ".1f"),
        shown(row.tokens_per_s, ".0f"),
        shown(row.max_rel_error, ".1e"),
        row.check,
    )
