"""Word problems about money: prices, change, earnings, discounts."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import named, somebody
from training.data.phrase import one_of, say
from training.data.working import answer, product, step, total

PERCENTS = [5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90]


def money(rng: Random, amount: int) -> str:
    """An amount of money in one of its usual spellings."""
    return say(rng, ["${n}", "{n} dollars", "${n}", "{n} dollars", "{n} euros", "{n} bucks"] if rng.random() < 0.3 else ["${n}", "{n} dollars"], n=amount)


def _tidy(text: str) -> str:
    return text.replace("  ", " ").replace(" ?", "?").replace(" .", ".").replace(" ,", ",")


def price(rng: Random) -> tuple[str, str]:
    """So many at so much each."""
    g, gs = one_of(rng, v.GOODS)
    k, p, who = rng.randint(2, 12), rng.randint(2, 60), somebody(rng)
    prompt = say(rng, [
        "{S} buy{x} {k} {gs}. Each [{g}|one] costs {m}. How much does {s} pay?" if who["x"] else "{S} buy {k} {gs}. Each [{g}|one] costs {m}. How much do {s} pay?",
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
    ], k=k, g=g, gs=gs, m=money(rng, p), A=one_of(rng, ("A", "One", "The")), place=one_of(rng, v.PLACES), **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, k, p) + answer(k * p)


def by_weight(rng: Random) -> tuple[str, str]:
    """So many kilos at so much a kilo."""
    k, p, who = rng.randint(2, 12), rng.randint(2, 20), somebody(rng)
    unit, units = one_of(rng, [("kilo", "kilos"), ("kg", "kg"), ("pound", "pounds"), ("liter", "liters"), ("meter", "meters"), ("bag", "bags"), ("bottle", "bottles")])
    what = one_of(rng, ("apples", "rice", "flour", "tomatoes", "milk", "cloth", "potatoes", "cheese", "juice", "meat", "sugar", "grapes", "honey"))
    prompt = say(rng, [
        "{S} buy{x} {k} {us} of {w} [at|for] {m} [a|per] {u}. How much {does} {he} pay?",
        "{S} bought {k} {us} of {w} at {m} [a|per] {u}. [How much did {he} pay|What did it cost|How much was that]?",
        "[One|A] {u} of {w} costs {m}. [How much do|What do] {k} {us} cost?",
    ], k=k, u=unit, us=units, w=what, m=money(rng, p), **who)
    return prompt, product(prompt, k, p) + answer(k * p)


def two_prices(rng: Random) -> tuple[str, str]:
    """Two single prices, added; or three."""
    (g, _), (h, _), (i, _) = rng.sample(v.GOODS, 3)
    a, b, c, who = rng.randint(2, 80), rng.randint(2, 80), rng.randint(2, 40), somebody(rng)
    if rng.random() < 0.25:
        prompt = say(rng, ["{S} buy{x} a {g} for {m}, a {h} for {n} and a {i} for {o}. [How much {does} {he} [pay|spend]|What is the total|How much is that] [in total|altogether|]?", "A {g} costs {m}, a {h} {n} and a {i} {o}. How much [are they|do they cost|is that] [together|altogether|]?"],
            g=g, h=h, i=i, m=money(rng, a), n=money(rng, b), o=money(rng, c), **who)
        return _tidy(prompt), step(a, "+", b) + step(a + b, "+", c) + answer(a + b + c)
    prompt = say(rng, [
        "{S} buy{x} a {g} for {m} and a {h} for {n}. [How much {does} {he} spend|What is the total|How much {does} {he} pay|How much is that] [in total|altogether|]?",
        "{S} bought a {g} for {m} and a {h} for {n}. [How much did {he} spend|How much money did {he} spend|What did {he} pay|How much did {he} pay] [in total|altogether|]?",
        "A {g} costs {m} and a {h} costs {n}. How much [are both together|do they cost together|is that together|are they together]?",
        "A {g} is {m} and a {h} is {n}. What [is the total|do both cost|is the price of both]?",
        "{S} spent {m} on a {g} and {n} on a {h}. How much did {he} spend [in total|altogether|]?",
        "{S} earn{x} {m} [on Monday|in May|today] and {n} [on Tuesday|in June|tomorrow]. How much {does} {he} earn [in total|altogether|]?",
        "{S} {has} {m} and get{x} {n} [more|] from {his} [aunt|uncle|mother|boss]. How much [money|] {does} {he} have [now|]?",
    ], g=g, h=h, m=money(rng, a), n=money(rng, b), **who)
    prompt = _tidy(prompt)
    return prompt, total(prompt, a, b) + answer(a + b)


def left_over(rng: Random) -> tuple[str, str]:
    """Money minus a price: what is left, the change, what is still needed."""
    g, who = one_of(rng, v.GOODS)[0], somebody(rng)
    a = rng.randint(5, 99) if rng.random() < 0.7 else one_of(rng, (10, 20, 50, 100, 200))
    b = rng.randint(1, a - 1)
    prompt = say(rng, [
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
        "A {g} cost {m}. Now it costs {n} [less|]. [How much does it cost now|What is the new price]?" if False else "A {g} that costs {m} is now {n} [cheaper|off|less]. What [does it cost now|is the new price]?",
        "The bill is {m}. {S} {has} paid {n} [so far|already|]. How much is [still to pay|left to pay|missing]?",
        "{S} earn{x} {m} and spend{x} {n}. How much [{does} {he} save|is left|{does} {he} keep]?",
    ], g=g, a=a, m=money(rng, a), n=money(rng, b), **who)
    return _tidy(prompt), step(a, "-", b) + answer(a - b)


def buy_then(rng: Random) -> tuple[str, str]:
    """Several at a price, then the change, what is left, or a further price."""
    g, gs = one_of(rng, v.GOODS)
    h = one_of(rng, v.GOODS)[0]
    k, p, who = rng.randint(2, 9), rng.randint(2, 20), somebody(rng)
    cost = k * p
    if rng.random() < 0.35:
        c = rng.randint(1, 60)
        prompt = say(rng, [
            "{S} buy{x} {k} {gs} for {m} each and a {h} for {n}. [How much {does} {he} [pay|spend]|What is the total|How much is that] [in total|altogether|]?",
            "{S} bought {k} {gs} at {m} each and a {h} for {n}. [How much did {he} [pay|spend]|What did {he} pay] [in total|altogether|]?",
            "{K} {gs} cost {m} each and a {h} costs {n}. How much is [everything|that|it all] [together|]?",
            "A {g} costs {m} and a {h} costs {n}. How much [do|are] {k} {gs} and one {h} [cost|] [together|]?" if False else "A {g} costs {m} and a {h} costs {n}. What do {k} {gs} and one {h} cost [together|]?",
            "{S} buy{x} {k} {gs} that cost {m} each. {He} also buy{x} a {h} for {n}. How much {does} {he} [pay|spend]?",
        ], k=k, K=k, g=g, gs=gs, h=h, m=money(rng, p), n=money(rng, c), **who)
        return _tidy(prompt), product(prompt, k, p) + step(cost, "+", c) + answer(cost + c)
    bill = one_of(rng, [b for b in (20, 50, 100, 200) if b > cost]) if rng.random() < 0.6 else cost + rng.randint(1, 40)
    n = money(rng, bill)
    prompt = say(rng, [
        "{S} buy{x} {k} {gs} [for|at] {m} each and pay{x} with [a {bill} dollar bill|a ${bill} bill|{n}]. [How much change {does} {he} get [back|]|What is the change]?",
        "{S} buy{x} {k} {gs} [for|at] {m} each. {He} pay{x} with [a {bill} dollar bill|a ${bill} bill|{n}]. [How much change {does} {he} get [back|]|What is the change|How much [money|] {does} {he} get back]?",
        "{S} {has} {n} and buy{x} {k} {gs} [at|for] {m} each. [How much [money|] is left|How much [money|] {does} {he} have left|How many dollars are left]?",
        "{S} {has} {n}. {He} buy{x} {k} {gs} [at|for] {m} each. How much [money|] [is left|{does} {he} have left]?",
        "A {g} costs {m}. {S} buy{x} {k} and pay{x} with [a ${bill} bill|{n}]. What is the change?",
        "{S} had {n} and bought {k} {gs} for {m} each. How much [money|] {does} {he} have left?",
    ], k=k, g=g, gs=gs, m=money(rng, p), n=n, bill=bill, **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, k, p) + step(bill, "-", cost) + answer(bill - cost)


def basket(rng: Random) -> tuple[str, str]:
    """Two kinds of goods, several of each."""
    (g, gs), (h, hs) = rng.sample(v.GOODS, 2)
    a, b, p, q, who = rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 30), rng.randint(2, 30), somebody(rng)
    prompt = say(rng, [
        "{S} buy{x} {a} {gs} [for|at] {m} each and {b} {hs} [for|at] {n} each. [How much {does} {he} [spend|pay]|What is the total cost|How much is that] [in total|]?",
        "{S} bought {a} {gs} [for|at] {m} each and {b} {hs} [for|at] {n} each. [What was the total cost|How much did {he} [pay|spend] [in total|altogether|]]?",
        "{a} {gs} at {m} each and {b} {hs} at {n} each. How much is that [in total|together|]?",
        "{A} {place} [sells|sold] {a} [big|red] {gs} for {m} each and {b} [small|blue] {gs} for {n} each. How much money is that?",
    ], a=a, b=b, g=g, gs=gs, h=h, hs=hs, m=money(rng, p), n=money(rng, q), A=one_of(rng, ("A", "The")), place=one_of(rng, v.BODIES), **who)
    if rng.random() < 0.3:
        prompt = say(rng, [
            "A {g} costs {m} and a {h} costs {n}. How much do {a} {gs} and {b} {hs} cost [together|in total|]?",
            "A {place} ticket costs {m} for adults and {n} for children. How much do {a} adults and {b} children pay?",
            "Adults pay {m} and children pay {n} at the {place}. [What|How much] do {a} adults and {b} children pay [together|in total|]?",
        ], a=a, b=b, g=g, gs=gs, h=h, hs=hs, m=money(rng, p), n=money(rng, q), place=one_of(rng, ("zoo", "museum", "theater", "park", "pool", "cinema")))
    return _tidy(prompt), step(a, "x", p) + step(b, "x", q) + step(a * p, "+", b * q) + answer(a * p + b * q)


def earn(rng: Random) -> tuple[str, str]:
    """Pay by the hour, for one or several days."""
    p, h, d, who = rng.randint(5, 25), rng.randint(2, 9), rng.randint(2, 7), somebody(rng)
    if rng.random() < 0.55:
        prompt = say(rng, [
            "{S} earn{x} {m} [an hour|per hour|every hour|each hour]. [How much|What] {does} {he} earn in {h} hours?",
            "{S} work{x} for {h} hours [at|for] {m} [an|per] hour. How much [money|] {does} {he} [earn|get|make]?",
            "If {s} earn{x} {m} [an|per] hour, [how much|what] {does} {he} earn in {h} hours?",
            "{S} get{x} {m} for each hour of work. How much {does} {he} get for {h} hours?",
        ], m=money(rng, p), h=h, **who)
        prompt = _tidy(prompt)
        return prompt, product(prompt, p, h) + answer(p * h)
    prompt = say(rng, [
        "{S} earn{x} {m} [per|an] hour and work{x} {h} hours [a|every|each] day. How much {does} {he} earn in {d} days?",
        "{S} work{x} {h} hours a day for {d} days at {m} [per|an] hour. How much [money|] {does} {he} earn?",
        "{S} get{x} {m} an hour. {He} work{x} {h} hours [a|every] day. How much {does} {he} make in {d} days?",
    ], m=money(rng, p), h=h, d=d, **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, p, h) + step(p * h, "x", d) + answer(p * h * d)


def save(rng: Random) -> tuple[str, str]:
    """Saving up: how many weeks are still needed."""
    k, w, have, who = rng.randint(2, 15), rng.randint(2, 12), rng.randint(1, 60), named(rng)
    cost = k * w + have
    prompt = say(rng, [
        "{S} wants a {g} that costs {m}. {He} has {n} and saves {o} [every|each|a] {p}. How many {p}s does {he} need?",
        "{S} has {n} and saves {o} [each|every|a] {p}. After how many {p}s does {he} have {m}?",
        "A {g} costs {m}. {S} [already|] has {n} and saves {o} [every|a] {p}. How many {p}s does it take?",
    ], g=one_of(rng, v.GOODS)[0], m=money(rng, cost), n=money(rng, have), o=money(rng, w), p=one_of(rng, ("week", "month", "day")), **who)
    return _tidy(prompt), step(cost, "-", have) + step(cost - have, "/", w) + answer(k)


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
    prompt = say(rng, [
        "A {g} costs {m}. {S} gets a {d}[%| percent] discount. How much does {he} pay?",
        "The price of a {g} is {m}. It is {d}[%| percent] off. What is the [new|sale|final] price?",
        "A {g} costs {m}. It is on sale for {d}[%| percent] off. [What is the sale price|How much is it now|What does it cost now]?",
        "A {g} [for|that costs] {m} is {d}[%| percent] [cheaper|off]. [What does it cost now|What is the new price|How much is it]?",
        "What is the price of a {m} {g} with a {d}% discount?",
    ], g=one_of(rng, v.GOODS)[0], d=d, m=money(rng, p), **named(rng))
    return prompt, worked + step(p, "-", x) + answer(p - x)


def tip(rng: Random) -> tuple[str, str]:
    """A price plus some percent."""
    d, p, x, worked = percent(rng)
    prompt = say(rng, [
        "A [dinner|lunch|meal] costs {m}. {S} adds a {d}% tip. How much does {he} pay [in total|]?",
        "The bill is {m} and the [tax|tip] is {d}%. What is the total?",
        "A [salary|rent|price] of {m} [grows|rises|goes up] by {d}[%| percent]. What is the new [amount|value]?",
    ], d=d, m=money(rng, p), **named(rng))
    return _tidy(prompt), worked + step(p, "+", x) + answer(p + x)


def percent_of(rng: Random) -> tuple[str, str]:
    """So many percent of a group."""
    d, p, x, worked = percent(rng)
    prompt = say(rng, [
        "There are {p} {f}. {d}[%| percent] of them are {a}. How many [{f}|] are {a}?",
        "{d}[%| percent] of the {p} {f} are {a}. How many [{f}|] are {a}?",
        "{d}[%| percent] of {p} {f} are {a}. How many is that?",
        "{S} has {p} {f} and {d}[%| percent] of them are {a}. How many are {a}?",
    ], p=p, d=d, f=one_of(rng, v.THINGS + v.PEOPLE), a=one_of(rng, v.ADJECTIVE_PAIRS)[0], **named(rng))
    return _tidy(prompt), worked + answer(x)


def profit(rng: Random) -> tuple[str, str]:
    """Bought at one price, sold at another, several times."""
    k, p, d, who = rng.randint(2, 12), rng.randint(2, 30), rng.randint(1, 20), somebody(rng)
    gs = one_of(rng, v.GOODS)[1]
    prompt = say(rng, [
        "{S} buy{x} {k} {gs} [for|at] {m} each and sell{x} them for {n} each. [What is the profit|How much profit {does} {he} make]?",
        "{S} buy{x} {k} {gs} [for|at] {m} each and sell{x} each one for {n}. How much profit {does} {he} make?",
    ], k=k, gs=gs, m=money(rng, p), n=money(rng, p + d), **who)
    return prompt, step(p + d, "-", p) + step(k, "x", d) + answer(k * d)


TASKS = [(price, 5), (by_weight, 1), (two_prices, 3), (left_over, 4), (buy_then, 4), (basket, 3), (earn, 2), (save, 1.5), (discount, 2), (tip, 1), (percent_of, 1), (profit, 1)]
