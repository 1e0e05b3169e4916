"""Requests for several things of a kind, or for one picked at random."""

from __future__ import annotations

import itertools
from random import Random

from training.data import open_words  # noqa: F401  (adds its lists)
from training.data.open_form import an
from training.data.people import made_up_name
from training.data.phrase import one_of, say
from training.data.vocabulary import LISTS

# What "name three of them" may ask for: plural, list.
KINDS = [
    ("animals", "animal"),
    ("colors", "color"),
    ("fruits", "fruit"),
    ("vegetables", "vegetable"),
    ("cities", "city"),
    ("countries", "country"),
    ("names", "name"),
    ("body parts", "body"),
    ("instruments", "instrument"),
    ("sports", "sport"),
    ("tools", "tool"),
    ("drinks", "drink"),
    ("clothes", "cloth"),
    ("vehicles", "vehicle"),
    ("pieces of furniture", "furniture"),
    ("names for a cat", "pet_name"),
    ("names for a dog", "pet_name"),
    ("jobs", "job"),
    ("hobbies", "hobby"),
    ("words", "easy_word"),
    ("foods", "food"),
    ("pet names", "pet_name"),
]


COUNTS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}


def name_some(rng: Random) -> tuple[str, str, int, str]:
    """A request for several things of a kind, an answer, the number asked for and the list's name."""
    plural, listed = one_of(rng, KINDS)
    k = rng.choices((3, 4, 5, 6, 7), (2, 2, 4, 3, 2))[0]
    prompt = say(
        rng,
        [
            "[Name|List|Give me|Tell me|Write down|Say|Can you name|Can you list|Please name|I need|Think of|name|give me|list] {n} {t}[| please]",
            "[What are|Do you know] {n} {t}?",
            "{n} {t}[| please]",
            "[Write|Make] a list [of|with] {n} {t}",
            "[Choose|Pick] {n} {t}",
            "[Suggest|Find] {n} {t}",
        ],
        n=COUNTS[k] if rng.random() < 0.7 else k,
        t=plural,
    )
    words = [one_of(rng, part) for part in _parts(LISTS[listed], k)]
    return prompt, f"Here are {COUNTS[k]}: " + ", ".join(words[:-1]) + f" and {words[-1]}.", k, listed


def _parts(words: list[str], k: int) -> list[list[str]]:
    """A list in k parts of nearly equal length. One word of each makes an answer without repetitions."""
    cuts = [len(words) * i // k for i in range(k + 1)]
    return [words[i:j] for i, j in itertools.pairwise(cuts)]


def some_pattern(k: int, listed: str) -> str:
    """The regular expression of k different words of a list, as `name_some` writes them."""
    word = "(?:" + "|".join(LISTS[listed]) + ")"
    different = r"(?!.*\b(\w+)\b.*\b\1\b)"
    return rf"Here are {COUNTS[k]}: {different}{word}(?:, {word}){{{k - 2}}} and {word}\."


def pick(rng: Random) -> tuple[str, str, str]:
    """One thing chosen at random: a request, a choice, and the pattern of all choices."""
    kind = rng.randint(0, 5)
    if kind == 0:
        a = one_of(rng, (0, 1, 1, 1, 5, 10))
        b = one_of(rng, [n for n in (5, 6, 10, 12, 20, 50, 100) if n > a])
        prompt = say(
            rng,
            [
                "[Give me|Pick|Choose|Tell me|Say|Think of] a [random |]number [between|from] {a} [and|to] {b}",
                "a random number [between|from] {a} [and|to] {b}",
                "random number {a} to {b}",
            ],
            a=a,
            b=b,
        )
        return prompt, f"{rng.randint(a, b)}.", "(?:" + "|".join(map(str, range(a, b + 1))) + r")\."
    if kind == 1:
        return (
            say(
                rng,
                [
                    "[Flip|Toss|Throw] a coin[| for me| please]",
                    "[Heads or tails|heads or tails]?",
                    "coin flip",
                ],
            ),
            one_of(rng, ("Heads.", "Tails.")),
            r"(?:Heads|Tails)\.",
        )
    if kind == 2:
        return (
            say(rng, ["[Roll|Throw] a [die|dice][| for me| please]", "roll the dice"]),
            f"{rng.randint(1, 6)}.",
            r"[1-6]\.",
        )
    if kind == 3:
        return (
            say(
                rng,
                [
                    "[Invent|Make up|Think of] a [|new |funny |nice ]name",
                    "[Invent|Make up] a [fantasy|new] name",
                    "What could I call my hero?",
                ],
            ),
            made_up_name(rng) + ".",
            r"[A-Z][a-z]+\.",
        )
    what, listed = one_of(
        rng,
        [
            ("animal", "animal"),
            ("color", "color"),
            ("fruit", "fruit"),
            ("city", "city"),
            ("word", "easy_word"),
            ("sport", "sport"),
            ("job", "job"),
            ("country", "country"),
            ("drink", "drink"),
        ],
    )
    prompt = say(
        rng,
        [
            "[Pick|Choose|Name|Tell me|Give me|Think of|Say] [a|any|some|one] {w}",
            "[Pick|Choose|Give me] a random {w}",
            "random {w}[| please]",
        ],
        w=what,
    )
    word = one_of(rng, LISTS[listed])
    return an(prompt), f"I pick {word}.", "I pick (?:" + "|".join(LISTS[listed]) + r")\."
