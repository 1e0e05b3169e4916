"""Sums without a story: the four operations, chains, percentages, and several sums in one answer."""

from __future__ import annotations

from random import Random

from training.data.arithmetic_phrases import ADD, ASK, DIFFERENCE, DIVIDE, MULTIPLY, SUBTRACT, ask
from training.data.percentages import percent
from training.data.phrase import one_of, say
from training.data.single_number import single
from training.data.working import answer, running_sum, step


def add(rng: Random) -> tuple[str, str]:
    """A sum of two numbers up to three digits."""
    high = one_of(rng, (20, 99, 99, 99, 999, 999))
    a, b = rng.randint(0, high), rng.randint(0, one_of(rng, (high, 99, high)))
    return ask(rng, f"{a} + {b}", ADD, a, b).replace(" ?", "?"), step(a, "+", b) + answer(a + b)


def subtract(rng: Random) -> tuple[str, str]:
    """A difference, now and then negative."""
    high = one_of(rng, (20, 99, 99, 99, 999, 999))
    a = rng.randint(0, high)
    b = max(0, a - rng.randint(0, 20)) if rng.random() < 0.25 else rng.randint(0, high)
    if a < b and rng.random() < 0.9:
        a, b = b, a
    phrases = SUBTRACT + DIFFERENCE if a >= b else SUBTRACT
    return ask(rng, f"{a} - {b}", phrases, a, b).replace(" ?", "?"), step(a, "-", b) + answer(a - b)


def multiply(rng: Random) -> tuple[str, str]:
    """A product: tables, two digits by one, and larger ones by parts."""
    kind = rng.random()
    if kind < 0.7:
        a, b = rng.randint(0, one_of(rng, (12, 12, 99))), rng.randint(0, 12)
    elif kind < 0.86:
        a, b = rng.randint(100, 999), rng.randint(2, 9)
    else:
        a, b = rng.randint(11, 99), rng.randint(11, 30)
    if a < 100 and rng.random() < 0.3:
        a, b = b, a
    prompt = ask(rng, f"{a} {one_of(rng, ('x', 'x', '*', '*', '×'))} {b}", MULTIPLY, a, b).replace(" ?", "?")
    if a >= 100:
        x, y, z = a // 100 * 100, a // 10 % 10 * 10, a % 10
        parts = step(x, "x", b) + step(y, "x", b) + step(z, "x", b)
        return prompt, parts + f"{x * b} + {y * b} + {z * b} = {a * b}. " + answer(a * b)
    if a > 12 and b > 12:
        x, y = b // 10 * 10, b % 10
        return prompt, step(a, "x", x) + step(a, "x", y) + step(a * x, "+", a * y) + answer(a * b)
    return prompt, step(a, "x", b) + answer(a * b)


def divide(rng: Random) -> tuple[str, str]:
    """A quotient, sometimes with a remainder."""
    b = rng.randint(1, 12)
    c = rng.randint(0, one_of(rng, (12, 12, 30, 99)))
    rest = rng.randint(1, b - 1) if b > 1 and rng.random() < 0.2 else 0
    a = b * c + rest
    prompt = ask(rng, f"{a} {one_of(rng, ('/', '/', '/', ':', '÷'))} {b}", DIVIDE, a, b).replace(" ?", "?")
    if rest:
        return prompt, step(c, "x", b) + step(a, "-", c * b) + answer(f"{c} remainder {rest}")
    return prompt, step(a, "/", b) + answer(c)


def chain(rng: Random) -> tuple[str, str]:
    """Two operations, with or without brackets, in symbols or in words."""
    a, b, c = rng.randint(1, 60), rng.randint(1, 60), rng.randint(1, 60)
    s, t = rng.randint(2, 12), rng.randint(2, 12)
    m = one_of(rng, ("x", "x", "*"))
    kind = rng.randint(0, 6)
    if kind == 0:
        e, worked, value = f"{a} + {b} + {c}", running_sum([a, b, c]), a + b + c
    elif kind == 1:
        a, b = max(a, b), min(a, b)
        e, worked, value = f"{a} - {b} + {c}", step(a, "-", b) + step(a - b, "+", c), a - b + c
    elif kind == 2:
        e, worked, value = f"{a} + {s} {m} {t}", step(s, "x", t) + step(a, "+", s * t), a + s * t
    elif kind == 3:
        e, worked, value = f"{s} {m} {t} + {a}", step(s, "x", t) + step(s * t, "+", a), a + s * t
    elif kind == 4:
        a, b = rng.randint(1, 12), rng.randint(1, 12)
        e, worked, value = f"({a} + {b}) {m} {s}", step(a, "+", b) + step(a + b, "x", s), (a + b) * s
    elif kind == 5:
        a = rng.randint(1, s * t)
        e, worked, value = f"{s} {m} {t} - {a}", step(s, "x", t) + step(s * t, "-", a), s * t - a
    else:
        values = [rng.randint(1, 50) for _ in range(rng.randint(3, 4))]
        listed = ", ".join(map(str, values[:-1])) + one_of(rng, (" and ", ", and ", ", ")) + str(values[-1])
        prompt = say(
            rng,
            [
                "[Add|Add up|Sum up|Sum] {l}[.|]",
                "[What is|Find|Give me|Calculate] the [sum|total] of {l}[?|.|]",
                "{l} [added up|together|in total]",
                "{l}[, how much in total|, how much is that|, what is the sum|: sum|, what do they make|. What is the sum|, added up] [together|]?",
                "[Add|add] [these|the numbers|these numbers]: {l}",
                "[What|what|How much] do {l} [make|give|add up to] [together|in all|]?",
                "[Put|Add] {l} together",
                "[tell me|give me|I need] the [sum|total] of {l}",
                "[How much|What] [is|are] {l} [together|in all|added up|all together]?",
            ],
            l=listed,
        ).replace(" ?", "?")
        return prompt, running_sum(values) + answer(sum(values))
    words = e.replace("+", "plus").replace("-", "minus").replace(m, "times")
    if "(" not in e and rng.random() < 0.25:
        return say(rng, ASK, e=words), worked + answer(value)
    return say(rng, ASK, e=e.replace(" ", "") if rng.random() < 0.3 else e), worked + answer(value)


def percentage(rng: Random) -> tuple[str, str]:
    """A percentage that comes out even."""
    d, p, x, worked = percent(rng)
    prompt = say(
        rng,
        [
            "[What is|What's|How much is|Calculate|Compute|Find|] {d}[%| percent] of {p}[?|.|]",
            "{d}[%| percent] of {p} [is|equals|is how much|is what]?",
            "[Tell me|Give me] {d}[%| percent] of {p}[.|]",
            "[Can|Could] you [calculate|compute|tell me] {d}% of {p}?",
            "[How much|What] do I get if I take {d}% of {p}?",
            "[So|And|Now|Ok,|so] [what|how much] [would {d}[%| percent] of {p} be|is {d}[%| percent] of {p}][?|]",
            "{d}[%| percent] of {p}[, please|, what is that?|, how much is that?|: how much?|?]",
            "[How much|What] [would|will] {d}[%| percent] of {p} be?",
            "[From|Of|Out of] {p}, [what|how much] is {d}[%| percent]?",
            "[Take|Find|Work out|Get] {d}[%| percent] of {p}[ for me| please|.|]",
            "[I need|I want|I want to know|Show me] {d}[%| percent] of {p}[.| please|]",
            "[The|the] number is {p}. [What|How much] [is|are] {d}[%| percent] of it?",
            "[How much|What] are {d} percent of {p}?",
        ],
        d=d,
        p=p,
    )
    return prompt.replace(" ?", "?"), worked + answer(x)


def _one_sum(rng: Random) -> tuple[str, int]:
    kind = rng.randint(0, 3)
    if kind == 0:
        a, b = rng.randint(2, 99), rng.randint(2, 12)
        a, b = (b, a) if rng.random() < 0.4 else (a, b)
        return f"{a} x {b}", a * b
    if kind == 1:
        b, c = rng.randint(2, 12), rng.randint(1, 99)
        return f"{b * c} / {b}", c
    high = one_of(rng, (20, 99, 99, 300, 999))
    a, b = rng.randint(1, high), rng.randint(1, one_of(rng, (high, 99)))
    if kind == 2:
        return f"{a} + {b}", a + b
    a, b = max(a, b), min(a, b)
    if rng.random() < 0.25:
        b = max(0, a - rng.randint(1, 20))
    return f"{a} - {b}", a - b


def drill(rng: Random) -> tuple[str, str]:
    """Several sums in one answer: handy, and many facts a training token."""
    sums = [_one_sum(rng) for _ in range(rng.randint(2, 5))]
    listed = one_of(rng, (", ", "; ", ", ")).join(e for e, _ in sums)
    if rng.random() < 0.3:
        listed = listed.replace("x", "*")
    prompt = say(
        rng,
        [
            "[Calculate|Solve|Compute|Work out][:| these:|] {l}",
            "{l}",
            "What are {l}?",
            "[Solve|Calculate] all of these: {l}",
        ],
        l=listed,
    )
    return prompt, ", ".join(f"{e} = {value}" for e, value in sums) + "."


TASKS = [
    (drill, 9),
    (add, 3),
    (subtract, 3),
    (multiply, 3),
    (divide, 2),
    (chain, 2),
    (percentage, 1),
    (single, 1.5),
]
