"""Short JSON: objects from phrases, lists, numbers out of a sentence, CSV rows."""

from __future__ import annotations

import json
from random import Random

from training.data import vocabulary as v
from training.data.people import made_up_name, made_up_word, name
from training.data.phrase import one_of, say

KEYS = """name age city color size country price title year animal food team job item count street level id shape day
month language brand model code number author genre weight height speed score rank status type unit room floor seat
fruit sport hobby pet""".split()
NUMERIC = {"age", "price", "year", "count", "level", "id", "size", "number", "weight", "height", "speed", "score", "rank", "floor", "seat", "room"}
ORDERS = [
    "[Return|Write|Make|Give me|Create|Output|Produce|Build|Show|Generate|Give] [JSON|a JSON object|json|an object in JSON] with {f} [for|from|of]: {s}",
    "[Return|Write|Make|Give me|Create|Output|Build] [JSON|a JSON object|json] with {f}: {s}",
    "[Extract|Get|Take|Pull out] {f} as JSON[:| from:] {s}",
    "[JSON|json] with {f}[:| for:] {s}",
    "{s}. [Return|Write|Give me|Give|Put|Extract] {f} as JSON.",
    "[I need|I want|Please make|Please write|Can you make|Could you write|Please give me] [JSON|a JSON object] with {f} [for|from|of]: {s}",
    "{f} as JSON: {s}",
]


def _listing(rng: Random, keys: list[str]) -> str:
    if len(keys) == 1:
        return keys[0]
    return ", ".join(keys[:-1]) + one_of(rng, (" and ", " and ", ", and " if len(keys) > 2 else " and ")) + keys[-1]


def _place(rng: Random) -> str:
    if rng.random() < 0.5:
        return one_of(rng, v.CITIES)
    return made_up_name(rng) + (" " + made_up_name(rng) if rng.random() < 0.3 else "")


def person(rng: Random) -> tuple[str, str]:
    """Name with age, city or job."""
    n = name(rng, 0.35) + (" " + made_up_name(rng) if rng.random() < 0.2 else "")
    a, c, j = rng.randint(1, 99), _place(rng), one_of(rng, v.JOBS)
    kind = rng.randint(0, 4)
    if kind == 0:
        found, text = {"name": n, "age": a}, "[{n} is {a}|{n} is {a} years old|{n}, age {a}|{n}, {a}|{n} turned {a}|a person called {n} who is {a} [years old|]|{a} year old {n}|{n} who is {a}|{n} ({a})]"
    elif kind == 1:
        found, text = {"name": n, "city": c}, "[{n} lives in {c}|{n} is from {c}|{n}, {c}|{n} comes from {c}|{n} from {c}|{n} moved to {c}]"
    elif kind == 2:
        found, text = {"name": n, "age": a, "city": c}, "[{n} is {a} and lives in {c}|{n} from {c} is {a} years old|{n}, {a}, {c}|{n} is {a} and from {c}|{n}, age {a}, from {c}|{n} lives in {c} and is {a}]"
    elif kind == 3:
        found, text = {"name": n, "job": j}, "[{n} is a {j}|{n} works as a {j}|{n}, {j}|{n} is working as a {j}|{n} the {j}]"
    else:
        found, text = {"name": n, "age": a, "job": j}, "[{n} is {a} and works as a {j}|{n}, {a}, {j}|{n} is a {a} year old {j}|{n} is a {j} and {a} years old]"
    sentence = say(rng, text, n=n, a=a, c=c, j=j).strip()
    if rng.random() < 0.15:
        prompt = say(rng, "[JSON|json|a JSON object] for {s}, with {f}", s=sentence, f=_listing(rng, list(found)))
    else:
        prompt = say(rng, ORDERS, f=_listing(rng, list(found)), s=sentence)
    return _dot(rng, prompt), json.dumps(found)


def _dot(rng: Random, prompt: str) -> str:
    return prompt + "." if rng.random() < 0.12 and prompt[-1].isalnum() else prompt


def order(rng: Random) -> tuple[str, str]:
    """Items with counts and prices."""
    g, gs = one_of(rng, v.GOODS)
    k, p = rng.randint(2, 20), rng.randint(1, 99)
    kind = rng.randint(0, 2)
    if kind == 0:
        found, text = {"item": g, "price": p}, "[A|a|the|one] {g} [costs|is|for] [${p}|{p} dollars]"
        text = "[" + text + "|{g}, {p} dollars|{g} for ${p}|{g}, ${p}]"
    elif kind == 1:
        found, text = {"item": gs, "count": k, "price": p}, "[{k} {gs} for {p} dollars|I want {k} {gs} for ${p}|{k} {gs}, {p} dollars|{k} {gs} cost ${p}]"
    else:
        found, text = {"item": gs, "count": k}, "[{k} {gs}|I want {k} {gs}|we need {k} {gs}|there are {k} {gs}|{k} of the {gs}]"
    prompt = say(rng, ORDERS, f=_listing(rng, list(found)), s=say(rng, text, g=g, gs=gs, k=k, p=p))
    return _dot(rng, prompt), json.dumps(found)


def free(rng: Random) -> tuple[str, str]:
    """Any keys with any values."""
    found: dict[str, object] = {}
    for key in rng.sample(KEYS, rng.choices((1, 2, 3, 4), (2, 6, 3, 1))[0]):
        if key in NUMERIC:
            found[key] = rng.randint(1900, 2030) if key == "year" else rng.randint(1, one_of(rng, (20, 99, 99, 500)))
        elif key in ("name", "author"):
            found[key] = name(rng, 0.5)
        elif key in ("city", "country"):
            found[key] = one_of(rng, v.CITIES + v.COUNTRIES) if rng.random() < 0.5 else made_up_name(rng)
        elif key == "title":
            found[key] = one_of(rng, v.WORDS).capitalize() if rng.random() < 0.6 else one_of(rng, v.WORDS)
        else:
            found[key] = one_of(rng, v.WORDS) if rng.random() < 0.6 else made_up_word(rng, 2, 3)
    pair = one_of(rng, ("{k} {v}", "{k}={v}", "{k}: {v}", "{k} is {v}", "{k} = {v}", "the {k} is {v}"))
    pairs = [pair.replace("{k}", key).replace("{v}", str(value)) for key, value in found.items()]
    joint = one_of(rng, (", ", ", ", " and ", "; "))
    text = joint.join(pairs) if len(pairs) < 3 or joint != " and " else ", ".join(pairs[:-1]) + " and " + pairs[-1]
    prompt = say(rng, [
        "[make|Make|write|Write|Return|Create|Give me|Output|build] [json|JSON|a JSON object|a json]: {s}", "[Return|Make|Write|Give me|Create] [JSON|a JSON object] [with|from|for|out of] {s}", "[JSON|json|to json|as JSON|JSON object|json please|JSON please]: {s}", "[Turn|Convert|Put|Change] [this |]into [JSON|json|a JSON object]: {s}", "[Convert|Please convert|Turn|Change] to [JSON|json]: {s}",
        "{s} as [JSON|a JSON object|json]", "[Write|Put|Give me|Format|Print] [this|it|the following] as [JSON|a JSON object|json]: {s}", "[Can|Could] you [write|give me|turn|put] {s} [as|into] JSON?", "[I need|I want|Please write|Please make] a JSON object[.|:] {s}", "{s}. [Write|Return|Give me|Put] this as JSON[.|]", "[put|Put|turn|Turn] {s} into [json|JSON]",
    ], s=text)
    return _dot(rng, prompt), json.dumps(found)


def listed(rng: Random) -> tuple[str, str]:
    """Arrays of words or numbers."""
    k = rng.randint(2, 5)
    items: list = rng.sample(v.WORDS, k) if rng.random() < 0.55 else [rng.randint(0, 99) for _ in range(k)]
    if rng.random() < 0.15:
        items = rng.sample(v.NAMES, k)
    text = ", ".join(map(str, items[:-1])) + one_of(rng, (" and ", ", ", ", ", ", and " if k > 2 else " and ")) + str(items[-1])
    if rng.random() < 0.1:
        text = " ".join(map(str, items))
    prompt = say(rng, [
        "[Write|Return|Make|Give me|Create|Output] [a|the] JSON [list|array] [with|of|from|out of|containing][:|] {l}", "[Turn|Convert|Put|Change] [this|these|the following] [in|]to a JSON [list|array]: {l}", "JSON [list|array] [of|with|from|for]: {l}" if False else "JSON [list|array] [of|with|from] {l}", "[json|JSON] [array|list]: {l}", "{l} as a JSON [list|array]", "[Write|Put|Give me] {l} as a [json|JSON] [array|list]", "as a [json|JSON] [array|list][ please|]: {l}", "Make {l} [in|]to a JSON [list|array]",
    ], l=text).replace("into to", "into").replace(" to a JSON", " into a JSON").replace("inin", "in")
    return _dot(rng, prompt), json.dumps(items)


def numbers_in(rng: Random) -> tuple[str, str]:
    """The numbers of a sentence."""
    n, m, t = name(rng), name(rng), one_of(rng, v.THINGS)
    t2 = one_of(rng, v.THINGS)
    a, b, c = rng.randint(1, 99), rng.randint(1, 99), rng.randint(1, 99)
    text, found = one_of(rng, [
        (f"{n} has {a} {t} and {m} has {b}.", [a, b]), (f"In {a} days {n} sold {b} {t} for {c} dollars.", [a, b, c]), (f"{n} is {a} and {m} is {b}.", [a, b]), (f"{n} paid ${a} for {b} {t}.", [a, b]),
        (f"{n} has {a} {t} and {b} {t2}.", [a, b]), (f"There are {a} {t}, {b} {t2} and {c} boxes.", [a, b, c]), (f"{n} is {a} years old.", [a]), (f"{a} {t} cost {b} dollars.", [a, b]), (f"{n} lives at number {a} and {m} at number {b}.", [a, b]),
    ])
    prompt = say(rng, [
        "[Extract|Get|Take|Find|Pull out] [all |]the numbers as a JSON [list|array]: {s}", "List the numbers as JSON: {s}", "[Return|Give me|Write] [all |]the numbers in this [text|sentence] as a JSON [array|list]: {s}", "[all |the ]numbers in this [text|sentence] as [a JSON list|a JSON array|JSON]: {s}", "Which numbers are in this [text|sentence]? Answer as a JSON list: {s}", "JSON list of [all |the ]numbers in: {s}",
    ], s=text if rng.random() < 0.85 else text[:-1])
    return prompt, json.dumps(found)


def rows(rng: Random) -> tuple[str, str]:
    """CSV rows, bullet lists, Python lists."""
    n, a, c = name(rng, 0.3), rng.randint(1, 99), _place(rng)
    kind = rng.randint(0, 4)
    if kind <= 1:
        return say(rng, ["[Convert|Turn|Change] this CSV row with name, age, city [to|into] JSON: {n},{a},{c}", "[Turn|Convert|Make] the CSV row {n},{a},{c} with name, age, city [in|]to JSON", "CSV with name, age, city to JSON: {n},{a},{c}"], n=n, a=a, c=c).replace(" to JSON", " into JSON").replace("inin", "in"), json.dumps({"name": n, "age": a, "city": c})
    if kind == 2:
        return say(rng, ["Write {n}, {a}, {c} as a CSV row", "[Make|Write|Give me] a CSV row [from|of|with]: {n}, {a}, {c}", "{n}, {a}, {c} as CSV"], n=n, a=a, c=c), f"{n},{a},{c}"
    if kind == 3:
        return say(rng, ["[Make|Write] a list with dashes: {n}, {a}, {c}", "Write as a bullet list: {n}, {a}, {c}", "[bullet list|list with dashes]: {n}, {a}, {c}"], n=n, a=a, c=c), f"- {n}\n- {a}\n- {c}"
    return say(rng, ["[Write|Make|Give me] a Python list with {a}, {b} and {c}", "Return a Python list of {a}, {b} and {c}"], a=a, b=a + 1, c=c), f"[{a}, {a + 1}, '{c}']"


def adult(rng: Random) -> tuple[str, str]:
    """A boolean that follows from an age."""
    n, a = name(rng), rng.randint(1, 99)
    prompt = say(rng, ["[Return|Write|Give me] JSON with name and adult[ for|]: {n} is {a}[ years old|]", "JSON with name and adult: {n}, {a}"], n=n, a=a)
    return prompt, json.dumps({"name": n, "adult": a >= 18})


TASKS = [(free, 5), (person, 4), (order, 2.5), (listed, 3), (numbers_in, 2), (rows, 1.5), (adult, 0.7)]
