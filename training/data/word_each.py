"""Short word problems of one multiplication: equal groups, unit prices, steady rates in other words."""

from __future__ import annotations

from random import Random

from training.data.word_scene import scene, told
from training.data.working import answer, product

# The first number says how many, the second how much each.
EACH = [
    "A [bookshelf|shelf|cupboard|bookcase|rack] has {a} [boards|shelves|levels|rows] with {b} [1:books|boxes|cups|{t}] on each. How many [1:books|boxes|cups|{t}] are on [it|the shelf|the bookshelf]?",
    "[In|On] [each|every] of the {a} {groups} [there are|you find|I see|are] {b} {t}. How many {t} are [there|that] [in all|in total|altogether|together|]?",
    "[In|On] [each|every] {group} [there are|are|I count] {b} {t}. There are {a} {groups}. How many {t} [are there|is that|are there in all]?",
    "Each of my {a} [friends|cousins|sisters|brothers|neighbors] has {b} {t}. How many {t} [is that|do they have] [in all|in total|together|]?",
    "{a} {people} [each have|each bring|each get|each take|each pay|each find] {b} [{t}|dollars]. How many [is that|is that in all|are there]?",
    "{n} [gives|hands|sends] each of the {a} [friends|cousins|children|guests] {b} {t}. How many {t} does {n} [need|give away|hand out|need in all]?",
    "For one [1:cake|pie|pizza] {s} need{x} {b} [eggs|apples|{f}|tomatoes|grams of flour]. How many {does} {he} need for {a} [1:cakes|pies|pizzas]?",
    "One [cake|pie|soup|pizza] [needs|takes] {b} [eggs|{f}]. How many [do {a} need|do {a} take|are needed for {a}|do I need for {a}]?",
    "A [1:page|sheet|card] has [room for|] {b} [stamps|photos|stickers|lines|words] [on it|]. How many are on {a} [1:pages|sheets|cards]?",
    "A [1:hall|theater|garden|field|parking lot] has {a} rows [with|of] {b} [1:chairs|seats|trees|plants|cars] [in each|each|]. How many [1:chairs|seats|trees|plants|cars] are [there|that]?",
    "[Chairs|Plants|Desks|Trees|Cars] stand in {a} rows, {b} in each row. How many [is that|are there|are that]?",
    "A [chessboard|board|window|wall|sheet] has {a} rows with {b} [squares|fields|tiles|panes] each. How many is that?",
    "{a} times {s} [{go}|walked|ran|swam] {b} [1:meters|km|laps|minutes]. How many [1:meters|km|laps|minutes] is that [in all|in total|]?",
    "A [2:farmer|hen|baker|tailor|shop|tree|machine] [2:collects|lays|bakes|makes|sells|gives|produces] {b} [2:eggs|eggs|rolls|shirts|apples|pears|{t}] [1:each morning|every morning|a day|each day|per day|every evening|each night]. How many [does that make|is that|are that] [after|in] {a} [1:mornings|mornings|days|days|days|evenings|nights]?",
    "A [farmer|woman|man|boy|girl] [collects|picks|gathers|finds] {b} [eggs|apples|mushrooms|berries|{t}] [1:each morning|every morning|each day|every evening]. How many [does [he|she] have|is that] after {a} [1:mornings|mornings|days|evenings]?",
    "Every [1:morning|evening|day|night|afternoon|hour|week|month] {s} [2:{drink}|{eat}|{read}|{eat}] {b} [2:glasses of water|nuts|pages|{f}]. How many [is that|are that] [in|after] {a} [1:mornings|evenings|days|nights|afternoons|hours|weeks|months]?",
    "A [tank|pool|bathtub|barrel|bucket] is filled with {b} liters [of water|] [per|each|every|a] minute. How [many liters|much water] [is|are] in it after {a} minutes?",
    "[Every|Each|In one] minute {b} liters [of water|] [flow|run|go|are poured] into a [tank|pool|bathtub|barrel]. How many liters [are in it|is that] after {a} minutes?",
    "A [pump|tap|pipe|hose] gives {b} liters [a|per|every] minute. How [much|many liters] [does it give|is that] in {a} minutes?",
    "[Water|Oil] [drips|flows|runs] from a [tap|pipe] at {b} liters [an|per] hour. How many liters [is that|flow out|are lost] in {a} hours?",
    "A [snail|ant|turtle|worm|bug] [crawls|moves|walks|goes] {b} [cm|meters|m] [a|per|every|each|in a] [1:minute|hour|day]. How far [does it get|does it go|is it] [in|after] {a} [1:minutes|hours|days]?",
    "A [tree|plant|flower|beard|nail] grows {b} [cm|mm] [a|per|every|each] [1:week|month|year]. How much does it grow in {a} [1:weeks|months|years]?",
    "One [1:lap|round] is {b} meters [long|]. {S} {run} {a} [1:laps|rounds]. How [far|many meters] [is that|{does} {he} run]?",
    "{S} {run} {a} [laps|rounds] of {b} meters. How [far|many meters] is that?",
    "A [stair|staircase|tower] has {a} [floors|levels] with {b} steps each. How many steps [are there|is that|does it have]?",
    "One [1:ticket|ride|lesson|night] costs {N}. [How much do {a} [1:tickets|rides|lessons|nights] cost|What do I pay for {a}|What do {a} people pay|How much is it for {a}]?",
    "{a} {people} [each pay|pay each] {N}. How much [is that|do they pay|money is that|do they pay together|money is there]?",
    "{a} {people} buy a ticket [for|at] {N} each. How much [is that|do they pay] [in all|together|]?",
    "At {N} [each|apiece|a piece], [what|how much] [do|would] {a} {gs} cost?",
    "[How much|What] [will|would|must] I pay for {a} {gs} if [one|each] [costs|is] {N}?",
    "I [buy|need|want|would like] {a} {gs}[. One| and one|, one] costs {N}. [How much is that|What do I pay|What is the price of all|How much money do I need]?",
    "A [1:kilo|kg|pound|bag|liter] of [flour|rice|sugar|milk|nuts|salt|juice] is {N}. [What do|How much are|How much is it for] {a} [1:kilos|kg|pounds|bags|liters] [cost|]?",
    "The [rent|fee|phone|gym|car] costs {N} [a|per|each|every] month. [How much is that|What do I pay] [in|for] {a} months?",
    "{n} [puts|saves|lays aside] {N} [in a jar|in the bank|] every [1:week|day|month]. How much [is in the jar|is it|does {n} have|money is that] after {a} [1:weeks|days|months]?",
    "Every [1:week|day|month] {n} [puts|saves|earns|gets|spends] {N}. How much is that [in|after] {a} [1:weeks|days|months]?",
    "[Pocket money|My pocket money|Her pay|His pay] is {N} a week. How much is that in {a} weeks?",
    "{S} {earn} {N} [a|per|each|every] [1:day|hour|week] and work{x} {a} [1:days|hours|weeks]. How much [{does} {he} earn|is that|{does} {he} get|money is that]?",
    "{a} [1:hours|days] [of work|of help] at {N} [1:an hour|a day]. How much is that?",
    "{S} sell{x} {a} {gs}. [For|With] each [one|{g}|] {he} get{x} {N}. How much [{does} {he} get|money is that|is that]?",
    "{a} [cars|buses|vans|boats] [bring|carry|take] {b} {people} each. How many {people} [is that|are that|come|can ride]?",
    "{a} [pizzas|cakes|pies|melons] are cut into {b} [1:slices|pieces] each. How many [1:slices|pieces] [are there|is that|does that make]?",
    "A [2:pizza|cake|pie|melon] [has|is cut into|makes] {b} [1:slices|pieces]. How many [1:slices|pieces] do {a} [2:pizzas|cakes|pies|melons] [have|make|give]?",
    "[One|A] [1:bus|car|train|boat|van] [holds|takes|carries|has seats for] {b} people. How many people [fit into|can ride in|go in|can travel in] {a} [1:buses|cars|trains|boats|vans]?",
    "[One|A] [1:step|brick|box|coin|tile] is {b} cm [2:high|long]. How [2:high|long] are {a} [1:steps|bricks|boxes|coins|tiles]?",
    "{a} [sacks|bags|boxes|stones] weigh {b} kg each. [How much is that together|How heavy are they all|What do they weigh together|How many kg is that]?",
    "[Each|One|Every] [sack|bag|box|stone|brick] weighs {b} kg. [What do|How much do] {a} weigh?",
    "{n} has {a} [coins|bills|notes] of {b} [dollars|cents] [each|]. How [much money|many dollars|much] is that?",
    "A [song|film|lesson|game|walk] takes {b} minutes. How long [do {a} take|are {a} of them|are {a}]?",
    "{n} takes {b} minutes for one [page|sum|picture|lap|letter]. How [long|many minutes] does {n} [need|take] for {a}?",
]


def each_story(rng: Random) -> tuple[str, str]:
    """So many, so much each."""
    a, b = rng.randint(2, 12), rng.randint(2, 30) if rng.random() < 0.7 else rng.randint(2, 99)
    slots = scene(rng, a, b)
    third = bool(slots["x"])
    slots |= {
        "go": "goes" if third else "go",
        "drink": "drinks" if third else "drink",
        "eat": "eats" if third else "eat",
        "read": "reads" if third else "read",
        "run": "runs" if third else "run",
        "earn": "earns" if third else "earn",
    }
    prompt = told(rng, EACH, slots)
    return prompt, product(prompt, a, b) + answer(a * b)
