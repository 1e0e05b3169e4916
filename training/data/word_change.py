"""Word problems about one number of things that changes."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import Slots, name, somebody, things, verb
from training.data.phrase import one_of, say
from training.data.working import answer, step

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


WHEN = [
    ("on Monday", "on Tuesday"),
    ("in the morning", "in the afternoon"),
    ("yesterday", "today"),
    ("in May", "in June"),
    ("last week", "this week"),
    ("before lunch", "after lunch"),
    ("on Saturday", "on Sunday"),
    ("the first day", "the second day"),
    ("in the morning", "in the evening"),
    ("on Friday", "on Saturday"),
    ("at first", "later"),
]


def _start(rng: Random, who: Slots, t: str, amount: int, past: bool) -> str:
    """The sentence that says how many there are at first, without a full stop."""
    if past:
        return say(
            rng,
            "{S} [had|had|{got}|started with|began with] {n} {t}",
            got=verb(rng, verbs.GAIN, who, True),
            n=amount,
            t=t,
            **who,
        )
    return say(rng, "{S} {has} [|got |]{n} {t}", n=amount, t=t, **who)


def _change(rng: Random, who: Slots, t: str, amount: int, gain: bool, past: bool) -> str:
    """What the person does, without a subject: "finds 3 more"."""
    n = amount
    if gain:
        if rng.random() < 0.2:
            got = "got" if past else "get" + who["x"]
            return say(rng, "{got} {n} [more|more {t}|{t}|more] from {m}", got=got, n=n, t=t, m=name(rng))
        return f"{verb(rng, verbs.GAIN, who, past)} " + say(
            rng, "[{n} more|{n} {t}|{n} new ones|{n} more {t}|another {n}|{n} others]", n=n, t=t
        )
    if rng.random() < 0.3:
        other = say(
            rng,
            "[{m}|{his} [friend|brother|sister|cousin|neighbor|teacher|friends|mother]]",
            m=name(rng),
            his=who["his"],
        )
        return f"{verb(rng, verbs.GIVE, who, past)} " + say(
            rng, "[{n} [of them|{t}|] to {m}|{n} to {m}]", n=n, t=t, m=other
        ).replace("  ", " ")
    return f"{verb(rng, verbs.LOSE, who, past)} " + say(
        rng, "[{n} of them|{n} {t}|{n}|{n} of the {t}]", n=n, t=t
    )


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
        joint = one_of(
            rng,
            (
                ". {He} ",
                " and ",
                ". Then {he} ",
                " and then ",
                ", then ",
                ". After that, {he} ",
                ". Later {he} ",
                ". {s} ",
            )
            if index == 0
            else (". Then {he} ", " and ", " and then ", ". {He} also "),
        )
        joint = joint.replace("{s}", who["S"])
        body += say(rng, joint, **who) + done
    ask = NOW if gain else LEFT if rng.random() < 0.8 else NOW[:2]
    return _ask(rng, body, say(rng, ask, t=t, **who)), worked + answer(amount)


def _ask(rng: Random, body: str, question: str) -> str:
    """Facts and question in one of the usual orders."""
    order = rng.random()
    inner = question[0].lower() + question[1:] if not question.startswith("I ") else question
    first = body.split(" ", 1)[0]
    lowered = (
        body[0].lower() + body[1:] if first in ("A", "The", "My", "Our", "We", "There", "You", "In") else body
    )
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
        t = one_of(
            rng,
            (
                "people",
                "passengers",
                "children",
                "kids",
                "students",
                "guests",
                "visitors",
                "men",
                "workers",
                "players",
            ),
        )
    amount = rng.randint(6, 99)
    be = "were" if past else "are"
    body = say(
        rng,
        "[There {be} {n} {t} {spot}|{n} {t} {be} {spot}|{Spot} there {be} {n} {t}|There {be} {n} {t}|{A} {has} {n} {t}|{A} {has} {n} {t}]",
        be=be,
        n=amount,
        t=t,
        spot=spot,
        Spot=spot.capitalize(),
        A=one_of(rng, ("A ", "The ", "Our ")) + one_of(rng, v.BODIES),
        has="had" if past else "has",
    )
    worked = ""
    for index in range(rng.choices((1, 2), (6, 4))[0]):
        gain = rng.random() < 0.4 or amount < 3
        by = rng.randint(2, 50) if gain else rng.randint(1, amount - 1)
        event = one_of(rng, verbs.COME if gain else verbs.GONE)[past]
        if rng.random() < 0.15:
            event = (
                say(rng, "[more|new] {t} [came|arrived]" if past else "[more|new] {t} [come|arrive]", t=t)
                if gain
                else event
            )
        subject = (
            f"{by} {t}"
            if not gain and rng.random() < 0.2
            else f"{by} of them"
            if not gain and rng.random() < 0.2
            else f"{by}"
        )
        joint = one_of(
            rng,
            (". ", " and ", ". Then ", ", then ", ". After an hour ", ". Later ", ". At noon ")
            if index == 0
            else (". Then ", " and ", " and then ", ". After that "),
        )
        body += f"{joint}{subject} {event}"
        worked += step(amount, "+" if gain else "-", by)
        amount += by if gain else -by
    ask = THERE_NOW if gain or rng.random() < 0.2 else THERE_LEFT
    return _ask(rng, body, say(rng, ask, t=t, spot=spot)), worked + answer(amount)


def two_losses(rng: Random) -> tuple[str, str]:
    """Some are gone at one time, some at another; how many are left."""
    who, t = somebody(rng), things(rng)
    a, b, left = rng.randint(2, 70), rng.randint(2, 60), rng.randint(1, 60)
    n = a + b + left
    base, third, lost = one_of(rng, verbs.LOSE)
    when, then = one_of(rng, WHEN)
    gone = one_of(rng, ("sold", "eaten", "used", "sent away", "given away", "broken", "lent out", "lost"))
    prompt = say(
        rng,
        [
            "{S} had {n} {t}. {He} {lost} {a} {when} and {b} [more |]{then}. How many {t} [are left|{does} {he} have left|does that leave|{does} {he} still have]?",
            "{S} {has} {n} {t} and {does_lose} {a} {when} and {b} {then}. How many [{t}|] [are left|remain|{does} {he} have left]?",
            "{A} {body} [has|had|made|got|ordered] {n} {t}. {a} [{t}|of them|] were {gone} {when} and {b} {then}. How many [{t}|] [are left|remain|were not {gone}|are not {gone}|are still there]?",
            "{A} {body} [has|had|made|got] {n} {t}. It sold {a} {when} and {b} {then}. How many [{t}|] [did it not sell|does it have left|are left over|are still there|are left to sell]?",
            "Of {n} {t}, {a} were {gone} {when} and {b} {then}. How many [{t}|] [are left|were not {gone}|remain]?",
        ],
        n=n,
        a=a,
        b=b,
        t=t,
        lost=lost,
        does_lose=third if who["x"] else base,
        when=when,
        then=then,
        gone=gone,
        A=one_of(rng, ("A", "The", "Our")),
        body=one_of(rng, v.BODIES),
        **who,
    ).replace("  ", " ")
    return prompt, step(n, "-", a) + step(n - a, "-", b) + answer(left)
