"""A small language for phrasing: one template stands for many sentences, and for the pattern that accepts them.

    [a|b|]      one of the alternatives, which may be empty and may nest
    [1:a|b]     the same alternative (first, second, ...) wherever brackets bear the same digit
    {name}      a value given by the caller
    <list>      a word from the named list of `vocabulary.LISTS`, drawn anew at every occurrence

`say` draws a sentence; `pattern` gives a regular expression that matches every sentence it could have drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import TypeVar

from training.data.vocabulary import LISTS

__all__ = ["one_of", "pattern", "say", "tidy"]

_MARK = re.compile(r"\[(\d:)?|[\]|]|\{(\w+)\}|<(\w+)>")

# A node is a plain string, ("slot", name), ("word", list name), ("choice", alternatives) or
# ("same", (digit, alternatives)); a sequence is a tuple.
Node = str | tuple
Sequence_ = tuple
Choice = TypeVar("Choice")


def one_of(rng: Random, options: Sequence[Choice]) -> Choice:
    """One of the options, uniformly (quicker than `rng.choice`, which the generators call very often)."""
    return options[int(rng.random() * len(options))]


@cache
def _parse(template: str) -> Sequence_:
    """The template as a sequence of nodes; `ValueError` if its brackets do not match."""
    stack: list[list[list[Node]]] = [[[]]]
    keys: list[str] = []
    position = 0
    for mark in _MARK.finditer(template):
        if mark.start() > position:
            stack[-1][-1].append(template[position : mark.start()])
        position = mark.end()
        if mark[2]:
            stack[-1][-1].append(("slot", mark[2]))
        elif mark[3]:
            stack[-1][-1].append(("word", mark[3]))
        elif mark[0][0] == "[":
            stack.append([[]])
            keys.append(mark[1] or "")
        elif mark[0] == "|" and len(stack) > 1:
            stack[-1].append([])
        elif mark[0] == "]" and len(stack) > 1:
            alternatives = tuple(tuple(nodes) for nodes in stack.pop())
            key = keys.pop()
            stack[-1][-1].append(("same", (key, alternatives)) if key else ("choice", alternatives))
        else:
            raise ValueError(f"template {template!r}: {mark[0]!r} at {mark.start()} stands outside brackets")
    if len(stack) > 1:
        raise ValueError(f"template {template!r}: a bracket is not closed")
    stack[-1][-1].append(template[position:])
    return tuple(stack[0][0])


def _draw(
    rng: Random, nodes: Sequence_, slots: Mapping[str, object], out: list[str], drawn: dict[str, int]
) -> None:
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
            continue
        kind, value = node
        if kind == "slot":
            out.append(str(slots[value]))
        elif kind == "word":
            out.append(one_of(rng, LISTS[value]))
        elif kind == "choice":
            _draw(rng, one_of(rng, value), slots, out, drawn)
        else:
            key, alternatives = value
            index = drawn.setdefault(key, int(rng.random() * len(alternatives)))
            _draw(rng, alternatives[index], slots, out, drawn)


def say(rng: Random, template: str | Sequence[str], /, **slots: object) -> str:
    """A sentence drawn from the template, or from one of several, with `{slots}` filled in."""
    if not isinstance(template, str):
        template = one_of(rng, template)
    out: list[str] = []
    _draw(rng, _parse(template), slots, out, {})
    return "".join(out)


def _pattern(nodes: Sequence_, slots: Mapping[str, str], seen: set[str]) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(re.escape(node))
            continue
        kind, value = node
        if kind == "word":
            parts.append("(?:" + "|".join(map(re.escape, LISTS[value])) + ")")
        elif kind in ("choice", "same"):
            options = value if kind == "choice" else value[1]
            parts.append("(?:" + "|".join(_pattern(option, slots, seen) for option in options) + ")")
        elif not slots[value].startswith("<"):
            parts.append(re.escape(slots[value]))
        elif value in seen:
            parts.append(f"(?P={value})")
        else:
            seen.add(value)
            parts.append(f"(?P<{value}>" + "|".join(map(re.escape, LISTS[slots[value][1:-1]])) + ")")
    return "".join(parts)


def pattern(template: str, **slots: str) -> str:
    """A regular expression (for `re.fullmatch`) of everything that the template can say.

    A slot given as text must appear as it is. A slot given as `<list>` stands for any word of that list, the same
    one at each occurrence; its first occurrence must lie outside `[a|b]` choices. `[1:a|b]` counts as `[a|b]`.
    """
    return _pattern(_parse(template), slots, set())


def tidy(text: str) -> str:
    """The text without the double and the misplaced spaces that empty alternatives leave."""
    return text.replace("  ", " ").replace(" ?", "?").replace(" .", ".").replace(" ,", ",")
