"""Word problems about equal groups: boxes, rows, packs, legs."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import somebody, things, verb
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, product, step


def groups(rng: Random) -> tuple[str, str]:
    """So many groups with so many things each."""
    e, k, t, who = rng.randint(2, 30), rng.randint(2, 12), things(rng), somebody(rng)
    if rng.random() < 0.3:
        e, k = k, e
    g, gs = one_of(rng, v.GROUPS)
    prompt = say(
        rng,
        [
            "[Each|Every|One] {g} [has|holds|contains] {e} {t}. How many {t} [are in|are there in|do you find in] {k} {gs}?",
            "[Each|Every] {g} has {e} {t}. How many {t} do {k} {gs} have [in total|altogether|]?",
            "There are {k} {gs} [with {e} {t} each|with {e} {t} in each|and each has {e} {t}|of {e} {t} each|. Each {g} has {e} {t}|and {e} {t} in every {g}]. How many {t} are there [in total|altogether|in all|]?",
            "{k} {gs} have {e} {t} each. How many {t} are there in total?",
            "{S} {has} {k} {gs} [with {e} {t} each|of {e} {t}|with {e} {t} in each {g}|and every {g} [contains|has] {e} {t}|. Each {g} has {e} {t}|and puts {e} {t} in each]. How many {t} {does} {he} have [in total|altogether|]?",
            "There are {e} {t} in [one|each|every|a] {g}. How many [{t}|] are [in|there in] {k} {gs}?",
            "[One|A] {g} [holds|has room for] {e} {t}. How many {t} [fit in|fit into|do you need to fill] {k} {gs}?",
            "How many {t} are in {k} {gs} [with {e} {t} each|if each {g} has {e}|of {e}]?",
            "{S} fill{x} {k} {gs} with {e} {t} each. How many {t} is that?",
            "{k} {people} [get|have|bring|carry|make|eat|buy|need] {e} {t} each. How many {t} is that [in total|altogether|]?",
            "[Each|Every one] of {k} {people} [gets|has|brings|carries|makes|eats|buys|reads] {e} {t}. How many {t} is that [in total|altogether|]?",
            "{S} [gives|gave|handed] {e} {t} to each of {k} {people}. How many {t} is that?"
            if who["x"]
            else "I give {e} {t} to each of {k} {people}. How many {t} is that?",
            "{k} {gs}, {e} {t} each. How many {t}?",
        ],
        e=e,
        k=k,
        t=t,
        g=g,
        gs=gs,
        people=one_of(rng, v.PEOPLE),
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, k, e) + answer(k * e)


STATES = [
    ("taken", "free"),
    ("empty", "taken"),
    ("empty", "in use"),
    ("in use", "empty"),
    ("taken", "empty"),
    ("booked", "free"),
    ("full", "empty"),
    ("occupied", "free"),
    ("free", "occupied"),
    ("free", "taken"),
    ("empty", "not empty"),
    ("taken", "still free"),
    ("broken", "not broken"),
]


def groups_then(rng: Random) -> tuple[str, str]:
    """Equal groups, then some more or fewer."""
    e, k, t, who = rng.randint(2, 20), rng.randint(2, 12), things(rng), somebody(rng)
    n = e * k
    up = rng.random() < 0.4
    c = rng.randint(1, 60) if up else rng.randint(1, n - 1)
    g, gs = one_of(rng, v.GROUPS)
    past = rng.random() < 0.4
    change = verb(rng, verbs.GAIN if up else verbs.LOSE, who, past)
    has = "had" if past else who["has"]
    state = one_of(rng, STATES)
    left = one_of(
        rng,
        (
            "How many {t} are left?",
            "How many [{t}|] {does} {he} have left?",
            "How many are left?",
            "How many {t} remain?",
        ),
    )
    now = "How many {t} {does} {he} have [now|in total|]?"
    if up:
        asks = [
            "{S} {had} {k} {gs} [with {e} {t} each|of {e} {t}] and {change} {c} more {t}. " + now,
            "{S} {had} {k} {gs} with {e} {t} [in each|each] and {c} [more|loose|extra] {t} [on the table|]. How many {t} [are there in total|are there|{does} {he} have|{does} {he} have in total]?",
            "There are {e} {t} in every {g}. {S} {has} {k} {gs} and {c} [loose|more] {t}. How many {t} {does} {he} have?",
            "There are {k} {gs} with {e} {t} each. {c} [more|] {t} are added. How many {t} are there now?",
        ]
    else:
        asks = [
            "{S} {had} {k} {gs} [with {e} {t} each|of {e} {t}|with {e} {t} in each]. {He} {change} {c} {t}. "
            + left,
            "{S} {had} {k} {gs} [of|with] {e} {t} [each|] and {change} {c} [{t}|of them|]. " + left,
            "There are {k} {gs} [with {e} {t} each|of {e} {t}]. {c} {t} are [taken away|broken|removed|sold|gone|bad]. How many [{t}|] are [left|good|not gone|still there]?",
            "{A} [theater|hall|room|cinema|stadium|school] has {k} rows [with {e} [seats|chairs] each|of {e} seats|with {e} seats in each row]. [{c} [seats|] are {one}. How|If {c} seats are {one}, how] many [seats|] are {two}?",
            "{A} [building|hotel|house|tower] has {k} floors with {e} rooms [each|on each floor]. {c} rooms are {one}. How many [rooms|] are {two}?",
        ]
    if rng.random() < 0.15 and not up:
        a, b = (k, e) if rng.random() < 0.5 else (e, k)
        prompt = say(
            rng,
            [
                "A {w2} has {a} rows with {b} {w} each. {c} {w} are [empty|free]. How many {w} are taken?",
                "There are {a} rows of {b} {w} in a {w2}. {c} {w} are taken. How many {w} are [free|empty]?",
            ],
            a=a,
            b=b,
            c=c,
            w=(
                p := one_of(
                    rng, [("seats", "theater"), ("chairs", "hall"), ("desks", "school"), ("plants", "garden")]
                )
            )[0],
            w2=p[1],
        )
        return prompt, step(a, "x", b) + step(a * b, "-", c) + answer(a * b - c)
    prompt = say(
        rng,
        asks,
        e=e,
        k=k,
        t=t,
        c=c,
        g=g,
        gs=gs,
        had=has,
        change=change,
        A=one_of(rng, ("A", "The")),
        one=state[0],
        two=state[1],
        **who,
    )
    prompt = tidy(prompt)
    worked = product(prompt, k, e)
    v_ = n + c if up else n - c
    return prompt, worked + step(n, "+" if up else "-", c) + answer(v_)


def legs(rng: Random) -> tuple[str, str]:
    """Animals' legs and vehicles' wheels."""
    a, b = rng.randint(2, 20), rng.randint(2, 20)
    if rng.random() < 0.6:
        prompt = say(
            rng,
            [
                "A farm has {a} {x} and {b} {y}. How many legs do the animals have [in total|altogether|]?",
                "How many legs do {a} {x} and {b} {y} have [together|in total|]?",
                "There are {a} {x} and {b} {y} [on a farm|in a field]. How many legs are there?",
            ],
            a=a,
            b=b,
            x=one_of(rng, ("chickens", "ducks", "birds", "hens", "geese")),
            y=one_of(rng, ("cows", "sheep", "goats", "horses", "dogs", "cats", "pigs")),
        )
        return tidy(prompt), step(a, "x", 2) + step(b, "x", 4) + step(2 * a, "+", 4 * b) + answer(
            2 * a + 4 * b
        )
    animal, n, part = one_of(
        rng,
        [
            ("dogs", 4, "legs"),
            ("cats", 4, "legs"),
            ("spiders", 8, "legs"),
            ("birds", 2, "wings"),
            ("cars", 4, "wheels"),
            ("bikes", 2, "wheels"),
            ("cows", 4, "legs"),
            ("ants", 6, "legs"),
            ("people", 2, "hands"),
            ("tricycles", 3, "wheels"),
            ("chickens", 2, "legs"),
            ("horses", 4, "legs"),
            ("insects", 6, "legs"),
        ],
    )
    prompt = say(
        rng,
        [
            "How many {p} do {a} {x} have [in total|altogether|]?",
            "There are {a} {x}. How many {p} is that?",
            "How many {p} are on {a} {x}?",
        ],
        p=part,
        a=a,
        x=animal,
    )
    return tidy(prompt), step(a, "x", n) + answer(a * n)


def packs(rng: Random) -> tuple[str, str]:
    """Things that come by the dozen, in pairs, by weight or length each."""
    k, who = rng.randint(2, 12), somebody(rng)
    if rng.random() < 0.4:
        word, n = one_of(rng, [("dozen", 12), ("pairs of", 2), ("dozen", 12)])
        prompt = say(
            rng,
            [
                "{S} buy{x} {k} {w} {t}. How many {t} is that?",
                "How many {t} are {k} {w} {t}?",
                "There are {k} {w} {t} {spot}. How many {t} are there?",
            ],
            k=k,
            w=word,
            t=one_of(
                rng,
                ("eggs", "socks", "shoes", "gloves", "roses", "cookies", "buttons", "donuts")
                if n == 12
                else ("socks", "shoes", "gloves", "boots"),
            ),
            spot=one_of(rng, v.SPOTS),
            **who,
        )
        return prompt, step(k, "x", n) + answer(k * n)
    e = rng.randint(2, 40) * one_of(rng, (1, 5, 10))
    prompt = say(
        rng,
        [
            "[One|A|Each|Every] {g} [of {t}|] [weighs|weighs] {e} [grams|kg|kilograms|pounds]. How much do {k} {gs} weigh [together|in total|]?",
            "[One|A] [brick|board|step|tile|train car|table] is {e} cm [long|high|tall]. How [long|high] are {k} [of them|in a row|on top of each other]?",
            "[One|A] [bottle|can|glass|cup] [holds|has] {e} ml. How many ml do {k} [bottles|cans|glasses|cups] hold?",
            "{S} drink{x} {k} [bottles|cans|glasses|cups] of {e} ml each. How many ml is that?",
        ],
        e=e,
        k=k,
        t=things(rng),
        g=(p := one_of(rng, v.CONTAINERS))[0],
        gs=p[1],
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, e, k) + answer(e * k)


def each_then_total(rng: Random) -> tuple[str, str]:
    """Two kinds of groups, added up."""
    a, b, c, d = rng.randint(2, 9), rng.randint(2, 15), rng.randint(2, 9), rng.randint(2, 15)
    who, t = somebody(rng), things(rng)
    gs, hs = one_of(rng, v.CONTAINERS)[1], one_of(rng, v.CONTAINERS)[1]
    prompt = say(
        rng,
        [
            "{S} {has} {a} {gs} with {b} {t} each and {c} {hs} with {d} {t} each. How many {t} [{does} {he} have|are there|is that] [in total|altogether|]?",
            "There are {a} {gs} of {b} {t} and {c} {hs} of {d} {t}. How many {t} are there [in total|altogether|]?",
            "{a} {p} [have|eat|get|make] {b} {t} each and {c} {q} [have|eat|get|make] {d} {t} each. How many {t} is that [in total|altogether|]?",
        ],
        a=a,
        b=b,
        c=c,
        d=d,
        t=t,
        gs=gs,
        hs=hs,
        p=(pair := one_of(rng, v.NOUN_PAIRS))[0],
        q=pair[1],
        **who,
    )
    return tidy(prompt), step(a, "x", b) + step(c, "x", d) + step(a * b, "+", c * d) + answer(a * b + c * d)
