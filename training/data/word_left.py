"""Short word problems of one subtraction: what stays, what is missing, what was there before."""

from __future__ import annotations

from random import Random

from training.data.word_scene import scene, told
from training.data.working import answer, step

LEFT = [
    # Some are not there, some are not good any more.
    "There are {a} [pupils|students|children|kids] in [my|our|the|his|her] class [and|,] {b} of them [are|were] [sick|ill|absent|missing|not here] today. How many [came to school|are here|are at school|are there|came|are present|are in class]?",
    "[My|Our|Her] class has {a} [students|pupils|children]. [Today|This morning|On Monday] {b} [are sick|stayed at home|are at home|are missing|did not come]. How many [came|are in class|are here|are there|came to school]?",
    "{b} of the {a} [students|children|guests|players|workers|members] [are ill|could not come|are missing|stayed home|left early|went home]. How many [are there|came|stayed|are left]?",
    "{b} out of {a} {t} [are|were] [broken|bad|rotten|old|empty|dirty|lost|gone]. How many [are still good|are fine|are good|are not|{t} are okay|can be used]?",
    "[We|I] had {a} [balloons|lamps|candles|eggs|cups|plates|glasses] for the party[,|] but {b} [of them|] [popped|broke|went out|fell down|were lost|got broken]. How many [are still good|are left|are still there|do we still have]?",
    "{A} [box|bag|basket] of {a} {t} fell down[,| and] {b} [broke|got lost|were broken|rolled away]. How many [are still whole|are left|did not break|are good]?",
    "[Out of|Of] [the|] {a} {t} [in the {box}|in the shop|on the table|], {b} [were|are] [sold|gone|eaten|used|taken]. How many [are left|remain|are there still]?",
    "{a} {t} were [in the {box}|on the table|in the shop|there]. Now [only|] {b} are [left|there]. How many [are gone|are missing|were taken|have been taken|were sold]?",
    "{S} had {a} {t}. Now {he} {has} [only|just|] {b} [left|]. How many [did {he} lose|did {he} give away|are gone|{t} are missing|has {he} used|did {he} use]?",
    "{n} invited {a} [people|friends|guests] and {b} [said no|did not come|could not come|cancelled|stayed at home]. How many [came|guests came|were there|people came to the party]?",
    "{a} [runners|children|cyclists|players|people] [started|began] the [race|game|test]. {b} [gave up|dropped out|did not finish|stopped]. How many [finished|reached the end|were left|made it]?",
    "{a} [birds|ducks|pigeons|crows] [sit|sat|are sitting|were sitting] [on a roof|in a tree|on the fence|on a wire|by the pond]. {b} [fly|flew] [away|off]. How many [are still there|are left|stay|stayed]?",
    "[The|A] [train|bus|boat|plane] had {a} passengers. At the [first|next|last] [stop|station] {b} [got off|left|got out]. How many [are still on it|stayed on|were left|are left|passengers are on it now]?",
    "[A|The|Our] [theater|cinema|bus|plane|hall|train] has {a} seats. {b} [of them|seats|] are [taken|full|sold|occupied|reserved]. How many are [free|still free|empty|left]?",
    "[A|The|Our] [hotel|school|house|building] has {a} rooms. {b} [of them|] are [empty|free]. How many are [taken|not empty|full|in use|not free]?",
    "There were {a} [1:cars|bikes|buses|trucks] [in the lot|at the station|on the parking lot|in the street]. {b} [drove away|left|have left|are gone]. How many [are still there|stayed|are left]?",
    # Reading, walking, saving: what is still to do.
    "{S} {is} reading a book [of|with] {a} pages. {He} {has} [read|finished] {b} [pages|of them|] [so far|already|]. How many [pages|] [are left|{does} {he} still have to read|must {he} still read|are still to read|has {he} not read]?",
    "{n} [must|has to|needs to|wants to] [1:read|write|learn|do|solve] {a} [1:pages|letters|words|tasks|sums] and has done {b} [of them|]. How many [are left|more must {n} do|are still to do|must {n} still do]?",
    "The [way|road|path] to the {place} is {a} {u} long. {S} {has} [walked|gone|driven|covered|done] {b} [{u}|]. How [far is it still|many {u} are left|many {u} are still to go|far must {he} still go]?",
    "The {place} is {a} {u} away. After {b} {u} {s} take{x} a break. How [many {u} are left|far is it still|many more {u} is it]?",
    "{A} [trip|flight|film|drive|lesson|game] takes {a} [1:minutes|hours]. {b} [1:minutes|hours] [have passed|are over|are past|are gone]. How [much longer does it take|long does it still take|many are left]?",
    "A [roll|rope|ribbon|string|wire] [is|was] {a} [1:meters|m|cm] long. {S} [cut off|used|cuts off|took|needed] {b} [1:meters|m|cm]. How [much is left|long is the rest|many are left|long is it now]?",
    "{S} {has} {b} of [the|] {a} [stickers|cards|stamps|coins|pictures|points]. How many [are missing|{does} {he} still need|are still missing|more {does} {he} need]?",
    "{S} [need{x}|want{x}|must have] {a} [{t}|points|dollars]. {He} {has} {b}[ so far| now| already|]. How many [more|] [{does} {he} need|are missing|must {he} get|are still missing]?",
    "{b} [guests|people|children] are here. {a} [are expected|were invited|should come|are coming in all]. How many [are missing|are still missing|have not come yet|must still come]?",
    "It takes {a} [points|wins|steps|coins] to [win|finish|get the prize]. {n} has {b}. How many [more does {n} need|are missing|are still needed]?",
    "For the [cake|soup|party|trip|game] {s} need{x} {a} [eggs|cups|plates|dollars|apples|chairs]. There are [only|] {b}. How many [are missing|more {does} {he} need|must {he} buy]?",
    # Money.
    "{S} [had|took|has got] {M}. [After shopping|In the evening|Now|At the end] [there is|there was|only] {N} [left|]. How much [did {he} spend|was spent|money is gone]?",
    "A {g} costs {M}[,| but] {n} [only has|has only|has just] {N}. How much [is missing|more does {n} need|money is missing|does {n} still need]?",
    "{S} {has} [saved|collected|earned] {N}. The {g} costs {M}. How much [is missing|is still missing|must {he} still save|more must {he} save]?",
    "The {g} is {M} and I have {N}. How much [more do I need|do I still need|am I missing|is missing]?",
    "{n} [owes|owed] {m} {M} and [paid|pays|gave] back {N}. How much does {n} still owe?",
    "{n} [lends|lent] {m} {M}. {m} [has given|gave] back {N}. How much [is missing|does {m} still owe|does {n} still get]?",
    "{n} had {M} in the bank and took out {N}. How much is [left|in the bank now|still there|still in the bank]?",
    "{S} put{x} {M} on the [table|counter]. The {g} costs {N}. How much [{does} {he} get back|change is that|comes back|change {does} {he} get]?",
    "{S} {has} {M} in {his} [pocket|bag|wallet|purse]. {He} [give{x}|pay{x}] {N} for [lunch|a {g}|the bus|a ticket|a film]. How much [{does} {he} have now|is left|is left over|{does} {he} have left]?",
    "With {M} [in my pocket|in my bag|] I go to the {place} and spend {N}. What [is left|do I have left]?",
    # Unknown start and unknown change.
    "{S} gave [away|{m}] {b} {t}. [At first|Before|Before that] {he} had {a}. How many {does} {he} have [now|left]?",
    "[Together|Between them] {n} and {m} have {a} {t}. {b} [of them|] [belong to|are from|are] {n}['s|]. How many does {m} have?",
    "{n} and {m} [1:found|picked|collected|caught|made|sold] {a} {t} together. {n} [1:found|picked|collected|caught|made|sold] {b} of them. How many [did {m} get|were from {m}|are from {m}]?",
    "Some {t} were in a {box}. {n} added {b}, and now there are {a}. How many were [there before|in it before|there at first|in it at first]?",
    "{S} [get{x}|got] {b} {t} and now {has} {a}. How many did {he} have [before|at first|at the start|to begin with]?",
    "After [getting|finding|buying] {b} more {t}, {n} has {a}. How many did {n} have [before|at first]?",
    # Two kinds.
    "[A|The|My] [class|group|team|club|choir] has {a} [children|members|people|kids]. {b} [of them|] are [1:girls|boys]. How many [1:boys|girls] are there?",
    "[There are|We see|I count] {a} [animals|pets] on [the|a] farm, {b} are [cows|pigs|hens] and the [others|rest] are [1:goats|sheep|horses]. How many [1:goats|sheep|horses] are there?",
    "{b} of [my|her|his|our|the] {a} {t} are [1:red|new|big|old]. [The others|The rest] are [1:blue|old|small|new]. How many are [1:blue|old|small|new]?",
    "In a [box|bag|drawer|basket] [there are|are] {a} [1:red and blue|big and small|old and new] {t}. {b} are [1:red|big|old]. How many are [1:blue|small|new]?",
    "{n} [answered|solved|did] {a} [questions|tasks|sums], {b} of them were [wrong|false|not right]. How many were [right|correct]?",
    "[A|The] bottle [holds|has] {a} ml. {S} drink{x} {b} ml. How [much is left|many ml are left|much is still in it]?",
    "{S} {has} to be at the {place} in {a} minutes. The way takes {b} minutes. How many minutes [are left|{does} {he} have left|can {he} wait]?",
]


def left_story(rng: Random) -> tuple[str, str]:
    """A whole and a part: the other part."""
    a = rng.randint(5, 60) if rng.random() < 0.6 else rng.randint(20, 300)
    b = rng.randint(2, a - 1)
    slots = {**scene(rng, a, b), "A": "A" if rng.random() < 0.5 else "The"}
    return told(rng, LEFT, slots), step(a, "-", b) + answer(a - b)
