"""What one kind of open text is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from training.data import open_words  # noqa: F401  (adds its lists)


@dataclass(frozen=True)
class Form:
    """One kind of open text.

    `given` are the slots named in the prompt, `drawn` those that the text chooses itself; both map a slot to the
    name of its list. `prompts` and `text` are templates.
    """

    name: str
    prompts: list[str]
    text: str
    given: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    gen_length: int = 64


TELL = "[Tell me|Write|Write me|Can you tell me|Can you write|Please write|Please tell me|I want|Give me|Make up|Invent|tell me|I would like]"


def an(text: str) -> str:
    """The text with "an" for "a" before a vowel."""
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)
