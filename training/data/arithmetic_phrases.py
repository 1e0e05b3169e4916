"""How people ask for a sum, in symbols and in words."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

from random import Random

from training.data.phrase import say

SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
""".split()


TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


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
    "[What is|What's|How much is|whats|] {a} plus {b}[?|]",
    "Add {a} and {b}[.|]",
    "[What is|Find|Give me|Calculate|] the sum of {a} and {b}[?|.|]",
    "{a} plus {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] add {a} and {b}?",
    "{a} and {b} together",
    "[What is|How much is] {a} and {b} [together|]?",
    "[How much is|What is] {b} added to {a}?",
    "[What|How much] does {a} plus {b} [make|equal|give]?",
    "[What is|Which number is|What number is] {b} more than {a}?",
    "[Add|Please add] {b} to {a}[.|]",
    "If I add {a} and {b}, what do I get?",
    "[Can|Could] you add {a} and {b}?",
    "{a} increased by {b}",
    "Add up {a} and {b}[.|]",
]


SUBTRACT = [
    "[What is|What's|How much is|whats|] {a} minus {b}[?|]",
    "[Subtract|Please subtract] {b} from {a}[.|]",
    "Take {b} away from {a}[.|]",
    "{a} take away {b}[?|]",
    "{a} minus {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] [subtract|take] {b} from {a}?",
    "[What is|Which number is|What number is] {b} less than {a}?",
    "[What|How much] does {a} minus {b} [make|equal|give]?",
    "{a} less {b}",
    "{a} decreased by {b}",
    "If I subtract {b} from {a}, what do I get?",
    "If I take {b} from {a}, what is left?",
    "[Can|Could] you subtract {b} from {a}?",
    "How much is left if {b} is taken from {a}?",
    "Reduce {a} by {b}[.|]",
]


DIFFERENCE = [
    "[What is|Find|Calculate|] the difference [between|of] {a} and {b}[?|]",
    "How much more is {a} than {b}?",
    "How far is it from {b} to {a}?",
]


MULTIPLY = [
    "[What is|What's|How much is|whats|] {a} times {b}[?|]",
    "[Multiply|Please multiply] {a} [by|with|and] {b}[.|]",
    "[What is|Find|Give me|Calculate|] the product of {a} and {b}[?|.|]",
    "{a} multiplied by {b}[?|]",
    "{a} times {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] multiply {a} [by|with|and] {b}?",
    "[What|How much] does {a} times {b} [make|equal|give]?",
    "If I multiply {a} by {b}, what do I get?",
    "[Can|Could] you multiply {a} [by|and] {b}?",
    "[Tell me|Can you tell me] what {a} times {b} is[.|?|]",
    "{a} groups of {b}",
]


DIVIDE = [
    "[What is|What's|How much is|whats|] {a} divided by {b}[?|]",
    "[Divide|Please divide] {a} by {b}[.|]",
    "{a} divided by {b} [is|equals|makes] [what|]?",
    "What do [you|I] get [when|if] [you|I] divide {a} by {b}?",
    "How many times does {b} go into {a}?",
    "How often does {b} fit into {a}?",
    "[What|How much] does {a} divided by {b} [make|equal|give]?",
    "If I divide {a} by {b}, what do I get?",
    "[Can|Could] you divide {a} by {b}?",
    "[Find|Calculate] the quotient of {a} and {b}[.|]",
    "Split {a} into {b} equal parts[.|]",
    "{a} over {b}",
]
