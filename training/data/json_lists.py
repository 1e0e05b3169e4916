"""JSON arrays, numbers out of a sentence, and rows that become JSON or come from it."""

from __future__ import annotations

import json
from random import Random

from training.data import vocabulary as v
from training.data.json_objects import dotted, place
from training.data.people import name
from training.data.phrase import one_of, say


def listed(rng: Random) -> tuple[str, str]:
    """Arrays of words or numbers."""
    k = rng.randint(2, 5)
    items: list = rng.sample(v.WORDS, k) if rng.random() < 0.55 else [rng.randint(0, 99) for _ in range(k)]
    if rng.random() < 0.15:
        items = rng.sample(v.NAMES, k)
    text = (
        ", ".join(map(str, items[:-1]))
        + one_of(rng, (" and ", ", ", ", ", ", and " if k > 2 else " and "))
        + str(items[-1])
    )
    if rng.random() < 0.1:
        text = " ".join(map(str, items))
    prompt = (
        say(
            rng,
            [
                "[Write|Return|Make|Give me|Create|Output] [a|the] JSON [list|array] [with|of|from|out of|containing][:|] {l}",
                "[Turn|Convert|Put|Change] [this|these|the following] [in|]to a JSON [list|array]: {l}",
                "JSON [list|array] [of|with|from|for]: {l}"
                if False
                else "JSON [list|array] [of|with|from] {l}",
                "[json|JSON] [array|list]: {l}",
                "{l} as a JSON [list|array]",
                "[Write|Put|Give me] {l} as a [json|JSON] [array|list]",
                "as a [json|JSON] [array|list][ please|]: {l}",
                "Make {l} [in|]to a JSON [list|array]",
                "{l}, [write them|put them|give me them|all|please write them|make them|turn them] [as|in] a [json|JSON] [array|list][ please|, please|]",
                "{l}[:|. Make|, make it|, please make it|. Write|. I need] a [json|JSON] [array|list][ please|, please|]",
                "[json|JSON] [array|list][ please|, please|] [of|with|from] {l}",
                "[I want|I need|I would like|Please make|please give me] a [json|JSON] [array|list] [with|of|containing|that holds|that contains] {l}",
                "a [json|JSON] [array|list] [that holds|that contains|where the entries are|with the entries|with] {l}",
                "[Can|Could] you [make|write|build] a JSON [array|list] [of|with|from] {l}?",
                "[I have|Take|Here are] {l}. [Make|Write|Give me] a JSON [list|array][ of them| from them|]",
                "[collect|Collect|gather|Put|put] {l} in a JSON [array|list]",
                "[How|how] [do I|would you] write {l} as a JSON [array|list]?",
                "[these|the following] as a JSON [list|array][ please|, please|]: {l}",
            ],
            l=text,
        )
        .replace("into to", "into")
        .replace(" to a JSON", " into a JSON")
        .replace("inin", "in")
    )
    return dotted(rng, prompt), json.dumps(items)


def numbers_in(rng: Random) -> tuple[str, str]:
    """The numbers of a sentence."""
    n, m, t = name(rng), name(rng), one_of(rng, v.THINGS)
    t2 = one_of(rng, v.THINGS)
    a, b, c = rng.randint(1, 99), rng.randint(1, 99), rng.randint(1, 99)
    text, found = one_of(
        rng,
        [
            (f"{n} has {a} {t} and {m} has {b}.", [a, b]),
            (f"In {a} days {n} sold {b} {t} for {c} dollars.", [a, b, c]),
            (f"{n} is {a} and {m} is {b}.", [a, b]),
            (f"{n} paid ${a} for {b} {t}.", [a, b]),
            (f"{n} has {a} {t} and {b} {t2}.", [a, b]),
            (f"There are {a} {t}, {b} {t2} and {c} boxes.", [a, b, c]),
            (f"{n} is {a} years old.", [a]),
            (f"{a} {t} cost {b} dollars.", [a, b]),
            (f"{a} cats chase {b} birds.", [a, b]),
            (f"{a} {t} and {b} {t2} are on the table.", [a, b]),
            (f"{n} runs {a} km in {b} minutes.", [a, b]),
            (f"On the {t}: {a}, then {b}, then {c}.", [a, b, c]),
            (f"We saw {a} dogs, {b} cats and {c} birds.", [a, b, c]),
            (f"The bus {a} leaves in {b} minutes.", [a, b]),
            (f"{n} ate {a} {t}, {m} ate {b} and I ate {c}.", [a, b, c]),
            (f"My {t} are {a} cm long.", [a]),
            (f"It is {a} degrees in Rome and {b} in Oslo.", [a, b]),
            (f"{n} lives at number {a} and {m} at number {b}.", [a, b]),
        ],
    )
    prompt = say(
        rng,
        [
            "[Extract|Get|Take|Find|Pull out] [all |]the numbers as a JSON [list|array]: {s}",
            "List the numbers as JSON: {s}",
            "[Return|Give me|Write] [all |]the numbers in this [text|sentence] as a JSON [array|list]: {s}",
            "[all |the ]numbers in this [text|sentence] as [a JSON list|a JSON array|JSON]: {s}",
            "Which numbers are in this [text|sentence]? Answer as a JSON list: {s}",
            "JSON list of [all |the ]numbers in: {s}",
            "[collect|Collect|gather|pick|Pick out|Take] [all |]the numbers [as|in|into] a JSON [list|array]: {s}",
            "[collect|put|Put|give me|write] [all |]the numbers [from|of|in] [this|this text|this sentence|the sentence] [in|as] a JSON [list|array]: {s}",
            "{s} [Give me|Collect|Write|List|Return|Extract] [all |]the numbers as [a JSON list|a JSON array|JSON]",
            "[numbers|the numbers|all numbers] [as|in] [a JSON list|a JSON array|JSON], please: {s}",
            "[Make|make|write] a JSON [list|array] [of|from|with] [all |]the numbers [here|in this text|in the sentence]: {s}",
            "[Find|find] [all |the |]numbers and [write|return|put] them [as|in] a JSON [list|array]: {s}",
        ],
        s=text if rng.random() < 0.85 else text[:-1],
    )
    return prompt, json.dumps(found)


def rows(rng: Random) -> tuple[str, str]:
    """CSV rows, bullet lists, Python lists."""
    n, a, c = name(rng, 0.3), rng.randint(1, 99), place(rng)
    kind = rng.randint(0, 4)
    if kind <= 1:
        return say(
            rng,
            [
                "[Convert|Turn|Change] this CSV row with name, age, city [to|into] JSON: {n},{a},{c}",
                "[Turn|Convert|Make] the CSV row {n},{a},{c} with name, age, city [in|]to JSON",
                "CSV with name, age, city to JSON: {n},{a},{c}",
            ],
            n=n,
            a=a,
            c=c,
        ).replace(" to JSON", " into JSON").replace("inin", "in"), json.dumps(
            {"name": n, "age": a, "city": c}
        )
    if kind == 2:
        return say(
            rng,
            [
                "[Write|Put|Give me|Show] {n}, {a}, {c} as a CSV row",
                "[Make|Write|Give me] a CSV row [from|of|with]: {n}, {a}, {c}",
                "{n}, {a}, {c} as CSV",
            ],
            n=n,
            a=a,
            c=c,
        ), f"{n},{a},{c}"
    if kind == 3:
        return say(
            rng,
            [
                "[Make|Write] a list with dashes: {n}, {a}, {c}",
                "Write as a bullet list: {n}, {a}, {c}",
                "[bullet list|list with dashes]: {n}, {a}, {c}",
            ],
            n=n,
            a=a,
            c=c,
        ), f"- {n}\n- {a}\n- {c}"
    return say(
        rng,
        [
            "[Write|Make|Give me] a Python list with {a}, {b} and {c}",
            "Return a Python list of {a}, {b} and {c}",
        ],
        a=a,
        b=a + 1,
        c=c,
    ), f"[{a}, {a + 1}, '{c}']"
