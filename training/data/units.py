"""Units, dates, sequences, parity and comparisons."""

from __future__ import annotations

from random import Random

from training.data.arithmetic import number_word
from training.data.phrase import one_of, say
from training.data.vocabulary import DAYS, MONTHS
from training.data.working import answer, step

# Larger unit, its plural, smaller unit (plural), how many; short forms of both.
UNITS = [
    ("kilometer", "kilometers", "meters", 1000, "km", "m"), ("meter", "meters", "centimeters", 100, "m", "cm"), ("centimeter", "centimeters", "millimeters", 10, "cm", "mm"),
    ("kilogram", "kilograms", "grams", 1000, "kg", "g"), ("ton", "tons", "kilograms", 1000, "t", "kg"), ("hour", "hours", "minutes", 60, "h", "min"), ("minute", "minutes", "seconds", 60, "min", "s"),
    ("day", "days", "hours", 24, "", ""), ("week", "weeks", "days", 7, "", ""), ("year", "years", "months", 12, "", ""), ("foot", "feet", "inches", 12, "ft", "in"), ("yard", "yards", "feet", 3, "yd", "ft"),
    ("pound", "pounds", "ounces", 16, "lb", "oz"), ("dollar", "dollars", "cents", 100, "", ""), ("liter", "liters", "milliliters", 1000, "l", "ml"), ("dozen", "dozen", "eggs", 12, "", ""),
    ("century", "centuries", "years", 100, "", ""), ("decade", "decades", "years", 10, "", ""), ("meter", "meters", "millimeters", 1000, "m", "mm"), ("euro", "euros", "cents", 100, "", ""), ("kilo", "kilos", "grams", 1000, "", "g"),
]
MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()


def convert(rng: Random) -> tuple[str, str]:
    """Between a unit and a smaller one, both ways."""
    one, many, small, factor, short, small_short = one_of(rng, UNITS)
    k = rng.randint(1, 20)
    if rng.random() < 0.68 or one == "dozen":
        shown = number_word(k) if rng.random() < 0.15 else str(k)
        if k == 1 and rng.random() < 0.4:
            shown = "an" if one[0] in "h" else "a" if one[0] not in "aeiou" else "one"
        a = f"{shown} {one if k == 1 else many}"
        if short and shown.isdigit() and rng.random() < 0.3:
            a = f"{k}{one_of(rng, (' ', ''))}{short}"
        u = small_short if small_short and rng.random() < 0.25 else small
        prompt = say(rng, [
            "[How many|how many] {u} are [there |]in {a}?", "[Convert|Please convert|Change|Turn|Can you convert|change] {a} [to|into] {u}", "How many {u} [is|are] {a}?", "{a} in {u}", "{a} to {u}", "[How many|how many] {u} in {a}", "[What is|what is|What's] {a} in {u}?",
            "{A} [is|are] how many {u}?", "{A} [equals|equal|makes|make] how many {u}?", "I have {a}. How many {u} [is|are] that?", "How many {u} [make up|make|do you need for|fit in|fit into|does it take to make] {a}?", "{a} = ? {u}", "[Write|Express|Give me] {a} in {u}", "How many {u} [does|do] {a} have?" if one not in ("kilometer", "meter") else "How many {u} are equal to {a}?",
            "[Tell me|Can you tell me] how many {u} are in {a}", "Something [takes|lasts] {a}. How many {u} is [that|it]?" if one in ("hour", "minute", "day", "week", "year") else "How many {u} do {a} [make|have]?",
        ], a=a, A=a[0].upper() + a[1:], u=u)
        return prompt, f"1 {one} is {factor} {small}. " + step(k, "x", factor) + answer(k * factor)
    n = k * factor
    b = f"{n} {small}"
    if small_short and rng.random() < 0.3:
        b = f"{n}{one_of(rng, (' ', ''))}{small_short}"
    prompt = say(rng, ["How many {u} are {b}?", "[Convert|Change|Turn|Please convert] {b} [to|into] {u}", "{b} in {u}", "{b} to {u}", "How many {u} [is|are in|make] {b}?", "[What is|what's] {b} in {u}?", "{b} [is|are] how many {u}?", "I have {b}. How many {u} is that?"], u=many, b=b)
    return prompt, f"1 {one} is {factor} {small}. " + step(n, "/", factor) + answer(k)


def halves(rng: Random) -> tuple[str, str]:
    """So many and a half."""
    one, many, small, factor, _, _ = one_of(rng, [u for u in UNITS if u[3] % 2 == 0 and u[0] != "dozen"])
    k = rng.randint(1, 15)
    x = k * factor + factor // 2
    prompt = say(rng, ["How many {v} are [there |]in {k}.5 {u}?", "Convert {k}.5 {u} to {v}", "{k}.5 {u} in {v}", "How many {v} are {k} and a half {u}?", "{k} and a half {u} in {v}"], v=small, u=many, k=k)
    return prompt, f"1 {one} is {factor} {small}. " + step(k, "x", factor) + f"Half is {factor // 2}. " + step(k * factor, "+", factor // 2) + answer(x)


def hours_minutes(rng: Random) -> tuple[str, str]:
    """Hours and minutes to minutes, and back."""
    h, m = rng.randint(2, 9), rng.randint(2, 59)
    t = h * 60 + m
    if rng.random() < 0.5:
        return say(rng, ["How many minutes are [there |]in {h} hours and {m} minutes?", "[Convert|Change] {h} hours [and |]{m} minutes [to|into] minutes", "{h} hours and {m} minutes in minutes", "How many minutes are {h} h {m} min?"], h=h, m=m), step(h, "x", 60) + step(h * 60, "+", m) + answer(t)
    return say(rng, ["[Convert|Change] {t} minutes [to|into] hours and minutes", "How many hours and minutes are {t} minutes?", "{t} minutes in hours and minutes"], t=t), step(h, "x", 60) + step(t, "-", h * 60) + answer(f"{h} hours and {m} minutes")


def weekday(rng: Random) -> tuple[str, str]:
    """Days before and after."""
    i = rng.randint(0, 6)
    d, kind = DAYS[i], rng.random()
    day = "[day|weekday|day of the week]"
    if kind < 0.3:
        prompt = say(rng, [f"[What|Which] {day} [comes|is] [right |directly |just |]after {{d}}?", f"[What|Which] {day} follows {{d}}?", "[the|name the|tell me the|What is the] day after {d}", "[Today is|If today is|It is] {d}[.|,] [What|which] day is [tomorrow|it tomorrow]?", "[Yesterday was|If yesterday was] [PREV][.|,] [What|what|which] day is [today|it today]?", "What comes after {d}?", "{d} is followed by which day?"], d=d).replace("[PREV]", d)
        return prompt.replace("PREV", d), answer(DAYS[(i + 1) % 7])
    if kind < 0.55:
        prompt = say(rng, [f"[What|Which] {day} [comes|is] [right |directly |just |]before {{d}}?", "[the|name the|tell me the|What is the] day before {d}", "[Today is|If today is|It is] {d}[.|,] [What|which] day was [yesterday|it yesterday]?", "[Tomorrow is|If tomorrow is] {d}[.|,] [What|which] day is [today|it today]?", "What comes before {d}?"], d=d)
        return prompt, answer(DAYS[(i - 1) % 7])
    n = rng.randint(2, 10)
    k = str(n) if rng.random() < 0.8 else number_word(n)
    if kind < 0.68:
        prompt = say(rng, ["[What|Which] day is {k} days before {d}?", "[Today is|If today is|It is] {d}[.|,] [What|which] day was it {k} days ago?", "[What|Which] day [comes|was] {k} days before {d}?", "{k} days before {d} is which day?"], d=d, k=k)
        return prompt, ", ".join(f"{DAYS[(i - j) % 7]} {j}" for j in range(1, n + 1)) + ". " + answer(DAYS[(i - n) % 7])
    prompt = say(rng, ["[What|Which] day is {k} days after {d}?", "[Today is|If today is|It is] {d}[.|,] [What|which] day [is|will] it [be |]in {k} days?", "[What|Which] day [comes|is it|will it be] {k} days [after|from] {d}?", "[What|Which] weekday is {k} days [from|after] {d}?", "{k} days after {d} is which day?"], d=d, k=k).replace("which day is it be", "which day is it").replace("day is it be", "day is it").replace("will it in", "will it be in")
    return prompt, ", ".join(f"{DAYS[(i + j) % 7]} {j}" for j in range(1, n + 1)) + ". " + answer(DAYS[(i + n) % 7])


def month(rng: Random) -> tuple[str, str]:
    """Months: neighbours, lengths, numbers, seasons."""
    i, kind = rng.randint(0, 11), rng.randint(0, 8)
    m = MONTHS[i]
    if kind <= 1:
        return say(rng, ["[Which|What] month [comes|is] [right |just |directly |]after {m}?", "[What|Which] month follows {m}?", "[the|tell me the|name the|what is the] month after {m}", "What comes after {m}?", "It is {m}. [What|Which] month is next?", "{m} is followed by which month?", "Which month comes next after {m}?"], m=m), answer(MONTHS[(i + 1) % 12])
    if kind == 2:
        return say(rng, ["[Which|What] month [comes|is] [right |just |directly |]before {m}?", "[the|tell me the|name the|what is the] month before {m}", "It is {m}. [Which|What] month was [last month|before]?", "What comes before {m}?"], m=m), answer(MONTHS[(i - 1) % 12])
    if kind <= 4:
        value = "28, or 29 in a leap year" if i == 1 else MONTH_DAYS[i]
        return say(rng, ["How many days are [there |]in {m}?", "How many days does {m} have?", "[days in|number of days in] {m}", "how many days are there in {m}", "how long is {m}", "[How many days has|how many days has] {m}[ got|]?", "{m} has how many days?", "How many days long is {m}?"], m=m), answer(value)
    if kind == 5:
        return say(rng, ["What is the {o} month [of the year|]?", "Which month is number {n}?", "[Which|What] month is the {o} [one|month|of the year]?", "month number {n}"], o=ORDINALS[i], n=i + 1).replace(" ?", "?"), answer(MONTHS[i])
    if kind == 6:
        return say(rng, ["What number is the month {m}?", "Which number is {m} in the year?", "[Which|What] number [does|has] the month {m}[ have|]?" if False else "What is the number of the month {m}?"], m=m), answer(i + 1)
    if kind == 7:
        n = rng.randint(2, 8)
        return say(rng, ["[Which|What] month is {n} months after {m}?", "What month is it {n} months after {m}?", "It is {m}. [Which|What] month is it in {n} months?"], n=n, m=m), ", ".join(f"{MONTHS[(i + t) % 12]} {t}" for t in range(1, n + 1)) + ". " + answer(MONTHS[(i + n) % 12])
    season = ["winter", "winter", "spring", "spring", "spring", "summer", "summer", "summer", "autumn", "autumn", "autumn", "winter"][i]
    return say(rng, ["Which season is {m} in?", "In which season is {m}?", "What season is it in {m}?", "[Which|What] season does {m} belong to?"], m=m), f"In the north, {m} is in {season}. " + answer(season)


LEAP_YEAR = "365, or 366 in a leap year"
FACTS = [
    (["How many days are [there |]in a week?", "How many days does a week have?", "days in a week"], answer(7)),
    (["How many months are [there |]in a year?", "How many months does a year have?", "months in a year"], answer(12)),
    (["How many days are [there |]in a year?", "How many days does a year have?", "days in a year"], answer(LEAP_YEAR)),
    (["How many hours are [there |]in a day?", "How many hours does a day have?", "hours in a day"], answer(24)),
    (["How many minutes are [there |]in an hour?", "How many minutes does an hour have?", "minutes in an hour"], answer(60)),
    (["How many seconds are [there |]in an hour?", "How many seconds does an hour have?"], step(60, "x", 60) + answer(3600)),
    (["How many weeks are [there |]in a year?", "How many weeks does a year have?", "weeks in a year"], answer(52)),
    (["[List|Name|Say|Tell me|Give me|Write] [all |]the days of the week", "What are the days of the week?", "the days of the week"], ", ".join(DAYS) + "."),
    (["[List|Name|Say|Tell me|Give me|Write] [all |]the [twelve |]months [of the year|]", "What are the months of the year?", "the months of the year"], ", ".join(MONTHS) + "."),
    (["What are the [four |]seasons?", "[Name|List|Tell me] the [four |]seasons"], "Spring, summer, autumn, winter."),
    (["[Which|What] days are the weekend?", "What is the weekend?", "Which days are weekend days?"], "Saturday and Sunday."),
    (["How many letters are [there |]in the alphabet?", "How many letters does the alphabet have?"], answer(26)),
    (["[Say|List|Write|Tell me|Give me] the alphabet", "What is the alphabet?", "alphabet please", "List all letters"], ", ".join("abcdefghijklmnopqrstuvwxyz") + "."),
    (["How many legs does a[n|] {a} have?"], None),
    (["How many [sides|corners] does a {s} have?", "How many [sides|corners] has a {s}?"], None),
]
LEGS = [("spider", 8), ("dog", 4), ("cat", 4), ("bird", 2), ("cow", 4), ("horse", 4), ("chicken", 2), ("bee", 6), ("duck", 2), ("sheep", 4)]
SIDES = [("triangle", 3), ("square", 4), ("rectangle", 4), ("hexagon", 6), ("pentagon", 5)]


def fact(rng: Random) -> tuple[str, str]:
    """Fixed facts about time, letters and shapes."""
    phrases, reply = one_of(rng, FACTS)
    if reply is None and "legs" in phrases[0]:
        animal, n = one_of(rng, LEGS)
        return f"How many legs does a {animal} have?", answer(n)
    if reply is None:
        shape, n = one_of(rng, SIDES)
        return say(rng, phrases, s=shape), answer(n)
    return say(rng, phrases).replace(" ?", "?").strip(), reply


def count(rng: Random) -> tuple[str, str]:
    """Counting up, down, by steps; even and odd numbers; tables."""
    kind, a = rng.randint(0, 6), rng.randint(0, 30)
    if kind <= 2:
        b = a + rng.randint(2, 11)
        prompt = say(rng, ["[Count|count|Please count|Can you count|please count] [up |]from {a} to {b}", "[List|Write|Say|Give me|Show|write|Name] [all |]the numbers [from|between] {a} [to|and] {b}", "[List|Write] all [whole |]numbers from {a} to {b}", "numbers from {a} to {b}", "[Count|count] {a} to {b}", "Start at {a} and count to {b}"], a=a, b=b)
        if "between" in prompt:
            prompt = f"List the numbers from {a} to {b}"
        return prompt.replace(f"from {a} and {b}", f"from {a} to {b}"), ", ".join(map(str, range(a, b + 1))) + "."
    if kind == 3:
        b = a + rng.randint(2, 11)
        return say(rng, ["Count [down|backwards|backward] from {b} to {a}", "[count|Count] down [from|] {b} to {a}", "[List|Write] the numbers from {b} down to {a}"], a=a, b=b).replace("  ", " "), ", ".join(map(str, range(b, a - 1, -1))) + "."
    if kind == 4:
        b, even = a + rng.randint(4, 16), rng.random() < 0.5
        listed = ", ".join(str(x) for x in range(a, b + 1) if (x % 2 == 0) == even)
        return say(rng, ["[List|Write|Name|Give me] [all |]the {w} numbers from {a} to {b}", "Which {w} numbers are between {a} and {b}?", "{w} numbers from {a} to {b}"], a=a, b=b, w="even" if even else "odd"), listed + "."
    s, n = rng.randint(2, 12), rng.randint(4, 8)
    if kind == 5:
        return say(rng, ["Count by {s} up to {n}", "[List|Write|Give me] the multiples of {s} up to {n}", "count in steps of {s} [up |]to {n}", "Count by {s}s to {n}"], s=s, n=s * n), ", ".join(str(s * i) for i in range(1, n + 1)) + "."
    return say(rng, ["[Write|Show|Give me|Say] the [multiplication|times] table of {s} up to 5", "[Show|Write|Say|Give me] the {s} times table up to 5", "{s} times table up to 5"], s=s), ", ".join(f"{s} x {i} = {s * i}" for i in range(1, 6)) + "."


def sequence(rng: Random) -> tuple[str, str]:
    """The next number of a sequence."""
    kind, n = rng.randint(0, 3), rng.randint(3, 5)
    if kind <= 1:
        a, d = rng.randint(0, 40), rng.randint(1, 15)
        if rng.random() < 0.3:
            a = d
        xs = [a + d * i for i in range(n + 1)]
        worked = f"Each step adds {d}. " + step(xs[-2], "+", d)
    elif kind == 2:
        d = rng.randint(1, 12)
        a = rng.randint(d * (n + 1), d * (n + 1) + 40)
        xs = [a - d * i for i in range(n + 1)]
        worked = f"Each step subtracts {d}. " + step(xs[-2], "-", d)
    else:
        a, d = rng.randint(1, 6), rng.randint(2, 3)
        xs = [a * d**i for i in range(n + 1)]
        worked = f"Each step multiplies by {d}. " + step(xs[-2], "x", d)
    listed = ", ".join(map(str, xs[:-1]))
    prompt = say(rng, [
        "[What|Which number|What number] [comes|is] next[:| in] {l}?", "[Continue|Continue the sequence|Go on|Extend the sequence][:|] {l}", "[What is|What's|Find] the next number [in|of] [the sequence |the list |]{l}", "Which number is next? {l}", "[next number|continue|what comes next|next|what is next]: {l}", "{l}, [what is next|what comes next|and then|next]?",
        "[What|Which|what] number [follows|comes after|continues] [in|] {l}?" if False else "[What|Which|what] number follows in {l}?", "[What|Which] number follows {l}?", "Find the next [number|term]: {l}", "{l}, ...", "[Complete|Finish] the [sequence|series|pattern]: {l}, ?", "What is the missing number: {l}, _",
    ], l=listed)
    return prompt, worked + answer(xs[-1])


def compare(rng: Random) -> tuple[str, str]:
    """Even or odd; greater or smaller."""
    a, kind = rng.randint(0, one_of(rng, (20, 99, 99, 999))), rng.randint(0, 3)
    even = a % 2 == 0
    if kind == 0:
        return say(rng, ["[Is|is] [|the number ]{a} [even or odd|odd or even]?", "[Is|is] {a} an [even or an odd|odd or an even|even or odd] number?", "{a}: [even or odd|odd or even]?", "even or odd: {a}", "Tell me if {a} is [even or odd|odd or even]"], a=a), f"{a} ends in {a % 10}. " + answer("even" if even else "odd")
    if kind == 1:
        ask_even = rng.random() < 0.5
        return say(rng, ["[Is|is] [|the number ]{a} {w}?", "[Is|is] {a} an {w} number?", "{a} {w}?", "[Is|Would you say] {a} an {w} number[ or not|]?" if False else "Is it true that {a} is {w}?", "Can you tell me if {a} is {w}?"], a=a, w="even" if ask_even else "odd"), f"{a} ends in {a % 10}. " + answer("yes" if even == ask_even else "no")
    b = rng.randint(0, 999 if a > 99 else 99)
    if a == b:
        b += 1
    if kind == 2:
        more = rng.random() < 0.6
        yes = a > b if more else a < b
        w = one_of(rng, ("greater", "larger", "bigger", "more", "higher")) if more else one_of(rng, ("smaller", "less", "lower"))
        return say(rng, ["[Is|is] {a} {w} than {b}?", "Is it true that {a} is {w} than {b}?"], a=a, b=b, w=w), answer("yes" if yes else "no")
    more = rng.random() < 0.6
    w = one_of(rng, ("greater", "larger", "bigger", "more", "higher")) if more else one_of(rng, ("smaller", "less", "lower"))
    return say(rng, ["[Which|What|which] is {w}[,|:] {a} or {b}?", "[Is {a} or {b} {w}|What is {w}, {a} or {b}|Which number is {w}: {a} or {b}]?", "Which of {a} and {b} is {w}?"], a=a, b=b, w=w), answer(max(a, b) if more else min(a, b))


TASKS = [(convert, 4), (halves, 0.8), (hours_minutes, 0.8), (weekday, 2.5), (month, 2), (fact, 1), (count, 2.2), (sequence, 2), (compare, 1.6)]
