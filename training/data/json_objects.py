"""Short JSON objects from phrases."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

import json
from random import Random

from training.data import vocabulary as v
from training.data.people import made_up_name, made_up_word, name
from training.data.phrase import one_of, say

KEYS = """
name age city color size country price title year animal food team job item count street level id shape day
month language brand model code number author genre weight height speed score rank status type unit room floor
seat fruit sport hobby pet
""".split()


NUMERIC = {
    "age",
    "price",
    "year",
    "count",
    "level",
    "id",
    "size",
    "number",
    "weight",
    "height",
    "speed",
    "score",
    "rank",
    "floor",
    "seat",
    "room",
}


ORDERS = [
    "[Return|Write|Make|Give me|Create|Output|Produce|Build|Show|Generate|Give] [JSON|a JSON object|json|an object in JSON] with {f} [for|from|of]: {s}",
    "[Return|Write|Make|Give me|Create|Output|Build] [JSON|a JSON object|json] with {f}: {s}",
    "[Extract|Get|Take|Pull out] {f} as JSON[:| from:] {s}",
    "[JSON|json] with {f}[:| for:] {s}",
    "{s}. [Return|Write|Give me|Give|Put|Extract] {f} as JSON.",
    "[I need|I want|Please make|Please write|Can you make|Could you write|Please give me] [JSON|a JSON object] with {f} [for|from|of]: {s}",
    "{f} as JSON: {s}",
    "[make|Make|create|write|Write|build|give me|Give me|I need|please make|Please write] [json|JSON|a JSON object|a json object] [from|of|out of|for|with] [this|the following|this text|this sentence]: {s}[, keys|, with keys|, with the keys|, fields|, use the keys|, the keys are] {f}",
    "{s}[, keys|. Keys|, with keys|, fields|. Use the keys|. Keys are|. The keys are] {f}[, as JSON|, JSON please|. Make JSON|, write JSON|. Answer in JSON|, please as JSON]",
    "[keys|Keys|fields|Fields|with the keys] {f}[, JSON for|, as JSON|; JSON of|. Make JSON from]: {s}",
    "[turn|Turn|put|Put|change|Change|make|Make|convert|Convert] [this|the sentence|this sentence|this text] into JSON with [the keys |the fields |keys |]{f}: {s}",
    "{s}[, please give me|. I need|, give me|, write|. Please write|, please return] [JSON|json|a JSON object] with {f}",
    "[write|Write|give me|Give me|return|Return|show me] {f} as [JSON|a JSON object|json][, please|]: {s}",
    "[what|What] [is|would be] the JSON with {f} for: {s}?",
    "[the|The] sentence is: {s}. [Give me|Write|Make] JSON with {f}",
    "[JSON|json|a JSON object] for [this|the following][,| please,] with {f}: {s}",
]


def _listing(rng: Random, keys: list[str]) -> str:
    if len(keys) == 1:
        return keys[0]
    return (
        ", ".join(keys[:-1])
        + one_of(rng, (" and ", " and ", ", and " if len(keys) > 2 else " and "))
        + keys[-1]
    )


def place(rng: Random) -> str:
    """A city, or a made-up place."""
    if rng.random() < 0.5:
        return one_of(rng, v.CITIES)
    return made_up_name(rng) + (" " + made_up_name(rng) if rng.random() < 0.3 else "")


def person(rng: Random) -> tuple[str, str]:
    """Name with age, city or job."""
    n = name(rng, 0.35) + (" " + made_up_name(rng) if rng.random() < 0.2 else "")
    a, c, j = rng.randint(1, 99), place(rng), one_of(rng, v.JOBS)
    kind = rng.randint(0, 4)
    if kind == 0:
        found, text = (
            {"name": n, "age": a},
            "[{n} is {a}|{n} is now {a} years old|{n}, who is {a} [years old|]|{n} is {a} years of age|{n} has turned {a}|{n} is {a} years old|{n}, age {a}|{n}, {a}|{n} turned {a}|a person called {n} who is {a} [years old|]|{a} year old {n}|{n} who is {a}|{n} ({a})]",
        )
    elif kind == 1:
        found, text = (
            {"name": n, "city": c},
            "[{n} lives in {c}|{n}, who lives in {c}|{n} who is from {c}|{n} has a house in {c}|the home of {n} is {c}|{n} is from {c}|{n}, {c}|{n} comes from {c}|{n} from {c}|{n} moved to {c}]",
        )
    elif kind == 2:
        found, text = (
            {"name": n, "age": a, "city": c},
            "[{n} is {a} and lives in {c}|{n}, who is {a} and lives in {c}|{n}, {a} years old, from {c}|{n} comes from {c} and is {a} years old|{n} from {c} is {a} years old|{n}, {a}, {c}|{n} is {a} and from {c}|{n}, age {a}, from {c}|{n} lives in {c} and is {a}]",
        )
    elif kind == 3:
        found, text = (
            {"name": n, "job": j},
            "[{n} is a {j}|{n}, who works as a {j}|{n}, who is a {j}|{n} has a job as a {j}|the {j} {n}|{n} works as a {j}|{n}, {j}|{n} is working as a {j}|{n} the {j}]",
        )
    else:
        found, text = (
            {"name": n, "age": a, "job": j},
            "[{n} is {a} and works as a {j}|{n}, who is {a}, is a {j}|{n} works as a {j} and is {a} years old|the {j} {n} is {a}|{n}, {a}, {j}|{n} is a {a} year old {j}|{n} is a {j} and {a} years old]",
        )
    sentence = say(rng, text, n=n, a=a, c=c, j=j).strip()
    if rng.random() < 0.15:
        prompt = say(
            rng,
            [
                "[JSON|json|a JSON object|give me JSON|make JSON|write JSON|JSON please] for {s}, with {f}",
                "[JSON|json|a JSON object|Give me JSON|Make JSON|Write JSON|write a JSON object] with {f} for {s}",
            ],
            s=sentence,
            f=_listing(rng, list(found)),
        )
    else:
        prompt = say(rng, ORDERS, f=_listing(rng, list(found)), s=sentence)
    return dotted(rng, prompt), json.dumps(found)


def dotted(rng: Random, prompt: str) -> str:
    """The prompt, now and then with a full stop."""
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
        found, text = (
            {"item": gs, "count": k, "price": p},
            "[{k} {gs} for {p} dollars|I want {k} {gs} for ${p}|{k} {gs}, {p} dollars|{k} {gs} cost ${p}]",
        )
    else:
        found, text = (
            {"item": gs, "count": k},
            "[{k} {gs}|I want {k} {gs}|we need {k} {gs}|there are {k} {gs}|{k} of the {gs}]",
        )
    prompt = say(rng, ORDERS, f=_listing(rng, list(found)), s=say(rng, text, g=g, gs=gs, k=k, p=p))
    return dotted(rng, prompt), json.dumps(found)


def free(rng: Random) -> tuple[str, str]:
    """Any keys with any values."""
    found: dict[str, object] = {}
    for key in rng.sample(KEYS, rng.choices((1, 2, 3, 4), (2, 6, 3, 1))[0]):
        if key in NUMERIC:
            found[key] = (
                rng.randint(1900, 2030) if key == "year" else rng.randint(1, one_of(rng, (20, 99, 99, 500)))
            )
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
    text = (
        joint.join(pairs)
        if len(pairs) < 3 or joint != " and "
        else ", ".join(pairs[:-1]) + " and " + pairs[-1]
    )
    verb = one_of(rng, ("is", "is", "is", "equals", "has the value"))
    stated = _listing(rng, [f"{key} {verb} {value}" for key, value in found.items()])
    prompt = say(
        rng,
        [
            "[make|Make|write|Write|Return|Create|Give me|Output|build] [json|JSON|a JSON object|a json]: {s}",
            "[Return|Make|Write|Give me|Create] [JSON|a JSON object] [with|from|for|out of] {s}",
            "[JSON|json|to json|as JSON|JSON object|json please|JSON please]: {s}",
            "[Turn|Convert|Put|Change] [this |]into [JSON|json|a JSON object]: {s}",
            "[Convert|Please convert|Turn|Change] to [JSON|json]: {s}",
            "{s} as [JSON|a JSON object|json]",
            "[Write|Put|Give me|Format|Print] [this|it|the following] as [JSON|a JSON object|json]: {s}",
            "[Can|Could] you [write|give me|turn|put] {s} [as|into] JSON?",
            "[I need|I want|Please write|Please make] a JSON object[.|:] {s}",
            "{s}. [Write|Return|Give me|Put] this as JSON[.|]",
            "[put|Put|turn|Turn] {s} into [json|JSON]",
            "[a|A|one|make a|give me a|write a|Write a|I want a|I need a] JSON object [where|in which|that says|such that|with] {w}",
            "[JSON|json|make json|write JSON|Make JSON|give me json] [where|in which] {w}",
            "[an|An|write an|make an] object in JSON[, please| please|]: {s}",
            "{s}[, as JSON|, json please|, in JSON please|: make it JSON|, make JSON from it|, write it as JSON|, put this in JSON][, please|]",
            "[make|Make|create|build] [json|JSON|a JSON object] [from|of|out of] [this|that|the following|these][, please|]: {s}",
            "[write|Write|give me|Give me|show me|return] the JSON [for|of|object for|of this]: {s}",
            "[How|how] [do you write|would you write|does one write] {s} [as|in] JSON?",
            "[the|my|these] [values|data|keys and values] are {s}[. Make JSON|. Write JSON|, as JSON please]",
            "in JSON[, please| please|]: {s}",
        ],
        s=text,
        w=stated,
    )
    return dotted(rng, prompt), json.dumps(found)


def adult(rng: Random) -> tuple[str, str]:
    """A boolean that follows from an age."""
    n, a = name(rng), rng.randint(1, 99)
    prompt = say(
        rng,
        [
            "[Return|Write|Give me] JSON with name and adult[ for|]: {n} is {a}[ years old|]",
            "JSON with name and adult: {n}, {a}",
            "{n} is {a}[ years old|]. [Write|Give me|Make] JSON with name and adult",
            "[make|Make] [json|JSON] [from|of] this: {n} is {a}[ years old|], keys name and adult",
        ],
        n=n,
        a=a,
    )
    return prompt, json.dumps({"name": n, "adult": a >= 18})
