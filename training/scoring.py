"""When a reply counts as right. The shipped problems name one of these ways in their `match` field."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from training.data.working import final_answer

MATCHES = ("final_answer", "exact", "any_of", "pattern", "json")


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def is_right(text: str, match: str, reference: str, accept: Sequence[str] = (), pattern: str | None = None) -> bool:
    """Whether a reply is right.

    `final_answer`: what follows the last "The answer is " equals that of the reference (without such a sentence, the
    whole text counts). `exact`: the stripped texts are equal. `any_of`: the stripped text is in `accept`. `pattern`:
    the stripped text matches the regular expression fully. `json`: both parse to equal values.
    `ValueError` for any other `match`.
    """
    text = text.strip()
    if match == "final_answer":
        return final_answer(text) == final_answer(reference)
    if match == "exact":
        return text == reference.strip()
    if match == "any_of":
        return text in accept
    if match == "pattern":
        return pattern is not None and re.fullmatch(pattern, text) is not None
    if match == "json":
        value = _parsed(text)
        return value is not None and value == _parsed(reference)
    raise ValueError(f"match {match!r} is none of {', '.join(MATCHES)}")
