"""Fixed text with holes, as one canvas. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from .errors import ParameterError

LONGEST = 1 << 20
"""Positions of the longest canvas that is laid out at all; what a model takes is less."""


class Hole(msgspec.Struct, frozen=True):
    """A hole as it is asked for."""

    max_tokens: int = 32
    """Its positions; those that the fill does not need hold padding, which is left out of the text."""
    min_tokens: int = 0
    """Fewest tokens of the fill."""
    name: str | None = None
    """Under which the fill is answered; None: `hole_1` for the first hole, and so on."""


class HoleSpan(msgspec.Struct, frozen=True):
    """A hole as the engine takes it."""

    start: int
    """Its first position, counted from the start of the generated part."""
    length: int
    min_tokens: int = 0
    """So many positions, from the first on, hold no end token."""

    @property
    def end(self) -> int:
        """One past its last position."""
        return self.start + self.length


class Template(msgspec.Struct, frozen=True):
    """Where text is fixed and where it is to be generated: from the first hole to the last one lies what the
    engine calls the generated part, whatever text is fixed inside."""

    before: tuple[int, ...]
    """Fixed ids in front of the first hole."""
    inside: tuple[int, ...]
    """The generated part: fixed ids, and 0 in holes."""
    holes: tuple[HoleSpan, ...]
    """In the order of positions; two may touch."""
    after: tuple[int, ...]
    """Fixed ids behind the last hole."""

    @classmethod
    def of(cls, pieces: Sequence[Sequence[int] | Hole]) -> Template:
        """Lay `pieces` end to end: ids, and holes.

        Raises:
            ParameterError: there is no hole, or one has no room for its tokens, or far too much.
        """
        ids: list[int] = []
        holes: list[HoleSpan] = []
        for piece in pieces:
            if isinstance(piece, Hole):
                if not 0 <= piece.min_tokens <= piece.max_tokens or piece.max_tokens < 1:
                    raise ParameterError(
                        "template",
                        f"hole {len(holes) + 1} has min_tokens {piece.min_tokens} and max_tokens "
                        f"{piece.max_tokens}: expected 0 <= min_tokens <= max_tokens, and room for a token",
                    )
                if len(ids) + piece.max_tokens > LONGEST:
                    raise ParameterError(
                        "template",
                        f"hole {len(holes) + 1} of {piece.max_tokens} tokens makes the canvas longer than "
                        f"{LONGEST} positions",
                    )
                holes.append(HoleSpan(len(ids), piece.max_tokens, piece.min_tokens))
                ids += [0] * piece.max_tokens
            else:
                ids += piece
        if not holes:
            raise ParameterError("template", "expected at least one hole")
        first, last = holes[0].start, holes[-1].end
        moved = tuple(msgspec.structs.replace(hole, start=hole.start - first) for hole in holes)
        return cls(tuple(ids[:first]), tuple(ids[first:last]), moved, tuple(ids[last:]))


def parts_of(holes: Sequence[HoleSpan], most: int, together: bool) -> list[tuple[int, int]]:
    """What is denoised together, from left to right: start and end of each part, counted as in `HoleSpan`.

    Args:
        most: a part has at most so many positions, unless `together`.
        together: all holes, and what lies between them, are one part. Else no part reaches over the end of a
            hole, and the parts of a hole differ by at most one position.
    """
    if together:
        return [(holes[0].start, holes[-1].end)]
    found = []
    for hole in holes:
        count = -(-hole.length // most)
        edges = [hole.start + hole.length * n // count for n in range(count + 1)]
        found += list(pairwise(edges))
    return found
