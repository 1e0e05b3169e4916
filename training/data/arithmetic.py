"""Sums without a story: the four operations, chains, percentages, and several sums in one answer."""

from __future__ import annotations

from random import Random

from training.data.phrase import one_of, say
from training.data.word_money import percent
from training.data.working import answer, running_sum, step

SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen""".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()

ASK = [
    "[What is|What's|whats|How much is|what is|Calculate|Compute|Solve|Evaluate|Work out|Find|Tell me|] {e}",
    "[{e} =|{e}=|{e} = ?|{e}=?|{e} is?|{e} equals|{e} equals what?|{e} makes?|{e} please|{e}?]",
    "[What is|What's|How much is|What does] {e}[ equal|]?",
    "[Calculate|Compute|Solve|Work out] {e}[.| for me.| please.]",
    "[Can|Could|Can you please] you [calculate|compute|solve|work out|tell me] {e}?",
    "[What is the result of|Give me the result of|I need the result of|What is the value of|The result of] {e}[?|.|]",
    "[Please|pls] [calculate|compute|solve|work out] {e}",
    "[I need|Give me|Tell me] {e}[.| please|]",
]


def number_word(n: int) -> str:
    """A number from 0 to 99 in words."""
    if n < 20:
        return SMALL[n]
    return TENS[n // 10] + ("-" + SMALL[n % 10] if n % 10 else "")


def spoken(rng: Random, n: int) -> str:
    """A number in words, or in digits where it is large."""
    return number_word(n) if n < 100 and (n <= 20 or rng.random() < 0.6) else str(n)


def ask(rng: Random, expression: str, phrases: list[str], a: int, b: int) -> str:
    """A request for the value of an expression, as symbols or in one of its spoken forms."""
    kind = rng.random()
    if kind < 0.42:
        shown = expression.replace(" ", "") if rng.random() < 0.3 else expression
        return say(rng, ASK, e=shown)
    in_words = kind < 0.56
    a_text, b_text = (spoken(rng, a), spoken(rng, b)) if in_words else (str(a), str(b))
    return say(rng, phrases, a=a_text, b=b_text)


ADD = [
    "[What is|What's|How much is|whats|] {a} plus {b}[?|]", "Add {a} and {b}[.|]", "[What is|Find|Give me|Calculate|] the sum of {a} and {b}[?|.|]",
    "{a} plus {b} [is|equals|makes] [what|]?", "What do [you|I] get [when|if] [you|I] add {a} and {b}?", "{a} and {b} together", "[What is|How much is] {a} and {b} [together|]?",
    "[How much is|What is] {b} added to {a}?", "[What|How much] does {a} plus {b} [make|equal|give]?", "[What is|Which number is|What number is] {b} more than {a}?",
    "[Add|Please add] {b} to {a}[.|]", "If I add {a} and {b}, what do I get?", "[Can|Could] you add {a} and {b}?", "{a} increased by {b}", "Add up {a} and {b}[.|]",
]
SUBTRACT = [
    "[What is|What's|How much is|whats|] {a} minus {b}[?|]", "[Subtract|Please subtract] {b} from {a}[.|]", "Take {b} away from {a}[.|]", "{a} take away {b}[?|]",
    "{a} minus {b} [is|equals|makes] [what|]?", "What do [you|I] get [when|if] [you|I] [subtract|take] {b} from {a}?", "[What is|Which number is|What number is] {b} less than {a}?",
    "[What|How much] does {a} minus {b} [make|equal|give]?", "{a} less {b}", "{a} decreased by {b}", "If I subtract {b} from {a}, what do I get?", "If I take {b} from {a}, what is left?",
    "[Can|Could] you subtract {b} from {a}?", "How much is left if {b} is taken from {a}?", "Reduce {a} by {b}[.|]",
]
DIFFERENCE = ["[What is|Find|Calculate|] the difference [between|of] {a} and {b}[?|]", "How much more is {a} than {b}?", "How far is it from {b} to {a}?"]
MULTIPLY = [
    "[What is|What's|How much is|whats|] {a} times {b}[?|]", "[Multiply|Please multiply] {a} [by|with|and] {b}[.|]", "[What is|Find|Give me|Calculate|] the product of {a} and {b}[?|.|]",
    "{a} multiplied by {b}[?|]", "{a} times {b} [is|equals|makes] [what|]?", "What do [you|I] get [when|if] [you|I] multiply {a} [by|with|and] {b}?", "[What|How much] does {a} times {b} [make|equal|give]?",
    "If I multiply {a} by {b}, what do I get?", "[Can|Could] you multiply {a} [by|and] {b}?", "[Tell me|Can you tell me] what {a} times {b} is[.|?|]", "{a} groups of {b}",
]
DIVIDE = [
    "[What is|What's|How much is|whats|] {a} divided by {b}[?|]", "[Divide|Please divide] {a} by {b}[.|]", "{a} divided by {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] divide {a} by {b}?", "How many times does {b} go into {a}?", "How often does {b} fit into {a}?", "[What|How much] does {a} divided by {b} [make|equal|give]?",
    "If I divide {a} by {b}, what do I get?", "[Can|Could] you divide {a} by {b}?", "[Find|Calculate] the quotient of {a} and {b}[.|]", "Split {a} into {b} equal parts[.|]", "{a} over {b}",
]


def add(rng: Random) -> tuple[str, str]:
    """A sum of two numbers up to four digits."""
    high = one_of(rng, (20, 99, 99, 99, 999, 999, 9999))
    a, b = rng.randint(0, high), rng.randint(0, one_of(rng, (high, 99, high)))
    return ask(rng, f"{a} + {b}", ADD, a, b).replace(" ?", "?"), step(a, "+", b) + answer(a + b)


def subtract(rng: Random) -> tuple[str, str]:
    """A difference, now and then negative."""
    high = one_of(rng, (20, 99, 99, 99, 999, 999, 9999))
    a, b = rng.randint(0, high), rng.randint(0, high)
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
        prompt = say(rng, ["[Add|Add up|Sum up|Sum] {l}[.|]", "[What is|Find|Give me|Calculate] the [sum|total] of {l}[?|.|]", "{l} [added up|together|in total]"], l=listed)
        return prompt, running_sum(values) + answer(sum(values))
    words = e.replace("+", "plus").replace("-", "minus").replace(m, "times")
    if "(" not in e and rng.random() < 0.25:
        return say(rng, ASK, e=words), worked + answer(value)
    return say(rng, ASK, e=e.replace(" ", "") if rng.random() < 0.3 else e), worked + answer(value)


def percentage(rng: Random) -> tuple[str, str]:
    """A percentage that comes out even."""
    d, p, x, worked = percent(rng)
    prompt = say(rng, [
        "[What is|What's|How much is|Calculate|Compute|Find|] {d}[%| percent] of {p}[?|.|]", "{d}[%| percent] of {p} [is|equals|is how much|is what]?",
        "[Tell me|Give me] {d}[%| percent] of {p}[.|]", "[Can|Could] you [calculate|compute|tell me] {d}% of {p}?", "[How much|What] do I get if I take {d}% of {p}?",
    ], d=d, p=p)
    return prompt.replace(" ?", "?"), worked + answer(x)


def single(rng: Random) -> tuple[str, str]:
    """One number: its square, double, half, neighbours; an unknown to find."""
    kind, a = rng.randint(0, 7), rng.randint(1, 99)
    n = spoken(rng, a) if rng.random() < 0.25 else str(a)
    if kind == 0:
        a = rng.randint(1, 20)
        return say(rng, ["[What is|What's|Calculate|] {a} squared[?|]", "What is the square of {a}?", "Square {a}[.|]", "[What is|] {a} to the power of 2[?|]", "{a}^2"], a=a), step(a, "x", a) + answer(a * a)
    if kind == 1:
        return say(rng, ["Double {a}[.|]", "[What is|What's|How much is|] [double|twice] {a}[?|]", "[What is|] the double of {a}[?|]", "{a} doubled", "Two times {a}", "What do I get if I double {a}?"], a=n), step(2, "x", a) + answer(2 * a)
    if kind == 2:
        return say(rng, ["[What is|What's|How much is|] [|a |one ]half of {a}[?|]", "Halve {a}[.|]", "[What is|] the half of {a}[?|]", "What do I get if I halve {a}?", "Half of {a} is what?"], a=2 * a), step(2 * a, "/", 2) + answer(a)
    if kind == 3:
        return say(rng, ["[What|Which number] comes [right |just |]after {a}?", "What is the next number after {a}?", "[Which|What] number follows {a}?", "the number after {a}"], a=a), step(a, "+", 1) + answer(a + 1)
    if kind == 4:
        return say(rng, ["[Which number|What] comes [right |just |]before {a}?", "What is the number before {a}?", "the number before {a}", "What number is just before {a}?"], a=a), step(a, "-", 1) + answer(a - 1)
    if kind == 5:
        x, c = rng.randint(2, 50), rng.randint(1, 60)
        return say(rng, ["Solve [for x: |]x + {c} = {d}", "x + {c} = {d}. What is x?", "Find x[: | if ]x + {c} = {d}", "What is x if x + {c} = {d}?", "[What number|Which number] plus {c} [is|gives|makes|equals] {d}?"], c=c, d=x + c), step(x + c, "-", c) + answer(x)
    if kind == 6:
        x, c = rng.randint(2, 50), rng.randint(2, 12)
        return say(rng, ["Solve {c}x = {d}", "Solve {c} * x = {d}", "{c} x = {d}. What is x?" if False else "{c} * x = {d}. What is x?", "[What number|Which number] times {c} [is|gives|makes|equals] {d}?"], c=c, d=x * c), step(x * c, "/", c) + answer(x)
    k, words = one_of(rng, [(3, "a third"), (4, "a quarter"), (5, "a fifth"), (3, "one third"), (4, "one quarter"), (10, "a tenth"), (3, "triple"), (3, "three times"), (4, "four times")])
    if words in ("triple", "three times", "four times"):
        return say(rng, ["[What is|How much is|] {w} {a}[?|]"], w=words, a=n), step(k, "x", a) + answer(k * a)
    x = rng.randint(1, 30)
    return say(rng, ["[What is|How much is|] {w} of {a}[?|]"], w=words, a=k * x), step(k * x, "/", k) + answer(x)


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
    return f"{a} - {b}", a - b


def drill(rng: Random) -> tuple[str, str]:
    """Several sums in one answer: handy, and many facts a training token."""
    sums = [_one_sum(rng) for _ in range(rng.randint(2, 5))]
    listed = one_of(rng, (", ", "; ", ", ")).join(e for e, _ in sums)
    if rng.random() < 0.3:
        listed = listed.replace("x", "*")
    prompt = say(rng, ["[Calculate|Solve|Compute|Work out][:| these:|] {l}", "{l}", "What are {l}?", "[Solve|Calculate] all of these: {l}"], l=listed)
    return prompt, ", ".join(f"{e} = {value}" for e, value in sums) + "."


TASKS = [(drill, 9), (add, 3), (subtract, 3), (multiply, 3), (divide, 2), (chain, 2), (percentage, 1), (single, 1.5)]
