"""Percentages that come out even: discounts, tips, parts of a group."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import named
from training.data.phrase import one_of, say, tidy
from training.data.word_prices import money
from training.data.working import answer, step

PERCENTS = [5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90]


def percent(rng: Random) -> tuple[int, int, int, str]:
    """A percentage that comes out even: percent, base, part, worked steps."""
    d = one_of(rng, PERCENTS)
    if d == 50:
        p = 2 * rng.randint(1, 150)
        return d, p, p // 2, f"Half of {p} is {p // 2}. "
    if d in (25, 75):
        p = 4 * rng.randint(1, 60)
        quarter = f"A quarter of {p} is {p // 4}. "
        return (d, p, p // 4, quarter) if d == 25 else (d, p, p // 4 * 3, quarter + step(p // 4, "x", 3))
    if d in (5, 15):
        p = 20 * rng.randint(1, 30)
        tenth = f"10% of {p} is {p // 10} and 5% is {p // 20}. "
        return (d, p, p // 20, tenth) if d == 5 else (d, p, p // 20 * 3, tenth + step(p // 10, "+", p // 20))
    p = 10 * rng.randint(1, 60)
    k, tenth = d // 10, f"10% of {p} is {p // 10}. "
    return (d, p, p // 10, tenth) if k == 1 else (d, p, p // 10 * k, tenth + step(p // 10, "x", k))


def discount(rng: Random) -> tuple[str, str]:
    """A price less some percent."""
    d, p, x, worked = percent(rng)
    prompt = say(
        rng,
        [
            "A {g} costs {m}. {S} gets a {d}[%| percent] discount. How much does {he} pay?",
            "The price of a {g} is {m}. It is {d}[%| percent] off. What is the [new|sale|final] price?",
            "A {g} costs {m}. It is on sale for {d}[%| percent] off. [What is the sale price|How much is it now|What does it cost now]?",
            "A {g} [for|that costs] {m} is {d}[%| percent] [cheaper|off]. [What does it cost now|What is the new price|How much is it]?",
            "What is the price of a {m} {g} with a {d}% discount?",
            "[Today|This week|Now] [a|the] {g} [for|of|that costs] {m} is {d}[%| percent] [off|cheaper]. [What do I pay|How much is it|How much does {S} pay|What does it cost]?",
            "[The|A] shop takes {d}[%| percent] off a {g} [of|for|that costs] {m}. [What is the new price|What do I pay|How much is it now|What is left to pay]?",
            "{S} has a coupon for {d}[%| percent] off. The {g} costs {m}. How much does {he} pay?",
            "A {g} cost {m}. The price [fell|dropped|goes down|went down] by {d}[%| percent]. [What does it cost now|What is the new price|How much is it]?",
            "{m} minus {d}[%| percent][: how much is that|, what is that|, how much is left]?",
            "With {d}[%| percent] [off|discount], [what|how much] does a {g} of {m} cost?",
            "{S} gets {d}[%| percent] off a {g} of {m}. [How much|What] does {he} pay?",
        ],
        g=one_of(rng, v.GOODS)[0],
        d=d,
        m=money(rng, p),
        **named(rng),
    )
    return prompt, worked + step(p, "-", x) + answer(p - x)


def tip(rng: Random) -> tuple[str, str]:
    """A price plus some percent."""
    d, p, x, worked = percent(rng)
    prompt = say(
        rng,
        [
            "A [dinner|lunch|meal] costs {m}. {S} adds a {d}% tip. How much does {he} pay [in total|]?",
            "The bill is {m} and the [tax|tip] is {d}%. What is the total?",
            "{m} plus {d}[%| percent] [tip|tax][: how much is that|, what is that|, how much in total]?",
            "The [price|rent|pay|fare] was {m}. It [rose|went up|goes up|grew] by {d}[%| percent]. [What is it now|How much is it now|What is the new price]?",
            "{S} earns {m} and gets {d}[%| percent] more. [How much|What] does {he} earn now?",
            "A {thing} costs {m}. It gets {d}[%| percent] more expensive. What does it cost [now|then]?",
            "[I pay|{S} pays] {m} and a tip of {d}[%| percent]. How much is that [in all|in total|]?",
            "A [salary|rent|price] of {m} [grows|rises|goes up] by {d}[%| percent]. What is the new [amount|value]?",
        ],
        d=d,
        m=money(rng, p),
        thing=one_of(rng, v.GOODS)[0],
        **named(rng),
    )
    return tidy(prompt), worked + step(p, "+", x) + answer(p + x)


def percent_of(rng: Random) -> tuple[str, str]:
    """So many percent of a group."""
    d, p, x, worked = percent(rng)
    prompt = say(
        rng,
        [
            "There are {p} {f}. {d}[%| percent] of them are {a}. How many [{f}|] are {a}?",
            "{d}[%| percent] of the {p} {f} are {a}. How many [{f}|] are {a}?",
            "{d}[%| percent] of {p} {f} are {a}. How many is that?",
            "{S} has {p} {f} and {d}[%| percent] of them are {a}. How many are {a}?",
            "[Of|Out of|From] {p} {f}, {d}[%| percent] are {a}. How many [are that|is that|{f} are {a}|are {a}]?",
            "[A box|A shop|A club|The park] has {p} {f}. {d}[%| percent] [of them|] are {a}. How many [{f}|] are {a}?",
            "How many [{f}|] are {a} if {d}[%| percent] of {p} {f} are {a}?",
            "{S} [sold|lost|used|found] {d}[%| percent] of {p} {f}. How many [is that|{f} is that|are that]?",
        ],
        p=p,
        d=d,
        f=one_of(rng, v.THINGS + v.PEOPLE),
        a=one_of(rng, v.ADJECTIVE_PAIRS)[0],
        **named(rng),
    )
    return tidy(prompt), worked + answer(x)
