"""Fixed facts about time, letters, animals and shapes."""

from __future__ import annotations

from random import Random

from training.data.phrase import one_of, say
from training.data.vocabulary import DAYS, MONTHS
from training.data.working import answer, step

LEAP_YEAR = "365, or 366 in a leap year"


FACTS = [
    (
        ["How many days are [there |]in a week?", "How many days does a week have?", "days in a week"],
        answer(7),
    ),
    (
        ["How many months are [there |]in a year?", "How many months does a year have?", "months in a year"],
        answer(12),
    ),
    (
        ["How many days are [there |]in a year?", "How many days does a year have?", "days in a year"],
        answer(LEAP_YEAR),
    ),
    (
        ["How many hours are [there |]in a day?", "How many hours does a day have?", "hours in a day"],
        answer(24),
    ),
    (
        [
            "How many minutes are [there |]in an hour?",
            "How many minutes does an hour have?",
            "minutes in an hour",
        ],
        answer(60),
    ),
    (
        ["How many seconds are [there |]in an hour?", "How many seconds does an hour have?"],
        step(60, "x", 60) + answer(3600),
    ),
    (
        ["How many weeks are [there |]in a year?", "How many weeks does a year have?", "weeks in a year"],
        answer(52),
    ),
    (
        [
            "[List|Name|Say|Tell me|Give me|Write] [all |]the days of the week",
            "What are the days of the week?",
            "the days of the week",
        ],
        ", ".join(DAYS) + ".",
    ),
    (
        [
            "[List|Name|Say|Tell me|Give me|Write] [all |]the [twelve |]months [of the year|]",
            "What are the months of the year?",
            "the months of the year",
        ],
        ", ".join(MONTHS) + ".",
    ),
    (
        ["What are the [four |]seasons?", "[Name|List|Tell me] the [four |]seasons"],
        "Spring, summer, autumn, winter.",
    ),
    (
        ["[Which|What] days are the weekend?", "What is the weekend?", "Which days are weekend days?"],
        "Saturday and Sunday.",
    ),
    (
        ["How many letters are [there |]in the alphabet?", "How many letters does the alphabet have?"],
        answer(26),
    ),
    (
        [
            "[Say|List|Write|Tell me|Give me] the alphabet",
            "What is the alphabet?",
            "alphabet please",
            "List all letters",
        ],
        ", ".join("abcdefghijklmnopqrstuvwxyz") + ".",
    ),
    (["How many legs does a[n|] {a} have?"], None),
    (["How many [sides|corners] does a {s} have?", "How many [sides|corners] has a {s}?"], None),
]


LEGS = [
    ("spider", 8),
    ("dog", 4),
    ("cat", 4),
    ("bird", 2),
    ("cow", 4),
    ("horse", 4),
    ("chicken", 2),
    ("bee", 6),
    ("duck", 2),
    ("sheep", 4),
]


SIDES = [("triangle", 3), ("square", 4), ("rectangle", 4), ("hexagon", 6), ("pentagon", 5)]


def fact(rng: Random) -> tuple[str, str]:
    """Fixed facts about time, letters and shapes."""
    phrases, reply = one_of(rng, FACTS)
    if reply is None and "legs" in phrases[0]:
        animal, n = one_of(rng, LEGS)
        return f"How many legs does a {animal} have?", answer(n)
    if reply is None:
        shape, n = one_of(rng, SIDES)
        return say(rng, phrases, s=shape), answer(n)
    return say(rng, phrases).replace(" ?", "?").strip(), reply
