"""Word problems about what things cost."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import somebody
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, product, step, total


def money(rng: Random, amount: int) -> str:
    """An amount of money in one of its usual spellings."""
    return say(
        rng,
        ["${n}", "{n} dollars", "${n}", "{n} dollars", "{n} euros", "{n} bucks"]
        if rng.random() < 0.3
        else ["${n}", "{n} dollars"],
        n=amount,
    )


def price(rng: Random) -> tuple[str, str]:
    """So many at so much each."""
    g, gs = one_of(rng, v.GOODS)
    k, p, who = rng.randint(2, 12), rng.randint(2, 60), somebody(rng)
    prompt = say(
        rng,
        [
            "{S} buy{x} {k} {gs}. Each [{g}|one] costs {m}. How much does {s} pay?"
            if who["x"]
            else "{S} buy {k} {gs}. Each [{g}|one] costs {m}. How much do {s} pay?",
            "{S} buy{x} {k} {gs} [for|at] {m} each. [How much {does} {he} [pay|spend]|How much money {does} {he} spend|What is the total|How much is that|What {does} {he} pay]?",
            "{S} bought {k} {gs} [for|at] {m} each. How much did {he} [pay|spend] [in total|altogether|]?",
            "[One|A|Each] {g} costs {m}. [How much do|What do] {k} [{gs}|of them|] cost [together|]?",
            "A {g} costs {m}. [What is the price of|How much are|How much must {s} pay for] {k} {gs}?",
            "If [one|a] {g} costs {m}, [how much do|what do] {k} [{gs}|] cost?",
            "If {s} buy{x} {k} {gs} [at|for] {m} each, how much {does} {he} [pay|spend]?",
            "How much [are|do you pay for] {k} {gs} [at|for] {m} each?",
            "{k} {gs} [at|for] {m} each. [What is the total|How much is that|How much in total]?",
            "{S} want{x} {k} {gs} at {m} each. How much money {does} {he} need?",
            "{S} sell{x} {k} {gs} [for|at] {m} each. How much [money|] {does} {he} [make|get|earn]?",
            "{S} sold {k} {gs} for {m} each. How much [money|] did {he} [make|get|earn] [in total|]?",
            "{A} [ticket|meal|trip|lesson|ride] costs {m}. [How much does it cost for|What does it cost for|How much do they pay for|What is the price for] {k} people?",
            "The price of one {g} is {m}. {S} buy{x} {k}. [What is the total price|How much is that|How much {does} {he} pay]?",
            "{A} [ticket|meal|trip|lesson] [for|at|to] the {place} costs {m}. How much [does a [family|group|class] of {k}|do {k} people] pay?",
        ],
        k=k,
        g=g,
        gs=gs,
        m=money(rng, p),
        A=one_of(rng, ("A", "One", "The")),
        place=one_of(rng, v.PLACES),
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, k, p) + answer(k * p)


def by_weight(rng: Random) -> tuple[str, str]:
    """So many kilos at so much a kilo."""
    k, p, who = rng.randint(2, 12), rng.randint(2, 20), somebody(rng)
    unit, units = one_of(
        rng,
        [
            ("kilo", "kilos"),
            ("kg", "kg"),
            ("pound", "pounds"),
            ("liter", "liters"),
            ("meter", "meters"),
            ("bag", "bags"),
            ("bottle", "bottles"),
        ],
    )
    what = one_of(
        rng,
        (
            "apples",
            "rice",
            "flour",
            "tomatoes",
            "milk",
            "cloth",
            "potatoes",
            "cheese",
            "juice",
            "meat",
            "sugar",
            "grapes",
            "honey",
        ),
    )
    prompt = say(
        rng,
        [
            "{S} buy{x} {k} {us} of {w} [at|for] {m} [a|per] {u}. How much {does} {he} pay?",
            "{S} bought {k} {us} of {w} at {m} [a|per] {u}. [How much did {he} pay|What did it cost|How much was that]?",
            "[One|A] {u} of {w} costs {m}. [How much do|What do] {k} {us} cost?",
        ],
        k=k,
        u=unit,
        us=units,
        w=what,
        m=money(rng, p),
        **who,
    )
    return prompt, product(prompt, k, p) + answer(k * p)


def two_prices(rng: Random) -> tuple[str, str]:
    """Two single prices, added; or three."""
    (g, _), (h, _), (i, _) = rng.sample(v.GOODS, 3)
    a, b, c, who = rng.randint(2, 80), rng.randint(2, 80), rng.randint(2, 40), somebody(rng)
    if rng.random() < 0.25:
        prompt = say(
            rng,
            [
                "{S} buy{x} a {g} for {m}, a {h} for {n} and a {i} for {o}. [How much {does} {he} [pay|spend]|What is the total|How much is that] [in total|altogether|]?",
                "A {g} costs {m}, a {h} {n} and a {i} {o}. How much [are they|do they cost|is that] [together|altogether|]?",
            ],
            g=g,
            h=h,
            i=i,
            m=money(rng, a),
            n=money(rng, b),
            o=money(rng, c),
            **who,
        )
        return tidy(prompt), step(a, "+", b) + step(a + b, "+", c) + answer(a + b + c)
    prompt = say(
        rng,
        [
            "{S} buy{x} a {g} for {m} and a {h} for {n}. [How much {does} {he} spend|What is the total|How much {does} {he} pay|How much is that] [in total|altogether|]?",
            "{S} bought a {g} for {m} and a {h} for {n}. [How much did {he} spend|How much money did {he} spend|What did {he} pay|How much did {he} pay] [in total|altogether|]?",
            "A {g} costs {m} and a {h} costs {n}. How much [are both together|do they cost together|is that together|are they together]?",
            "A {g} is {m} and a {h} is {n}. What [is the total|do both cost|is the price of both]?",
            "{S} spent {m} on a {g} and {n} on a {h}. How much did {he} spend [in total|altogether|]?",
            "{S} earn{x} {m} [on Monday|in May|today] and {n} [on Tuesday|in June|tomorrow]. How much {does} {he} earn [in total|altogether|]?",
            "{S} {has} {m} and get{x} {n} [more|] from {his} [aunt|uncle|mother|boss]. How much [money|] {does} {he} have [now|]?",
        ],
        g=g,
        h=h,
        m=money(rng, a),
        n=money(rng, b),
        **who,
    )
    prompt = tidy(prompt)
    return prompt, total(prompt, a, b) + answer(a + b)


def buy_then(rng: Random) -> tuple[str, str]:
    """Several at a price, then the change, what is left, or a further price."""
    g, gs = one_of(rng, v.GOODS)
    h = one_of(rng, v.GOODS)[0]
    k, p, who = rng.randint(2, 9), rng.randint(2, 20), somebody(rng)
    cost = k * p
    if rng.random() < 0.35:
        c = rng.randint(1, 60)
        prompt = say(
            rng,
            [
                "{S} buy{x} {k} {gs} for {m} each and a {h} for {n}. [How much {does} {he} [pay|spend]|What is the total|How much is that] [in total|altogether|]?",
                "{S} bought {k} {gs} at {m} each and a {h} for {n}. [How much did {he} [pay|spend]|What did {he} pay] [in total|altogether|]?",
                "{K} {gs} cost {m} each and a {h} costs {n}. How much is [everything|that|it all] [together|]?",
                "A {g} costs {m} and a {h} costs {n}. How much [do|are] {k} {gs} and one {h} [cost|] [together|]?"
                if False
                else "A {g} costs {m} and a {h} costs {n}. What do {k} {gs} and one {h} cost [together|]?",
                "{S} buy{x} {k} {gs} that cost {m} each. {He} also buy{x} a {h} for {n}. How much {does} {he} [pay|spend]?",
            ],
            k=k,
            K=k,
            g=g,
            gs=gs,
            h=h,
            m=money(rng, p),
            n=money(rng, c),
            **who,
        )
        return tidy(prompt), product(prompt, k, p) + step(cost, "+", c) + answer(cost + c)
    bill = (
        one_of(rng, [b for b in (20, 50, 100, 200) if b > cost])
        if rng.random() < 0.6
        else cost + rng.randint(1, 40)
    )
    n = money(rng, bill)
    prompt = say(
        rng,
        [
            "{S} buy{x} {k} {gs} [for|at] {m} each and pay{x} with [a {bill} dollar bill|a ${bill} bill|{n}]. [How much change {does} {he} get [back|]|What is the change]?",
            "{S} buy{x} {k} {gs} [for|at] {m} each. {He} pay{x} with [a {bill} dollar bill|a ${bill} bill|{n}]. [How much change {does} {he} get [back|]|What is the change|How much [money|] {does} {he} get back]?",
            "{S} {has} {n} and buy{x} {k} {gs} [at|for] {m} each. [How much [money|] is left|How much [money|] {does} {he} have left|How many dollars are left]?",
            "{S} {has} {n}. {He} buy{x} {k} {gs} [at|for] {m} each. How much [money|] [is left|{does} {he} have left]?",
            "A {g} costs {m}. {S} buy{x} {k} and pay{x} with [a ${bill} bill|{n}]. What is the change?",
            "{S} had {n} and bought {k} {gs} for {m} each. How much [money|] {does} {he} have left?",
        ],
        k=k,
        g=g,
        gs=gs,
        m=money(rng, p),
        n=n,
        bill=bill,
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, k, p) + step(bill, "-", cost) + answer(bill - cost)


def basket(rng: Random) -> tuple[str, str]:
    """Two kinds of goods, several of each."""
    (g, gs), (h, hs) = rng.sample(v.GOODS, 2)
    a, b, p, q, who = (
        rng.randint(2, 9),
        rng.randint(2, 9),
        rng.randint(2, 30),
        rng.randint(2, 30),
        somebody(rng),
    )
    prompt = say(
        rng,
        [
            "{S} buy{x} {a} {gs} [for|at] {m} each and {b} {hs} [for|at] {n} each. [How much {does} {he} [spend|pay]|What is the total cost|How much is that] [in total|]?",
            "{S} bought {a} {gs} [for|at] {m} each and {b} {hs} [for|at] {n} each. [What was the total cost|How much did {he} [pay|spend] [in total|altogether|]]?",
            "{a} {gs} at {m} each and {b} {hs} at {n} each. How much is that [in total|together|]?",
            "{A} {place} [sells|sold] {a} [big|red] {gs} for {m} each and {b} [small|blue] {gs} for {n} each. How much money is that?",
        ],
        a=a,
        b=b,
        g=g,
        gs=gs,
        h=h,
        hs=hs,
        m=money(rng, p),
        n=money(rng, q),
        A=one_of(rng, ("A", "The")),
        place=one_of(rng, v.BODIES),
        **who,
    )
    if rng.random() < 0.3:
        prompt = say(
            rng,
            [
                "A {g} costs {m} and a {h} costs {n}. How much do {a} {gs} and {b} {hs} cost [together|in total|]?",
                "A {place} ticket costs {m} for adults and {n} for children. How much do {a} adults and {b} children pay?",
                "Adults pay {m} and children pay {n} at the {place}. [What|How much] do {a} adults and {b} children pay [together|in total|]?",
            ],
            a=a,
            b=b,
            g=g,
            gs=gs,
            h=h,
            hs=hs,
            m=money(rng, p),
            n=money(rng, q),
            place=one_of(rng, ("zoo", "museum", "theater", "park", "pool", "cinema")),
        )
    return tidy(prompt), step(a, "x", p) + step(b, "x", q) + step(a * p, "+", b * q) + answer(a * p + b * q)
