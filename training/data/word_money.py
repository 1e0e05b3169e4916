"""Word problems about money: what is left, earnings, savings, profit."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import named, somebody
from training.data.phrase import one_of, say, tidy
from training.data.word_prices import money
from training.data.working import answer, product, step


def left_over(rng: Random) -> tuple[str, str]:
    """Money minus a price: what is left, the change, what is still needed."""
    g, who = one_of(rng, v.GOODS)[0], somebody(rng)
    a = rng.randint(5, 99) if rng.random() < 0.7 else one_of(rng, (10, 20, 50, 100, 200))
    b = rng.randint(1, a - 1)
    prompt = say(
        rng,
        [
            "{S} {has} {m} and buy{x} a {g} for {n}. How much [money|] [is left|{does} {he} have left|is left over]?",
            "{S} had {m} and [bought a {g} for {n}|spent {n}|spent {n} on a {g}|paid {n} for a {g}]. [How much [money|] [is|was] left|How much [money|] {does} {he} have left|What is left]?",
            "{S} {has} {m}. {He} spend{x} {n} [on a {g}|]. How much [money|] [is left|{does} {he} have left|{does} {he} still have|remains]?",
            "A {g} costs {n}. {S} pay{x} with {m}. [What is the change|How much change {does} {he} get]?",
            "{S} pay{x} {m} for a {g} that costs {n}. [How much change {does} {he} get [back|]|What is the change]?",
            "{S} pay{x} for a {g} that costs {n} with [a ${a} bill|a {a} dollar bill|{m}]. How much change {does} {he} get [back|]?",
            "A {g} costs {m}. {S} {has} [only|] {n}. How much [more|] [money|] {does} {he} [need|still need]?",
            "{S} want{x} [to buy|] a {g} [for|that costs] {m}. {He} [already|] {has} {n}. How much more [money|] {does} {he} need?",
            "{S} {has} {n}. {He} need{x} {m} for a {g}. How much [is missing|more {does} {he} need|is still missing]?",
            "{S} buy{x} a {g} for {n} and sell{x} it for {m}. [What is the profit|How much profit {does} {he} make|How much [money|] {does} {he} gain]?",
            "A {g} cost {m}. Now it costs {n} [less|]. [How much does it cost now|What is the new price]?"
            if False
            else "A {g} that costs {m} is now {n} [cheaper|off|less]. What [does it cost now|is the new price]?",
            "The bill is {m}. {S} {has} paid {n} [so far|already|]. How much is [still to pay|left to pay|missing]?",
            "{S} earn{x} {m} and spend{x} {n}. How much [{does} {he} save|is left|{does} {he} keep]?",
        ],
        g=g,
        a=a,
        m=money(rng, a),
        n=money(rng, b),
        **who,
    )
    return tidy(prompt), step(a, "-", b) + answer(a - b)


def earn(rng: Random) -> tuple[str, str]:
    """Pay by the hour, for one or several days."""
    p, h, d, who = rng.randint(5, 25), rng.randint(2, 9), rng.randint(2, 7), somebody(rng)
    if rng.random() < 0.55:
        prompt = say(
            rng,
            [
                "{S} earn{x} {m} [an hour|per hour|every hour|each hour]. [How much|What] {does} {he} earn in {h} hours?",
                "{S} work{x} for {h} hours [at|for] {m} [an|per] hour. How much [money|] {does} {he} [earn|get|make]?",
                "If {s} earn{x} {m} [an|per] hour, [how much|what] {does} {he} earn in {h} hours?",
                "{S} get{x} {m} for each hour of work. How much {does} {he} get for {h} hours?",
                "[One|Each|An] hour [of work|] [pays|brings|is paid with] {m}. How much [is that for|does one get for|are] {h} hours?",
                "{S} work{x} {h} hours. [Each|Every|One] hour {he} get{x} {m}. How much [{does} {he} get|{does} {he} earn|is that]?",
                "How much {does} {s} [earn|get|make] [in|for] {h} hours at {m} [an|per] hour?",
                "For an hour {s} get{x} {m}. [What|How much] {does} {he} get for {h} hours?",
                "[The|My|Her] pay is {m} an hour. How much is that for {h} hours?",
            ],
            m=money(rng, p),
            h=h,
            **who,
        )
        prompt = tidy(prompt)
        return prompt, product(prompt, p, h) + answer(p * h)
    prompt = say(
        rng,
        [
            "{S} earn{x} {m} [per|an] hour and work{x} {h} hours [a|every|each] day. How much {does} {he} earn in {d} days?",
            "{S} work{x} {h} hours a day for {d} days at {m} [per|an] hour. How much [money|] {does} {he} earn?",
            "{S} get{x} {m} an hour. {He} work{x} {h} hours [a|every] day. How much {does} {he} make in {d} days?",
            "{S} earn{x} {m} an hour. [How much|What] {does} {he} earn in {d} days of {h} hours [each|]?",
            "{d} days, {h} hours [a|each] day, {m} an hour: how much is that?",
            "How much {does} {s} [earn|make] in {d} days if {he} work{x} {h} hours a day for {m} [an|per] hour?",
            "[Every|Each] day {s} work{x} {h} hours for {m} [an|per] hour. How much is that in {d} days?",
        ],
        m=money(rng, p),
        h=h,
        d=d,
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, p, h) + step(p * h, "x", d) + answer(p * h * d)


def save(rng: Random) -> tuple[str, str]:
    """Saving up: how many weeks are still needed."""
    k, w, have, who = rng.randint(2, 15), rng.randint(2, 12), rng.randint(1, 60), named(rng)
    cost = k * w + have
    prompt = say(
        rng,
        [
            "{S} wants a {g} that costs {m}. {He} has {n} and saves {o} [every|each|a] {p}. How many {p}s does {he} need?",
            "{S} has {n} and saves {o} [each|every|a] {p}. After how many {p}s does {he} have {m}?",
            "{S} is saving for a {g} [of|that costs] {m}. {He} has {n} [already|so far|] and puts away {o} [every|each|a] {p}. How many {p}s [must {he} wait|does it take|are needed|more does {he} need]?",
            "The {g} costs {m}, {s} has {n} and gets {o} [every|each|a] {p}. How many {p}s [until {he} can buy it|does {he} have to wait|does it take|does {he} need]?",
            "[In|After] how many {p}s can {s} buy a {g} for {m} if {he} has {n} and saves {o} [every|each|a] {p}?",
            "A {g} costs {m}. {S} [already|] has {n} and saves {o} [every|a] {p}. How many {p}s does it take?",
        ],
        g=one_of(rng, v.GOODS)[0],
        m=money(rng, cost),
        n=money(rng, have),
        o=money(rng, w),
        p=one_of(rng, ("week", "month", "day")),
        **who,
    )
    return tidy(prompt), step(cost, "-", have) + step(cost - have, "/", w) + answer(k)


def profit(rng: Random) -> tuple[str, str]:
    """Bought at one price, sold at another, several times."""
    k, p, d, who = rng.randint(2, 12), rng.randint(2, 30), rng.randint(1, 20), somebody(rng)
    gs = one_of(rng, v.GOODS)[1]
    prompt = say(
        rng,
        [
            "{S} buy{x} {k} {gs} [for|at] {m} each and sell{x} them for {n} each. [What is the profit|How much profit {does} {he} make]?",
            "{S} buy{x} {k} {gs} [for|at] {m} each and sell{x} each one for {n}. How much profit {does} {he} make?",
        ],
        k=k,
        gs=gs,
        m=money(rng, p),
        n=money(rng, p + d),
        **who,
    )
    return prompt, step(p + d, "-", p) + step(k, "x", d) + answer(k * d)
