"""Word problems about ages."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import name
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, step

KIN = v.KIN_SHE + v.KIN_HE + ["friend", "cousin", "neighbor", "teacher"]


AS_OLD = [(2, "twice"), (3, "three times"), (4, "four times"), (5, "five times"), (2, "two times")]


def age(rng: Random) -> tuple[str, str]:
    """Older, younger, so many times as old, in so many years."""
    a, b = rng.randint(10, 70), rng.randint(1, 9)
    n, m, k = name(rng, 0.05), name(rng, 0.05), one_of(rng, KIN)
    kind = rng.random()
    if kind < 0.22:
        x = rng.randint(3, 20)
        f, words = one_of(rng, AS_OLD)
        prompt = say(
            rng,
            [
                "{n} is {w} as old as {m}[, who is {x}|. {m} is {x}|. {m} is {x} years old]. How old is {n}?",
                "I am {x}. My {k} is {w} as old [as me|as I am|]. How old is my {k}?",
                "{n} is {x} [years old|]. {His} {k} is {w} as old [as {n}|]. How old is the {k}?",
                "My {k} is {w} as old as me and I am {x}. How old is my {k}?",
            ],
            n=n,
            m=m,
            k=k,
            w=words,
            x=x,
            His=one_of(rng, ("His", "Her", "The")),
        )
        return tidy(prompt), step(f, "x", x) + answer(f * x)
    if kind < 0.4:
        b = rng.randint(2, 30)
        prompt = say(
            rng,
            [
                "{n} is {a} [years old|] [now|today|]. How old will [{n}|he|she] be in {b} years?",
                "I am {a} [years old|] [now|today|]. How old will I be in {b} years?",
                "My {k} is {a}. How old will my {k} be in {b} years?",
                "How old will {n} be in {b} years if {n} is {a} now?",
                "[Today|Now|This year] {n} is {a} [years old|]. [What age will|How old will] [he|she|{n}] be [{b} years from now|in {b} years|after {b} years]?",
                "{n} turned {a} [today|this year|last week|]. How old will {n} be in {b} years?",
                "In {b} years, how old will {n} be, who is {a} [now|]?",
                "My {k} is {a} years old. [What age|How old] will [he or she|my {k}] be [{b} years from now|in {b} years]?",
            ],
            n=n,
            k=k,
            a=a,
            b=b,
        )
        return tidy(prompt), (step(a, "+", b) if prompt.find(str(a)) >= 0 else "") + answer(a + b)
    if kind < 0.44:
        b = rng.randint(2, a - 2)
        prompt = say(
            rng,
            [
                "[Together|In total] {n} and {m} are {a} years old. {n} is {b} [years old|]. How old is {m}?",
                "{n} and {m} are {a} years old [together|in total]. {n} is {b} [years old|]. [How old is {m}|What is the age of {m}]?",
                "The ages of {n} and {m} [add up to|sum to|make] {a}. {n} is {b}. How old is {m}?",
                "The sum of {n}'s age and {m}'s age is {a}. {n} is {b} [years old|]. How old is {m}?",
            ],
            n=n,
            m=m,
            a=a,
            b=b,
        )
        return tidy(prompt), step(a, "-", b) + answer(a - b)
    if kind < 0.54:
        b = rng.randint(2, a - 2)
        prompt = say(
            rng,
            [
                "{n} is {a} [years old|]. How old was [{n}|he|she] {b} years ago?",
                "I am {a} [now|]. How old was I {b} years ago?",
                "My {k} is {a}. How old was my {k} {b} years ago?",
                "[Grandpa|Grandma|My {k}|{n}|Our teacher] is {a} [years old|] [now|today|]. [How old was he or she|What age was that|How old was that person] {b} years ago?",
                "{b} years ago, how old was {n}, who is {a} [now|]?",
                "{n} is {a} [now|today|]. {n} [came to the city|started school|moved|learned to swim|got married] {b} years ago. How old was [{n}|he|she] then?",
                "{n} is {a}. What age was [{n}|he|she] {b} years [ago|before]?",
                "How old was {n} {b} years ago if {n} is {a} [now|today]?",
            ],
            n=n,
            k=k,
            a=a,
            b=b,
        )
        return tidy(prompt), step(a, "-", b) + answer(a - b)
    if kind < 0.68:
        b = rng.randint(2, a - 1)
        prompt = say(
            rng,
            [
                "{n} is {a} [years old|] and {m} is {b} [years old|]. How [much|many years] older is {n} [than {m}|]?",
                "{n} is {a} and {His} {s} is {b}. How [much|many years] [older is {n}|younger is the {s}]?",
                "My {k} is {a} and I am {b}. How [much|many years] older is my {k} [than me|]?",
                "How [much|many years] older is {n}, who is {a}, than {m}, who is {b}?",
                "{m} is {b} [years old|]. {n} is {a} [already|]. How [much|many years] [older is {n}|younger is {m}]?",
                "I am {b} and my {k} is {a}. [What is the age difference|How much older is my {k}|How much younger am I|By how many years am I younger]?",
                "{n} is {a}, {m} is {b}. How [many years are between them|much is the difference|much older is {n}|many years younger is {m}]?",
                "{n} is {a} [years old|]. {m} is {b} [years old|]. [What is the age difference|How many years are between them|How many years younger is {m}]?",
            ],
            n=n,
            m=m,
            k=k,
            a=a,
            b=b,
            His=one_of(rng, ("his", "her", "the")),
            s=one_of(rng, ("son", "daughter", "brother", "sister", "child", "nephew")),
        )
        return tidy(prompt), step(a, "-", b) + answer(a - b)
    older = rng.random() < 0.5
    w, sign = ("older", "+") if older else ("younger", "-")
    c = a + b if older else a - b
    prompt = say(
        rng,
        [
            "My {k} is {b} years {w} than [me|I am|I]. I am {a} [years old|]. How old is [my {k}|he|she]?",
            "My {k} is {b} years {w} than me and I am {a}. How old is my {k}?",
            "{n} is {a} [years old|]. [The {k} of {n}|{n}'s {k}|His {k}|Her {k}] is {b} years {w}. How old is the {k}?",
            "I am {a} [years old|]. My {k} is {b} years {w} [than me|]. How old is my {k}?",
            "{n} is {a} and has a {k} who is {b} years {w}. How old is the {k}?",
            "{n} is {b} years {w} than {m}. {m} is {a} [years old|]. How old is {n}?",
            "{m} is {a} [years old|] and {n} is {b} years {w} [than {m}|]. How old is {n}?",
            "{m} is {a}, {n} is {b} years {w}. How old is {n}?",
        ],
        n=n,
        m=m,
        k=k,
        a=a,
        b=b,
        w=w,
    )
    prompt = tidy(prompt)
    if rng.random() < 0.15 and older and prompt.endswith(f"How old is {n}?"):
        y = rng.randint(2, 12)
        return prompt.replace(f"How old is {n}?", f"How old will {n} be in {y} years?"), step(
            a, sign, b
        ) + step(c, "+", y) + answer(c + y)
    return prompt, step(a, sign, b) + answer(c)
