"""Ways of decoding to compare, as `--setting` writes them: "steps=8/block", "threshold=0.9,top_k=5"."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from ..options import parse_assignment

DEFAULT = (
    *(f"steps={count}/block" for count in (1, 2, 4, 8, 16)),
    "threshold=0.9",
    "factor=1.0",
)
PER_BLOCK = "/block"


class Setting(msgspec.Struct, frozen=True):
    """Parameters, one of which may depend on the canvas."""

    name: str
    """As it was written."""
    params: dict[str, Any]
    steps_per_block: int | None = None

    def for_length(self, length: int, block_length: int) -> dict[str, Any]:
        """The parameters for a canvas of `length` positions in blocks of `block_length`."""
        params = {"block_length": block_length, **self.params}
        if self.steps_per_block is not None:
            block = min(params["block_length"], length)
            params["steps"] = self.steps_per_block * -(-length // block)
        return params


def parse_setting(text: str) -> Setting:
    """The setting that `text` writes down.

    Raises:
        click.BadParameter: it is no list of name=value.
    """
    params: dict[str, Any] = {}
    per_block = None
    for part in text.split(","):
        name, value = parse_assignment(part, "--setting")
        if name == "steps" and isinstance(value, str) and value.endswith(PER_BLOCK):
            per_block = _positive(value.removesuffix(PER_BLOCK), text)
        else:
            params[name] = value
    return Setting(text, params, per_block)


def _positive(count: str, text: str) -> int:
    if not count.isdecimal() or int(count) < 1:
        raise click.BadParameter(f"expected steps=N/block with N of at least 1, got {text!r}")
    return int(count)
