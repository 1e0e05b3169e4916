"""Word problems about parts and wholes: sums of amounts, and what is missing."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import made_up_name, name, named, somebody, things
from training.data.phrase import one_of, say
from training.data.word_change import WHEN
from training.data.working import answer, running_sum, step, total


def two_parts(rng: Random) -> tuple[str, str]:
    """Two or three amounts that make a sum."""
    who, other, t = somebody(rng), named(rng), things(rng)
    a, b = rng.randint(2, 99), rng.randint(2, 99)
    x, y = one_of(rng, v.ADJECTIVE_PAIRS)
    left, right = one_of(rng, v.NOUN_PAIRS)
    third, base, past, unit = one_of(rng, verbs.RATES)
    when, then = one_of(rng, WHEN)
    done = past if rng.random() < 0.6 else third if who["x"] else base
    did = "did" if done == past else who["does"]
    prompt = (
        say(
            rng,
            [
                "{S} {has} {a} {t} and {o} has {b} [{t}|]. How many {t} do they have [together|in total|altogether|in all]?",
                "{S} {has} {a} {c} {t} and {b} {d} [{t}|ones]. How many {t} {does} {he} have [in total|altogether|]?",
                "There are {a} {c} {t} and {b} {d} {t} {spot}. How many {t} are there [in total|altogether|in all|]?",
                "There are {a} {l} and {b} {r} [in a class|in a group|in a room|{spot}|]. How many [are there|are there in total|are there altogether]?",
                "{S} {has} {a} {l} and {b} {r}. How many [animals or things|things|] {does} {he} have [in all|in total|altogether]?",
                "{S} {did} {a} {u} {when} and {b} [{u}|] {then}. [How many {u} is that|How many {u} in total|How many {u} {do} {he} {base} [in total|altogether|in all|]]?",
                "{When} {s} {did} {a} {u} and {then} {b} [{u}|more]. How many {u} {do} {he} {base} [in total|altogether]?",
                "{o} and {p} have {a} and {b} {t}. How many {t} do they have in [all|total]?",
                "{a} {l} and {b} {r} [come to the party|are in the park|visit the museum|play a game]. How many is that [in total|together|]?",
                "One {box} holds {a} {t} and another holds {b}. How many {t} are in both?",
                "{S} picked {a} {t} and {o} picked {b}. How many did they pick [together|in all|altogether]?",
                "What is {a} {t} and {b} {t} together?",
            ],
            a=a,
            b=b,
            t=t,
            o=other["S"],
            p=name(rng),
            c=x,
            d=y,
            l=left,
            r=right,
            u=unit,
            did=done,
            do=did,
            base=base,
            when=when,
            When=when.capitalize(),
            then=then,
            spot=one_of(rng, v.SPOTS),
            box=one_of(rng, v.CONTAINERS)[0],
            **who,
        )
        .replace(" ?", "?")
        .replace(" .", ".")
        .replace("  ", " ")
    )
    return prompt, total(prompt, a, b) + answer(a + b)


def three_parts(rng: Random) -> tuple[str, str]:
    """Three or four amounts that make a sum."""
    who, t = somebody(rng), things(rng)
    values = [rng.randint(2, 60) for _ in range(rng.choices((3, 4), (5, 1))[0])]
    _third, base, past, unit = one_of(rng, verbs.RATES)
    days = rng.sample(v.DAYS, len(values)) if rng.random() < 0.6 else rng.sample(v.MONTHS, len(values))
    word = "on" if days[0] in v.DAYS else "in"
    kinds = rng.sample(v.THINGS, len(values))

    def list_of(parts: list[str]) -> str:
        return ", ".join(parts[:-1]) + one_of(rng, (" and ", ", and ")) + parts[-1]

    by_day = list_of(
        [
            f"{n} {unit} {word} {d}" if i == 0 or rng.random() < 0.5 else f"{n} {word} {d}"
            for i, (n, d) in enumerate(zip(values, days, strict=True))
        ]
    )
    by_kind = list_of([f"{n} {k}" for n, k in zip(values, kinds, strict=True)])
    plain = list_of([str(n) for n in values])
    prompt = say(
        rng,
        [
            "{S} {past} {by_day}. How many {u} [did {he} {base} in total|is that|is that in total|did {s} {base} altogether]?",
            "{S} {has} {by_kind}. How many [things|items|pieces] {does} {he} have [in total|altogether|in all|]?",
            "There are {by_kind} {spot}. How many [things|items] [are there|is that] [in total|altogether|]?",
            "{S} {past} {plain} {u}. How many {u} is that [in total|altogether]?",
            "{people} have {plain} {t}. How many {t} do they have [together|in all]?",
        ],
        past=past,
        base=base,
        by_day=by_day,
        by_kind=by_kind,
        plain=plain,
        u=unit,
        t=t,
        spot=one_of(rng, v.SPOTS),
        people=list_of(rng.sample(v.NAMES, len(values))),
        **who,
    )
    return prompt, running_sum(values) + answer(sum(values))


def difference(rng: Random) -> tuple[str, str]:
    """What is missing, what is more, the rest of a whole."""
    who, t = somebody(rng), things(rng)
    n, m = rng.sample(v.NAMES, 2)
    if rng.random() < 0.1:
        n = made_up_name(rng)
    a = rng.randint(5, 99)
    b = rng.randint(2, a - 1)
    x, y = one_of(rng, v.ADJECTIVE_PAIRS)
    left, right = one_of(rng, v.NOUN_PAIRS)
    prompt = (
        say(
            rng,
            [
                "{S} need{x} {a} {t} [but only {has} {b}|and {has} {b}|and already {has} {b}|, but there are only {b}]. How many more [{t}|] {does} {he} [need|have to get]?",
                "{S} [want{x}|would like] {a} {t}. {He} already {has} {b}. How many [more|] {t} are [still missing|missing]?",
                "There are {a} {t}. {b} [of them|] are {p}[ and the rest are {q}|]. How many are {q}?",
                "There are {a} {l} and {r} [in total|together] {spot}. {b} of them are {l}. How many {r} are there?",
                "[A class has|In a class there are|There are] {a} students. {b} [of them|] are [1:boys|girls]. How many are [1:girls|boys]?",
                "{n} has {a} {t} and {m} has {b} [{t}|]. How many more [{t}|] does {n} have [than {m}|]?",
                "{n} has {a} {t}. {m} has {b} [{t}|]. How many fewer [{t}|] does {m} have[ than {n}|]?",
                "{n} has {a} {t} and {m} has {b}. What is the difference?",
                "{n} [scores|scored|has|got] {a} points and {m} {b}. By how many points does {n} [win|lead]?",
                "{A} book has {a} pages. {S} [read {b} of them|already read {b} pages|has read {b}]. How many pages are [left|left to read|still to be read]?",
                "{A} [rope|ribbon|board|wire|string] is {a} meters long. {b} meters are cut off. How [long is it now|many meters are left|long is the rest]?",
                "[Of|Out of] {a} {t}, {b} are {p}. How many are [not {p}|{q}]?",
                "The sum of two numbers is {a}. One [of them|number] is {b}. What is the other [one|number|]?",
                "{S} {has} {b} {t}. How many more {does} {he} need to have {a}?",
                "{n} is {a} cm tall and {m} is {b} cm tall. How much taller is {n}?",
                "{A} {c} [can hold|holds|has room for] {a} {t}. There are {b} [{t}|] in it [now|already]. How many more [fit|fit in|can be put in]?",
                "{S} and {m} have {a} {t} together. {m} has {b}. How many does {s} have?"
                if who["x"]
                else "{n} and {m} have {a} {t} together. {m} has {b}. How many does {n} have?",
            ],
            a=a,
            b=b,
            t=t,
            n=n,
            m=m,
            p=x,
            q=y,
            l=left,
            r=right,
            spot=one_of(rng, v.SPOTS),
            A=one_of(rng, ("A", "The", "One")),
            c=one_of(rng, v.CONTAINERS)[0],
            **{**who, "x": who["x"]},
        )
        .replace("  ", " ")
        .replace(" ,", ",")
        .replace("more ?", "more?")
        .replace("more  does", "more does")
    )
    return prompt, step(a, "-", b) + answer(a - b)
