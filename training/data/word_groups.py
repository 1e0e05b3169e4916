"""Word problems about equal groups: multiplying, dividing, boxes and rows."""

from __future__ import annotations

from random import Random

from training.data import verbs
from training.data import vocabulary as v
from training.data.people import named, somebody, things, verb
from training.data.phrase import one_of, say
from training.data.working import answer, product, step


def _tidy(text: str) -> str:
    return text.replace("  ", " ").replace(" ?", "?").replace(" .", ".").replace(" ,", ",")


def groups(rng: Random) -> tuple[str, str]:
    """So many groups with so many things each."""
    e, k, t, who = rng.randint(2, 30), rng.randint(2, 12), things(rng), somebody(rng)
    if rng.random() < 0.3:
        e, k = k, e
    g, gs = one_of(rng, v.GROUPS)
    prompt = say(rng, [
        "[Each|Every|One] {g} [has|holds|contains] {e} {t}. How many {t} [are in|are there in|do you find in] {k} {gs}?",
        "[Each|Every] {g} has {e} {t}. How many {t} do {k} {gs} have [in total|altogether|]?",
        "There are {k} {gs} [with {e} {t} each|with {e} {t} in each|and each has {e} {t}|of {e} {t} each|. Each {g} has {e} {t}|and {e} {t} in every {g}]. How many {t} are there [in total|altogether|in all|]?",
        "{k} {gs} have {e} {t} each. How many {t} are there in total?",
        "{S} {has} {k} {gs} [with {e} {t} each|of {e} {t}|with {e} {t} in each {g}|and every {g} [contains|has] {e} {t}|. Each {g} has {e} {t}|and puts {e} {t} in each]. How many {t} {does} {he} have [in total|altogether|]?",
        "There are {e} {t} in [one|each|every|a] {g}. How many [{t}|] are [in|there in] {k} {gs}?",
        "[One|A] {g} [holds|has room for] {e} {t}. How many {t} [fit in|fit into|do you need to fill] {k} {gs}?",
        "How many {t} are in {k} {gs} [with {e} {t} each|if each {g} has {e}|of {e}]?",
        "{S} fill{x} {k} {gs} with {e} {t} each. How many {t} is that?",
        "{k} {people} [get|have|bring|carry|make|eat|buy|need] {e} {t} each. How many {t} is that [in total|altogether|]?",
        "[Each|Every one] of {k} {people} [gets|has|brings|carries|makes|eats|buys|reads] {e} {t}. How many {t} is that [in total|altogether|]?",
        "{S} [gives|gave|handed] {e} {t} to each of {k} {people}. How many {t} is that?" if who["x"] else "I give {e} {t} to each of {k} {people}. How many {t} is that?",
        "{k} {gs}, {e} {t} each. How many {t}?",
    ], e=e, k=k, t=t, g=g, gs=gs, people=one_of(rng, v.PEOPLE), **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, k, e) + answer(k * e)


def rate(rng: Random) -> tuple[str, str]:
    """So many a day, for so many days."""
    e, k, who = rng.randint(2, 40), rng.randint(2, 12), somebody(rng)
    third, base, past, unit = one_of(rng, verbs.RATES)
    p, ps = one_of(rng, verbs.PERIODS)
    does = third if who["x"] else base
    prompt = say(rng, [
        "{S} {do} {e} {u} [every|each|per|a] {p}. [How many {u} {does} {he} {base} in {k} {ps}|How many {u} is that in {k} {ps}|How many {u} in {k} {ps}|How many {u} does that make in {k} {ps}]?",
        "{S} {do} {e} {u} [every|each|per|a] {p} for {k} {ps}. [How many {u} is that|How many {u} {does} {he} {base} in total|What is the total]?",
        "{S} {past} {e} {u} [every|each|a] {p} for {k} {ps}. How many {u} did {he} {base} [in total|altogether|]?",
        "{S} can {base} {e} {u} [per|in a|in one|in an] {p}. How many {u} can {he} {base} in {k} {ps}?",
        "If {s} {do} {e} {u} [every|each|per|a] {p}, how many {u} {does} {he} {base} in {k} {ps}?",
        "How many {u} {does} {s} {base} in {k} {ps} [at {e} {u} per {p}|with {e} {u} a {p}|if {he} {do} {e} {u} a {p}]?",
        "In [one|a] {p} {s} {do} {e} {u}. How many {u} {does} {he} {base} in {k} {ps}?",
        "{S} need{x} {e} {q} [per|a|every] {p}. How many {q} {does} {he} need [for|in] {k} {ps}?",
    ], e=e, k=k, u=unit, p=p, ps=ps, do=does, base=base, past=past, q=things(rng), **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, e, k) + answer(e * k)


def rate_span(rng: Random) -> tuple[str, str]:
    """So many a day in a week, two weeks, a year: the number of days is knowledge."""
    e, who = rng.randint(2, 20), somebody(rng)
    third, base, past, unit = one_of(rng, verbs.RATES)
    p, span, k = one_of(rng, [("day", "a week", 7), ("day", "one week", 7), ("month", "a year", 12), ("day", "2 weeks", 14), ("day", "two weeks", 14), ("hour", "a day", 24), ("day", "3 weeks", 21), ("month", "one year", 12), ("week", "a year", 52)])
    known = {7: "1 week is 7 days. ", 12: "1 year is 12 months. ", 24: "1 day is 24 hours. ", 52: "1 year is 52 weeks. ", 14: "2 x 7 = 14 days. ", 21: "3 x 7 = 21 days. "}[k]
    if k > 12:
        e = rng.randint(2, 10)
    prompt = say(rng, [
        "{S} {do} {e} {u} [every|each|per|a] {p}. How many {u} [{does} {he} {base}|is that|does that make] in {span}?",
        "{S} {past} {e} {u} [every|each] {p} for {span}. How many {u} did {he} {base} [in total|]?",
        "How many {u} {does} {s} {base} in {span} if {he} {do} {e} {u} [every|each|per|a] {p}?",
    ], e=e, u=unit, p=p, span=span, do=third if who["x"] else base, base=base, past=past, **who)
    return _tidy(prompt), known + step(e, "x", k) + answer(e * k)


def rate_time(rng: Random) -> tuple[str, str]:
    """How long it takes at so many a day."""
    e, k, who = rng.randint(2, 15), rng.randint(2, 15), somebody(rng)
    n = e * k
    third, base, past, unit = one_of(rng, verbs.RATES)
    p, ps = one_of(rng, verbs.PERIODS[:4])
    prompt = say(rng, [
        "{S} {do} {e} {u} [every|each|per|a] {p}. [How many {ps} {does} {he} need for {n} {u}|How many {ps} does it take [{him}|] to {base} {n} {u}|After how many {ps} {has} {he} done {n} {u}|How long {does} {he} need for {n} {u}|When {has} {he} done {n} {u}]?",
        "How many {ps} {does} {s} need [for {n} {u}|to {base} {n} {u}] at {e} {u} [per|a] {p}?",
        "{S} want{x} to {base} {n} {u}. {He} {do} {e} [{u}|] [every|each|a] {p}. How [many {ps} does it take|long does it take|many {ps} {does} {he} need]?",
        "A book has {n} pages. {S} read{x} {e} pages [a|every|each|per] {p}. How many {ps} {does} {he} need [to finish it|to read it|for the book|]?",
        "{S} save{x} {e} dollars [every|each|a] {p}. After how many {ps} {does} {he} have {n} dollars?",
    ], e=e, k=k, n=n, u=unit, p=p, ps=ps, do=third if who["x"] else base, base=base, **who)
    return _tidy(prompt), step(n, "/", e) + answer(k)


def share(rng: Random) -> tuple[str, str]:
    """Equal shares: how many each, or how many groups."""
    e, k, t, who = rng.randint(2, 25), rng.randint(2, 12), things(rng), somebody(rng)
    n = e * k
    g, gs = one_of(rng, v.GROUPS)
    people = one_of(rng, v.PEOPLE)
    if rng.random() < 0.55:
        prompt = say(rng, [
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
        ], n=n, k=k, t=t, g=g, gs=gs, people=people, A=one_of(rng, ("A", "The")), It=one_of(rng, ("It is cut", "Somebody cuts it", "It is divided")), good=(pair := one_of(rng, v.GOODS))[0], goods=pair[1],
            does2="read" + who["x"], u="pages", **who)
        return _tidy(prompt), step(n, "/", k) + answer(e)
    prompt = say(rng, [
        "{S} {has} {n} {t} and make{x} {gs2} of {k}. How many {gs2} are there?",
        "{S} pick{x} {n} {t} and make{x} {gs2} of {k}. How many {gs2} {does} {he} make?",
        "{n} {t} are [packed|put|sorted] in [{gs2} of {k}|{gs2} with {k} each|{gs2} of {k} each]. How many {gs2} are [there|needed|full]?",
        "How many {gs2} of {k} can [you|{s}] make [from|with|out of] {n} {t}?",
        "[Each|Every|One] {g} [holds|takes|has room for|can hold|can carry] {k} {people}. How many {gs} [are needed|do you need|do they need|does it take] for {n} {people}?",
        "{n} {people} go on a trip. [Each|Every] [car|bus|van|boat] [takes|holds|has room for] {k} [{people}|of them]. How many [cars|buses|vans|boats] do they need?",
        "{S} put{x} {k} {t} in each {g}. How many {gs} {does} {he} need for {n} {t}?",
        "One {good} costs {k} dollars. How many {goods} can [you|{s}] buy [for|with] {n} dollars?",
        "{S} {has} {n} dollars. A {good} costs {k} dollars. How many {goods} can {he} buy?",
        "There are {n} {people}. They [form|make] teams of {k}. How many teams are there?",
        "{S} ha{ve} {n} {t} and give{x} {k} to each [friend|child|guest]. How many [friends|children|guests] get {t}?",
    ], n=n, k=k, t=t, g=g, gs=gs, gs2=one_of(rng, ("groups", "bunches", "bags", "teams", "piles", "packs", "boxes", "rows", "bouquets", "stacks", "sets")),
        people=people, good=(pair := one_of(rng, v.GOODS))[0], goods=pair[1], ve="s" if who["x"] else "ve", **who)
    return _tidy(prompt), step(n, "/", k) + answer(e)


def share_rest(rng: Random) -> tuple[str, str]:
    """What is left over after sharing, or how many containers are needed when the last is not full."""
    k, e, t, who = rng.randint(3, 9), rng.randint(2, 12), things(rng), named(rng)
    rest = rng.randint(1, k - 1)
    n = k * e + rest
    if rng.random() < 0.5:
        prompt = say(rng, [
            "{S} shares {n} {t} [equally|fairly] [among|between] {k} {people}. How many {t} are left over?",
            "{n} {t} are shared [fairly|equally] between {k} {people}. How many [remain|are left over]?",
            "{S} packs {n} {t} in {gs} of {k}. How many {t} are left over?",
        ], n=n, k=k, t=t, people=one_of(rng, v.PEOPLE), gs=one_of(rng, v.CONTAINERS)[1], **who)
        return prompt, step(k, "x", e) + step(n, "-", k * e) + answer(rest)
    g, gs = one_of(rng, v.CONTAINERS)
    prompt = say(rng, [
        "A {g} holds {k} {t}. How many {gs} are needed for {n} {t}?",
        "{n} {t} are packed in {gs} of {k}. How many {gs} are needed to hold all of them?",
        "{n} people ride in [cars|boats] for {k} people each. How many [cars|boats] are needed?",
    ], n=n, k=k, t=t, g=g, gs=gs)
    return prompt, step(e, "x", k) + step(n, "-", e * k) + step(e, "+", 1) + answer(e + 1)


STATES = [("taken", "free"), ("empty", "taken"), ("empty", "in use"), ("in use", "empty"), ("taken", "empty"), ("booked", "free"), ("full", "empty"), ("occupied", "free"), ("free", "occupied"), ("free", "taken"), ("empty", "not empty"), ("taken", "still free"), ("broken", "not broken")]


def groups_then(rng: Random) -> tuple[str, str]:
    """Equal groups, then some more or fewer."""
    e, k, t, who = rng.randint(2, 20), rng.randint(2, 12), things(rng), somebody(rng)
    n = e * k
    up = rng.random() < 0.4
    c = rng.randint(1, 60) if up else rng.randint(1, n - 1)
    g, gs = one_of(rng, v.GROUPS)
    past = rng.random() < 0.4
    change = verb(rng, verbs.GAIN if up else verbs.LOSE, who, past)
    has = "had" if past else who["has"]
    state = one_of(rng, STATES)
    left = one_of(rng, ("How many {t} are left?", "How many [{t}|] {does} {he} have left?", "How many are left?", "How many {t} remain?"))
    now = "How many {t} {does} {he} have [now|in total|]?"
    if up:
        asks = [
            "{S} {had} {k} {gs} [with {e} {t} each|of {e} {t}] and {change} {c} more {t}. " + now,
            "{S} {had} {k} {gs} with {e} {t} [in each|each] and {c} [more|loose|extra] {t} [on the table|]. How many {t} [are there in total|are there|{does} {he} have|{does} {he} have in total]?",
            "There are {e} {t} in every {g}. {S} {has} {k} {gs} and {c} [loose|more] {t}. How many {t} {does} {he} have?",
            "There are {k} {gs} with {e} {t} each. {c} [more|] {t} are added. How many {t} are there now?",
        ]
    else:
        asks = [
            "{S} {had} {k} {gs} [with {e} {t} each|of {e} {t}|with {e} {t} in each]. {He} {change} {c} {t}. " + left,
            "{S} {had} {k} {gs} [of|with] {e} {t} [each|] and {change} {c} [{t}|of them|]. " + left,
            "There are {k} {gs} [with {e} {t} each|of {e} {t}]. {c} {t} are [taken away|broken|removed|sold|gone|bad]. How many [{t}|] are [left|good|not gone|still there]?",
            "{A} [theater|hall|room|cinema|stadium|school] has {k} rows [with {e} [seats|chairs] each|of {e} seats|with {e} seats in each row]. [{c} [seats|] are {one}. How|If {c} seats are {one}, how] many [seats|] are {two}?",
            "{A} [building|hotel|house|tower] has {k} floors with {e} rooms [each|on each floor]. {c} rooms are {one}. How many [rooms|] are {two}?",
        ]
    if rng.random() < 0.15 and not up:
        a, b = (k, e) if rng.random() < 0.5 else (e, k)
        prompt = say(rng, [
            "A {w2} has {a} rows with {b} {w} each. {c} {w} are [empty|free]. How many {w} are taken?",
            "There are {a} rows of {b} {w} in a {w2}. {c} {w} are taken. How many {w} are [free|empty]?",
        ], a=a, b=b, c=c, w=(p := one_of(rng, [("seats", "theater"), ("chairs", "hall"), ("desks", "school"), ("plants", "garden")]))[0], w2=p[1])
        return prompt, step(a, "x", b) + step(a * b, "-", c) + answer(a * b - c)
    prompt = say(rng, asks, e=e, k=k, t=t, c=c, g=g, gs=gs, had=has, change=change, A=one_of(rng, ("A", "The")), one=state[0], two=state[1], **who)
    prompt = _tidy(prompt)
    worked = product(prompt, k, e)
    v_ = n + c if up else n - c
    return prompt, worked + step(n, "+" if up else "-", c) + answer(v_)


def team(rng: Random) -> tuple[str, str]:
    """People, each so many a day, for so many days."""
    a, b, d = rng.randint(2, 12), rng.randint(2, 9), rng.randint(2, 9)
    prompt = say(rng, [
        "{a} {w} each [make|build|paint|produce|sew|bake] {b} {t} [a day|per day|every day]. How many {t} do they make in {d} days?",
        "Each of {a} {w} [makes|builds|paints|produces|sews] {b} {t} [per|a] day. How many {t} do they [make|build] in {d} days?",
        "There are {a} {w}. Each one makes {b} {t} a day. How many {t} are made in {d} days?",
    ], a=a, b=b, d=d, w=one_of(rng, ("workers", "people", "machines", "robots", "women", "men", "students")), t=things(rng))
    return prompt, step(a, "x", b) + step(a * b, "x", d) + answer(a * b * d)


def machine(rng: Random) -> tuple[str, str]:
    """So many in some minutes; how many in other minutes."""
    e, m, k = rng.randint(2, 12), rng.randint(2, 9), rng.randint(2, 12)
    n = e * m
    prompt = say(rng, [
        "A [machine|printer|factory|robot] [makes|packs|prints|produces] {n} {t} in {m} {u}. How many [{t}|] does it [make|pack|produce] in {k} {u}?",
        "{m} {g} [hold|have|contain] {n} {t}. How many {t} [are in|do you find in] {k} {g}?",
        "{m} {goods} cost {n} dollars. How much do {k} {goods} cost?",
        "If {m} {goods} cost {n} dollars, what do {k} {goods} cost?",
    ], n=n, m=m, k=k, t=things(rng), u=one_of(rng, ("minutes", "hours", "days")), g=one_of(rng, v.CONTAINERS)[1], goods=one_of(rng, v.GOODS)[1])
    return _tidy(prompt), step(n, "/", m) + step(e, "x", k) + answer(e * k)


def legs(rng: Random) -> tuple[str, str]:
    """Animals' legs and vehicles' wheels."""
    a, b = rng.randint(2, 20), rng.randint(2, 20)
    if rng.random() < 0.6:
        prompt = say(rng, ["A farm has {a} {x} and {b} {y}. How many legs do the animals have [in total|altogether|]?", "How many legs do {a} {x} and {b} {y} have [together|in total|]?", "There are {a} {x} and {b} {y} [on a farm|in a field]. How many legs are there?"],
            a=a, b=b, x=one_of(rng, ("chickens", "ducks", "birds", "hens", "geese")), y=one_of(rng, ("cows", "sheep", "goats", "horses", "dogs", "cats", "pigs")))
        return _tidy(prompt), step(a, "x", 2) + step(b, "x", 4) + step(2 * a, "+", 4 * b) + answer(2 * a + 4 * b)
    animal, n, part = one_of(rng, [("dogs", 4, "legs"), ("cats", 4, "legs"), ("spiders", 8, "legs"), ("birds", 2, "wings"), ("cars", 4, "wheels"), ("bikes", 2, "wheels"), ("cows", 4, "legs"), ("ants", 6, "legs"), ("people", 2, "hands"), ("tricycles", 3, "wheels"), ("chickens", 2, "legs"), ("horses", 4, "legs"), ("insects", 6, "legs")])
    prompt = say(rng, ["How many {p} do {a} {x} have [in total|altogether|]?", "There are {a} {x}. How many {p} is that?", "How many {p} are on {a} {x}?"], p=part, a=a, x=animal)
    return _tidy(prompt), step(a, "x", n) + answer(a * n)


def packs(rng: Random) -> tuple[str, str]:
    """Things that come by the dozen, in pairs, by weight or length each."""
    k, who = rng.randint(2, 12), somebody(rng)
    if rng.random() < 0.4:
        word, n = one_of(rng, [("dozen", 12), ("pairs of", 2), ("dozen", 12)])
        prompt = say(rng, ["{S} buy{x} {k} {w} {t}. How many {t} is that?", "How many {t} are {k} {w} {t}?", "There are {k} {w} {t} {spot}. How many {t} are there?"], k=k, w=word, t=one_of(rng, ("eggs", "socks", "shoes", "gloves", "roses", "cookies", "buttons", "donuts") if n == 12 else ("socks", "shoes", "gloves", "boots")), spot=one_of(rng, v.SPOTS), **who)
        return prompt, step(k, "x", n) + answer(k * n)
    e = rng.randint(2, 40) * one_of(rng, (1, 5, 10))
    prompt = say(rng, [
        "[One|A|Each|Every] {g} [of {t}|] [weighs|weighs] {e} [grams|kg|kilograms|pounds]. How much do {k} {gs} weigh [together|in total|]?",
        "[One|A] [brick|board|step|tile|train car|table] is {e} cm [long|high|tall]. How [long|high] are {k} [of them|in a row|on top of each other]?",
        "[One|A] [bottle|can|glass|cup] [holds|has] {e} ml. How many ml do {k} [bottles|cans|glasses|cups] hold?",
        "{S} drink{x} {k} [bottles|cans|glasses|cups] of {e} ml each. How many ml is that?",
    ], e=e, k=k, t=things(rng), g=(p := one_of(rng, v.CONTAINERS))[0], gs=p[1], **who)
    prompt = _tidy(prompt)
    return prompt, product(prompt, e, k) + answer(e * k)


def each_then_total(rng: Random) -> tuple[str, str]:
    """Two kinds of groups, added up."""
    a, b, c, d = rng.randint(2, 9), rng.randint(2, 15), rng.randint(2, 9), rng.randint(2, 15)
    who, t = somebody(rng), things(rng)
    g, gs = one_of(rng, v.CONTAINERS)
    h, hs = one_of(rng, v.CONTAINERS)
    prompt = say(rng, [
        "{S} {has} {a} {gs} with {b} {t} each and {c} {hs} with {d} {t} each. How many {t} [{does} {he} have|are there|is that] [in total|altogether|]?",
        "There are {a} {gs} of {b} {t} and {c} {hs} of {d} {t}. How many {t} are there [in total|altogether|]?",
        "{a} {p} [have|eat|get|make] {b} {t} each and {c} {q} [have|eat|get|make] {d} {t} each. How many {t} is that [in total|altogether|]?",
    ], a=a, b=b, c=c, d=d, t=t, gs=gs, hs=hs, p=(pair := one_of(rng, v.NOUN_PAIRS))[0], q=pair[1], **who)
    return _tidy(prompt), step(a, "x", b) + step(c, "x", d) + step(a * b, "+", c * d) + answer(a * b + c * d)


TASKS = [(groups, 5), (rate, 4), (rate_span, 1.5), (rate_time, 2.5), (share, 5), (share_rest, 2), (groups_then, 4), (team, 1), (machine, 2), (legs, 1), (packs, 1.5), (each_then_total, 2)]
