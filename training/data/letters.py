"""Letters of one word: reversed, sorted, spelled, in capitals. Working letter by letter is part of the answer."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.common_words import COMMON
from training.data.people import made_up_word
from training.data.phrase import one_of, say
from training.data.working import answer

LETTERS = "abcdefghijklmnopqrstuvwxyz"


ENDINGS = ["", "", "r", "n", "s", "t", "l", "rr", "ll", "tt", "ss", "nd", "ck", "st", "er", "ing"]


PLEASE = "[|||||Please |please |Can you |Could you |Could you please |pls |I want you to ]"


def a_word(rng: Random) -> str:
    """A word: common, made up, with English endings, or random letters."""
    kind = rng.random()
    if kind < 0.5:
        return plain_word(rng)
    if kind < 0.64:
        return made_up_word(rng, 2, 5)
    if kind < 0.84:
        return "".join(one_of(rng, v.SYLLABLES) + one_of(rng, ENDINGS) for _ in range(rng.randint(1, 4)))[:12]
    return "".join(one_of(rng, LETTERS) for _ in range(rng.randint(3, 9)))


def plain_word(rng: Random) -> str:
    """An English word."""
    return one_of(rng, COMMON if rng.random() < 0.45 else v.WORDS)


def quote(rng: Random, word: str) -> str:
    """The word as prompts write it."""
    return say(
        rng,
        ['"{w}"', "'{w}'", "{w}", "{w}", "the word {w}", "the word {w}", 'the word "{w}"', "this word: {w}"],
        w=word,
    )


def _ask(rng: Random, phrases: list[str], word: str, **slots: object) -> str:
    request = say(rng, PLEASE) + say(rng, phrases, x=quote(rng, word), w=word, **slots)
    if request.lower().startswith(("can you", "could you")) and request[-1] not in ".?":
        request += "?"
    return request[0].upper() + request[1:] if request[0] in "pci" and rng.random() < 0.5 else request


def reverse(rng: Random) -> tuple[str, str]:
    """The letters of a word from last to first."""
    w = a_word(rng)
    prompt = (
        _ask(
            rng,
            [
                "reverse {x}",
                "write {x} [backwards|in reverse|backward|from right to left|from back to front|in reverse order|the other way around]",
                "spell {x} [backwards|in reverse|backward|from back to front|from the end]",
                "turn {x} [around|backwards|back to front]",
                "reverse the letters [of|in] {x}",
                "flip {x}",
                "write the letters of {x} [backwards|in reverse order|from last to first|in reverse]",
                "say {x} backwards",
                "give me {x} [backwards|reversed]",
                "invert {x}",
            ],
            w,
        )
        if rng.random() < 0.6
        else say(
            rng,
            [
                "What is {x} [spelled|written|] [backwards|in reverse|reversed]?",
                "what is {x} reversed?",
                "[reverse|backwards|reversed]: {w}",
                "{w} [backwards|reversed|in reverse|spelled backwards]",
                "How do you [spell|write] {x} backwards?",
                "what does {x} look like backwards?",
                "What do [I|you] get [when|if] [I|you] reverse {x}?",
                "[Read|read] {x} backwards",
                "[The|the] reverse of {x}",
                "How does {x} read [backwards|from the end]?",
                "{w} [back to front|the wrong way round|in reverse order]",
            ],
            x=quote(rng, w),
            w=w,
        )
    )
    return prompt.replace("  ", " "), f"{' '.join(w)} becomes {' '.join(w[::-1])}. " + answer(w[::-1])


def upper(rng: Random) -> tuple[str, str]:
    """To capital letters."""
    w = a_word(rng) if rng.random() < 0.7 else f"{a_word(rng)} {a_word(rng)}"
    prompt = (
        _ask(
            rng,
            [
                "write {x} in [capital letters|capitals|all caps|uppercase|upper case|big letters|caps]",
                "convert {x} to [uppercase|upper case|capital letters|capitals]",
                "uppercase {x}",
                "make {x} uppercase",
                "put {x} in [uppercase|capitals|all caps|capital letters]",
                "capitalize [all letters of |]{x}",
                "turn {x} into [capital letters|uppercase|capitals]",
                "change {x} to [uppercase|upper case|capitals]",
            ],
            w,
        )
        if rng.random() < 0.75
        else say(
            rng,
            [
                "[uppercase|to uppercase|make this uppercase|in capitals|all caps]: {w}",
                "{w} in [capital letters|uppercase|upper case|all caps|capitals]",
                "What is {x} in [capital letters|uppercase|all caps]?",
            ],
            x=quote(rng, w),
            w=w,
        )
    )
    return prompt, answer(w.upper())


def lower(rng: Random) -> tuple[str, str]:
    """To small letters."""
    w = a_word(rng) if rng.random() < 0.75 else f"{a_word(rng)} {a_word(rng)}"
    prompt = (
        _ask(
            rng,
            [
                "write {x} in [small letters|lowercase|lower case]",
                "convert {x} to [lowercase|lower case|small letters]",
                "lowercase {x}",
                "make {x} [lowercase|lower case]",
                "put {x} in [lowercase|small letters|lower case]",
                "turn {x} into [small letters|lowercase]",
                "change {x} to [lowercase|lower case|small letters]",
            ],
            w.upper(),
        )
        if rng.random() < 0.7
        else say(
            rng,
            [
                "[lowercase|to lowercase|make this lowercase|in small letters]: {w}",
                "{w} in [lowercase|lower case|small letters] [please|]",
                "What is {w} in [lowercase|small letters]?",
            ],
            w=w.upper(),
        )
    )
    letters = ", ".join(" ".join(word) for word in w.split())
    return prompt.strip(), f"{letters}. " + answer(w)


def spell(rng: Random) -> tuple[str, str]:
    """The letters, one by one."""
    w = a_word(rng)
    prompt = (
        _ask(
            rng,
            [
                "spell {x}",
                "spell out {x}",
                "list the letters [of|in] {x}",
                "spell {x} letter by letter",
                "write the letters of {x} one by one",
                "tell me the letters of {x}",
            ],
            w,
        )
        if rng.random() < 0.7
        else say(
            rng,
            [
                "How do you spell {x}?",
                "How is {x} spelled?",
                "What are the letters of {x}?",
                "[spell|spelling]: {w}",
                "Which letters are in {x}?",
            ],
            x=quote(rng, w),
            w=w,
        )
    )
    return prompt, ", ".join(w) + "."


def sort_letters(rng: Random) -> tuple[str, str]:
    """The letters of a word in order."""
    w = a_word(rng)[:8]
    prompt = _ask(
        rng,
        [
            "sort the letters [of|in] {x}",
            "sort the letters in {x} alphabetically",
            "put the letters of {x} in [alphabetical |]order",
            "arrange the letters of {x} alphabetically",
        ],
        w,
    )
    return prompt, f"{' '.join(w)} becomes {' '.join(sorted(w))}. " + answer("".join(sorted(w)))
