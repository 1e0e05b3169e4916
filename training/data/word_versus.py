"""Word problems that compare what is measured: weight, height, age, warmth, price, speed, time."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import name
from training.data.phrase import one_of, say, tidy
from training.data.qualities import KINDS, QUALITIES, WARMTH
from training.data.working import answer, step


def _pair(rng: Random, kind: str) -> tuple[str, str]:
    if kind == "goods":
        (g, _), (h, _) = rng.sample(v.GOODS, 2)
        article = one_of(rng, ("the", "a", "the"))
        return f"{article} {g}", f"{article} {h}"
    if kind != "person":
        x, y = rng.sample(KINDS[kind], 2)
        return x, y
    if rng.random() < 0.65:
        return name(rng), name(rng)
    x, y = rng.sample(v.KIN_SHE + v.KIN_HE, 2)
    owner = one_of(rng, ("my", "his", "her", "our"))
    return (f"{owner} {x}", name(rng) if rng.random() < 0.5 else f"{owner} {y}")


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _facts(rng: Random, first: str, second: str, short: str) -> str:
    return say(
        rng,
        "[{F}. {G}.|{F}. {G}.|{F} and {g}.|{F} and {h}.|{F}, {g}.|{F}, {h}.|{F} and {h}.|{F}, but {g}.|{F}, while {g}.]",
        F=_upper(first),
        G=_upper(second),
        g=second,
        h=short,
    )


def versus(rng: Random) -> tuple[str, str]:
    """Two of a kind have so much each; how much more, or how much less, is one."""
    quality = WARMTH if rng.random() < 0.1 else one_of(rng, QUALITIES)
    x, y = _pair(rng, one_of(rng, quality.kinds))
    if x == y:
        return versus(rng)
    unit = one_of(rng, quality.units)
    b = rng.randint(quality.low, quality.high - 1)
    a = b + (rng.randint(1, 20) if rng.random() < 0.4 else rng.randint(1, quality.high))
    slots = {"X": x, "Y": y, "u": unit}
    state = quality.states
    big = say(rng, state, X=x, v=f"{a} {unit}")
    small = say(rng, state, X=y, v=f"{b} {unit}")
    asks = list(quality.extra)
    if quality.more:
        asks += [
            f"How much {quality.more} is {{X}} [than {{Y}}|]",
            f"How much {quality.more} is {{X}}",
            f"How much {quality.less} is {{Y}} [than {{X}}|]",
            f"By how much is {{X}} {quality.more} [than {{Y}}|]",
            f"How many {{u}} {quality.more} is {{X}} [than {{Y}}|]",
            f"How many {{u}} {quality.less} is {{Y}}",
        ]
    if quality is WARMTH:
        asks = [ask.replace(" is {X}", " is it {X}").replace(" is {Y}", " is it {Y}") for ask in asks]
    asks += ["What is the difference [in {noun}|]", "How [much|many {u}] is the difference"]
    question = say(rng, one_of(rng, asks), **slots, noun=quality.noun)
    one, two, owner, less = (big, small, y, b) if rng.random() < 0.5 else (small, big, x, a)
    short = f"{owner} {less} {unit}" if rng.random() < 0.6 else f"{owner} {less}"
    if quality is WARMTH:
        short = say(rng, "[{o} {n}|{n} {o}|{n} degrees {o}]", o=owner, n=less)
    if rng.random() < 0.85:
        prompt = _facts(rng, one, two, short) + f" {_upper(question)}?"
    else:
        prompt = say(
            rng,
            "[{Q} if {one} and {two}?|If {one} and {two}, {q}?]",
            Q=_upper(question),
            q=question[0].lower() + question[1:],
            one=one,
            two=two,
        )
    return tidy(tidy(prompt)), step(a, "-", b) + answer(a - b)


def by_so_much(rng: Random) -> tuple[str, str]:
    """One amount is measured, another given by the difference; then maybe both together."""
    quality = one_of(rng, QUALITIES)
    x, y = _pair(rng, one_of(rng, quality.kinds))
    if x == y:
        return by_so_much(rng)
    unit = one_of(rng, quality.units)
    a, d = rng.randint(quality.low + 2, quality.high), rng.randint(2, 40)
    up = rng.random() < 0.55 or d >= a
    compares = [f"is {{d}} {quality.more if up else quality.less}"] if quality.more else []
    if up and quality.given_more:
        compares += [quality.given_more]
    if not quality.more:
        verb = "got" if "got" in quality.states else "has"
        compares = [f"{verb} {{d}} [{'more' if up else 'fewer'}|{'more' if up else 'less'}]"]
    other = say(rng, one_of(rng, compares), d=f"{d} {unit}" if rng.random() < 0.8 or not quality.more else d)
    given = say(rng, quality.states, X=x, v=f"{a} {unit}")
    than = say(rng, "[ than {X}|]", X=x)
    total = unit not in ("years", "km per hour") and "hour" not in unit and rng.random() < 0.15
    question = say(
        rng,
        "[How many {u} is that [together|in total|altogether]|How many {u} do both have together]"
        if total and quality.noun == "number"
        else "[What is that together|How much is that together|How many {u} is that together]"
        if total
        else quality.asks,
        X=y,
        u=unit,
    )
    prompt = say(
        rng,
        [
            "{G}. {Y} {o}{than}. {q}?",
            "{G} and {y} {o}{than}. {q}?",
            "{G}, {y} {o}. {q}?",
            "{Y} {o} than {x}. {G}. {q}?",
            "{Y} {o} than {x}, and {g}. {q}?",
            "{G}, but {y} {o}{than}. {q}?",
            "{q} if {g} and {y} {o}{than}?",
            "If {g} and {y} {o}{than}, {low}?",
        ],
        G=_upper(given),
        g=given,
        Y=_upper(y),
        y=y,
        x=x,
        o=other,
        than=than,
        q=question,
        low=question[0].lower() + question[1:],
    )
    c = a + d if up else a - d
    worked = step(a, "+" if up else "-", d)
    if total:
        return tidy(tidy(prompt)), worked + step(a, "+", c) + answer(a + c)
    return tidy(tidy(prompt)), worked + answer(c)
