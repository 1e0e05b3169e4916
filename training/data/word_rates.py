"""Word problems about steady rates: so many a day, an hour, a worker."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import somebody, things
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, product, step


def rate(rng: Random) -> tuple[str, str]:
    """So many a day, for so many days."""
    e, k, who = rng.randint(2, 40), rng.randint(2, 12), somebody(rng)
    third, base, past, unit = one_of(rng, verbs.RATES)
    p, ps = one_of(rng, verbs.PERIODS)
    does = third if who["x"] else base
    prompt = say(
        rng,
        [
            "{S} {do} {e} {u} [every|each|per|a] {p}. [How many {u} {does} {he} {base} in {k} {ps}|How many {u} is that in {k} {ps}|How many {u} in {k} {ps}|How many {u} does that make in {k} {ps}]?",
            "{S} {do} {e} {u} [every|each|per|a] {p} for {k} {ps}. [How many {u} is that|How many {u} {does} {he} {base} in total|What is the total]?",
            "{S} {past} {e} {u} [every|each|a] {p} for {k} {ps}. How many {u} did {he} {base} [in total|altogether|]?",
            "{S} can {base} {e} {u} [per|in a|in one|in an] {p}. How many {u} can {he} {base} in {k} {ps}?",
            "If {s} {do} {e} {u} [every|each|per|a] {p}, how many {u} {does} {he} {base} in {k} {ps}?",
            "How many {u} {does} {s} {base} in {k} {ps} [at {e} {u} per {p}|with {e} {u} a {p}|if {he} {do} {e} {u} a {p}]?",
            "In [one|a] {p} {s} {do} {e} {u}. How many {u} {does} {he} {base} in {k} {ps}?",
            "{S} need{x} {e} {q} [per|a|every] {p}. How many {q} {does} {he} need [for|in] {k} {ps}?",
        ],
        e=e,
        k=k,
        u=unit,
        p=p,
        ps=ps,
        do=does,
        base=base,
        past=past,
        q=things(rng),
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, e, k) + answer(e * k)


def rate_span(rng: Random) -> tuple[str, str]:
    """So many a day in a week, two weeks, a year: the number of days is knowledge."""
    e, who = rng.randint(2, 20), somebody(rng)
    third, base, past, unit = one_of(rng, verbs.RATES)
    p, span, k = one_of(
        rng,
        [
            ("day", "a week", 7),
            ("day", "one week", 7),
            ("month", "a year", 12),
            ("day", "2 weeks", 14),
            ("day", "two weeks", 14),
            ("hour", "a day", 24),
            ("day", "3 weeks", 21),
            ("month", "one year", 12),
            ("week", "a year", 52),
        ],
    )
    known = {
        7: "1 week is 7 days. ",
        12: "1 year is 12 months. ",
        24: "1 day is 24 hours. ",
        52: "1 year is 52 weeks. ",
        14: "2 x 7 = 14 days. ",
        21: "3 x 7 = 21 days. ",
    }[k]
    if k > 12:
        e = rng.randint(2, 10)
    prompt = say(
        rng,
        [
            "{S} {do} {e} {u} [every|each|per|a] {p}. How many {u} [{does} {he} {base}|is that|does that make] in {span}?",
            "{S} {past} {e} {u} [every|each] {p} for {span}. How many {u} did {he} {base} [in total|]?",
            "How many {u} {does} {s} {base} in {span} if {he} {do} {e} {u} [every|each|per|a] {p}?",
        ],
        e=e,
        u=unit,
        p=p,
        span=span,
        do=third if who["x"] else base,
        base=base,
        past=past,
        **who,
    )
    return tidy(prompt), known + step(e, "x", k) + answer(e * k)


def rate_time(rng: Random) -> tuple[str, str]:
    """How long it takes at so many a day."""
    e, k, who = rng.randint(2, 15), rng.randint(2, 15), somebody(rng)
    n = e * k
    third, base, _past, unit = one_of(rng, verbs.RATES)
    p, ps = one_of(rng, verbs.PERIODS[:4])
    prompt = say(
        rng,
        [
            "{S} {do} {e} {u} [every|each|per|a] {p}. [How many {ps} {does} {he} need for {n} {u}|How many {ps} does it take [{him}|] to {base} {n} {u}|After how many {ps} {has} {he} done {n} {u}|How long {does} {he} need for {n} {u}|When {has} {he} done {n} {u}]?",
            "How many {ps} {does} {s} need [for {n} {u}|to {base} {n} {u}] at {e} {u} [per|a] {p}?",
            "{S} want{x} to {base} {n} {u}. {He} {do} {e} [{u}|] [every|each|a] {p}. How [many {ps} does it take|long does it take|many {ps} {does} {he} need]?",
            "A book has {n} pages. {S} read{x} {e} pages [a|every|each|per] {p}. How many {ps} {does} {he} need [to finish it|to read it|for the book|]?",
            "{S} save{x} {e} dollars [every|each|a] {p}. After how many {ps} {does} {he} have {n} dollars?",
        ],
        e=e,
        k=k,
        n=n,
        u=unit,
        p=p,
        ps=ps,
        do=third if who["x"] else base,
        base=base,
        **who,
    )
    return tidy(prompt), step(n, "/", e) + answer(k)


def team(rng: Random) -> tuple[str, str]:
    """People, each so many a day, for so many days."""
    a, b, d = rng.randint(2, 12), rng.randint(2, 9), rng.randint(2, 9)
    prompt = say(
        rng,
        [
            "{a} {w} each [make|build|paint|produce|sew|bake] {b} {t} [a day|per day|every day]. How many {t} do they make in {d} days?",
            "Each of {a} {w} [makes|builds|paints|produces|sews] {b} {t} [per|a] day. How many {t} do they [make|build] in {d} days?",
            "There are {a} {w}. Each one makes {b} {t} a day. How many {t} are made in {d} days?",
        ],
        a=a,
        b=b,
        d=d,
        w=one_of(rng, ("workers", "people", "machines", "robots", "women", "men", "students")),
        t=things(rng),
    )
    return prompt, step(a, "x", b) + step(a * b, "x", d) + answer(a * b * d)


def machine(rng: Random) -> tuple[str, str]:
    """So many in some minutes; how many in other minutes."""
    e, m, k = rng.randint(2, 12), rng.randint(2, 9), rng.randint(2, 12)
    n = e * m
    prompt = say(
        rng,
        [
            "A [machine|printer|factory|robot] [makes|packs|prints|produces] {n} {t} in {m} {u}. How many [{t}|] does it [make|pack|produce] in {k} {u}?",
            "{m} {g} [hold|have|contain] {n} {t}. How many {t} [are in|do you find in] {k} {g}?",
            "{m} {goods} cost {n} dollars. How much do {k} {goods} cost?",
            "If {m} {goods} cost {n} dollars, what do {k} {goods} cost?",
        ],
        n=n,
        m=m,
        k=k,
        t=things(rng),
        u=one_of(rng, ("minutes", "hours", "days")),
        g=one_of(rng, v.CONTAINERS)[1],
        goods=one_of(rng, v.GOODS)[1],
    )
    return tidy(prompt), step(n, "/", m) + step(e, "x", k) + answer(e * k)
