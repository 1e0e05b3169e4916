"""Short word problems of one division: pieces of a length, unit prices, equal shares in other words."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import name
from training.data.phrase import one_of
from training.data.word_scene import scene, told
from training.data.working import answer, step

# The whole `a` is divided by `b`; the answer is `c`.
PIECES = [
    "A [rope|ribbon|board|wire|pipe|string|stick|cable|log|roll of cloth] of {a} [1:meters|m|cm|feet] is [cut|sawn|divided|split] into pieces of {b} [1:meters|m|cm|feet] [each|]. How many pieces [are there|does that make|is that|do you get|are that|will there be]?",
    "A [rope|ribbon|board|wire|pipe|string|stick] is {a} [1:meters|m|cm|feet] long. [It is cut into pieces of|{n} cuts it into pieces of|{S} cut{x} off pieces of|Each piece is] {b} [1:meters|m|cm|feet]. How many pieces [are there|does that make|is that|do you get]?",
    "How many pieces of {b} [1:meters|cm|feet] can [you|I|{n}|we] cut from a [rope|ribbon|board|string|wire] of {a} [1:meters|cm|feet]?",
    "{S} cut{x} a [rope|ribbon|board|string|wire] of {a} meters into {b}-meter pieces. How many [pieces|] [{does} {he} get|are there|is that]?",
    "{n} has {a} [1:meters|m|feet] of [ribbon|cloth|string|wire] and needs {b} [1:meters|m|feet] for [one|each|every] [2:dress|gift|box|shirt|flag]. How many [2:dresses|gifts|boxes|shirts|flags] [can {n} make|is it enough for|does that make]?",
    "A [bottle|barrel|tank|jug|pot] [has|holds|contains] {a} [liters|ml|cups] [of juice|of water|of milk|]. [A|One|Each] [1:glass|cup|bucket|can] [takes|holds] {b}. How many [1:glasses|cups|buckets|cans] can [be filled|you fill|{s} fill]?",
    "How many [glasses|cups|cans|bottles] of {b} [1:ml|liters] can you fill [from|with] {a} [1:ml|liters]?",
    "{a} kg of [flour|rice|potatoes|sugar|nuts] are [filled|put|packed] into [1:bags|sacks] of {b} kg. How many [1:bags|sacks] [are there|is that|are needed|do you need]?",
    "[One|A] [1:trip|walk|way|round|lap] is {b} {u}. After how many [1:trips|walks|ways|rounds|laps] {has} {s} done {a}?",
    "A [film|trip|lesson] of {a} minutes is [split|divided] into parts of {b} minutes. How many parts [are there|is that]?",
    "[How many|So how many] {boxes} do [I|we|you] need [for|to pack] {a} {t} if {b} [fit in|go into|are in] [one|each] [{box}|]?",
    "{b} {t} fit [in|into] [one|a|each|every] {box}. How many {boxes} [do I need|are needed|does {n} need|must I buy|do you need] for {a} [{t}|]?",
    "{S} {has} {a} {t}. {b} [go into|fit in] [one|each] {box}. How many {boxes} [{does} {he} need|are full|can {he} fill]?",
    "{a} {people} [want to|must|have to] [ride|go|travel] [in|by] [1:cars|boats|buses|taxis], {b} in each. How many [1:cars|boats|buses|taxis] [do they need|are needed|is that]?",
    "{a} {people} [sit|sit down|eat] at tables, {b} at each [table|]. How many tables [are there|is that|are needed|do they need]?",
    "[At|On] [each|every|a] [1:table|bench] {b} {people} [can sit|sit|have room]. How many [1:tables|benches] do {a} {people} need?",
    "{a} {people} [stand|line up|walk] in rows of {b}. How many rows [are there|is that|do they make]?",
    "{a} {people} are [put|split|divided|sorted] into [1:groups|teams] of {b}. How many [1:groups|teams] [are there|is that|does that make]?",
    "[1:Teams|Groups] of {b} are made from {a} {people}. How many [1:teams|groups] [are there|is that]?",
    "How many times can [I|you|{n}] take {b} {t} [from|out of] a {box} [of|with] {a}?",
    "{S} {has} {M2} and spend{x} {N2} [a|each|every|per] [1:day|week]. [For how many|How many] [1:days|weeks] does [it|the money] last?",
    "[A|The] {box} [has|holds|contains] {a} {t}. [Every|Each] day {s} [{eat}|{use}] {b}. [For how many days is it enough|How many days does it last|After how many days is it empty|How long does it last]?",
    "With {M2}, how many {gs} can [I|you|{n}|we] buy [at|for] {N2} each?",
    "How many {gs} [at|for] {N2} [each|] [can I buy with|do I get for|can {n} buy with|can you get for] {M2}?",
    "A {g} costs {N2}. I [have|spend|pay|paid] {M2}. How many [{gs}|] [can I buy|do I get|did I buy|can I get]?",
    "{S} [pay{x}|paid|spend{x}|spent] {M2} for {gs} at {N2} each. How many [{gs}|] [did {he} buy|is that|{does} {he} get]?",
    "{S} earn{x} {N2} an hour. [How many hours|How long] must {he} work for {M2}?",
    "[If|When] {n} saves {N2} a [1:week|month|day], [after how many|how many] [1:weeks|months|days] [does {n} have|does it take to save|are needed for] {M2}?",
    "How many [1:days|weeks] does it take to [read|write|learn] {a} [pages|lines|words] [if {s} [{read}|{write}] {b}|at {b}] [a|each|every|per] [1:day|week]?",
    "A [train|bus] [comes|goes|leaves] every {b} minutes. How [often is that|many times does it come|often does it come] in {a} minutes?",
]
# The whole `a` in `b` equal parts; the answer is the size of one.
SHARES = [
    "A [pack|box|bag|set|case|carton] [of|with] {b} {gs} costs {M2}. [How much|What] [does|would] [one|one {g}|a single {g}|each {g}|each one] cost?",
    "A [pack|box|bag|set|case|carton] [of|with] {b} {gs} [is|costs|sells for] {M2}. [What is the price of one {g}|How much is one|How much is one {g}|How much do you pay for one|What is the price of each]?",
    "{b} {gs} cost {M2} [together|in all|in total|]. [How much|What] [is|does] one [of them|{g}|] [cost|]?",
    "{b} [tickets|lessons|rides|bottles|stamps|batteries|eggs|pens|liters of milk|kilos of apples] [cost|are] {M2}. [What is the price of one|How much is one|How much for one|What does one cost]?",
    "I paid {M2} for {b} {gs}. [What|How much] did [one|each|each {g}|a {g}] cost?",
    "{S} [pay{x}|paid] {M2} for {b} {gs}. [What is the price of each|What was the price of one|How much is that for one|How much for each {g}]?",
    "If {b} {gs} cost {M2}, [how much|what] does [one|one {g}|each] cost?",
    "[How much|What] does one {g} cost if {b} [of them|{gs}|] cost {M2}?",
    "The [bill|taxi|trip|gift|room|meal] [is|costs] {M2}. {b} [friends|people|cousins] [share it|split it|pay the same|pay together, each the same]. How much does each [pay|one pay|of them pay]?",
    "{b} [friends|people|brothers|sisters|workers] [share|split|divide] {M2} [equally|fairly|evenly|]. How much does [each|each one|everyone|one] get?",
    "{n} [earned|got|made] {M2} in {b} [1:hours|days|weeks]. How much [is that|did {n} earn] [1:an hour|a day|a week]?",
    "{S} [work{x}|worked] {b} hours and [get{x}|got] {M2}. How much is that [an|per|for one] hour?",
    "{b} [boys|girls|friends|children|workers|men|women] [pick|picked|found|find|collect|collected|make] {a} {f} and [everyone|each one|everybody|each] [takes|gets|brings|carries] the same [number|] home. How many [{f}|] does each [boy|girl|child|one|] [take|get|bring home]?",
    "{b} [boys|girls|friends|children] [pick|find|catch|collect] {a} {t}. [Everyone|Each] [takes|gets|has] [the same|the same number|equally many]. How many is that [each|for each|for one]?",
    "{a} {t} for {b} {people}[, the same for each|, all get the same|, shared fairly]. How many [each|does each get|for each|does one get]?",
    "{a} {t} are [given|handed out] to {b} {people}, [all get the same number|each gets equally many]. How many [does each get|does one get|{t} does each have]?",
    "[Mom|Dad|Grandma|The teacher|{n}] [has|baked|bought|brings] {a} {f} for {b} [children|kids|students|friends]. [Each gets the same|All get the same|They share fairly]. How many [does each get|for each child|{f} is that for each|does each child get]?",
    "If {a} {t} are [shared|divided|split] [by|among|between] {b} {people}, [what does each get|how many does each get|how many are there for each]?",
    "{b} {boxes} [hold|contain|have] {a} {t}, [all|each] [the same|equally many]. How many [are in one|{t} are in each|are in each {box}]?",
    "{a} {t} [stand|are|lie] in {b} [equal|] rows. How many [are in one row|are in each row|per row]?",
    "There are {a} {t} [on|in] {b} {boxes}, the same number in each. How many [are in each|are in one|is that for each]?",
    "{S} {has} {a} {t} and want{x} to fill {b} {boxes} [equally|evenly]. How many [go into each|{t} go in each {box}|must go in one]?",
    "A book [of|with] {a} pages is read in {b} days, the same [number|] every day. How many pages [a day|is that a day|each day]?",
    "{S} [walk{x}|run{x}|swim{x}|drive{x}] {a} {u} in {b} [hours|days], [always the same|the same each day|equally fast]. How many {u} is that [in one|each]?",
    "{b} [1:laps|rounds|steps] are {a} [meters|cm] [long|]. How long is one [1:lap|round|step]?",
    "{b} [equal|] [bricks|boxes|stones|bags|parcels] weigh {a} kg [together|in all|]. [How much|How many kg] does one weigh?",
    "A [ribbon|rope|board|stick|wire|cake] of {a} [1:cm|meters] is [cut|divided|split] into {b} equal [pieces|parts]. How [long is each|long is one piece|many [1:cm|meters] is one piece]?",
    "A machine [makes|prints|fills|packs] {a} {t} in {b} [1:minutes|hours]. How many [does it make|is that] [in one|per|in a] [1:minute|hour]?",
    "A car [uses|needs] {a} liters in {b} [1:days|hours|weeks]. How many liters is that [a|per|for one] [1:day|hour|week]?",
    "[Half|One half] of [the|] {a2} [children|students|people|guests|members] [in the choir|in the club|in my class|in the room|on the bus|] are [1:boys|girls|adults]. How many [1:boys|girls|adults] [are there|are in it|is that]?",
    "[Half|One half] of [my|the|her|his|our] {a2} {t} [are|were] [red|old|broken|new|sold|gone|blue]. How many [is that|are that|are they]?",
]


def pieces(rng: Random) -> tuple[str, str]:
    """How many parts of a size, or the size of so many parts."""
    b, c = rng.randint(2, 12), rng.randint(2, 20)
    a = b * c
    slots = scene(rng, a, b, c)
    third = bool(slots["x"])
    mark = "${}" if rng.random() < 0.5 else one_of(rng, ("{} dollars", "{} dollars", "{} euros"))
    slots |= {
        "M2": mark.format(a),
        "N2": mark.format(b),
        "a2": "{a2}",
        "eat": "eats" if third else "eat",
        "use": "uses" if third else "use",
        "read": "reads" if third else "read",
        "write": "writes" if third else "write",
    }
    prompt = told(rng, PIECES if rng.random() < 0.45 else SHARES, slots)
    if "{a2}" in prompt:
        return prompt.replace("{a2}", str(2 * c)), step(2 * c, "/", 2) + answer(c)
    return prompt, step(a, "/", b) + answer(c)


AGAIN = [
    "If {k} {gs} cost {M}, [how much|what] do {j} [{gs}|] cost?",
    "{k} {gs} [cost|are] {M}. [How much|What] do {j} [{gs}|of them|] cost?",
    "{k} {gs} [cost|are|sell for] {M}. [What is the price of|How much are|What would I pay for|How much for] {j} [{gs}|]?",
    "I paid {M} for {k} {gs}. How much [would|do] {j} [{gs}|] cost?",
    "For {k} {gs} {n} pays {M}. How much does {n} pay for {j}?",
    "{k} [tickets|lessons|rides|stamps] cost {M}. [What|How much] [do|would] {j} cost?",
    "[A|The] [machine|printer|baker|worker] [makes|prints|packs] {a} {t} in {k} [1:hours|minutes|days]. How many [in|does it make in|are that in] {j} [1:hours|minutes|days]?",
    "In {k} [1:hours|days|weeks] {n} [earns|makes|saves] {M}. How much [is that|does {n} earn] in {j} [1:hours|days|weeks]?",
    "{n} [2:reads|walks|runs|types|writes] {a} [2:pages|{u}|{u}|words|lines] in {k} [1:hours|days]. How many [is that|are that] in {j} [1:hours|days]?",
    "{k} {boxes} [hold|have|contain] {a} {t}. How many {t} [are in|fit into|do you find in] {j} {boxes}?",
    "For {k} [1:cakes|pies|people|cups] {s} need{x} {a} [eggs|apples|{f}|grams of sugar]. How many [for|are needed for|{does} {he} need for] {j} [1:cakes|pies|people|cups]?",
    "A recipe for {k} people [needs|takes|uses] {a} [eggs|{f}|potatoes]. How many [for {j} people|do {j} people need|are needed for {j}]?",
]


def again(rng: Random) -> tuple[str, str]:
    """So much for some; how much for others."""
    k, j, e = rng.randint(2, 9), rng.randint(2, 12), rng.randint(2, 12)
    a = k * e
    slots = {
        **scene(rng, a, k),
        "k": str(k),
        "j": str(j),
        "n": name(rng),
    }
    slots["people"] = one_of(rng, v.PEOPLE)
    return told(rng, AGAIN, slots), step(a, "/", k) + step(e, "x", j) + answer(e * j)
