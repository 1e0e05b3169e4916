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
                "{a} [times|multiplied by|multiplied with] itself",
                "[What|what|how much] is {a} [times|multiplied by] itself?",
                "[What|what] do [I|you] get [when|if] [I|you] [multiply {a} by itself|multiply {a} with itself|square {a}|take {a} times itself]?",
                "[Multiply|multiply] {a} [by|with] itself[.| please|, please|]",
                "[If|if] I multiply {a} by itself, what do I get?",
                "[tell me|give me|find|I need] the square of {a}[ please|]",
                "{a} squared[, what is it?| is| =| is what?|, please|?]",
                "[the |]square of {a}",
                "{a} [in|to] the second power",
                "[How much|What] is {a} to the second power?",
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
                "[What|what] do [I|you] get [when|if] [I|you] [double {a}|take {a} twice|take two times {a}|add {a} to itself]?",
                "[twice|two times|double] {a}[, please|?| is| is what?|, what is that?]",
                "[tell me|give me|I need|find] [twice|the double of|double] {a}[ please|]",
                "{a} [times two|twice|taken twice|and the same again|added to itself]",
                "[What|What number|Which number] is [twice|two times] [as much as|as big as|as large as] {a}?",
                "[please |]double the number {a}",
                "{a} doubled[ is|, please|?| is what?]",
                "[How much|What] is {a} plus itself?",
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
                "[What|what] do [I|you] get [when|if] [I|you] [halve {a}|cut {a} in half|take half of {a}|split {a} in half]?",
                "half of {a}[, please| is|, what is that?| =]",
                "[tell me|give me|I need|find|take] [half|the half] of {a}[ please|]",
                "[Split|Cut|Divide] {a} in [half|two|two halves][.| please|]",
                "[What|Which] number is half [of|as big as|as large as|as much as] {a}?",
                "{a} halved[ is|, please|?]",
                "[How much|What] is [one half|a half|the half] of {a}?",
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
                "[After|after] {a} comes [what|which number]?",
                "{a}[, and then|, what comes next|, what comes after that|: next number]?",
                "[Which|What] number is [one|1] more than {a}?",
                "{a} plus one",
                "[What|which number] comes when I count on from {a}?",
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
                "[Before|before] {a} comes [what|which number]?",
                "[Which|What] number is [one|1] less than {a}?",
                "{a} minus one",
                "[Which|What] number [do we have|do I say] before {a}?",
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
                "[I think of a number|I have a number|Take a number]. [I add|Plus|If I add] {c} [and get|it is|it makes] {d}. [What is the number|Which number is it|What is it]?",
                "[What|How much] [must I|do I have to|should I] add to {c} to get {d}?",
                "[Find|Give me] the number that plus {c} [is|gives|makes] {d}",
                "{c} plus [what|which number] [is|makes|gives] {d}?",
                "{c} + ? = {d}",
                "? + {c} = {d}",
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
                "[I think of a number|I have a number|Take a number]. [Times {c} it is|If I multiply it by {c}, I get|{c} times the number is] {d}. [What is the number|Which number is it|What is it]?",
                "{c} times [what|which number] [is|makes|gives] {d}?",
                "[What|Which number] must I multiply by {c} to get {d}?",
                "{c} x ? = {d}",
                "? x {c} = {d}",
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
        return say(
            rng,
            [
                "[What is|How much is|What's|So what is|] {w} {a}[?|]",
                "{w} {a}[, please|, what is that?| is| is what?]",
                "[tell me|give me|I need] {w} {a}",
                "[What|what] do I get for {w} {a}?",
            ],
            w=words,
            a=n,
        ), step(k, "x", a) + answer(k * a)
    x = rng.randint(1, 30)
    return say(
        rng,
        [
            "[What is|How much is|What's|So what is|] {w} of {a}[?|]",
            "{w} of {a}[, please|, what is that?| is| is what?]",
            "[tell me|give me|I need|find|take] {w} of {a}",
            "[What|what] do I get if I take {w} of {a}?",
        ],
        w=words,
        a=k * x,
    ), step(k * x, "/", k) + answer(x)
