"""Word problems of two steps, told in other ways than in the other modules."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.phrase import one_of
from training.data.word_scene import scene, told
from training.data.working import answer, product, step

# `c` in hand, `k` at `p` each: what is left.
CHANGE = [
    "{S} {has} {O}. {He} buy{x} {k} {gs} [for|at] {N} each. [How much money {does} {he} have now|How much {does} {he} have left|What is left|How much is left|How much money is left]?",
    "{S} [had|took] {O} [with {him}|to the shop|]. {He} bought {k} {gs}, each for {N}. How much [money|] [did {he} have left|is left|was left|did {he} bring home|{does} {he} have now]?",
    "{S} {has} {O} and want{x} {k} {gs} at {N} each. How much [will be left|is left after that|{does} {he} have after that]?",
    "{k} {gs} cost {N} each. {n} [pays|paid] with {O}. [How much|What] does {n} get back?",
    "After buying {k} {gs} [at|for] {N} each, how much [is left|does {n} have left|remains] of {O}?",
    "How much change [do I|does {n}] get from {O} for {k} {gs} at {N} each?",
    "[If|When] {n} has {O} and buys {k} {gs} at {N} each, how much is left?",
    "{n} has {O} [in all|]. {k} [tickets|rides|lessons] cost {N} each. How much [is left|does {n} have] after that?",
    "From {O} {s} pay{x} {k} times {N}. How much [is left|remains]?",
    "{S} {has} {O} in the bank and take{x} out {N} {k} times. How much is [left|in the bank now]?",
]
# `k` groups of `p`, of which `c` are gone.
GONE = [
    "{S} {has} {k} {boxes} with {p} {t} each. {c} [{t}|of them|] are [bad|broken|gone|eaten|sold|missing]. How many [are good|are not|are left|good {t} are there|can be used]?",
    "[A|The] [shop|baker|farmer] [has|gets|brings] {k} {boxes} of {p} {t} and sells {c}. How many are [left|not sold|still there]?",
    "[There are|I see] {k} [tables|rows|benches] with {p} [1:seats|chairs|places]. {c} [people|guests|children] [sit down|are sitting|have a seat|come]. How many [1:seats|chairs|places] are [free|empty|left]?",
    "{k} {people} have {p} {t} each. They [lose|give away|sell|eat|use] {c}. How many are left?",
    "{k} {boxes} of {p} {t} [came|were bought|arrived|are there]. {c} were [used|eaten|taken|sold]. How many [are left|remain]?",
    "{S} bake{x} {k} [trays|sheets] of {p} [cookies|rolls|muffins] and [give{x} away|eat{x}|sell{x}] {c}. How many are left?",
    "A book has {k} [chapters|parts] of {p} pages. {n} has read {c} pages. How many [pages|] are left?",
    "{S} work{x} {k} days [for|at] {N} a day and spend{x} {O}. How much [is left|{does} {he} have left|money is left]?",
    "{n} earns {N} an hour, works {k} hours and [spends|pays] {O} [for|on] [lunch|the bus|a {g}]. How much is left?",
    "A way of {k} times {p} {u} is planned. {c} {u} are done. How many {u} are left?",
]
# `k` groups of `p`, and `c` more.
MORE = [
    "{S} {has} {k} {boxes} with {p} {t} each and {c} [{t}|] [more|in a bag|on the table|loose|besides]. How many {t} [are there|is that|{does} {he} have] [in all|in total|]?",
    "{k} {boxes} of {p} {t} and {c} single {t}: how many {t} [is that|are there] [in all|in total|]?",
    "{k} {gs} at {N} each and a {h} for {O}. [How much is that|What is the bill|What do I pay] [in all|in total|together|]?",
    "I [buy|bought|take|want] {k} {gs} at {N} each and one {h} for {O}. How much [is that|do I pay|did I pay|must I pay|money do I need]?",
    "A [taxi|boat|bike|room|car] costs {O} and {N} [for each|per] [1:hour|km|day]. [What do I pay for|How much is it for|How much must I pay for|What is the price for] {k} [1:hours|km|days]?",
    "{n} has {O} and [gets|earns|saves] {N} [a|every|each] [1:week|day|hour]. How much [does {n} have|is that] after {k} [1:weeks|days|hours]?",
    "{n} [has|had] {c} {t} and [gets|buys|bought|got] {k} {boxes} of {p}. How many {t} [does {n} have|are there|is that] now?",
    "[A|The] tank has {c} liters [in it|]. [Every|Each] minute {p} liters [flow in|are added|come in]. How many liters are in it after {k} minutes?",
    "{k} [buses|cars|vans] bring {p} people each, and {c} [come|walk|arrive] on foot. How many [people|] [come|is that|are there] [in all|]?",
    "{S} read{x} {p} pages [a|every|each] day for {k} days and {c} pages on the last day. How many [pages|] is that?",
]
# `d` adults at `p`, `k` children at `q`.
TWO_KINDS = [
    "Tickets cost {N} for [1:adults|grown-ups] and {O} for [2:kids|children]. [What|How much] do {d} [1:adults|grown-ups] and {k} [2:kids|children] pay [together|in all|in total|]?",
    "[For adults|For grown-ups] a ticket costs {N}, for [1:kids|children] {O}. [What|How much] [do|must] {d} adults and {k} [1:kids|children] pay?",
    "[An adult|A grown-up] pays {N}, a [child|kid] [pays|] {O}. [How much|What] [is it for|do we pay for|does it cost for|is that for] {d} adults and {k} [kids|children]?",
    "How much [is it|do we pay|does it cost] for {d} adults at {N} and {k} [children|kids] at {O} [each|]?",
    "{d} {gs} at {N} and {k} {hs} at {O}: [what|how much] is that [in all|in total|together|]?",
    "{S} buy{x} {d} {gs} and {k} {hs}. A {g} costs {N}, a {h} [costs|] {O}. How much [{does} {he} pay|is that|{does} {he} spend]?",
    "A {g} is {N} and a {h} is {O}. I [buy|take|want] {d} {gs} and {k} {hs}. How much [do I pay|is that|is the bill]?",
    "[One|A] {g} costs {N}, [one|a] {h} {O}. [What|How much] do {d} {gs} and {k} {hs} cost?",
    "[A|The] [hall|bus|room] has {d} rows with {p} seats and {k} rows with {q} seats. How many seats are there [in all|]?",
    "{n} [walks|runs|rides] {p} km on {d} days and {q} km on {k} days. How many km is that [in all|]?",
    "{d} {boxes} hold {p} {t} each, {k} [other ones|bags|others] hold {q}. How many {t} are there [in all|in total|]?",
    "{n} [works|worked] {d} hours at {N} and {k} hours at {O}. How much [is that|does {n} get|money is that]?",
]


def more_steps(rng: Random) -> tuple[str, str]:
    """A product and then a sum or a difference; or two products and their sum."""
    k, p = rng.randint(2, 9), rng.randint(2, 25)
    kind = rng.random()
    if kind < 0.3:
        d, q = rng.randint(2, 9), rng.randint(2, 20)
        slots = scene(rng, d, p, q)
        slots |= {"d": str(d), "k": str(k), "p": str(p), "q": str(q)}
        (g, gs), (h, hs) = rng.sample(v.GOODS, 2)
        slots |= {"g": g, "gs": gs, "h": h, "hs": hs}
        return told(rng, TWO_KINDS, slots), step(d, "x", p) + step(k, "x", q) + step(
            d * p, "+", k * q
        ) + answer(d * p + k * q)
    cost = k * p
    if kind < 0.55:
        c = one_of(rng, [b for b in (20, 50, 100, 200, 500) if b > cost]) if rng.random() < 0.5 else 0
        c = c or cost + rng.randint(1, 40)
        templates = CHANGE
    elif kind < 0.75:
        c = rng.randint(1, cost - 1)
        templates = GONE
    else:
        c = rng.randint(2, 60)
        templates = MORE
    slots = scene(rng, k, p, c)
    prompt = told(rng, templates, slots | {"k": str(k), "p": str(p)})
    worked = product(prompt, k, p)
    if templates is MORE:
        return prompt, worked + step(cost, "+", c) + answer(cost + c)
    if templates is CHANGE:
        return prompt, worked + step(c, "-", cost) + answer(c - cost)
    return prompt, worked + step(cost, "-", c) + answer(cost - c)
