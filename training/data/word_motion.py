"""Word problems about speed, ages, averages, ratios, areas and clock times."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import name, named, somebody
from training.data.phrase import one_of, say
from training.data.working import answer, product, running_sum, step

UNITS = ("kilometers", "miles", "km")
MOVES = [("drives", "drive", "drove"), ("rides", "ride", "rode"), ("walks", "walk", "walked"), ("runs", "run", "ran"), ("travels", "travel", "traveled"), ("goes", "go", "went"), ("flies", "fly", "flew"), ("swims", "swim", "swam"), ("sails", "sail", "sailed"), ("hikes", "hike", "hiked")]
VEHICLES = ("car", "train", "bus", "truck", "boat", "bike", "cyclist", "runner", "plane", "ship", "bird", "horse", "taxi", "dog", "van", "rocket", "snail", "hiker", "motorbike", "turtle")


def _tidy(text: str) -> str:
    return text.replace("  ", " ").replace(" ?", "?").replace(" .", ".").replace(" ,", ",")


def distance(rng: Random) -> tuple[str, str]:
    """Speed and time give the distance."""
    s, t, who = rng.randint(2, 95), rng.randint(2, 12), somebody(rng)
    if rng.random() < 0.2:
        s = 10 * rng.randint(10, 90)
        t = rng.randint(2, 9)
    third, base, _ = one_of(rng, MOVES)
    prompt = say(rng, [
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
    ], v=s, t=t, c=one_of(rng, VEHICLES), u=one_of(rng, UNITS), do=third if who["x"] else base, base=base, **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, s, t) + answer(s * t)


def duration(rng: Random) -> tuple[str, str]:
    """Distance and speed give the time."""
    s, t, who = rng.randint(2, 12) * one_of(rng, (1, 1, 5, 10)), rng.randint(2, 12), somebody(rng)
    d = s * t
    third, base, _ = one_of(rng, MOVES)
    prompt = say(rng, [
        "{S} {do} {d} {u} at {v} {u} [per|an] hour. How many hours does [the trip|it] take?",
        "How long does it take to travel {d} {u} at {v} {u} [per|an] hour?",
        "A {c} [goes|travels|moves] {v} {u} [per|an] hour. [How many hours does it need for {d} {u}|How long does it take to go {d} {u}|How long does it need for {d} {u}|How long does {d} {u} take]?",
        "How many hours does a {c} need for {d} {u} at {v} {u} [per|an] hour?",
        "The distance is {d} {u} and the speed is {v} {u} per hour. How [long does the trip take|many hours is the trip]?",
    ], v=s, t=t, d=d, c=one_of(rng, VEHICLES), u=one_of(rng, (*UNITS, "meters")), do=third if who["x"] else base, base=base, **who)
    return _tidy(prompt), step(d, "/", s) + answer(t)


def speed(rng: Random) -> tuple[str, str]:
    """Distance and time give the speed."""
    s, t, who = rng.randint(2, 12) * one_of(rng, (1, 1, 5, 10)), rng.randint(2, 12), somebody(rng)
    d = s * t
    third, base, past = one_of(rng, MOVES)
    prompt = say(rng, [
        "{S} {do} {d} {u} in {t} hours. [What is the [average|] speed|How many {u} per hour is that|How fast {does} {he} {base}|How fast is that]?",
        "{S} {past} {d} {u} in {t} hours. [What was the [average|] speed|How fast did {he} {base}|How many {u} per hour was that]?",
        "A {c} [covers|goes|travels] {d} {u} in {t} hours. [How many {u} per hour is that|What is [its|the] speed|How fast is it]?",
        "A [trip|ride|journey|bike ride|drive] of {d} {u} takes {t} hours. What is the [average|] speed?",
        "{d} {u} in {t} hours. How fast is that?",
        "A {c} needs {t} hours for {d} {u}. [How fast is it|What is its speed]?",
    ], v=s, t=t, d=d, c=one_of(rng, VEHICLES), u=one_of(rng, UNITS), do=third if who["x"] else base, base=base, past=past, **who)
    return _tidy(prompt), step(d, "/", t) + answer(s)


def two_speeds(rng: Random) -> tuple[str, str]:
    """First one speed, then another; the hours of the second part given or to be found."""
    a, b, h, k, who = rng.randint(2, 30), rng.randint(2, 30), rng.randint(1, 9), rng.randint(1, 9), somebody(rng)
    t = h + k
    third, base, past = one_of(rng, MOVES)
    do = third if who["x"] else base
    slots = dict(a=a, b=b, h=h, k=k, t=t, do=do, base=base, past=past, u=one_of(rng, (*UNITS, "meters")), c=one_of(rng, VEHICLES), **who)
    if rng.random() < 0.5:
        prompt = say(rng, [
            "{S} {do} {a} {u} [per|an] hour for {h} hours and then {b} {u} [per|an] hour for {k} hours. How [far|many {u}] {does} {he} {base} [in total|altogether|]?",
            "{S} {past} {a} {u} [per|an] hour for {h} hours, then {b} {u} [per|an] hour for {k} hours. How [far|many {u}] did {he} {base} [in total|altogether|]?",
            "A {c} goes {a} {u} [per|an] hour for {h} hours and then {b} {u} [per|an] hour for {k} hours. How far does it go [in total|]?",
        ], **slots)
        return _tidy(prompt), step(a, "x", h) + step(b, "x", k) + step(a * h, "+", b * k) + answer(a * h + b * k)
    prompt = say(rng, [
        "{S} can {base} {a} {u} per hour for {h} hours. After that, {he} {do} {b} {u} per hour. How many {u} can {he} {base} in {t} hours?",
        "{S} {do} {a} {u} per hour for {h} hours and then {b} {u} per hour. How [far|many {u}] {does} {he} {base} in {t} hours?",
        "For the first {h} hours {s} {do} {a} {u} an hour. Then {he} {do} {b} {u} an hour. How far {does} {he} {base} in {t} hours?",
    ], **slots)
    return prompt, step(a, "x", h) + step(t, "-", h) + step(b, "x", k) + step(a * h, "+", b * k) + answer(a * h + b * k)


def meet(rng: Random) -> tuple[str, str]:
    """Two movers that part from or go towards each other."""
    a, b, t = rng.randint(3, 60), rng.randint(3, 45), rng.randint(2, 9)
    prompt = say(rng, [
        "Two [trains|cars|buses] leave a [station|town|city] in opposite directions at {a} and {b} {u} per hour. How [far apart are they|many {u} are they apart] after {t} hours?",
        "{n} and {m} start at the same place and [drive|walk|ride] in opposite directions at {a} and {b} {u} per hour. How [many {u} apart|far apart] are they after {t} hours?",
    ], a=a, b=b, t=t, u=one_of(rng, UNITS), n=name(rng), m=name(rng))
    return prompt, step(a, "+", b) + step(a + b, "x", t) + answer((a + b) * t)


def round_trip(rng: Random) -> tuple[str, str]:
    """There and back, several times."""
    d, k, who = rng.randint(2, 40), rng.randint(2, 9), somebody(rng)
    prompt = say(rng, [
        "The {p} is {d} {u} away. {S} go{es} there and back {k} times. How [many {u} is that|far is that]?",
        "{S} live{x} {d} {u} from the {p} and go{es} there and back {k} times. How [far|many {u}] {does} {he} travel?",
        "The way to the {p} is {d} {u} long. {S} go{es} there and back on {k} days. How many {u} is that?",
    ], d=d, k=k, p=one_of(rng, v.PLACES), u=one_of(rng, UNITS), **who)
    return prompt, step(2, "x", d) + step(2 * d, "x", k) + answer(2 * d * k)


KIN = v.KIN_SHE + v.KIN_HE + ["friend", "cousin", "neighbor", "teacher"]
AS_OLD = [(2, "twice"), (3, "three times"), (4, "four times"), (5, "five times"), (2, "two times")]


def age(rng: Random) -> tuple[str, str]:
    """Older, younger, so many times as old, in so many years."""
    a, b = rng.randint(10, 70), rng.randint(1, 9)
    n, m, k = name(rng, 0.05), name(rng, 0.05), one_of(rng, KIN)
    kind = rng.random()
    if kind < 0.22:
        x = rng.randint(3, 20)
        f, words = one_of(rng, AS_OLD)
        prompt = say(rng, [
            "{n} is {w} as old as {m}[, who is {x}|. {m} is {x}|. {m} is {x} years old]. How old is {n}?",
            "I am {x}. My {k} is {w} as old [as me|as I am|]. How old is my {k}?",
            "{n} is {x} [years old|]. {His} {k} is {w} as old [as {n}|]. How old is the {k}?",
            "My {k} is {w} as old as me and I am {x}. How old is my {k}?",
        ], n=n, m=m, k=k, w=words, x=x, His=one_of(rng, ("His", "Her", "The")))
        return _tidy(prompt), step(f, "x", x) + answer(f * x)
    if kind < 0.4:
        b = rng.randint(2, 30)
        prompt = say(rng, [
            "{n} is {a} [years old|] [now|today|]. How old will [{n}|he|she] be in {b} years?",
            "I am {a} [years old|] [now|today|]. How old will I be in {b} years?",
            "My {k} is {a}. How old will my {k} be in {b} years?",
            "How old will {n} be in {b} years if {n} is {a} now?",
        ], n=n, k=k, a=a, b=b)
        return _tidy(prompt), (step(a, "+", b) if prompt.find(str(a)) >= 0 else "") + answer(a + b)
    if kind < 0.5:
        b = rng.randint(2, a - 2)
        prompt = say(rng, ["{n} is {a} [years old|]. How old was [{n}|he|she] {b} years ago?", "I am {a} [now|]. How old was I {b} years ago?", "My {k} is {a}. How old was my {k} {b} years ago?"], n=n, k=k, a=a, b=b)
        return _tidy(prompt), step(a, "-", b) + answer(a - b)
    if kind < 0.68:
        b = rng.randint(2, a - 1)
        prompt = say(rng, [
            "{n} is {a} [years old|] and {m} is {b} [years old|]. How [much|many years] older is {n} [than {m}|]?",
            "{n} is {a} and {His} {s} is {b}. How [much|many years] [older is {n}|younger is the {s}]?",
            "My {k} is {a} and I am {b}. How [much|many years] older is my {k} [than me|]?",
            "{n} is {a} [years old|]. {m} is {b} [years old|]. [What is the age difference|How many years are between them|How many years younger is {m}]?",
        ], n=n, m=m, k=k, a=a, b=b, His=one_of(rng, ("his", "her", "the")), s=one_of(rng, ("son", "daughter", "brother", "sister", "child", "nephew")))
        return _tidy(prompt), step(a, "-", b) + answer(a - b)
    older = rng.random() < 0.5
    w, sign = ("older", "+") if older else ("younger", "-")
    c = a + b if older else a - b
    prompt = say(rng, [
        "My {k} is {b} years {w} than [me|I am|I]. I am {a} [years old|]. How old is [my {k}|he|she]?",
        "My {k} is {b} years {w} than me and I am {a}. How old is my {k}?",
        "{n} is {a} [years old|]. [The {k} of {n}|{n}'s {k}|His {k}|Her {k}] is {b} years {w}. How old is the {k}?",
        "I am {a} [years old|]. My {k} is {b} years {w} [than me|]. How old is my {k}?",
        "{n} is {a} and has a {k} who is {b} years {w}. How old is the {k}?",
        "{n} is {b} years {w} than {m}. {m} is {a} [years old|]. How old is {n}?",
        "{m} is {a} [years old|] and {n} is {b} years {w} [than {m}|]. How old is {n}?",
        "{m} is {a}, {n} is {b} years {w}. How old is {n}?",
    ], n=n, m=m, k=k, a=a, b=b, w=w)
    prompt = _tidy(prompt)
    if rng.random() < 0.15 and older and prompt.endswith(f"How old is {n}?"):
        y = rng.randint(2, 12)
        return prompt.replace(f"How old is {n}?", f"How old will {n} be in {y} years?"), step(a, sign, b) + step(c, "+", y) + answer(c + y)
    return prompt, step(a, sign, b) + answer(c)


def average(rng: Random) -> tuple[str, str]:
    """The mean of two to four numbers, which comes out even."""
    k, m = rng.randint(2, 4), rng.randint(3, 40)
    while True:
        values = [max(1, m + rng.randint(-9, 9)) for _ in range(k - 1)]
        last = m * k - sum(values)
        if 1 <= last <= 99:
            break
    values.append(last)
    listed = ", ".join(map(str, values[:-1])) + one_of(rng, (" and ", ", and ", " and ")) + str(values[-1])
    prompt = say(rng, [
        "{n} [scores|scored|got|has] {l} points. What is the [average|mean]?",
        "[What is|What's|Find|Calculate|Tell me] the [average|mean] [of|of the numbers] {l}[.|?|]",
        "The [average|mean] of {l} is what?",
        "{n} [walks|runs|reads|swims] {l} [km|pages|minutes|meters] on {d} days. What is the average per day?",
    ], n=name(rng), l=listed, d=k)
    return prompt, running_sum(values) + step(m * k, "/", k) + answer(m)


def ratio(rng: Random) -> tuple[str, str]:
    """A ratio and a total."""
    a, b, k = rng.randint(1, 6), rng.randint(1, 6), rng.randint(2, 12)
    x, y = one_of(rng, v.NOUN_PAIRS)
    n = (a + b) * k
    prompt = say(rng, [
        "The ratio of {x} to {y} is {a} to {b}. There are {n} in total. How many {x} are there?",
        "{X} and {y} are in the ratio {a}:{b}. There are {n} [altogether|in total]. How many {x} are there?",
    ], x=x, X=x.capitalize(), y=y, a=a, b=b, n=n)
    return prompt, step(a, "+", b) + step(n, "/", a + b) + step(a, "x", k) + answer(a * k)


def rectangle(rng: Random) -> tuple[str, str]:
    """Area and perimeter of rectangles and squares."""
    a, b = rng.randint(3, 40), rng.randint(2, 12)
    area = rng.random() < 0.55
    what = "area" if area else "perimeter"
    shape = one_of(rng, ("garden", "room", "field", "table", "wall", "rectangle", "yard", "park", "carpet", "pool", "floor"))
    unit = one_of(rng, ("meters", "m", "cm", "feet", "centimeters"))
    if rng.random() < 0.2:
        prompt = say(rng, ["[A square has|The] sides of [a square are|] {b} {u}. What is its {w}?" if False else "A square has sides of {b} {u}. What is its {w}?", "What is the {w} of a square with side {b}?", "The side of a square is {b} {u}. Find the {w}."], b=b, u=unit, w=what)
        return prompt, step(b, "x", b) + answer(b * b) if area else step(4, "x", b) + answer(4 * b)
    prompt = say(rng, [
        "A {o} is {a} {u} long and {b} {u} wide. What is [its {w}|the {w}|the {w} of the {o}]?",
        "What is the {w} of a {o} that is {a} {u} by {b} {u}?",
        "[Find|Calculate|What is] the {w} of a {o} with length {a} and width {b}.",
        "A {o} has a length of {a} {u} and a width of {b} {u}. [What is its {w}|Find the {w}|How large is its {w}]?",
        "How big is the {w} of a {o} of {a} by {b} {u}?",
    ], o=shape, a=a, b=b, u=unit, w=what)
    if area:
        return prompt, step(a, "x", b) + answer(a * b)
    return prompt, step(a, "+", b) + step(2, "x", a + b) + answer(2 * (a + b))


def clock(rng: Random) -> tuple[str, str]:
    """Clock times within the hour or over the full hour."""
    h, m, d = rng.randint(1, 11), rng.randint(0, 55), rng.randint(1, 50)
    late = m + d
    shown = f"{h}:{m:02d}"
    prompt = say(rng, [
        "A [train|bus|film|lesson|flight|concert] [leaves|starts|begins] at {t} and [arrives|ends|is over] {d} minutes later. When does it [arrive|end]?",
        "It is {t}. What time is it in {d} minutes?",
        "{n} leaves at {t} and needs {d} minutes. When does {n} arrive?",
        "What time is it {d} minutes after {t}?",
        "A [film|lesson|meeting|game] starts at {t} and [lasts|takes] {d} minutes. When does it end?",
    ], t=shown, d=d, n=name(rng))
    if late < 60:
        return prompt, step(m, "+", d) + answer(f"{h}:{late:02d}")
    return prompt, step(m, "+", d) + step(late, "-", 60) + answer(f"{h + 1}:{late - 60:02d}")


def pages(rng: Random) -> tuple[str, str]:
    """A book, so many pages a day: what is left after some days."""
    e, k, left, who = rng.randint(3, 40), rng.randint(2, 12), rng.randint(5, 99), somebody(rng)
    n = e * k + left
    prompt = say(rng, [
        "A book has {n} pages. {S} read{x} {e} pages [a|every|each|per] day. How many pages are left after {k} days?",
        "{S} read{x} {e} pages [every|each|a] day of a book with {n} pages. How many pages remain after {k} days?",
        "{S} {has} {n} [dollars|beans|nuts] and use{x} {e} [every|each|a] day. How many are left after {k} days?",
    ], n=n, e=e, k=k, **who)
    return prompt, step(e, "x", k) + step(n, "-", e * k) + answer(left)


def eggs(rng: Random) -> tuple[str, str]:
    """What is not eaten is sold."""
    a, b, p, who = rng.randint(8, 40), rng.randint(2, 7), rng.randint(2, 9), named(rng)
    prompt = say(rng, [
        "The ducks of {s} lay {a} eggs per day. {He} eats {b} and sells the rest for ${p} each. How much money does {he} make every day?",
        "{S} gets {a} eggs a day from {his} hens. {He} uses {b} eggs for breakfast and sells the [others|rest] [at|for] {p} dollars per egg. How many dollars does {he} make per day?",
        "{S} bakes {a} {t}. {He} keeps {b} and sells the [others|rest] for [${p}|{p} dollars] each. How much [money|] does {he} [make|get]?",
        "{S} has {a} {t}. {b} are [bad|broken|old]. {He} sells the [others|rest] for [${p}|{p} dollars] each. How much [money|] does {he} [make|get]?",
    ], a=a, b=b, p=p, t=one_of(rng, v.THINGS), **who)
    return _tidy(prompt), step(a, "-", b) + step(a - b, "x", p) + answer((a - b) * p)


TASKS = [(distance, 3), (duration, 2), (speed, 2), (two_speeds, 3), (meet, 1), (round_trip, 1), (age, 5), (average, 1.5), (ratio, 0.7), (rectangle, 2), (clock, 1.5), (pages, 1), (eggs, 1.2)]
