"""Which known name a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable

from llada_core.names import fold

MAX_DISTANCE = 2
SHORTEST = 4
"""Shorter known names ("n") are never suggested: almost any short word is two edits away from them."""


def edit_distance(a: str, b: str) -> int:
    """Fewest insertions, deletions and substitutions that turn `a` into `b` (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]


def near_match(name: str, known: Iterable[str]) -> str | None:
    """The nearest of `known` within two edits of `name`, whatever its case and dashes, or None."""
    folded = fold(name)
    if not SHORTEST - MAX_DISTANCE < len(folded) <= 64:
        return None
    scored = (
        (edit_distance(folded, candidate), candidate)
        for candidate in sorted(known)
        if len(candidate) >= SHORTEST and abs(len(candidate) - len(folded)) <= MAX_DISTANCE
    )
    distance, best = min(scored, default=(MAX_DISTANCE + 1, ""))
    return best if distance <= MAX_DISTANCE else None
