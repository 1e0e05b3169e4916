"""Numbers of rows that block steps are captured for."""

from __future__ import annotations

BUCKETS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128)
"""From there on multiples of 32. Where weights are read more than used, up to about 8 rows, empty rows cost
next to nothing; above it they are at most a quarter."""
DEFAULT_BLOCK = 32
"""Block length that buffers for logits are sized by. Where they do not hold all rows, these are packed."""
LONGEST_BLOCK = 128
"""A block of this length fits them, whatever the number of rows."""


def bucket(rows: int) -> int:
    """The number of rows that a graph for `rows` has."""
    return next((size for size in BUCKETS if size >= rows), -(-rows // 32) * 32)


def logits_positions(rows: int) -> int:
    """Positions that buffers for logits have: `rows` blocks of usual length, and any single block."""
    return max(bucket(rows) * DEFAULT_BLOCK, LONGEST_BLOCK)


def buckets(most: int) -> list[int]:
    """All of them that up to `most` rows need."""
    found = {bucket(rows) for rows in range(1, most + 1)}
    return sorted(found)
