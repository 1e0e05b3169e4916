"""Word problems about averages, ratios, areas, clock times and daily amounts."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import name, named, somebody
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, running_sum, step


def average(rng: Random) -> tuple[str, str]:
    """The mean of two to four numbers, which comes out even."""
    k, m = rng.randint(2, 4), rng.randint(3, 40)
    while True:
        values = [max(1, m + rng.randint(-9, 9)) for _ in range(k - 1)]
        last = m * k - sum(values)
        if 1 <= last <= 99:
            break
    values.append(last)
    listed = ", ".join(map(str, values[:-1])) + one_of(rng, (" and ", ", and ", " and ")) + str(values[-1])
    prompt = say(
        rng,
        [
            "{n} [scores|scored|got|has] {l} points. What is the [average|mean]?",
            "[What is|What's|Find|Calculate|Tell me] the [average|mean] [of|of the numbers] {l}[.|?|]",
            "The [average|mean] of {l} is what?",
            "{n} [walks|runs|reads|swims] {l} [km|pages|minutes|meters] on {d} days. What is the average per day?",
            "[Take|I have|Here are] the numbers {l}. What is [their|the] [average|mean]?",
            "{l}[: average|: what is the mean|, what is the average|, and the average is|. Average][?|]",
            "{n} [got|scored|has] {l} points in {d} games. How many [is that|points is that] on average?",
            "[In|On] {d} days {n} [sold|picked|found|read] {l} {t}. [What is the average|How many is that a day on average]?",
            "[How|how] [much|large|big] is the [average|mean] of {l}?",
            "[Work out|Give me|I need|tell me] the [average|mean] of {l}[ please|]",
            "{d} [children|friends|people|boys|girls] are {l} years old. What is their average age?",
            "[The|My] [grades|scores|results|points] are {l}. What is the [average|mean]?",
            "[It was|We had] {l} degrees on {d} days. What was the average?",
        ],
        n=name(rng),
        l=listed,
        d=k,
        t=one_of(rng, v.THINGS),
    )
    return prompt, running_sum(values) + step(m * k, "/", k) + answer(m)


def ratio(rng: Random) -> tuple[str, str]:
    """A ratio and a total."""
    a, b, k = rng.randint(1, 6), rng.randint(1, 6), rng.randint(2, 12)
    x, y = one_of(rng, v.NOUN_PAIRS)
    n = (a + b) * k
    prompt = say(
        rng,
        [
            "The ratio of {x} to {y} is {a} to {b}. There are {n} in total. How many {x} are there?",
            "{X} and {y} are in the ratio {a}:{b}. There are {n} [altogether|in total]. How many {x} are there?",
            "For every {a} {x} there are {b} {y}. [Together|In all|In total] there are {n}. How many {x} are there?",
            "There are {n} {x} and {y} [together|in all], in the ratio {a} to {b}. How many [of them|] are {x}?",
        ],
        x=x,
        X=x.capitalize(),
        y=y,
        a=a,
        b=b,
        n=n,
    )
    return prompt, step(a, "+", b) + step(n, "/", a + b) + step(a, "x", k) + answer(a * k)


def rectangle(rng: Random) -> tuple[str, str]:
    """Area and perimeter of rectangles and squares."""
    a, b = rng.randint(3, 40), rng.randint(2, 12)
    area = rng.random() < 0.55
    what = "area" if area else "perimeter"
    shape = one_of(
        rng,
        ("garden", "room", "field", "table", "wall", "rectangle", "yard", "park", "carpet", "pool", "floor"),
    )
    unit = one_of(rng, ("meters", "m", "cm", "feet", "centimeters"))
    if rng.random() < 0.2:
        prompt = say(
            rng,
            [
                "[A square has|The] sides of [a square are|] {b} {u}. What is its {w}?"
                if False
                else "A square has sides of {b} {u}. What is its {w}?",
                "What is the {w} of a square with side {b}?",
                "The side of a square is {b} {u}. Find the {w}.",
                "A square [room|field|garden|table] is {b} {u} [long|wide] on each side. [What is|How big is|Find] the {w}?",
                "[Each|One] side of a square [is|measures] {b} {u}. [What is|How large is] [its|the] {w}?",
                "[Find|Give me|Work out|I need] the {w} of a square [of side|with sides of] {b} {u}",
            ],
            b=b,
            u=unit,
            w=what,
        )
        return prompt, step(b, "x", b) + answer(b * b) if area else step(4, "x", b) + answer(4 * b)
    prompt = say(
        rng,
        [
            "A {o} is {a} {u} long and {b} {u} wide. What is [its {w}|the {w}|the {w} of the {o}]?",
            "What is the {w} of a {o} that is {a} {u} by {b} {u}?",
            "[Find|Calculate|What is] the {w} of a {o} with length {a} and width {b}.",
            "A {o} has a length of {a} {u} and a width of {b} {u}. [What is its {w}|Find the {w}|How large is its {w}]?",
            "How big is the {w} of a {o} of {a} by {b} {u}?",
            "A {o} [measures|is] {a} by {b} {u}. [What is|How big is|How large is|Find|Work out] [its|the] {w}?",
            "[My|Our|The] {o} is {a} {u} long and {b} {u} wide. [How big is|What is|Find] [its|the] {w}?",
            "[Length|The length is] {a} {u}, [width|the width is] {b} {u}. What is the {w} [of the {o}|]?",
            "The sides of a {o} are {a} {u} and {b} {u}. [What is|How large is|Calculate] [its|the] {w}?",
            "How large is the {w} of a {o}, {a} {u} long and {b} {u} wide?",
            "[Find|Give me|Work out|I need] the {w} of a {o} of {a} {u} by {b} {u}",
            "A {o}, {a} by {b} {u}: [what is its|how big is its] {w}?",
        ],
        o=shape,
        a=a,
        b=b,
        u=unit,
        w=what,
    )
    if area:
        return prompt, step(a, "x", b) + answer(a * b)
    return prompt, step(a, "+", b) + step(2, "x", a + b) + answer(2 * (a + b))


def clock(rng: Random) -> tuple[str, str]:
    """Clock times within the hour or over the full hour."""
    h, m, d = rng.randint(1, 11), rng.randint(0, 55), rng.randint(1, 50)
    late = m + d
    shown = f"{h}:{m:02d}"
    prompt = say(
        rng,
        [
            "A [1:train|bus|film|lesson|flight|concert] [1:leaves|leaves|starts|begins|leaves|starts] at {t} and [1:arrives|arrives|ends|is over|arrives|ends] {d} minutes later. When does it [1:arrive|arrive|end|end|arrive|end]?",
            "It is {t}. What time is it in {d} minutes?",
            "{n} leaves at {t} and needs {d} minutes. When does {n} arrive?",
            "What time is it {d} minutes after {t}?",
            "[The|My|Our] [1:train|bus|film|lesson|flight|class|show] [1:leaves|leaves|starts|begins|leaves|begins|starts] at {t}. It takes {d} minutes. [When|At what time] [1:does it arrive|do we arrive|does it end|is it over|does it arrive|is it over|does it end]?",
            "{d} minutes after {t}, [what time is it|how late is it]?",
            "[Now it is|It is now|The clock shows|My watch says] {t}. [What time will it be|What time is it|How late is it] in {d} minutes?",
            "[At|From] {t} {n} [waits|works|sleeps|plays|reads] for {d} minutes. [Until when is that|When is that over|What time is it then]?",
            "{n} [starts|begins] at {t} and [needs|works|walks] {d} minutes. [When is {n} done|What time is it then|At what time does {n} stop]?",
            "[If it is|It is] {t}[ now|], what time is it [in {d} minutes|{d} minutes later]?",
            "A [cake|pizza|pie] goes into the oven at {t} and takes {d} minutes. When is it done?",
            "A [film|lesson|meeting|game] starts at {t} and [lasts|takes] {d} minutes. When does it end?",
        ],
        t=shown,
        d=d,
        n=name(rng),
    )
    if late < 60:
        return prompt, step(m, "+", d) + answer(f"{h}:{late:02d}")
    return prompt, step(m, "+", d) + step(late, "-", 60) + answer(f"{h + 1}:{late - 60:02d}")


def pages(rng: Random) -> tuple[str, str]:
    """A book, so many pages a day: what is left after some days."""
    e, k, left, who = rng.randint(3, 40), rng.randint(2, 12), rng.randint(5, 99), somebody(rng)
    n = e * k + left
    prompt = say(
        rng,
        [
            "A book has {n} pages. {S} read{x} {e} pages [a|every|each|per] day. How many pages are left after {k} days?",
            "{S} read{x} {e} pages [every|each|a] day of a book with {n} pages. How many pages remain after {k} days?",
            "{S} {has} {n} [dollars|beans|nuts] and use{x} {e} [every|each|a] day. How many are left after {k} days?",
        ],
        n=n,
        e=e,
        k=k,
        **who,
    )
    return prompt, step(e, "x", k) + step(n, "-", e * k) + answer(left)


def eggs(rng: Random) -> tuple[str, str]:
    """What is not eaten is sold."""
    a, b, p, who = rng.randint(8, 40), rng.randint(2, 7), rng.randint(2, 9), named(rng)
    prompt = say(
        rng,
        [
            "The ducks of {s} lay {a} eggs per day. {He} eats {b} and sells the rest for ${p} each. How much money does {he} make every day?",
            "{S} gets {a} eggs a day from {his} hens. {He} uses {b} eggs for breakfast and sells the [others|rest] [at|for] {p} dollars per egg. How many dollars does {he} make per day?",
            "{S} bakes {a} {t}. {He} keeps {b} and sells the [others|rest] for [${p}|{p} dollars] each. How much [money|] does {he} [make|get]?",
            "{S} has {a} {t}. {b} are [bad|broken|old]. {He} sells the [others|rest] for [${p}|{p} dollars] each. How much [money|] does {he} [make|get]?",
        ],
        a=a,
        b=b,
        p=p,
        t=one_of(rng, v.THINGS),
        **who,
    )
    return tidy(prompt), step(a, "-", b) + step(a - b, "x", p) + answer((a - b) * p)
