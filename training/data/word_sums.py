"""Short word problems of one addition or of several: what is there in all, what was there before."""

from __future__ import annotations

from random import Random

from training.data.word_scene import scene, told
from training.data.working import answer, running_sum, total

SUMS = [
    "[My|The|Our|His|Her] [train ride|bus ride|walk|drive|flight|first lesson|first film] takes {a} minutes and the [bus ride|second ride|walk|second lesson|drive|way back] [takes|] {b} minutes. How [many minutes|long] is that [in all|in total|together|altogether]?",
    "{S} wait{x} {a} minutes for the [bus|train] and ride{x} {b} minutes. How [long|many minutes] is that [in all|in total|together|altogether]?",
    "{S} [worked|slept|trained|read|played] {a} [1:hours|minutes] {when} and {b} [1:hours|minutes] {then}. [How long is that|How many is that|What is that] [in all|in total|together]?",
    "{S} walk{x} {a} {u} to the {place} and then {b} {u} to the [school|station|shop]. How [far|many {u}] [{does} {he} walk|is that] [in all|in total|altogether|]?",
    "From [my house|home] to the {place} it is {a} {u}, and from there to the [lake|station|market] it is {b} {u}. How [far|long] is the whole way?",
    "The [1:first|big|red|left] {box} [has|holds|contains] {a} {t}, the [1:second|small|blue|right] one [has|holds|] {b}. How many {t} are [there|in both] [in all|in total|together|]?",
    "{a} {t} are in [one|the first] {box} and {b} in [another|the other|the second]. How many are [there|that] [in all|in total|together|altogether]?",
    "There are {a} [boys|women|adults|cats|cows|students|teachers|players] and {b} [girls|men|children|dogs|pigs|parents|guests|fans] [here|in the hall|on the bus|in the park|at the {place}|]. How many [are they|are there|is that] [in all|in total|together|altogether]?",
    "{a} [people|guests|children|fans] came {when} and {b} [more|others|] came {then}. How many [people|guests|] [came|were there|is that] [in all|in total|altogether|]?",
    "[On the farm|In the zoo|In the field|In the garden] [live|there are|you can see] {a} [cows|ducks|goats|birds] and {b} [pigs|hens|sheep|rabbits]. How many animals [are that|is that|are there|live there]?",
    "{n} [1:has|owns|found|picked|caught] {a} {t}, {m} [1:has|owns|found|picked|caught] {b}. [What do they have together|How many do they have [together|in all|between them]|How many {t} is that]?",
    "{n} has {a} {t}. {m} has {b}. [They put them together|They share them|Both put them in a {box}]. How many [are there|{t} are there|do they have]?",
    "[Together|In all|In total], how many {t} do {n} and {m} have if {n} has {a} and {m} has {b}?",
    "How many {t} do {n} and {m} have [together|in all] if {n} has {a} and {m} {b}?",
    "{a} of the {t} are [1:red|big|new|good] and {b} are [1:blue|small|old|bad]. How many {t} are there [in all|]?",
    "A [bouquet|basket|box|bag|garden] has {a} [2:roses|apples|red {t}] and {b} [2:tulips|pears|blue {t}] [in it|]. How many [2:flowers|fruits|things] [are there|is that|are in it]?",
    "{S} {has} {a} {t} at home and {b} [at school|in the car|in the office|in {his} bag|in the cellar]. How many {does} {he} have [in all|in total|altogether|]?",
    "{S} {has} {M} in {his} [pocket|wallet|bag] and {N} [at home|in the bank|in a box|in the drawer]. How much [money|] {does} {he} have [in all|in total|altogether|]?",
    "{S} [get{x}|got] {M} from {his} {kin} and {N} from [a friend|{m}|{his} [aunt|uncle]]. How much [money|] [is that|is that in all|did {he} get]?",
    "The {g} costs {M}, the {h} [costs|] {N}. [What do I pay for both|How much for both|How much are both|What is the sum|What must I pay|How much is that]?",
    "I want a {g} for {M} and a {h} for {N}. How much [money do I need|will that be|do I have to pay|is it]?",
    "A [lunch|dinner|meal] is {M} and a drink is {N}. [What is the bill|How much is that|What do I pay]?",
    "{S} had {a} {t} and {his} {kin} gave {him} {b} [more|]. How many {does} {he} have now?",
    "{S} gave {b} {t} [away|to {m}] and {has} {a} left. How many did {he} have [before|at first|at the start|in the beginning]?",
    "After [giving away|losing|selling|eating] {b} {t}, {n} has {a} left. How many did {n} have [before|at first|to begin with]?",
    "{n} spent {N} and has {M} left. How much did {n} have [before|at first|to begin with]?",
    "{a} {t} are left after {b} were [sold|eaten|used|taken]. How many were there [before|at first]?",
    "[The|A] bus has {a} people on it. At the [next|first] stop {b} [get on|people get on|more get on]. How many [are on the bus|people are on it|are there] now?",
    "[A|The] team [scored|made|got] {a} points in the first half and {b} in the second [half|]. How many points [is that|did it score|is that in all|did it get]?",
    "{A} [tank|pool|bottle|barrel] [has|holds|contains] {a} liters. {S} [add{x}|pour{x} in|fill{x} in] {b} [liters|more liters|more]. How many liters [are in it|are there|is that] now?",
    "{n} is {a} years old [now|today|]. {b} years [from now|later], how old will {n} be?",
    "[In {b} years, how old will|How old in {b} years will] {n} be if {n} is {a} [now|today]?",
    "[Grandpa|Grandma|My aunt|My uncle|Our teacher] was {a} [years old|] {b} years ago. How old is [he or she|that] now?",
    "{n} was born when {m} was {b}. Now {n} is {a}. How old is {m}?",
    "{n} [climbs|climbed|went up] {a} steps and then {b} more. How many steps [is that|did {n} climb]?",
    "[A|The] [choir|club|school|team|class] had {a} members. {b} new [members|ones|people] joined [this year|last week|]. How many [are there|members are there|members does it have] now?",
    "{S} [plant{x}|planted] {a} [roses|trees|bushes] {when} and {b} {then}. How many [{does} {he} have|is that|is that in all|were planted]?",
    "[Two|2] [bags|boxes|sacks|stones|parcels] weigh {a} kg and {b} kg. How [heavy are they|much do they weigh] together?",
    "{n} weighs {a} kg and {m} weighs {b} kg. How much do they weigh together?",
    "One [rope|board|stick|ribbon] is {a} cm long, another [one|] is {b} cm [long|]. [How long are they together|How long are both together|What is their length together]?",
]
MANY = [
    "{S} [sold|picked|found|counted|bought|got|made|used] {l3} [on Monday, Tuesday and Wednesday|on three days|in three days]. How many is that [in all|in total|altogether|]?",
    "{S} [bought|picked|found|counted|made|sold] {a} {t} {d1}, {b} {d2} and {c} {d3}. How many [{t}|] [has {n} got|is that|did {he} have [in all|in total|]|are there in all|is that in total]?",
    "{n} [1:read|walked|ran|wrote|swam] {a} [1:pages|km|minutes|lines|meters] {d1}, {b} {d2} and {c} {d3}. How many [is that|is that in all|are there together|has {n} done]?",
    "There are {a} [1:cows|ducks|red {t}|boys], {b} [1:pigs|hens|blue {t}|girls] and {c} [1:goats|sheep|green {t}|adults]. How many are [there|that|they] [in all|in total|altogether|together|]?",
    "[A|The] {g} costs ${a}, [a|the] {h} ${b} and a [pen|ticket|cake|hat] ${c}. How much [is that|is it all|do I pay|are all three] [together|in all|in total|]?",
    "{n} has {a} {t}, {m} has {b} and I have {c}. How many do we have [together|in all|altogether]?",
    "[Three|3] {boxes} hold {a}, {b} and {c} {t}. How many {t} [are there|is that] [in all|in total|together|]?",
    "{n} is {a}, {m} is {b} and I am {c} [years old|]. How old are we together?",
    "The [sides|parts|ways] are {a}, {b} and {c} [cm|meters|km] long. How long are they together?",
]
DAYS = [
    ("on Monday", "on Tuesday", "on Wednesday"),
    ("on Friday", "on Saturday", "on Sunday"),
    ("in the morning", "at noon", "in the evening"),
    ("in May", "in June", "in July"),
    ("the first day", "the second day", "the third day"),
    ("first", "then", "at last"),
    ("yesterday", "today", "later"),
]


def sum_story(rng: Random) -> tuple[str, str]:
    """Two amounts, or three, that make a sum."""
    a, b, c = rng.randint(2, 99), rng.randint(2, 99), rng.randint(2, 60)
    slots = {**scene(rng, a, b, c), "A": "A" if rng.random() < 0.5 else "The"}
    if rng.random() < 0.2:
        days = DAYS[int(rng.random() * len(DAYS))]
        slots |= {
            "d1": days[0],
            "d2": days[1],
            "d3": days[2],
            "l3": f"{a}, {b} and {c} {slots['t']}",
            "y": "",
        }
        return told(rng, MANY, slots), running_sum([a, b, c]) + answer(a + b + c)
    prompt = told(rng, SUMS, slots)
    return prompt, total(prompt, a, b) + answer(a + b)
