"""Word problems about speed, distance and time."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import name, somebody
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, product, step

UNITS = ("kilometers", "miles", "km")


MOVES = [
    ("drives", "drive", "drove"),
    ("rides", "ride", "rode"),
    ("walks", "walk", "walked"),
    ("runs", "run", "ran"),
    ("travels", "travel", "traveled"),
    ("goes", "go", "went"),
    ("flies", "fly", "flew"),
    ("swims", "swim", "swam"),
    ("sails", "sail", "sailed"),
    ("hikes", "hike", "hiked"),
]


VEHICLES = (
    "car",
    "train",
    "bus",
    "truck",
    "boat",
    "bike",
    "cyclist",
    "runner",
    "plane",
    "ship",
    "bird",
    "horse",
    "taxi",
    "dog",
    "van",
    "rocket",
    "snail",
    "hiker",
    "motorbike",
    "turtle",
)


def distance(rng: Random) -> tuple[str, str]:
    """Speed and time give the distance."""
    s, t, who = rng.randint(2, 95), rng.randint(2, 12), somebody(rng)
    if rng.random() < 0.2:
        s = 10 * rng.randint(10, 90)
        t = rng.randint(2, 9)
    third, base, past = one_of(rng, MOVES)
    prompt = say(
        rng,
        [
            "A {c} [travels|moves|goes|drives] at {v} {u} [per|an] hour for {t} hours. How [far does it go|many {u} does it travel|far is that]?",
            "A {c} [goes|travels|covers] {v} {u} [every|each|an|per|in one] hour. [How far|How many {u}] [does it go|does it travel|] in {t} hours?",
            "{S} {do} {v} {u} [per|an] hour for {t} hours. How [far|many {u}] {does} {he} {base}?",
            "{S} {do} at {v} {u} per hour. How far {does} {he} get in {t} hours?",
            "[How many {u}|How far] does a {c} [cover|go|travel] in {t} hours at {v} {u} [per|an] hour?",
            "How far can {s} {base} in {t} hours at {v} {u} [per|an] hour?",
            "The speed is {v} {u} per hour and the [time|trip] is {t} hours. [What is the distance|How far is it]?",
            "{v} {u} [per|an] hour for {t} hours. How far is that?",
            "If a {c} [goes|drives|moves|flies] [at|] {v} {u} an hour, how far does it [go|get] in {t} hours?",
            "A {c} [flies|drives|runs] {v} {u} per hour. How many {u} does it [fly|drive|run] in {t} hours?",
            "[The|A] {c} [makes|does|drives|moves] {v} {u} an hour. How [far|many {u}] [is that|will it be|has it gone] after {t} hours?",
            "[After|In] {t} hours at {v} {u} [per|an] hour, how [far|many {u}] [have I gone|has {s} gone|is that|are we]?",
            "{S} {past} for {t} hours at {v} {u} [per|an] hour. How [far|many {u}] did {he} {base}?",
            "{S} {do} {v} {u} in one hour. How [far|many {u}] [in|is it in|will it be in] {t} hours?",
            "At [a speed of|] {v} {u} [per|an] hour, how [far|many {u}] does a {c} [get|go|travel] in {t} hours?",
            "A {c} has a speed of {v} {u} per hour. [What distance does it cover|How far does it come|How far does it go] in {t} hours?",
            "[The trip|The drive|The flight|It] takes {t} hours at {v} {u} per hour. How [long is the way|far is it|many {u} is that]?",
        ],
        v=s,
        t=t,
        c=one_of(rng, VEHICLES),
        u=one_of(rng, UNITS),
        do=third if who["x"] else base,
        base=base,
        past=past,
        **who,
    )
    prompt = tidy(prompt)
    return prompt, product(prompt, s, t) + answer(s * t)


def duration(rng: Random) -> tuple[str, str]:
    """Distance and speed give the time."""
    s, t, who = rng.randint(2, 12) * one_of(rng, (1, 1, 5, 10)), rng.randint(2, 12), somebody(rng)
    d = s * t
    third, base, _ = one_of(rng, MOVES)
    prompt = say(
        rng,
        [
            "{S} {do} {d} {u} at {v} {u} [per|an] hour. How many hours does [the trip|it] take?",
            "How long does it take to travel {d} {u} at {v} {u} [per|an] hour?",
            "A {c} [goes|travels|moves] {v} {u} [per|an] hour. [How many hours does it need for {d} {u}|How long does it take to go {d} {u}|How long does it need for {d} {u}|How long does {d} {u} take]?",
            "How many hours does a {c} need for {d} {u} at {v} {u} [per|an] hour?",
            "{S} {do} {v} {u} [per|an|every] hour. How [long|many hours] {does} {he} need for {d} {u}?",
            "It is {d} {u} [to the city|to the lake|away]. At {v} {u} [per|an] hour, how [long|many hours] [does it take|is the trip|do I need]?",
            "At {v} {u} [per|an] hour, how [long|many hours] [do {d} {u} take|does it take for {d} {u}|do you need for {d} {u}]?",
            "A {c} has {d} {u} to go and does {v} {u} an hour. [When does it arrive, in how many hours|How many hours is that|How long does it take]?",
            "{d} {u} at {v} {u} [per|an] hour: how [long|many hours] [is that|does it take]?",
            "[After how many hours|When] has a {c} gone {d} {u} at {v} {u} [per|an] hour?",
            "The distance is {d} {u} and the speed is {v} {u} per hour. How [long does the trip take|many hours is the trip]?",
        ],
        v=s,
        t=t,
        d=d,
        c=one_of(rng, VEHICLES),
        u=one_of(rng, (*UNITS, "meters")),
        do=third if who["x"] else base,
        base=base,
        **who,
    )
    return tidy(prompt), step(d, "/", s) + answer(t)


def speed(rng: Random) -> tuple[str, str]:
    """Distance and time give the speed."""
    s, t, who = rng.randint(2, 12) * one_of(rng, (1, 1, 5, 10)), rng.randint(2, 12), somebody(rng)
    d = s * t
    third, base, past = one_of(rng, MOVES)
    prompt = say(
        rng,
        [
            "{S} {do} {d} {u} in {t} hours. [What is the [average|] speed|How many {u} per hour is that|How fast {does} {he} {base}|How fast is that]?",
            "{S} {past} {d} {u} in {t} hours. [What was the [average|] speed|How fast did {he} {base}|How many {u} per hour was that]?",
            "A {c} [covers|goes|travels] {d} {u} in {t} hours. [How many {u} per hour is that|What is [its|the] speed|How fast is it]?",
            "A [trip|ride|journey|bike ride|drive] of {d} {u} takes {t} hours. What is the [average|] speed?",
            "{d} {u} in {t} hours. How fast is that?",
            "[For|To go] {d} {u} {s} need{x} {t} hours. [How fast is that|How many {u} an hour is that|What is the speed]?",
            "{S} {past} {d} {u}. It took {t} hours. [How fast was that|What was the speed|How many {u} per hour was that]?",
            "A {c} makes {d} {u} in {t} hours. How [fast does it go|many {u} does it make in one hour|many {u} an hour is that]?",
            "{d} {u} in {t} hours[: how many {u} per hour|, how fast is that|, what speed is that|: what is the speed]?",
            "How many {u} [an|per] hour is it [if|when] {s} {do} {d} {u} in {t} hours?",
            "[It takes|We need] {t} hours for {d} {u}. How [fast is that|many {u} is that per hour]?",
            "A {c} needs {t} hours for {d} {u}. [How fast is it|What is its speed]?",
        ],
        v=s,
        t=t,
        d=d,
        c=one_of(rng, VEHICLES),
        u=one_of(rng, UNITS),
        do=third if who["x"] else base,
        base=base,
        past=past,
        **who,
    )
    return tidy(prompt), step(d, "/", t) + answer(s)


def two_speeds(rng: Random) -> tuple[str, str]:
    """First one speed, then another; the hours of the second part given or to be found."""
    a, b, h, k, who = (
        rng.randint(2, 30),
        rng.randint(2, 30),
        rng.randint(1, 9),
        rng.randint(1, 9),
        somebody(rng),
    )
    t = h + k
    third, base, past = one_of(rng, MOVES)
    do = third if who["x"] else base
    slots = dict(
        a=a,
        b=b,
        h=h,
        k=k,
        t=t,
        do=do,
        base=base,
        past=past,
        u=one_of(rng, (*UNITS, "meters")),
        c=one_of(rng, VEHICLES),
        **who,
    )
    if rng.random() < 0.5:
        prompt = say(
            rng,
            [
                "{S} {do} {a} {u} [per|an] hour for {h} hours and then {b} {u} [per|an] hour for {k} hours. How [far|many {u}] {does} {he} {base} [in total|altogether|]?",
                "{S} {past} {a} {u} [per|an] hour for {h} hours, then {b} {u} [per|an] hour for {k} hours. How [far|many {u}] did {he} {base} [in total|altogether|]?",
                "A {c} goes {a} {u} [per|an] hour for {h} hours and then {b} {u} [per|an] hour for {k} hours. How far does it go [in total|]?",
            ],
            **slots,
        )
        return tidy(prompt), step(a, "x", h) + step(b, "x", k) + step(a * h, "+", b * k) + answer(
            a * h + b * k
        )
    prompt = say(
        rng,
        [
            "{S} can {base} {a} {u} per hour for {h} hours. After that, {he} {do} {b} {u} per hour. How many {u} can {he} {base} in {t} hours?",
            "{S} {do} {a} {u} per hour for {h} hours and then {b} {u} per hour. How [far|many {u}] {does} {he} {base} in {t} hours?",
            "For the first {h} hours {s} {do} {a} {u} an hour. Then {he} {do} {b} {u} an hour. How far {does} {he} {base} in {t} hours?",
        ],
        **slots,
    )
    return prompt, step(a, "x", h) + step(t, "-", h) + step(b, "x", k) + step(a * h, "+", b * k) + answer(
        a * h + b * k
    )


def meet(rng: Random) -> tuple[str, str]:
    """Two movers that part from or go towards each other."""
    a, b, t = rng.randint(3, 60), rng.randint(3, 45), rng.randint(2, 9)
    prompt = say(
        rng,
        [
            "Two [trains|cars|buses] leave a [station|town|city] in opposite directions at {a} and {b} {u} per hour. How [far apart are they|many {u} are they apart] after {t} hours?",
            "{n} and {m} start at the same place and [drive|walk|ride] in opposite directions at {a} and {b} {u} per hour. How [many {u} apart|far apart] are they after {t} hours?",
            "One [car|train|boat] goes north at {a} {u} per hour and [another|one] goes south at {b} {u} per hour. How far apart are they after {t} hours?",
            "{n} [walks|rides|drives] east at {a} {u} an hour and {m} west at {b} {u} an hour. How [far apart are they|many {u} are between them] after {t} hours?",
        ],
        a=a,
        b=b,
        t=t,
        u=one_of(rng, UNITS),
        n=name(rng),
        m=name(rng),
    )
    return prompt, step(a, "+", b) + step(a + b, "x", t) + answer((a + b) * t)


def round_trip(rng: Random) -> tuple[str, str]:
    """There and back, several times."""
    d, k, who = rng.randint(2, 40), rng.randint(2, 9), somebody(rng)
    prompt = say(
        rng,
        [
            "The {p} is {d} {u} away. {S} go{es} there and back {k} times. How [many {u} is that|far is that]?",
            "{S} live{x} {d} {u} from the {p} and go{es} there and back {k} times. How [far|many {u}] {does} {he} travel?",
            "The way to the {p} is {d} {u} long. {S} go{es} there and back on {k} days. How many {u} is that?",
        ],
        d=d,
        k=k,
        p=one_of(rng, v.PLACES),
        u=one_of(rng, UNITS),
        **who,
    )
    return prompt, step(2, "x", d) + step(2 * d, "x", k) + answer(2 * d * k)
