"""Word problems about one measured value that changes: warmth, weight, price, height, level."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import somebody
from training.data.phrase import one_of, say, tidy
from training.data.working import answer, step

TIMES = [
    tuple(pair.split("/"))
    for pair in """in the morning/at noon|in the morning/in the afternoon|in the morning/in the evening|at noon/in the evening|
at night/in the morning|yesterday/today|on Monday/on Tuesday|last year/this year|last week/this week|in May/in June|
at 8 o'clock/at noon|last month/this month|in winter/in summer|on Friday/on Sunday|at first/at the end|
before lunch/after lunch|in January/in July""".replace("\n", "").split("|")
]

RISE = [
    "it [got|became|has become|had become|was|gets|becomes] {b} degrees [warmer|hotter]",
    "the temperature [rose|went up|climbed|increased|rises|goes up|had risen|has gone up] by {b} degrees",
    "the temperature [rose|went up|climbed|increased] {b} degrees",
    "it was {b} degrees [more|warmer]",
]
FALL = [
    "it [got|became|has become|had become|was|gets|becomes] {b} degrees [colder|cooler]",
    "the temperature [fell|dropped|went down|sank|decreased|falls|drops|had dropped|has fallen] by {b} degrees",
    "the temperature [fell|dropped|went down|decreased] {b} degrees",
    "it was {b} degrees [less|colder|cooler]",
]


def warmth(rng: Random) -> tuple[str, str]:
    """Degrees at one time, a change, degrees at another time."""
    up = rng.random() < 0.5
    a, b = rng.randint(4, 40), rng.randint(2, 20)
    if not up:
        a += b
    c = a + b if up else a - b
    when, then = one_of(rng, TIMES)
    change = say(rng, RISE if up else FALL, b=b)
    until = then.removeprefix("at ").removeprefix("in ").removeprefix("on ")
    prompt = say(
        rng,
        [
            "{When} it [was|is] {a} degrees. {Then} {change}. {q}?",
            "{When} it [was|is] {a} degrees. [By|Until] {until} {change}. {q}?",
            "It [was|is] {a} degrees {when}. {Then} {change}. {q}?",
            "It was {a} degrees {when} and {then} {change}. {q}?",
            "{When} the temperature was {a} degrees. {Then} {change}. {q}?",
            "The temperature [{when}|] [is|was] {a} degrees. [Then|Later|After that|After an hour|During the day|Overnight] {change}. {q}?",
            "The thermometer [shows|showed|reads] {a} degrees {when}. [Then|Later] {change}. {q}?",
            "It was {a} degrees, [then|but then|and then] {change}. {q}?",
            "If it is {a} degrees {when} and {change}, {q2}?",
            "[The water|The soup|The oven|The room|The tea|The pool] [was|is|had] {a} degrees [warm|]. [Then|Later|After an hour] {change2}. {q3}?",
        ],
        a=a,
        when=when,
        When=when[0].upper() + when[1:],
        then=then,
        Then=then[0].upper() + then[1:],
        until=until,
        change=change,
        change2=say(
            rng,
            "it [got|became] {b} degrees [{w}|{w}]",
            b=b,
            w=one_of(rng, ("warmer", "hotter") if up else ("colder", "cooler")),
        ),
        q=say(
            rng,
            "[How warm|How warm|What temperature|How many degrees|How hot|How cold] [was it|is it] [{then}|then|now|]",
            then=then,
        )
        if rng.random() < 0.7
        else say(rng, "What [is|was] the temperature [{then}|now|then|]", then=then),
        q2=say(rng, "how [warm|many degrees|cold|hot] is it {then}", then=then),
        q3=say(rng, "How [warm|hot] is it [now|then]"),
    )
    return tidy(prompt), step(a, "+" if up else "-", b) + answer(c)


GROW = [
    "{S} weighed {a} [1:kg|kilograms|pounds]. {He} [gained|put on|{has} gained] {b} [1:kg|kilograms|pounds]. [How much {does} {he} weigh now|What is {his} weight now]?",
    "{S} {was} {a} cm tall {when}. {He} [grew|{has} grown] {b} cm. How tall {is} {he} [now|{then}|]?",
    "[Last year|A year ago] {s} {was} {a} cm tall. [Now|Today] {he} {is} {b} cm taller. How tall {is} {he} [now|today]?",
    "A [puppy|baby|calf|kitten|pig|lamb] weighed {a} [1:kg|pounds|kilograms] {when}. It [gained|has gained|put on] {b} [1:kg|pounds|kilograms]. [How much does it weigh|How heavy is it] now?",
    "A [tree|plant|bush|flower] [was|is] {a} [1:cm|meters|feet] [2:tall|high] {when}. [{Then} it was {b} [1:cm|meters|feet] taller|Since then it grew {b} [1:cm|meters|feet]|It has grown {b} [1:cm|meters|feet]]. How [2:tall|high] is it [now|]?",
    "A {g} [cost|used to cost|was] {M} {when}. [{Then} it costs {N} more|Now it costs {N} more|The price went up by {N}|The price rose by {N}|It has gone up by {N}|Now it is {N} more expensive]. [What does it cost|How much is it|What is the price|How much does the {g} cost] [now|today]?",
    "The price of a {g} [was|is] {M}. It [rises|rose|goes up|went up|increased|is raised] by {N}. [What is the new price|What does it cost now|How much is it now]?",
    "The water in the [pool|tank|river|lake] [was|stood] {a} cm [1:high|deep] {when}. [Then it rose|{Then} it had risen|It rose|It went up] by {b} cm. How [1:high|deep] is [it|the water] [now|]?",
    "The [river|lake|pool] was {a} cm deep. After the rain it was {b} cm deeper. How deep was it [then|after the rain]?",
    "The rent [is|was] {M}. It [goes|went] up by {N}. [What is the new rent|How much is the rent now]?",
    "{S} ran {a} minutes {when} and {b} minutes [longer|more] {then}. How [long|many minutes] did {he} run {then}?",
    "{S} can jump {a} cm. After [a month|training|some practice] {he} can jump {b} cm [more|higher|farther]. How [far|high] can {he} jump now?",
    "A [bus|train] [should come|comes|normally comes] after {a} minutes. Today it is {b} minutes late. After how many minutes does it come?",
    "The [trip|way|drive|flight|lesson] [usually|normally] takes {a} minutes. Today it takes {b} minutes longer. How long does it take today?",
]
SHRINK = [
    "{S} weighed {a} [1:kg|kilograms|pounds]. {He} [lost|{has} lost] {b} [1:kg|kilograms|pounds]. [How much {does} {he} weigh now|What is {his} weight now|How heavy {is} {he} now]?",
    "A [bear|cat|dog|pig|horse] weighed {a} [1:kg|pounds] {when}. It [lost|has lost] {b} [1:kg|pounds]. [How much does it weigh|How heavy is it] now?",
    "A candle [was|is] {a} cm [tall|long]. [It burned down|It has lost|It got shorter by|After an hour it was shorter by] {b} cm. How [long|tall] is it now?",
    "A {g} [cost|used to cost|was] {M} {when}. [{Then} it costs|Now it costs|Now it is|It is] {N} less. [What does it cost|How much is it|What is the price|How much does the {g} cost] [now|today]?",
    "The price of a {g} [was|is] {M}. It [falls|fell|goes down|went down|dropped|is lowered|was reduced] by {N}. [What is the new price|What does it cost now|How much is it now]?",
    "The water in the [pool|tank|river|lake] [was|stood] {a} cm [1:high|deep] {when}. [Then it fell|{Then} it had fallen|It sank|It went down] by {b} cm. How [1:high|deep] is [it|the water] [now|]?",
    "The [trip|way|drive|lesson] [usually|normally] takes {a} minutes. Today it takes {b} minutes less. How long does it take today?",
    "{S} needed {a} minutes for the [race|run|test|way] {when}. {Then} {he} {was} {b} minutes faster. How [long did {he} need|many minutes did {he} need] {then}?",
    "[A hat|A {g}] for {M} [is|was] marked down by {N}. [What does it cost now|How much must I pay|What is the new price]?",
    "With a [coupon|voucher|card] {s} get{x} {N} off a {g} [of|that costs|for] {M}. [How much {does} {he} pay|What {does} {he} pay|What is left to pay]?",
    "A [plane|balloon|bird|kite|climber] was at {a} meters [and|. It] [came down|went down|sank] by {b} meters. How high is it now?",
    "A [phone|battery|lamp] has {a} percent [left|of its power]. It loses {b} percent. How many percent are left?",
]


def measure_change(rng: Random) -> tuple[str, str]:
    """A weight, a price, a height or a level rises or falls."""
    who = somebody(rng)
    while who["he"] == "it":
        who = somebody(rng)
    up = rng.random() < 0.5
    a, b = rng.randint(5, 99), rng.randint(2, 40)
    if not up:
        a += b
    when, then = one_of(rng, [t for t in TIMES if "year" in t[0] or "week" in t[0] or "day" in t[0].lower()])
    money = one_of(rng, ("${}", "{} dollars", "{} dollars", "{} euros"))
    prompt = say(
        rng,
        GROW if up else SHRINK,
        a=a,
        b=b,
        when=when,
        then=then,
        Then=then[0].upper() + then[1:],
        g=one_of(rng, v.GOODS)[0],
        M=money.format(a),
        N=money.format(b),
        **who,
    )
    return tidy(prompt), step(a, "+" if up else "-", b) + answer(a + b if up else a - b)
