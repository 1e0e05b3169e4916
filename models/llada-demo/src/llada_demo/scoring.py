"""When a reply counts as right. Each problem of `problems.jsonl` names one of these ways as its `match`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

__all__ = ["ANSWER", "MATCHES", "final_answer", "is_right"]

MATCHES = ("final_answer", "exact", "any_of", "pattern", "json")
ANSWER = "The answer is "
"""Begins the last sentence of a worked reply; the answer and a full stop follow."""


def final_answer(text: str) -> str:
    """What follows the last "The answer is ", else the whole text; stripped, without a final full stop."""
    return text.rpartition(ANSWER)[2].strip().removesuffix(".").strip()


def is_right(
    text: str, match: str, reference: str, accept: Sequence[str] = (), pattern: str | None = None
) -> bool:
    """Whether a reply is right.

    Args:
        text: the reply; in an infill problem the text of the hole. Spaces around it do not count.
        match: how it is judged. `final_answer`: its answer (see `final_answer`) equals that of the reference.
            `exact`: it equals the reference. `any_of`: it is one of `accept`. `pattern`: all of it matches
            the regular expression. `json`: it and the reference parse to equal values of equal types.
        reference: one right reply.
        accept: all right replies, for `any_of`.
        pattern: a regular expression, for `pattern`.

    Raises:
        ValueError: `match` is none of `MATCHES`, or is `pattern` without a `pattern`.
    """
    text = text.strip()
    if match == "final_answer":
        return final_answer(text) == final_answer(reference)
    if match == "exact":
        return text == reference.strip()
    if match == "any_of":
        return text in accept
    if match == "pattern":
        if pattern is None:
            raise ValueError("match 'pattern' needs a pattern, got None")
        return re.fullmatch(pattern, text) is not None
    if match == "json":
        return _canonical(text) == _canonical(reference) is not None
    raise ValueError(f"match must be one of {', '.join(MATCHES)}, got {match!r}")


def _canonical(text: str) -> str | None:
    """The JSON value in one spelling, which tells 1, 1.0 and true apart; None if the text is no JSON."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return None
