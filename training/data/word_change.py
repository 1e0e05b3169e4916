"""Word problems about one amount that changes, or that is compared with another."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import Slots, made_up_name, name, named, somebody, things, verb
from training.data.phrase import one_of, say
from training.data.working import answer, product, running_sum, step, total

LEFT = [
    "[How many|How many {t}] [are left|remain|are left over now|are still there|are left in the end]?",
    "How many {t} {does} {he} [still have|have left|have now|have in the end|keep]?",
    "How many {does} {he} [still have|have left|have now|keep]?",
    "How many {t} {has} {he} [left|got left|now|got now]?",
    "How many {t} {is} {he} left with?",
    "What is left?",
    "[Find|Tell me|Work out] how many {t} are left.",
]
NOW = [
    "How many {t} {does} {he} have [now|in total|altogether|in all|in the end|]?",
    "How many {does} {he} have [now|in total|altogether|]?",
    "How many {t} [are there|are there now|is that|is that in total|is that altogether]?",
    "[How many|How many {t}] {has} {he} [got now|now|got]?",
    "What is the total?",
    "[Find|Tell me] how many {t} {he} {has} now.",
]
THERE_LEFT = [
    "[How many|How many {t}] [are left|remain|are still there|stay|stayed|are there now|were left|are left {spot}]?",
    "[Find|Work out] how many {t} remain.",
]
THERE_NOW = [
    "[How many|How many {t}] are [there|there now|there in total|{spot} now|{spot}|there in the end]?",
    "How many {t} is that now?",
]


def _start(rng: Random, who: Slots, t: str, amount: int, past: bool) -> str:
    """The sentence that says how many there are at first, without a full stop."""
    if past:
        return say(rng, "{S} [had|had|{got}|started with|began with] {n} {t}", got=verb(rng, verbs.GAIN, who, True), n=amount, t=t, **who)
    return say(rng, "{S} {has} [|got |]{n} {t}", n=amount, t=t, **who)


def _change(rng: Random, who: Slots, t: str, amount: int, gain: bool, past: bool) -> str:
    """What the person does, without a subject: "finds 3 more"."""
    n = amount
    if gain:
        if rng.random() < 0.2:
            got = "got" if past else "get" + who["x"]
            return say(rng, "{got} {n} [more|more {t}|{t}|more] from {m}", got=got, n=n, t=t, m=name(rng))
        return f"{verb(rng, verbs.GAIN, who, past)} " + say(rng, "[{n} more|{n} {t}|{n} new ones|{n} more {t}|another {n}|{n} others]", n=n, t=t)
    if rng.random() < 0.3:
        other = say(rng, "[{m}|{his} [friend|brother|sister|cousin|neighbor|teacher|friends|mother]]", m=name(rng), his=who["his"])
        return f"{verb(rng, verbs.GIVE, who, past)} " + say(rng, "[{n} [of them|{t}|] to {m}|{n} to {m}]", n=n, t=t, m=other).replace("  ", " ")
    return f"{verb(rng, verbs.LOSE, who, past)} " + say(rng, "[{n} of them|{n} {t}|{n}|{n} of the {t}]", n=n, t=t)


def owned(rng: Random) -> tuple[str, str]:
    """Somebody has things, then gains or loses some, one to three times."""
    who, t, past = somebody(rng), things(rng), rng.random() < 0.5
    amount = rng.randint(5, 99) if rng.random() < 0.85 else rng.randint(100, 400)
    body, worked = _start(rng, who, t, amount, past), ""
    changes = rng.choices((1, 2, 3), (6, 4, 1))[0]
    for index in range(changes):
        gain = rng.random() < 0.45 or amount < 4
        by = rng.randint(2, 60) if gain else rng.randint(1, amount - 1)
        done = _change(rng, who, t, by, gain, past)
        worked += step(amount, "+" if gain else "-", by)
        amount += by if gain else -by
        joint = one_of(rng, (". {He} ", " and ", ". Then {he} ", " and then ", ", then ", ". After that, {he} ", ". Later {he} ", ". {s} ") if index == 0 else (". Then {he} ", " and ", " and then ", ". {He} also "))
        joint = joint.replace("{s}", who["S"])
        body += say(rng, joint, **who) + done
    ask = NOW if gain else LEFT if rng.random() < 0.8 else NOW[:2]
    return _ask(rng, body, say(rng, ask, t=t, **who)), worked + answer(amount)


def _ask(rng: Random, body: str, question: str) -> str:
    """Facts and question in one of the usual orders."""
    order = rng.random()
    inner = question[0].lower() + question[1:] if not question.startswith("I ") else question
    first = body.split(" ", 1)[0]
    lowered = body[0].lower() + body[1:] if first in ("A", "The", "My", "Our", "We", "There", "You", "In") else body
    if order < 0.84 or not question.endswith("?"):
        return f"{body}. {question}"
    if order < 0.93:
        return f"If {lowered}, {inner}"
    if order < 0.96:
        return f"{body}, {inner}"
    return f"{question[:-1]} if {lowered}?"


def there(rng: Random) -> tuple[str, str]:
    """Things somewhere; some come, some go."""
    t, spot, past = things(rng), one_of(rng, v.SPOTS), rng.random() < 0.5
    if rng.random() < 0.3:
        t = one_of(rng, ("people", "passengers", "children", "kids", "students", "guests", "visitors", "men", "workers", "players"))
    amount = rng.randint(6, 99)
    be = "were" if past else "are"
    body = say(
        rng,
        "[There {be} {n} {t} {spot}|{n} {t} {be} {spot}|{Spot} there {be} {n} {t}|There {be} {n} {t}|{A} {has} {n} {t}|{A} {has} {n} {t}]",
        be=be, n=amount, t=t, spot=spot, Spot=spot.capitalize(), A=one_of(rng, ("A ", "The ", "Our ")) + one_of(rng, v.BODIES),
        has="had" if past else "has",
    )
    worked = ""
    for index in range(rng.choices((1, 2), (6, 4))[0]):
        gain = rng.random() < 0.4 or amount < 3
        by = rng.randint(2, 50) if gain else rng.randint(1, amount - 1)
        event = one_of(rng, verbs.COME if gain else verbs.GONE)[past]
        if rng.random() < 0.15:
            event = say(rng, "[more|new] {t} [came|arrived]" if past else "[more|new] {t} [come|arrive]", t=t) if gain else event
        subject = f"{by} {t}" if not gain and rng.random() < 0.2 else f"{by} of them" if not gain and rng.random() < 0.2 else f"{by}"
        joint = one_of(rng, (". ", " and ", ". Then ", ", then ", ". After an hour ", ". Later ", ". At noon ") if index == 0 else (". Then ", " and ", " and then ", ". After that "))
        body += f"{joint}{subject} {event}"
        worked += step(amount, "+" if gain else "-", by)
        amount += by if gain else -by
    ask = THERE_NOW if gain or rng.random() < 0.2 else THERE_LEFT
    return _ask(rng, body, say(rng, ask, t=t, spot=spot)), worked + answer(amount)


def two_parts(rng: Random) -> tuple[str, str]:
    """Two or three amounts that make a sum."""
    who, other, t = somebody(rng), named(rng), things(rng)
    a, b = rng.randint(2, 99), rng.randint(2, 99)
    x, y = one_of(rng, v.ADJECTIVE_PAIRS)
    left, right = one_of(rng, v.NOUN_PAIRS)
    third, base, past, unit = one_of(rng, verbs.RATES)
    when, then = one_of(rng, [("on Monday", "on Tuesday"), ("in the morning", "in the afternoon"), ("yesterday", "today"), ("in May", "in June"), ("last week", "this week"), ("before lunch", "after lunch"), ("on Saturday", "on Sunday"), ("the first day", "the second day"), ("in the morning", "in the evening")])
    done = past if rng.random() < 0.6 else third if who["x"] else base
    did = "did" if done == past else who["does"]
    prompt = say(
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
        a=a, b=b, t=t, o=other["S"], p=name(rng), c=x, d=y, l=left, r=right, u=unit, did=done, do=did, base=base,
        when=when, When=when.capitalize(), then=then, spot=one_of(rng, v.SPOTS), box=one_of(rng, v.CONTAINERS)[0], **who,
    ).replace(" ?", "?").replace(" .", ".").replace("  ", " ")
    return prompt, total(prompt, a, b) + answer(a + b)


def three_parts(rng: Random) -> tuple[str, str]:
    """Three or four amounts that make a sum."""
    who, t = somebody(rng), things(rng)
    values = [rng.randint(2, 60) for _ in range(rng.choices((3, 4), (5, 1))[0])]
    third, base, past, unit = one_of(rng, verbs.RATES)
    days = rng.sample(v.DAYS, len(values)) if rng.random() < 0.6 else rng.sample(v.MONTHS, len(values))
    word = "on" if days[0] in v.DAYS else "in"
    kinds = rng.sample(v.THINGS, len(values))
    list_of = lambda parts: ", ".join(parts[:-1]) + one_of(rng, (" and ", ", and ")) + parts[-1]
    by_day = list_of([f"{n} {unit} {word} {d}" if i == 0 or rng.random() < 0.5 else f"{n} {word} {d}" for i, (n, d) in enumerate(zip(values, days))])
    by_kind = list_of([f"{n} {k}" for n, k in zip(values, kinds)])
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
        past=past, base=base, by_day=by_day, by_kind=by_kind, plain=plain, u=unit, t=t, spot=one_of(rng, v.SPOTS),
        people=list_of(rng.sample(v.NAMES, len(values))), **who,
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
    prompt = say(
        rng,
        [
            "{S} need{x} {a} {t} [but only {has} {b}|and {has} {b}|and already {has} {b}|, but there are only {b}]. How many more [{t}|] {does} {he} [need|have to get]?",
            "{S} [want{x}|would like] {a} {t}. {He} already {has} {b}. How many [more|] {t} are [still missing|missing]?",
            "There are {a} {t}. {b} [of them|] are {p}[ and the rest are {q}|]. How many are {q}?",
            "There are {a} {l} and {r} [in total|together] {spot}. {b} of them are {l}. How many {r} are there?",
            "[A class has|In a class there are|There are] {a} students. {b} [of them|] are [boys|girls]. How many are [boys|girls]?",
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
            "{S} and {m} have {a} {t} together. {m} has {b}. How many does {s} have?" if who["x"] else "{n} and {m} have {a} {t} together. {m} has {b}. How many does {n} have?",
        ],
        a=a, b=b, t=t, n=n, m=m, p=x, q=y, l=left, r=right, spot=one_of(rng, v.SPOTS), A=one_of(rng, ("A", "The", "One")),
        c=one_of(rng, v.CONTAINERS)[0], **{**who, "x": who["x"]},
    ).replace("  ", " ").replace(" ,", ",").replace("more ?", "more?").replace("more  does", "more does")
    return prompt, step(a, "-", b) + answer(a - b)


TIMES = [(2, "twice"), (3, "three times"), (4, "four times"), (5, "five times"), (2, "two times"), (10, "ten times")]
PARTS = [(2, "half"), (2, "one half"), (3, "a third"), (3, "one third"), (4, "a quarter"), (4, "one quarter"), (5, "a fifth"), (10, "a tenth"), (4, "a fourth")]


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
    ask = "How many [{t}|] does {m} have?" if alone else "How many [{t}|] do they have [together|in total|altogether|in all]?"
    prompt = say(rng, one_of(rng, gives) + " " + ask, a=a, d=d, w=w, t=t, m=m, **n).replace("  ", " ").replace(" .", ".")
    worked = step(a, sign, d)
    return prompt, worked + answer(b) if alone else worked + step(a, "+", b) + answer(a + b)


def times_as_many(rng: Random) -> tuple[str, str]:
    """One amount is a multiple of another; then maybe the sum."""
    n, t, m = named(rng), things(rng), name(rng)
    a = rng.randint(2, 30)
    k, words = one_of(rng, TIMES)
    third, base, past, unit = one_of(rng, verbs.RATES)
    alone = rng.random() < 0.7
    ask = "How many [{t}|] does {m} have?" if alone else "How many [{t}|] do they have [together|in total|altogether|in all]?"
    prompt = say(
        rng,
        [
            "{S} has {a} {t}. {m} has {words} as many [{t}|] [as {s}|]. " + ask,
            "{S} has {a} {t} and {m} has {words} as many. " + ask,
            "{m} has {words} as many {t} as {s}[, who has {a}. |. {S} has {a} [{t}|]. ]" + ask,
            "{S} {past} {a} {u} [on Monday|yesterday|in the morning] and {words} as many [on Tuesday|today|in the afternoon]. How many {u} [did {he} {base} in total|is that in total]?" if not alone else "{S} {past} {a} {u} [on Monday|yesterday|in the morning] and {words} as many [{u}|] [on Tuesday|today|in the afternoon]. How many {u} did {he} {base} [on Tuesday|today|in the afternoon]?",
        ],
        a=a, t=t, m=m, words=words, past=past, base=base, u=unit, **n,
    ).replace("  ", " ").replace(" .", ".")
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
        prompt = say(rng, [
            "{S} had {n} {t} and {lose} {words} of them. [How many [{t}|] are left|How many [{t}|] {did} {he} [still have|have left]|How many remain]?",
            "{S} {has} {n} {t}. {He} {lose} {words} of them. How many {t} are left?",
            "There were {n} {t} {spot}. {Words} of them {gone}. [How many are left|How many {t} remain|How many stayed|How many are still there]?",
            "{S} had {n} {t} and gave {words} of them to {m}. How many [{t}|] {does} {he} have [left|now]?",
        ], n=n, t=t, words=words, Words=words.capitalize(), lose=lose, gone=gone, did=who["does"], spot=one_of(rng, v.SPOTS), m=name(rng), **who).replace("  ", " ")
        if k == 2:
            return prompt, step(n, "/", 2) + answer(x)
        return prompt, step(n, "/", k) + step(n, "-", x) + answer(n - x)
    prompt = say(rng, [
        "There are {n} {t} {spot}. {Words} of them are {p}. How many [{t}|] are {p}?",
        "{S} {has} {n} {t}. {Words} of them are {p}. How many {p} {t} {does} {he} have?",
        "{S} had {n} {t} and {lose} {words} of them. How many [{t}|] did {he} [{base}|{base}]?",
        "{Words} of {n} {t} are {p}. How many is that?",
    ], n=n, t=t, words=words, Words=words.capitalize(), p=one_of(rng, v.ADJECTIVE_PAIRS)[0], spot=one_of(rng, v.SPOTS),
        **dict(zip(("base", "_third", "lose"), one_of(rng, verbs.LOSE))), **who).replace("  ", " ")
    return prompt, step(n, "/", k) + answer(x)


def height(rng: Random) -> tuple[str, str]:
    """Growing, burning, warming and cooling."""
    a, b, c = rng.randint(5, 40), rng.randint(2, 15), rng.randint(2, 15)
    if rng.random() < 0.5:
        prompt = say(rng, [
            "It is {a} degrees [in the morning|outside|now]. The temperature [rises|goes up|climbs] by {b} degrees and then [falls|drops|goes down] by {c} degrees. [What is the temperature now|How warm is it now|How many degrees is it]?",
            "The temperature is {a} degrees. It goes up {b} degrees and then down {c} degrees. How many degrees is it [now|]?",
            "The temperature was {a} degrees. It rose by {b} degrees, then it fell by {c} degrees. What is the temperature now?",
        ], a=a, b=b, c=c).replace(" ?", "?")
        return prompt, step(a, "+", b) + step(a + b, "-", c) + answer(a + b - c)
    k = rng.randint(2, 12)
    unit = one_of(rng, [("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years")])
    thing = one_of(rng, ("plant", "tree", "flower", "puppy", "snake"))
    if rng.random() < 0.6:
        prompt = say(rng, [
            "A {o} is {a} [centimeters|cm] [tall|long]. It grows {b} [centimeters|cm] [every|each|per|a] {d}. How [tall|long|big] is it after {k} {ds}?",
            "A {o} of {a} [centimeters|cm] grows {b} [centimeters|cm] [per|a] {d}. How many [centimeters|cm] tall is it after {k} {ds}?",
        ], o=thing, a=a, b=b, k=k, d=unit[0], ds=unit[1])
        return prompt, product(prompt, b, k) + step(a, "+", b * k) + answer(a + b * k)
    a += b * k
    prompt = say(rng, [
        "A candle is {a} [centimeters|cm] tall. It burns [down|] {b} [centimeters|cm] [every|each|per|an] hour. How tall is it after {k} hours?",
        "A [pool|tank|barrel] holds {a} liters of water. It loses {b} liters [every|each|per|an] hour. How much [water|] is [left|in it] after {k} hours?",
    ], a=a, b=b, k=k).replace("  ", " ")
    return prompt, product(prompt, b, k) + step(a, "-", b * k) + answer(a - b * k)


def amounts(rng: Random) -> tuple[str, str]:
    """Liters, grams, minutes, meters: something measured is used up or filled."""
    who = somebody(rng)
    a = rng.randint(10, 99) * one_of(rng, (1, 1, 1, 10))
    b = rng.randint(2, a - 1)
    unit, holder = one_of(rng, [("liters", "tank"), ("liters", "barrel"), ("kg", "sack"), ("grams", "bag"), ("meters", "roll"), ("liters", "pool"), ("kilograms", "box"), ("minutes", "film"), ("ml", "bottle"), ("liters of water", "tank"), ("grams of flour", "bag"), ("kilograms of rice", "sack"), ("liters of milk", "can")])
    if rng.random() < 0.65:
        prompt = say(rng, [
            "A {h} [holds|has|contains] {a} {u}. {b} {w} are [used|taken out|gone|removed|sold|used up]. How [much is left|many {w} are left|many {w} remain|much remains]?",
            "{S} {has} {a} {u} and use{x} {b}. How [much|many {w}] [is left|are left]?",
            "{S} had {a} {u} and used {b} {w}. How many {w} {does} {he} have left?",
            "There [are|were] {a} {u} in a {h}. {S} [took|used] {b} {w}. How many {w} are [left|in the {h} now|still in the {h}]?",
        ], h=holder, a=a, b=b, u=unit, w=unit.split()[0], **who)
        return prompt, step(a, "-", b) + answer(a - b)
    prompt = say(rng, [
        "A {h} has {a} {u} in it. {S} add{x} {b} {w}. How [many {w} are in it now|much is in it now]?",
        "{S} {has} {a} {u} and get{x} {b} more. How many {w} is that [in total|]?",
        "One {h} has {a} {u} and another one has {b} {w}. How many {w} is that together?",
    ], h=holder, a=a, b=b, u=unit, w=unit.split()[0], **who).replace(" ?", "?")
    return prompt, total(prompt, a, b) + answer(a + b)


TASKS = [(owned, 6), (there, 5), (two_parts, 4), (three_parts, 2), (difference, 5), (more_than, 2), (times_as_many, 2), (part_of, 2.5), (height, 1.5), (amounts, 1.5)]
__all__ = ["TASKS"]
