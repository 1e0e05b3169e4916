"""Word problems about what is measured: growing, warming, filling, using up."""

from __future__ import annotations

from random import Random

from training.data.people import somebody
from training.data.phrase import one_of, say
from training.data.working import answer, product, step, total


def height(rng: Random) -> tuple[str, str]:
    """Growing, burning, warming and cooling."""
    a, b, c = rng.randint(5, 40), rng.randint(2, 15), rng.randint(2, 15)
    if rng.random() < 0.5:
        prompt = say(
            rng,
            [
                "It is {a} degrees [in the morning|outside|now]. The temperature [rises|goes up|climbs] by {b} degrees and then [falls|drops|goes down] by {c} degrees. [What is the temperature now|How warm is it now|How many degrees is it]?",
                "The temperature is {a} degrees. It goes up {b} degrees and then down {c} degrees. How many degrees is it [now|]?",
                "The temperature was {a} degrees. It rose by {b} degrees, then it fell by {c} degrees. What is the temperature now?",
            ],
            a=a,
            b=b,
            c=c,
        ).replace(" ?", "?")
        return prompt, step(a, "+", b) + step(a + b, "-", c) + answer(a + b - c)
    k = rng.randint(2, 12)
    unit = one_of(rng, [("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years")])
    thing = one_of(rng, ("plant", "tree", "flower", "puppy", "snake"))
    if rng.random() < 0.6:
        prompt = say(
            rng,
            [
                "A {o} is {a} [centimeters|cm] [tall|long]. It grows {b} [centimeters|cm] [every|each|per|a] {d}. How [tall|long|big] is it after {k} {ds}?",
                "A {o} of {a} [centimeters|cm] grows {b} [centimeters|cm] [per|a] {d}. How many [centimeters|cm] tall is it after {k} {ds}?",
            ],
            o=thing,
            a=a,
            b=b,
            k=k,
            d=unit[0],
            ds=unit[1],
        )
        return prompt, product(prompt, b, k) + step(a, "+", b * k) + answer(a + b * k)
    a += b * k
    prompt = say(
        rng,
        [
            "A candle is {a} [centimeters|cm] tall. It burns [down|] {b} [centimeters|cm] [every|each|per|an] hour. How tall is it after {k} hours?",
            "A [pool|tank|barrel] holds {a} liters of water. It loses {b} liters [every|each|per|an] hour. How much [water|] is [left|in it] after {k} hours?",
        ],
        a=a,
        b=b,
        k=k,
    ).replace("  ", " ")
    return prompt, product(prompt, b, k) + step(a, "-", b * k) + answer(a - b * k)


def amounts(rng: Random) -> tuple[str, str]:
    """Liters, grams, minutes, meters: something measured is used up or filled."""
    who = somebody(rng)
    a = rng.randint(10, 99) * one_of(rng, (1, 1, 1, 10))
    b = rng.randint(2, a - 1)
    unit, holder = one_of(
        rng,
        [
            ("liters", "tank"),
            ("liters", "barrel"),
            ("kg", "sack"),
            ("grams", "bag"),
            ("meters", "roll"),
            ("liters", "pool"),
            ("kilograms", "box"),
            ("minutes", "film"),
            ("ml", "bottle"),
            ("liters of water", "tank"),
            ("grams of flour", "bag"),
            ("kilograms of rice", "sack"),
            ("liters of milk", "can"),
        ],
    )
    if rng.random() < 0.65:
        prompt = say(
            rng,
            [
                "A {h} [holds|has|contains] {a} {u}. {b} {w} are [used|taken out|gone|removed|sold|used up]. How [much is left|many {w} are left|many {w} remain|much remains]?",
                "{S} {has} {a} {u} and use{x} {b}. How [much|many {w}] [is left|are left]?",
                "{S} had {a} {u} and used {b} {w}. How many {w} {does} {he} have left?",
                "There [are|were] {a} {u} in a {h}. {S} [took|used] {b} {w}. How many {w} are [left|in the {h} now|still in the {h}]?",
            ],
            h=holder,
            a=a,
            b=b,
            u=unit,
            w=unit.split()[0],
            **who,
        )
        return prompt, step(a, "-", b) + answer(a - b)
    prompt = say(
        rng,
        [
            "A {h} has {a} {u} in it. {S} add{x} {b} {w}. How [many {w} are in it now|much is in it now]?",
            "{S} {has} {a} {u} and get{x} {b} more. How many {w} is that [in total|]?",
            "One {h} has {a} {u} and another one has {b} {w}. How many {w} is that together?",
        ],
        h=holder,
        a=a,
        b=b,
        u=unit,
        w=unit.split()[0],
        **who,
    ).replace(" ?", "?")
    return prompt, total(prompt, a, b) + answer(a + b)
