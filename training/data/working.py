"""What the answers are made of: short worked steps and a last sentence that scoring looks for."""

from __future__ import annotations

import re

from llada_demo.scoring import ANSWER

_NUMBER = re.compile(r"\d+")


def answer(value: object) -> str:
    """The last sentence of an answer."""
    return f"{ANSWER}{value}."


def step(a: int, sign: str, b: int) -> str:
    """One worked equation with its result, ending in a space."""
    if sign == "+":
        result = a + b
    elif sign == "-":
        result = a - b
    else:
        result = a * b if sign == "x" else a // b
    return f"{a} {sign} {b} = {result}. "


def in_order(prompt: str, a: int, b: int) -> tuple[int, int]:
    """The two factors or terms in the order in which the prompt names them.

    Worked steps follow the prompt's order wherever an operation allows it, which is easier to learn and to read
    than a fixed order by meaning.
    """
    numbers = _NUMBER.findall(prompt)
    first, second = str(a), str(b)
    if first in numbers and second in numbers and numbers.index(second) < numbers.index(first):
        return b, a
    return a, b


def product(prompt: str, a: int, b: int) -> str:
    """The worked product of two numbers, in the prompt's order."""
    a, b = in_order(prompt, a, b)
    return step(a, "x", b)


def total(prompt: str, a: int, b: int) -> str:
    """The worked sum of two numbers, in the prompt's order."""
    a, b = in_order(prompt, a, b)
    return step(a, "+", b)


def running_sum(values: list[int]) -> str:
    """Worked sums of a list, one equation a term after the first."""
    text, so_far = "", values[0]
    for value in values[1:]:
        text += step(so_far, "+", value)
        so_far += value
    return text
