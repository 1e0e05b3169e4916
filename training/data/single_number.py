"""Sums about one number: its square, double, half and neighbours; an unknown to find."""

from __future__ import annotations

from random import Random

from training.data.arithmetic_phrases import spoken
from training.data.phrase import one_of, say
from training.data.working import answer, step


def single(rng: Random) -> tuple[str, str]:
    """One number: its square, double, half, neighbours; an unknown to find."""
    kind, a = rng.randint(0, 7), rng.randint(1, 99)
    n = spoken(rng, a) if rng.random() < 0.25 else str(a)
    if kind == 0:
        a = rng.randint(1, 20)
        return say(
            rng,
            [
                "[What is|What's|Calculate|] {a} squared[?|]",
                "What is the square of {a}?",
                "Square {a}[.|]",
                "[What is|] {a} to the power of 2[?|]",
                "{a}^2",
            ],
            a=a,
        ), step(a, "x", a) + answer(a * a)
    if kind == 1:
        return say(
            rng,
            [
                "Double {a}[.|]",
                "[What is|What's|How much is|] [double|twice] {a}[?|]",
                "[What is|] the double of {a}[?|]",
                "{a} doubled",
                "Two times {a}",
                "What do I get if I double {a}?",
            ],
            a=n,
        ), step(2, "x", a) + answer(2 * a)
    if kind == 2:
        return say(
            rng,
            [
                "[What is|What's|How much is|] [|a |one ]half of {a}[?|]",
                "Halve {a}[.|]",
                "[What is|] the half of {a}[?|]",
                "What do I get if I halve {a}?",
                "Half of {a} is what?",
            ],
            a=2 * a,
        ), step(2 * a, "/", 2) + answer(a)
    if kind == 3:
        return say(
            rng,
            [
                "[What|Which number] comes [right |just |]after {a}?",
                "What is the next number after {a}?",
                "[Which|What] number follows {a}?",
                "the number after {a}",
            ],
            a=a,
        ), step(a, "+", 1) + answer(a + 1)
    if kind == 4:
        return say(
            rng,
            [
                "[Which number|What] comes [right |just |]before {a}?",
                "What is the number before {a}?",
                "the number before {a}",
                "What number is just before {a}?",
            ],
            a=a,
        ), step(a, "-", 1) + answer(a - 1)
    if kind == 5:
        x, c = rng.randint(2, 50), rng.randint(1, 60)
        return say(
            rng,
            [
                "Solve [for x: |]x + {c} = {d}",
                "x + {c} = {d}. What is x?",
                "Find x[: | if ]x + {c} = {d}",
                "What is x if x + {c} = {d}?",
                "[What number|Which number] plus {c} [is|gives|makes|equals] {d}?",
            ],
            c=c,
            d=x + c,
        ), step(x + c, "-", c) + answer(x)
    if kind == 6:
        x, c = rng.randint(2, 50), rng.randint(2, 12)
        return say(
            rng,
            [
                "Solve {c}x = {d}",
                "Solve {c} * x = {d}",
                "{c} * x = {d}. What is x?",
                "[What number|Which number] times {c} [is|gives|makes|equals] {d}?",
            ],
            c=c,
            d=x * c,
        ), step(x * c, "/", c) + answer(x)
    k, words = one_of(
        rng,
        [
            (3, "a third"),
            (4, "a quarter"),
            (5, "a fifth"),
            (3, "one third"),
            (4, "one quarter"),
            (10, "a tenth"),
            (3, "triple"),
            (3, "three times"),
            (4, "four times"),
        ],
    )
    if words in ("triple", "three times", "four times"):
        return say(rng, ["[What is|How much is|] {w} {a}[?|]"], w=words, a=n), step(k, "x", a) + answer(k * a)
    x = rng.randint(1, 30)
    return say(rng, ["[What is|How much is|] {w} of {a}[?|]"], w=words, a=k * x), step(
        k * x, "/", k
    ) + answer(x)
