"""What ends a whole run; what is wrong with one line is a record of the output."""

from __future__ import annotations

from ..errors import LladaError


class RolloutError(LladaError):
    """The run cannot begin or go on: its output belongs to another run, or a replica does not start."""
