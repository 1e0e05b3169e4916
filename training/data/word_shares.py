"""Word problems about dividing: equal shares, and what is left over."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import named, somebody, things
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, step


def share(rng: Random) -> tuple[str, str]:
    """Equal shares: how many each, or how many groups."""
    e, k, t, who = rng.randint(2, 25), rng.randint(2, 12), things(rng), somebody(rng)
    n = e * k
    g, gs = one_of(rng, v.GROUPS)
    people = one_of(rng, v.PEOPLE)
    if rng.random() < 0.55:
        prompt = say(
            rng,
            [
                "{S} share{x} {n} {t} [equally|fairly|evenly] [among|between|with] {k} {people}. How many {t} does each [one|of them|] get?",
                "{n} {t} are [divided|split|shared] [equally|evenly|fairly] [between|among] {k} {people}. How many [{t}|] does each [one|person|of them|] get?",
                "{k} {people} [share|split|divide] {n} {t} [equally|evenly|fairly|]. How many [{t}|] does each [one|of them|person|] get?",
                "{k} {people} want to [share|split] {n} {t} [equally|fairly|evenly]. How many [{t}|] [will each of them get|will each get|does each one get]?",
                "{S} {has} {n} {t} and put{x} them into {k} [equal {gs}|{gs} equally|{gs} with the same number in each]. How many {t} are in each {g}?",
                "{n} {t} are put into {k} [equal|] {gs}. [How many {t} are in each {g}|How many {t} does each {g} hold|How many are in one {g}]?",
                "{A} [rope|ribbon|board|wire|pipe|string] is {n} [meters|cm|centimeters|feet] long. {It} into {k} equal [pieces|parts]. How long is [each|one] [piece|part]?",
                "{k} {goods} cost {n} dollars. How much does one {good} cost?",
                "{S} pay{x} {n} dollars for {k} {goods}. [What does one {good} cost|How much is one {good}|What is the price of one {good}]?",
                "{S} {has} {n} {t} in {k} {gs}. [Every|Each] {g} has the same number. How many {t} are in one {g}?",
                "{S} make{x} {k} {gs} [with|from|out of] {n} {t}, [all with the same number|each with the same number]. How many {t} are [in|on] each {g}?",
                "{k} {people} earn {n} dollars together and share it equally. How much does each get?",
                "If {k} {people} share {n} {t} equally, how many [{t}|] does each [one|person|] get?",
                "{S} {does2} {n} {u} in {k} days, the same number every day. How many {u} is that per day?",
            ],
            n=n,
            k=k,
            t=t,
            g=g,
            gs=gs,
            people=people,
            A=one_of(rng, ("A", "The")),
            It=one_of(rng, ("It is cut", "Somebody cuts it", "It is divided")),
            good=(pair := one_of(rng, v.GOODS))[0],
            goods=pair[1],
            does2="read" + who["x"],
            u="pages",
            **who,
        )
        return tidy(prompt), step(n, "/", k) + answer(e)
    prompt = say(
        rng,
        [
            "{S} {has} {n} {t} and make{x} {gs2} of {k}. How many {gs2} are there?",
            "{S} pick{x} {n} {t} and make{x} {gs2} of {k}. How many {gs2} {does} {he} make?",
            "{n} {t} are [packed|put|sorted] in [{gs2} of {k}|{gs2} with {k} each|{gs2} of {k} each]. How many {gs2} are [there|needed|full]?",
            "How many {gs2} of {k} can [you|{s}] make [from|with|out of] {n} {t}?",
            "[Each|Every|One] {g} [holds|takes|has room for|can hold|can carry] {k} {people}. How many {gs} [are needed|do you need|do they need|does it take] for {n} {people}?",
            "{n} {people} go on a trip. [Each|Every] [1:car|bus|van|boat] [takes|holds|has room for] {k} [{people}|of them]. How many [1:cars|buses|vans|boats] do they need?",
            "{S} put{x} {k} {t} in each {g}. How many {gs} {does} {he} need for {n} {t}?",
            "One {good} costs {k} dollars. How many {goods} can [you|{s}] buy [for|with] {n} dollars?",
            "{S} {has} {n} dollars. A {good} costs {k} dollars. How many {goods} can {he} buy?",
            "There are {n} {people}. They [form|make] teams of {k}. How many teams are there?",
            "{S} ha{ve} {n} {t} and give{x} {k} to each [friend|child|guest]. How many [friends|children|guests] get {t}?",
        ],
        n=n,
        k=k,
        t=t,
        g=g,
        gs=gs,
        gs2=one_of(
            rng,
            (
                "groups",
                "bunches",
                "bags",
                "teams",
                "piles",
                "packs",
                "boxes",
                "rows",
                "bouquets",
                "stacks",
                "sets",
            ),
        ),
        people=people,
        good=(pair := one_of(rng, v.GOODS))[0],
        goods=pair[1],
        ve="s" if who["x"] else "ve",
        **who,
    )
    return tidy(prompt), step(n, "/", k) + answer(e)


def share_rest(rng: Random) -> tuple[str, str]:
    """What is left over after sharing, or how many containers are needed when the last is not full."""
    k, e, t, who = rng.randint(3, 9), rng.randint(2, 12), things(rng), named(rng)
    rest = rng.randint(1, k - 1)
    n = k * e + rest
    if rng.random() < 0.5:
        prompt = say(
            rng,
            [
                "{S} shares {n} {t} [equally|fairly] [among|between] {k} {people}. How many {t} are left over?",
                "{n} {t} are shared [fairly|equally] between {k} {people}. How many [remain|are left over]?",
                "{S} packs {n} {t} in {gs} of {k}. How many {t} are left over?",
            ],
            n=n,
            k=k,
            t=t,
            people=one_of(rng, v.PEOPLE),
            gs=one_of(rng, v.CONTAINERS)[1],
            **who,
        )
        return prompt, step(k, "x", e) + step(n, "-", k * e) + answer(rest)
    g, gs = one_of(rng, v.CONTAINERS)
    prompt = say(
        rng,
        [
            "A {g} holds {k} {t}. How many {gs} are needed for {n} {t}?",
            "{n} {t} are packed in {gs} of {k}. How many {gs} are needed to hold all of them?",
            "{n} people ride in [1:cars|boats] for {k} people each. How many [1:cars|boats] are needed?",
        ],
        n=n,
        k=k,
        t=t,
        g=g,
        gs=gs,
    )
    return prompt, step(e, "x", k) + step(n, "-", e * k) + step(e, "+", 1) + answer(e + 1)
