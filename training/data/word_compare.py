"""Word problems that give one amount by another: more, fewer, twice, half."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import name, named, somebody, things, verb
from training.data.phrase import one_of, say
from training.data.working import answer, step

TIMES = [
    (2, "twice"),
    (3, "three times"),
    (4, "four times"),
    (5, "five times"),
    (2, "two times"),
    (10, "ten times"),
]


PARTS = [
    (2, "half"),
    (2, "one half"),
    (3, "a third"),
    (3, "one third"),
    (4, "a quarter"),
    (4, "one quarter"),
    (5, "a fifth"),
    (10, "a tenth"),
    (4, "a fourth"),
]


def more_than(rng: Random) -> tuple[str, str]:
    """One amount given by another: so many more or fewer; then maybe the sum."""
    n, t = named(rng), things(rng)
    m = name(rng)
    a, d = rng.randint(5, 80), rng.randint(2, 40)
    fewer = rng.random() < 0.5 and a > d
    b, sign = (a - d, "-") if fewer else (a + d, "+")
    w = "fewer" if fewer else "more"
    if fewer and rng.random() < 0.2:
        w = "less"
    gives = [
        "{S} has {a} {t}. {m} has {d} {w} [{t}|] [than {s}|].",
        "{S} [has|picked|collected|found|made|sold|read] {a} {t} and {m} {d} {w}.",
        "{m} has {d} {w} {t} than {s}. {S} has {a} [{t}|].",
        "{S} has {a} {t}, {m} has {d} {w}.",
        "{S} [picked|collected|found|sold|made] {a} {t}, and {m} [picked|collected|found|sold|made] {d} {w} than {s}.",
    ]
    alone = rng.random() < 0.6
    ask = (
        "How many [{t}|] does {m} have?"
        if alone
        else "How many [{t}|] do they have [together|in total|altogether|in all]?"
    )
    prompt = (
        say(rng, one_of(rng, gives) + " " + ask, a=a, d=d, w=w, t=t, m=m, **n)
        .replace("  ", " ")
        .replace(" .", ".")
    )
    worked = step(a, sign, d)
    return prompt, worked + answer(b) if alone else worked + step(a, "+", b) + answer(a + b)


def times_as_many(rng: Random) -> tuple[str, str]:
    """One amount is a multiple of another; then maybe the sum."""
    n, t, m = named(rng), things(rng), name(rng)
    a = rng.randint(2, 30)
    k, words = one_of(rng, TIMES)
    _third, base, past, unit = one_of(rng, verbs.RATES)
    alone = rng.random() < 0.7
    ask = (
        "How many [{t}|] does {m} have?"
        if alone
        else "How many [{t}|] do they have [together|in total|altogether|in all]?"
    )
    prompt = (
        say(
            rng,
            [
                "{S} has {a} {t}. {m} has {words} as many [{t}|] [as {s}|]. " + ask,
                "{S} has {a} {t} and {m} has {words} as many. " + ask,
                "{m} has {words} as many {t} as {s}[, who has {a}. |. {S} has {a} [{t}|]. ]" + ask,
                "{S} {past} {a} {u} [1:on Monday|yesterday|in the morning] and {words} as many [1:on Tuesday|today|in the afternoon]. How many {u} [did {he} {base} in total|is that in total]?"
                if not alone
                else "{S} {past} {a} {u} [1:on Monday|yesterday|in the morning] and {words} as many [{u}|] [1:on Tuesday|today|in the afternoon]. How many {u} did {he} {base} [1:on Tuesday|today|in the afternoon]?",
            ],
            a=a,
            t=t,
            m=m,
            words=words,
            past=past,
            base=base,
            u=unit,
            **n,
        )
        .replace("  ", " ")
        .replace(" .", ".")
    )
    worked = step(k, "x", a)
    return prompt, worked + answer(k * a) if alone else worked + step(a, "+", k * a) + answer(a + k * a)


def part_of(rng: Random) -> tuple[str, str]:
    """A half, a third, a quarter: the part or the rest."""
    who, t = somebody(rng), things(rng)
    k, words = one_of(rng, PARTS)
    x = rng.randint(2, 30)
    n = k * x
    rest = rng.random() < 0.6
    lose = verb(rng, verbs.LOSE, who, True)
    gone = one_of(rng, verbs.GONE)[1]
    if rest:
        prompt = say(
            rng,
            [
                "{S} had {n} {t} and {lose} {words} of them. [How many [{t}|] are left|How many [{t}|] {did} {he} [still have|have left]|How many remain]?",
                "{S} {has} {n} {t}. {He} {lose} {words} of them. How many {t} are left?",
                "There were {n} {t} {spot}. {Words} of them {gone}. [How many are left|How many {t} remain|How many stayed|How many are still there]?",
                "{S} had {n} {t} and gave {words} of them to {m}. How many [{t}|] {does} {he} have [left|now]?",
            ],
            n=n,
            t=t,
            words=words,
            Words=words.capitalize(),
            lose=lose,
            gone=gone,
            did=who["does"],
            spot=one_of(rng, v.SPOTS),
            m=name(rng),
            **who,
        ).replace("  ", " ")
        if k == 2:
            return prompt, step(n, "/", 2) + answer(x)
        return prompt, step(n, "/", k) + step(n, "-", x) + answer(n - x)
    adjective, spot = one_of(rng, v.ADJECTIVE_PAIRS)[0], one_of(rng, v.SPOTS)
    base, _, lost = one_of(rng, verbs.LOSE)
    prompt = say(
        rng,
        [
            "There are {n} {t} {spot}. {Words} of them are {p}. How many [{t}|] are {p}?",
            "{S} {has} {n} {t}. {Words} of them are {p}. How many {p} {t} {does} {he} have?",
            "{S} had {n} {t} and {lose} {words} of them. How many [{t}|] did {he} [{base}|{base}]?",
            "{Words} of {n} {t} are {p}. How many is that?",
        ],
        n=n,
        t=t,
        words=words,
        Words=words.capitalize(),
        p=adjective,
        spot=spot,
        base=base,
        lose=lost,
        **who,
    ).replace("  ", " ")
    return prompt, step(n, "/", k) + answer(x)
