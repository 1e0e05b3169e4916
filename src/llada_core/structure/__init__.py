"""Structured output: what a reply has to look like, and the grammar that sees to it. Imports no torch.

    session.reply("Who?", structure=Structure.json_schema({"type": "object", ...}))

The grammar engine is llguidance, an extra: `pip install 'llada-core[structure]'`.
"""

from __future__ import annotations

from .spec import Structure

__all__ = ["Structure"]
