"""Units and their smaller units."""

from __future__ import annotations

from random import Random

from training.data.arithmetic_phrases import number_word
from training.data.phrase import one_of, say
from training.data.working import answer, step

# Larger unit, its plural, smaller unit (plural), how many; short forms of both.
UNITS = [
    ("kilometer", "kilometers", "meters", 1000, "km", "m"),
    ("meter", "meters", "centimeters", 100, "m", "cm"),
    ("centimeter", "centimeters", "millimeters", 10, "cm", "mm"),
    ("kilogram", "kilograms", "grams", 1000, "kg", "g"),
    ("ton", "tons", "kilograms", 1000, "t", "kg"),
    ("hour", "hours", "minutes", 60, "h", "min"),
    ("minute", "minutes", "seconds", 60, "min", "s"),
    ("day", "days", "hours", 24, "", ""),
    ("week", "weeks", "days", 7, "", ""),
    ("year", "years", "months", 12, "", ""),
    ("foot", "feet", "inches", 12, "ft", "in"),
    ("yard", "yards", "feet", 3, "yd", "ft"),
    ("pound", "pounds", "ounces", 16, "lb", "oz"),
    ("dollar", "dollars", "cents", 100, "", ""),
    ("liter", "liters", "milliliters", 1000, "l", "ml"),
    ("dozen", "dozen", "eggs", 12, "", ""),
    ("century", "centuries", "years", 100, "", ""),
    ("decade", "decades", "years", 10, "", ""),
    ("meter", "meters", "millimeters", 1000, "m", "mm"),
    ("euro", "euros", "cents", 100, "", ""),
    ("kilo", "kilos", "grams", 1000, "", "g"),
]


_TIME = [
    "Something [takes|lasts] {a}. How many {u} is [that|it]?",
    "I [slept|worked|waited|was away|played|talked|walked] [for |]{a}. How many {u} [is that|was that|was I busy|is it]?",
    "I [1:slept|worked|waited|played|walked|ran] [for |]{a}. How many {u} did I [1:sleep|work|wait|play|walk|run]?",
    "[The|A|My] [film|trip|holiday|lesson|flight|walk] [takes|lasts|took|lasted] {a}. How many {u} is that?",
    "{a} [have passed|are over|to go|are left]. How many {u} is that?",
]
_WAY = [
    "I [walked|ran|drove|swam|jumped|went] {a}. How many {u} is that?",
    "[The|A|My] [road|rope|way|river|wall|garden|bridge] is {a} long. How many {u} is that?",
    "It is {a} [from here|to school|to the lake]. How many {u} is [that|it]?",
]
_WEIGHT = [
    "[The|A|My] [bag|box|cat|stone|melon|fish] weighs {a}. How many {u} is that?",
    "I [bought|need|have|ate] {a} of [flour|rice|sugar|apples]. How many {u} is that?",
]
_COINS = [
    "I [paid|have|found|got|saved] {a}. How many {u} is that?",
    "[The|A] [pen|ticket|book] costs {a}. How many {u} is that?",
]
# Sentences around an amount, for the units that they fit.
STORIES = {
    **dict.fromkeys(("hour", "minute", "day", "week", "year"), _TIME),
    **dict.fromkeys(("kilometer", "meter", "centimeter", "foot", "yard"), _WAY),
    **dict.fromkeys(("kilogram", "ton", "pound", "kilo"), _WEIGHT),
    **dict.fromkeys(("dollar", "euro"), _COINS),
    "liter": [
        "I drank {a} of [water|milk|juice]. How many {u} is that?",
        "The [pot|jug|tank] holds {a}. How many {u} is that?",
    ],
}


def convert(rng: Random) -> tuple[str, str]:
    """Between a unit and a smaller one, both ways."""
    one, many, small, factor, short, small_short = one_of(rng, UNITS)
    k = rng.randint(1, 20)
    if rng.random() < 0.68 or one == "dozen":
        shown = number_word(k) if rng.random() < 0.15 else str(k)
        if k == 1 and rng.random() < 0.4:
            shown = "an" if one[0] in "h" else "a" if one[0] not in "aeiou" else "one"
        a = f"{shown} {one if k == 1 else many}"
        if short and shown.isdigit() and rng.random() < 0.3:
            a = f"{k}{one_of(rng, (' ', ''))}{short}"
        u = small_short if small_short and rng.random() < 0.25 else small
        prompt = say(
            rng,
            [
                "[How many|how many] {u} are [there |]in {a}?",
                "[Convert|Please convert|Change|Turn|Can you convert|change] {a} [to|into] {u}",
                "How many {u} [is|are] {a}?",
                "{a} in {u}",
                "{a} to {u}",
                "[How many|how many] {u} in {a}",
                "[What is|what is|What's] {a} in {u}?",
                "{A} [is|are] how many {u}?",
                "{A} [equals|equal|makes|make] how many {u}?",
                "I have {a}. How many {u} [is|are] that?",
                "{a}[, how many|: how many|. How many] {u} [is|are] [that|it]?",
                "{a}[, how many|: how many|. How many] {u}?",
                "{a}, how many {u} [do they have|does that make|do they make|does it have|do I get|does that give]?",
                "[How|how] many {u} do I [get|have] [from|with|for] {a}?",
                "{a}, [in|please in|but in|what is that in|what is it in|now in] {u}[, please|]?",
                "[I want|I need|Can I have|Give me|Show me] {a} in {u}[, please| please|]",
                "[What|what] [would|will] {a} be in {u}?",
                "[How|how] [much|long|many] is {a} in {u}?",
                "[If I have|With] {a}, how many {u} [do I have|is that]?",
                "[Change|Turn|Put|Make] {a} into {u}[ for me| please|]",
                "How many {u} [make up|make|do you need for|fit in|fit into|does it take to make] {a}?",
                "{a} = ? {u}",
                "[Write|Express|Give me] {a} in {u}",
                "How many {u} [does|do] {a} have?"
                if one not in ("kilometer", "meter")
                else "How many {u} are equal to {a}?",
                "[Tell me|Can you tell me] how many {u} are in {a}",
                *STORIES.get(one, []),
            ],
            a=a,
            A=a[0].upper() + a[1:],
            u=u,
        )
        return prompt, f"1 {one} is {factor} {small}. " + step(k, "x", factor) + answer(k * factor)
    n = k * factor
    b = f"{n} {small}"
    if small_short and rng.random() < 0.3:
        b = f"{n}{one_of(rng, (' ', ''))}{small_short}"
    prompt = say(
        rng,
        [
            "How many {u} are {b}?",
            "[Convert|Change|Turn|Please convert] {b} [to|into] {u}",
            "{b} in {u}",
            "{b} to {u}",
            "How many {u} [is|are in|make] {b}?",
            "[What is|what's] {b} in {u}?",
            "{b} [is|are] how many {u}?",
            "I have {b}. How many {u} is that?",
            "{b}[, how many|: how many|. How many] {u} [is|are] that?",
            "{b}[, how many|: how many|. How many] {u}?",
            "{b}, [what is that in|please in|but in|how much is that in] {u}[, please|]?",
            "[How|how] many {u} do I [get|have] [from|with|for] {b}?",
            "[How|how] many {u} do {b} [make|give]?",
            "[Give me|Show me|Write|I want|I need] {b} in {u}[, please| please|]",
            "[Change|Turn|Put|Make] {b} into {u}[ for me| please|]",
        ],
        u=many,
        b=b,
    )
    return prompt, f"1 {one} is {factor} {small}. " + step(n, "/", factor) + answer(k)


def halves(rng: Random) -> tuple[str, str]:
    """So many and a half."""
    one, many, small, factor, _, _ = one_of(rng, [u for u in UNITS if u[3] % 2 == 0 and u[0] != "dozen"])
    k = rng.randint(1, 15)
    x = k * factor + factor // 2
    prompt = say(
        rng,
        [
            "How many {v} are [there |]in {k}.5 {u}?",
            "Convert {k}.5 {u} to {v}",
            "{k}.5 {u} in {v}",
            "How many {v} are {k} and a half {u}?",
            "{k} and a half {u} in {v}",
        ],
        v=small,
        u=many,
        k=k,
    )
    return prompt, f"1 {one} is {factor} {small}. " + step(
        k, "x", factor
    ) + f"Half is {factor // 2}. " + step(k * factor, "+", factor // 2) + answer(x)


def hours_minutes(rng: Random) -> tuple[str, str]:
    """Hours and minutes to minutes, and back."""
    h, m = rng.randint(2, 9), rng.randint(2, 59)
    t = h * 60 + m
    if rng.random() < 0.5:
        return say(
            rng,
            [
                "How many minutes are [there |]in {h} hours and {m} minutes?",
                "[Convert|Change] {h} hours [and |]{m} minutes [to|into] minutes",
                "{h} hours and {m} minutes in minutes",
                "How many minutes are {h} h {m} min?",
            ],
            h=h,
            m=m,
        ), step(h, "x", 60) + step(h * 60, "+", m) + answer(t)
    return say(
        rng,
        [
            "[Convert|Change] {t} minutes [to|into] hours and minutes",
            "How many hours and minutes are {t} minutes?",
            "{t} minutes in hours and minutes",
        ],
        t=t,
    ), step(h, "x", 60) + step(t, "-", h * 60) + answer(f"{h} hours and {m} minutes")
