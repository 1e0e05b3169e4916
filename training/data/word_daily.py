"""Word problems about every day: there and back, from one weekday to another, school days, weekends."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.phrase import one_of
from training.data.word_scene import scene, told
from training.data.working import answer, step

MOVE = [
    ("walks", "walk", "walked"),
    ("drives", "drive", "drove"),
    ("rides", "ride", "rode"),
    ("cycles", "cycle", "cycled"),
    ("runs", "run", "ran"),
    ("goes", "go", "went"),
    ("travels", "travel", "traveled"),
    ("hikes", "hike", "hiked"),
]
ONE_WAY = "[One way is|The way is|It is|The distance is|Each way is|One way takes {him}|The way there is] {d} {u} [long|]"
TRIPS = [
    "{S} {go} to [work|school|the {place}] and back [every|each] day. [One way|Each way|The way] is {d} {u} [long|]. How [many {u}|far] {does} {he} {base} in {k} days?",
    "{S} {go} to [work|school|the {place}] and back [every|each] [day|morning]. [It is|The distance is] {d} {u}. How [many {u}|far] is that [in|after] {k} days?",
    "The way [to|from home to] [work|school|the {place}] is {d} {u} [long|]. {S} {go} there and back {k} times. How [many {u}|far] is that [in all|in total|]?",
    "It is {d} {u} [to|from my house to] the {place}. I [walk|go|drive|ride] there and back {k} [times|times a week]. How [many {u}|far] is that [in all|in a week|]?",
    "[My|Her|His|Our] way to [school|work] is {d} {u}. How [far|many {u}] [do I|does {n}] [walk|drive|ride|go] in {k} days, there and back?",
    "{n} lives {d} {u} from [school|work|the {place}] and [walks|drives|rides|cycles] both ways on {k} days. How many {u} [is that|does {n} go|are that]?",
    "On {k} days {s} {go} {d} {u} to [work|school|the {place}] and {d} {u} back. How [far|many {u}] [is that|{does} {he} {base}] [in all|in total|]?",
    "How [far|many {u}] {does} {s} {base} in {k} days if {he} {go} to [work|school] and back every day and one way is {d} {u}?",
    "[A|The] bus goes from [1:the|a] village to [1:the|a] city and back {k} times a day. One way is {d} {u}. How [many {u}|far] is that [a day|]?",
    "{k} times {s} {past} to the {place} and back. [One way|Each way|The distance] was {d} {u}. How [far|many {u}] did {he} {base}?",
]
ONCE = [
    "{S} {go} to the {place} and back. [One way|The way|Each way] is {d} {u} [long|]. How [far|many {u}] [is that|{does} {he} {base}] [in all|in total|]?",
    "The {place} is {d} {u} away. How [far|many {u}|long] is it there and back?",
    "[One way|A single trip] to [school|work|the {place}] is {d} [{u}|minutes]. How [long|much] is it there and back?",
    "It is {d} {u} to the {place}. {n} [walks|drives|rides] there and back. How many {u} is that?",
    "How [far|many {u}] is a [round trip|trip there and back] if one way is {d} {u}?",
]


def there_and_back(rng: Random) -> tuple[str, str]:
    """A way, both ways, once or several times."""
    d, k = rng.randint(2, 40), rng.randint(2, 9)
    third, base, past = one_of(rng, MOVE)
    slots = scene(rng, d, k)
    slots |= {"d": str(d), "k": str(k), "go": third if slots["x"] else base, "base": base, "past": past}
    if rng.random() < 0.15:
        return told(rng, ONCE, slots), step(2, "x", d) + answer(2 * d)
    return told(rng, TRIPS, slots), step(2, "x", d) + step(2 * d, "x", k) + answer(2 * d * k)


SPANS = [
    ("[from Monday to Friday|from Monday until Friday|between Monday and Friday]", "Monday to Friday", 5),
    ("[from Monday to Friday|Monday to Friday|from Monday through Friday]", "Monday to Friday", 5),
    ("[in a week|in one week|from Monday to Sunday|in 7 days|in a whole week]", "1 week", 7),
    ("[on a weekend|on one weekend|on Saturday and Sunday]", "A weekend", 2),
    ("[from Monday to Thursday|from Monday until Thursday]", "Monday to Thursday", 4),
    ("[from Monday to Wednesday|from Monday until Wednesday]", "Monday to Wednesday", 3),
    ("[from Monday to Saturday|from Monday until Saturday]", "Monday to Saturday", 6),
    ("[from Tuesday to Friday|from Tuesday until Friday]", "Tuesday to Friday", 4),
    ("[from Wednesday to Sunday|from Wednesday until Sunday]", "Wednesday to Sunday", 5),
    ("[from Tuesday to Saturday|from Tuesday until Saturday]", "Tuesday to Saturday", 5),
    ("[from Friday to Sunday|from Friday until Sunday]", "Friday to Sunday", 3),
    ("[in two weeks|in 2 weeks]", "2 weeks", 14),
]
DAILY = [
    "{S} {do} {e} {w} [a|every|each|per] day. How [many {w}|much] [{does} {he} {base}|is that] {span}?",
    "{S} {do} {e} {w} [a|every|each|per] day. [What|How many {w}] is that {span}?",
    "How many {w} {does} {s} {base} {span} [if {he} {do} {e} [a|every|each] day|at {e} [{w}|] [a|per] day]?",
    "{E} {w} [a|every|each] day: how many [{w}|] is that {span}?",
    "[Each|Every] day {s} {do} {e} {w}. How many [{w}|] [{does} {he} {base}|is that|are that] {span}?",
    "{S} {past} {e} {w} every day {span}. How many [{w}|] [did {he} {base}|was that|is that] [in all|in total|]?",
    "{S} {do} {e} {w} every day {span}. How many [{w}|] [{does} {he} {base}|is that] [in all|in total|]?",
]
OPENING = [
    "[The|A] {place2} has {e} [visitors|guests] [a|every|each] day. How many [come|is that|visitors is that] {span}?",
    "{S} sleep{x} {e} hours [a|every|each] night. How many hours is that {span}?",
    "[The|A] {place2} is open {e} hours [a|every|each] day. How many hours is that {span}?",
    "[A|The] [bus|train|boat] goes {e} times a day. How [many times|often] does it go {span}?",
    "[A|The] [hen|duck|baker|shop|machine] [gives|makes|lays|sells] {e} [eggs|rolls|cakes|{t}] [a|every|each] day. How many [is that|are that] {span}?",
    "[The|A] [dog|cat|horse|baby] [eats|drinks|needs] {e} [apples|carrots|bottles|cups] [a|every|each] day. How many is that {span}?",
]
PAID = [
    "A parking place costs {N} a day. [What|How much] do I pay {span}?",
    "{S} get{x} {N} a day. [How much|What] {does} {he} get {span}?",
    "{S} earn{x} {N} [a|every|each|per] day. [How much|How much money|What] {does} {he} [earn|get|make] {span}?",
    "{S} [spend{x}|pay{x}] {N} [a|every|each|per] day [for|on] [lunch|the bus|coffee|food]. [How much|How much money|What] is that {span}?",
    "[Her|His|My] pay is {N} a day. [How much|What] is that {span}?",
]


def day_span(rng: Random) -> tuple[str, str]:
    """So much a day, from one weekday to another."""
    span, shown, k = one_of(rng, SPANS)
    templates = rng.choices((DAILY, OPENING, PAID), (5, 3, 4))[0]
    e = rng.randint(2, 12) if k == 14 or templates is OPENING else rng.randint(2, 30)
    if k < 14 and templates is PAID and rng.random() < 0.4:
        e = 10 * rng.randint(2, 12)
    third, base, past, unit = one_of(rng, verbs.RATES)
    slots = scene(rng, k, e)
    slots |= {
        "e": str(e),
        "E": str(e),
        "w": unit,
        "do": third if slots["x"] else base,
        "base": base,
        "past": past,
        "place2": one_of(rng, v.BODIES),
    }
    prompt = told(rng, [t.replace("{span}", span) for t in templates], slots)
    return prompt, f"{shown} is {k} days. " + step(e, "x", k) + answer(e * k)
