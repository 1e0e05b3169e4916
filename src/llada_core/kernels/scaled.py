"""Products of float8 whose units are left to whoever reads them.

A matrix product without units is the faster one, and its readers go over all of it anyway.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import triton
import triton.language as tl


class Scaled(NamedTuple):
    """A matrix [tokens, width], or what is one once its rows and columns are multiplied by their units."""

    values: torch.Tensor
    """Half precision."""
    units: torch.Tensor | None = None
    """float32 [tokens, 1]; None: it is the matrix itself."""
    scale: torch.Tensor | None = None
    """float32 [width]."""

    @property
    def scaled(self) -> bool:
        """Whether there are units."""
        return self.units is not None

    def contiguous(self) -> Scaled:
        """With rows one behind the other."""
        return self._replace(values=self.values.contiguous())

    def plain(self) -> torch.Tensor:
        """The matrix itself."""
        if self.units is None or self.scale is None:
            return self.values
        return (self.values.float() * self.units * self.scale).to(self.values.dtype)


@triton.jit
def times(values, unit, scale):
    """`values` in units of their rows and of their columns."""
    return (values.to(tl.float32) * unit * scale).to(values.dtype)
