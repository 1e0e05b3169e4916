"""Days and months."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

from random import Random

from training.data.arithmetic_phrases import number_word
from training.data.phrase import say
from training.data.vocabulary import DAYS, MONTHS
from training.data.working import answer

MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()


def weekday(rng: Random) -> tuple[str, str]:
    """Days before and after."""
    i = rng.randint(0, 6)
    d, kind = DAYS[i], rng.random()
    day = "[day|weekday|day of the week]"
    if kind < 0.3:
        prompt = say(
            rng,
            [
                f"[What|Which] {day} [comes|is] [right |directly |just |]after {{d}}?",
                f"[What|Which] {day} follows {{d}}?",
                "[the|name the|tell me the|What is the] day after {d}",
                "[Today is|If today is|It is] {d}[.|,] [What|which] day is [tomorrow|it tomorrow]?",
                "[Yesterday was|If yesterday was] [PREV][.|,] [What|what|which] day is [today|it today]?",
                "What comes after {d}?",
                "{d} is followed by which day?",
                "[After|after] {d}, [which|what] day [do we get|comes|is it|follows|do we have|is next][ then|]?",
                f"[Which|What|which] {day} [do we have|do we get|will we have|is there] [right |]after {{d}}?",
                "{d}[, and then|, what comes then|, which day is next|, what day follows|, what comes after|: next day]?",
                "[Which|What] day [comes|is] next[,| when it is| if it is] {d}?",
                "[Today is|It is] {d}[, so|. So|, and] [what|which] day [do we get|is it|will it be|comes|is|do we have] tomorrow?",
                "What [is|will be] tomorrow if today is {d}?",
                "[One|1] day after {d}[ is what|, which day is that|: which day]?",
                "If [yesterday was|it was yesterday] {d}, what day is [it today|it now|today]?",
                "[The|the] day after {d}, [what|which] is it[ called|]?",
                "[{d} is [over|past|done|nearly over]|It was {d} yesterday]. [Which|What] [day|weekday] [is it|is|comes] now?",
            ],
            d=d,
        ).replace("[PREV]", d)
        return prompt.replace("PREV", d), answer(DAYS[(i + 1) % 7])
    if kind < 0.55:
        prompt = say(
            rng,
            [
                f"[What|Which] {day} [comes|is] [right |directly |just |]before {{d}}?",
                "[the|name the|tell me the|What is the] day before {d}",
                "[Today is|If today is|It is] {d}[.|,] [What|which] day was [yesterday|it yesterday]?",
                "[Tomorrow is|If tomorrow is] {d}[.|,] [What|which] day is [today|it today]?",
                "[Before|before] {d}, [which|what] day [do we get|comes|is it|do we have|was it]?",
                f"[Which|What|which] {day} [do we have|do we get|is there] [right |]before {{d}}?",
                "{d}[, what came before|, which day was before|, what was the day before|: previous day]?",
                "[Today is|It is] {d}[, so|. So|, and] [what|which] day [was it|was|did we have] yesterday?",
                "What was yesterday if today is {d}?",
                "[One|1] day before {d}[ is what|, which day is that|: which day]?",
                "[The|the] day before {d}, [what|which] is it[ called|]?",
                "[The|What is the|Name the] previous day of {d}",
                "What comes before {d}?",
            ],
            d=d,
        )
        return prompt, answer(DAYS[(i - 1) % 7])
    n = rng.randint(2, 10)
    k = str(n) if rng.random() < 0.8 else number_word(n)
    if kind < 0.68:
        prompt = say(
            rng,
            [
                "[What|Which] day is {k} days before {d}?",
                "[Today is|If today is|It is] {d}[.|,] [What|which] day was it {k} days ago?",
                "[What|Which] day [comes|was] {k} days before {d}?",
                "{k} days before {d} is which day?",
                "[Today is|today is|It is] {d}[, so|. So|, and] [what|which] day [was it|did we have|was] {k} days ago?",
                "{k} days before {d}[, which day is that|: which day|, what day was it]?",
                "[Go|Count] [back {k} days|{k} days back] from {d}. [Which|What] day is [it|that]?",
                "[What|Which] day was {k} days ago if [today is|it is] {d}[ today|]?",
            ],
            d=d,
            k=k,
        )
        return prompt, ", ".join(f"{DAYS[(i - j) % 7]} {j}" for j in range(1, n + 1)) + ". " + answer(
            DAYS[(i - n) % 7]
        )
    prompt = (
        say(
            rng,
            [
                "[What|Which] day is {k} days after {d}?",
                "[Today is|If today is|It is] {d}[.|,] [What|which] day [is|will] it [be |]in {k} days?",
                "[What|Which] day [comes|is it|will it be] {k} days [after|from] {d}?",
                "[What|Which] weekday is {k} days [from|after] {d}?",
                "{k} days after {d} is which day?",
                "[Today is|today is|It is] {d}[, so|. So|, and] [what|which] day [do we get|do we have|comes|is it] in {k} days?",
                "{k} days after {d}[, which day is that|: which day|, what day do we get|, what do we have]?",
                "[Count|Go] {k} days [on|forward] from {d}. [Which|What] day is [it|that]?",
                "[What|Which] day [comes|do we have|do we get] in {k} days if [today is|it is] {d}[ today|]?",
                "[In|in] {k} days, [what|which] day is it if today is {d}?",
                "[From|from] {d}, {k} days later[, which day is it|: which day|, what day is that]?",
                "A [trip|holiday|film festival|camp] [starts|begins] on {d} and ends {k} days later. On [which|what] day does it end?",
                "[I|We] meet again {k} days after {d}. [Which|What] day is that?",
            ],
            d=d,
            k=k,
        )
        .replace("which day is it be", "which day is it")
        .replace("day is it be", "day is it")
        .replace("will it in", "will it be in")
    )
    return prompt, ", ".join(f"{DAYS[(i + j) % 7]} {j}" for j in range(1, n + 1)) + ". " + answer(
        DAYS[(i + n) % 7]
    )


def month(rng: Random) -> tuple[str, str]:
    """Months: neighbours, lengths, numbers, seasons."""
    i, kind = rng.randint(0, 11), rng.randint(0, 8)
    m = MONTHS[i]
    if kind <= 1:
        return say(
            rng,
            [
                "[Which|What] month [comes|is] [right |just |directly |]after {m}?",
                "[What|Which] month follows {m}?",
                "[the|tell me the|name the|what is the] month after {m}",
                "What comes after {m}?",
                "It is {m}. [What|Which] month is next?",
                "{m} is followed by which month?",
                "{m} is [over|past|done|nearly over]. [Which|What] month [comes now|begins|starts|is it now]?",
                "Which month comes next after {m}?",
                "[After|after] {m}, [which|what] month [do we get|comes|is it|follows|do we have|is next]?",
                "[Which|What|which] month [do we have|do we get|is there|will we have] [right |]after {m}?",
                "{m}[, and then|, what comes then|, which month is next|, what comes after|: next month]?",
                "[The|the] month after {m}, [what|which] is it[ called|]?",
                "[This month is|Now it is|It is] {m}[, so|. So|, and] [what|which] month [comes next|is it next month|follows|do we get]?",
                "What [is|will be] next month if this month is {m}?",
            ],
            m=m,
        ), answer(MONTHS[(i + 1) % 12])
    if kind == 2:
        return say(
            rng,
            [
                "[Which|What] month [comes|is] [right |just |directly |]before {m}?",
                "[the|tell me the|name the|what is the] month before {m}",
                "It is {m}. [Which|What] month was [last month|before]?",
                "[Before|before] {m}, [which|what] month [do we get|comes|is it|do we have]?",
                "[Which|What|which] month [do we have|do we get|is there] [right |just |]before {m}?",
                "{m}[, what came before|, which month was before|: previous month]?",
                "[The|the] month before {m}, [what|which] is it[ called|]?",
                "[This month is|Now it is|It is] {m}[, so|. So|, and] [what|which] month was [it last month|last month|before]?",
                "What comes before {m}?",
            ],
            m=m,
        ), answer(MONTHS[(i - 1) % 12])
    if kind <= 4:
        value = "28, or 29 in a leap year" if i == 1 else MONTH_DAYS[i]
        return say(
            rng,
            [
                "How many days are [there |]in {m}?",
                "How many days does {m} have?",
                "[days in|number of days in] {m}",
                "how many days are there in {m}",
                "how long is {m}",
                "[How many days has|how many days has] {m}[ got|]?",
                "{m} has how many days?",
                "How many days long is {m}?",
                "{m}[, how many days|: how many days|, how many days does it have|, how long is it]?",
                "[Tell me|Say|I want to know] how many days {m} has",
                "[How|how] many days do we have in {m}?",
                "[How|how] long does {m} last?",
                "[What is the|the] length of {m}[ in days|]",
                "[In|in] {m}, how many days are there?",
            ],
            m=m,
        ), answer(value)
    if kind == 5:
        return say(
            rng,
            [
                "What is the {o} month [of the year|]?",
                "Which month is number {n}?",
                "[Which|What] month is the {o} [one|month|of the year]?",
                "month number {n}",
            ],
            o=ORDINALS[i],
            n=i + 1,
        ).replace(" ?", "?"), answer(MONTHS[i])
    if kind == 6:
        return say(
            rng,
            [
                "What number is the month {m}?",
                "Which number is {m} in the year?",
                "[Which|What] number [does|has] the month {m}[ have|]?"
                if False
                else "What is the number of the month {m}?",
            ],
            m=m,
        ), answer(i + 1)
    if kind == 7:
        n = rng.randint(2, 8)
        return say(
            rng,
            [
                "[Which|What] month is {n} months after {m}?",
                "What month is it {n} months after {m}?",
                "It is {m}. [Which|What] month is it in {n} months?",
                "[It is|Now it is|Today it is] {m}[, so|. So|, and] [what|which] month [do we get|do we have|is it|comes] in {n} months?",
                "{n} months after {m}[, which month is that|: which month|, what month do we get]?",
                "[What|Which] month [comes|is it|do we have] in {n} months if [it is|this month is] {m}[ now|]?",
                "[Count|Go] {n} months on from {m}. Which month is it?",
            ],
            n=n,
            m=m,
        ), ", ".join(f"{MONTHS[(i + t) % 12]} {t}" for t in range(1, n + 1)) + ". " + answer(
            MONTHS[(i + n) % 12]
        )
    season = """
winter winter spring spring spring summer summer summer autumn autumn autumn winter
""".split()[i]
    return say(
        rng,
        [
            "Which season is {m} in?",
            "In which season is {m}?",
            "What season is it in {m}?",
            "[Which|What] season does {m} belong to?",
        ],
        m=m,
    ), f"In the north, {m} is in {season}. " + answer(season)
