"""Slots that many short word problems share: people, things, places, money, times."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import Slots, name, somebody, things
from training.data.phrase import one_of, say, tidy
from training.data.word_change import WHEN

FOOD = """
apples pears oranges eggs potatoes carrots lemons cookies muffins sandwiches cakes pies rolls bananas cherries plums
tomatoes onions melons nuts donuts pancakes pizzas
""".split()  # noqa: SIM905
# How one problem writes its money.
COINS = [
    ("${}",),
    ("${}",),
    ("{} dollars",),
    ("{} dollars",),
    ("${}", "{} dollars"),
    ("{} euros",),
    ("{} bucks",),
]
UNITS_OF_WAY = ("km", "kilometers", "miles", "km", "miles", "meters")


def people_slots(rng: Random) -> Slots:
    """Slots of a person, never of a shop or a school (see `people.somebody`)."""
    who = somebody(rng)
    while who["he"] == "it":
        who = somebody(rng)
    return who


def scene(rng: Random, a: int, b: int, c: int = 0) -> Slots:
    """Slots for three numbers, plain and as money (`M`, `N`, `O`), and for who and what the problem is about."""
    n, m = name(rng), name(rng)
    while n == m:
        m = name(rng)
    when, then = one_of(rng, WHEN)
    coin = one_of(rng, COINS)
    good, goods = one_of(rng, v.GOODS)
    thing, other = one_of(rng, v.GOODS)
    box, boxes = one_of(rng, v.CONTAINERS)
    group, groups = one_of(rng, v.GROUPS)
    return {
        "a": str(a),
        "b": str(b),
        "c": str(c),
        "M": one_of(rng, coin).format(a),
        "N": one_of(rng, coin).format(b),
        "O": one_of(rng, coin).format(c),
        "n": n,
        "m": m,
        "when": when,
        "then": then,
        "When": when[0].upper() + when[1:],
        "Then": then[0].upper() + then[1:],
        "t": things(rng),
        "f": one_of(rng, FOOD),
        "g": good,
        "gs": goods,
        "h": thing,
        "hs": other,
        "box": box,
        "boxes": boxes,
        "group": group,
        "groups": groups,
        "people": one_of(rng, v.PEOPLE),
        "place": one_of(rng, v.PLACES),
        "u": one_of(rng, UNITS_OF_WAY),
        "kin": one_of(rng, v.KIN_SHE + v.KIN_HE),
        **people_slots(rng),
    }


def told(rng: Random, templates: list[str], slots: Slots) -> str:
    """One of the templates with its slots filled in, without stray spaces."""
    return tidy(tidy(say(rng, templates, **slots)))
