"""Which prompts training never sees: the held-out share of the templates' prompts, and those written by hand."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

SETS = Path(__file__).parents[1] / "sets"
ONE_IN = 25


def letters(prompt: str) -> str:
    """What tells prompts apart: letters, digits and signs, without case and punctuation."""
    return re.sub(r"[^a-z0-9+*/×÷:=-]+", " ", prompt.lower()).strip()


def _written() -> frozenset[str]:
    found = set()
    for file in SETS.glob("*.jsonl"):
        found |= {
            letters(json.loads(line)["prompt"]) for line in file.read_text(encoding="utf-8").splitlines()
        }
    return frozenset(found)


# Read here for this one purpose: such a prompt is never drawn, even where a template happens to say the same.
_WRITTEN = _written()


def is_kept_aside(prompt: str) -> bool:
    """Whether this is a prompt of `sets/`, written by hand for evaluation."""
    return letters(prompt) in _WRITTEN


def is_held_out(prompt: str) -> bool:
    """Whether a prompt is kept for evaluation: a fixed twenty-fifth of all prompts, by a hash of their letters.

    Never a prompt of one word: what "later" calls for cannot be told from any other prompt.
    """
    compared = letters(prompt)
    return " " in compared and zlib.crc32(compared.encode()) % ONE_IN == 0
