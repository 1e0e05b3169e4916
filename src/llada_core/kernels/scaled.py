"""Matrix products that are left unfinished, since whoever reads them goes over all of them anyway.

A product of float8 is faster without its units, and one of few tokens where its sums are cut into parts.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import triton
import triton.language as tl


class Scaled(NamedTuple):
    """A matrix [tokens, width], or what is one once its parts are added up, and its rows and columns
    multiplied by their units."""

    values: torch.Tensor
    """Half precision [tokens, width], or float32 [parts, tokens, width]."""
    units: torch.Tensor | None = None
    """float32 [tokens, 1]; None: it is the matrix itself."""
    scale: torch.Tensor | None = None
    """float32 [width]."""

    @property
    def scaled(self) -> bool:
        """Whether there are units."""
        return self.units is not None

    @property
    def parts(self) -> int:
        """Into how many its sums are cut."""
        return 1 if self.values.dim() == 2 else len(self.values)

    def contiguous(self) -> Scaled:
        """With rows one behind the other."""
        return self._replace(values=self.values.contiguous())

    def plain(self, dtype: torch.dtype) -> torch.Tensor:
        """The matrix itself, in half precision."""
        values = self.values if self.parts == 1 else self.values.sum(0)
        if self.units is not None and self.scale is not None:
            values = values.float() * self.units * self.scale
        return values.to(dtype)


@triton.jit
def times(values, unit, scale):
    """`values` in units of their rows and of their columns."""
    return (values.to(tl.float32) * unit * scale).to(values.dtype)
