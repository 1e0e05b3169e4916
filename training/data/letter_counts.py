"""How many letters, which letter, how often."""

from __future__ import annotations

from random import Random

from training.data.letters import LETTERS, a_word, quote
from training.data.phrase import one_of, say
from training.data.working import answer


def length(rng: Random) -> tuple[str, str]:
    """How many letters a word has."""
    w = a_word(rng)
    prompt = say(
        rng,
        [
            "[How many|Tell me how many|how many] [letters|characters] are [there |]in {x}?",
            "How many [letters|characters] does {x} have?",
            "[Count|Please count|count] the [letters|characters] [in|of] {x}",
            "[What is|Find|Tell me|] the length of {x}",
            "[How long is|how long is] {x}?",
            "[What is the|the|] number of [letters|characters] in {x}",
            "how many letters {x} has",
            "[tell me|say|find out] how many [letters|characters] {x} has",
            "{w}: how many letters?",
            "How many [letters|characters] are needed to write {x}?",
            "how many letters in {x}",
            "How many letters has {x} got?",
        ],
        x=quote(rng, w),
        w=w,
    )
    return prompt, ", ".join(f"{c} {i + 1}" for i, c in enumerate(w)) + ". " + answer(len(w))


def _counting(word: str, wanted: str) -> tuple[str, int]:
    shown, n = [], 0
    for c in word:
        n += c in wanted
        shown.append(f"{c} {n}" if c in wanted else c)
    return ", ".join(shown) + ". ", n


def count_letter(rng: Random) -> tuple[str, str]:
    """How often a letter occurs."""
    w = a_word(rng)
    kind = rng.random()
    c = max(w, key=w.count) if kind < 0.3 else one_of(rng, w) if kind < 0.84 else one_of(rng, LETTERS)
    prompt = say(
        rng,
        [
            'How [many times|often] does [{c}|the letter {c}|"{c}"] [appear|occur|come|show up] in {x}?',
            'How many letters "{c}" are in {x}?',
            "[Count|count|Please count] the letter {c} in {x}",
            "How many {c}'s are [there |]in {x}?",
            "how many {c}'s does {x} have?",
            "how many {c} in {x}",
            "how many times is [{c}|the letter {c}] in {x}",
            "[Count|count] the {c}'s in {x}",
            "How many times do you find [{c}|the letter {c}] in {x}?",
            "how many {c}s are in {x}?",
            "number of {c}'s in {x}",
            "How many times can you see the letter {c} in {x}?",
            "[How many|how many] letters of {x} are {c}?",
            "Does {x} have any {c}? How many?",
        ],
        x=quote(rng, w),
        c=c,
    )
    worked, n = _counting(w, c)
    return prompt, worked + answer(n)


def vowels(rng: Random) -> tuple[str, str]:
    """How many vowels a word has."""
    w = a_word(rng)
    prompt = say(
        rng,
        [
            "[How many|how many] vowels are [there |]in {x}?",
            "[Count|count] the vowels [in|of] {x}",
            "How many vowels does {x} have?",
            "how many vowels in {x}",
            "[the |]number of vowels in {x}",
            "How many vowels [can you find|do you see|do you find] in {x}?",
            "How many of the letters in {x} are vowels?",
            "tell me how many vowels {x} has",
        ],
        x=quote(rng, w),
    )
    worked, n = _counting(w, "aeiou")
    return prompt, worked + answer(n)


ORDINALS = [("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th")]


def letter_at(rng: Random) -> tuple[str, str]:
    """The first, last or n-th letter."""
    w = a_word(rng)
    kind = rng.random()
    if kind < 0.28:
        prompt = say(
            rng,
            [
                "[What is|What's|Tell me|Give me|] the [first|1st|starting] letter [of|in] {x}",
                "[Which|What] letter does {x} [start|begin] with?",
                "[Which|What] letter comes first in {x}?",
                "[Which|What] is the first letter of {x}?",
                "{x} starts with which letter?",
            ],
            x=quote(rng, w),
        )
        return prompt, answer(w[0])
    if kind < 0.56:
        prompt = say(
            rng,
            [
                "[What is|What's|Tell me|Give me|] the [last|final] letter [of|in] {x}",
                "[Which|What] letter does {x} end [with|in]?",
                "[Which|What] letter comes last in {x}?",
                "[Which|What] is the last letter of {x}?",
                "{x} ends with which letter?",
            ],
            x=quote(rng, w),
        )
        return prompt, answer(w[-1])
    i = rng.randint(1, min(4, len(w) - 1))
    prompt = say(
        rng,
        [
            "[What is|What's|what is|Tell me|Give me|] the {o} letter [of|in] {x}",
            "[Which|What] letter is the {o} [one |]in {x}?",
            "[Which|What] is the {o} letter [of|in] {x}?",
        ],
        x=quote(rng, w),
        o=one_of(rng, ORDINALS[i]),
    )
    return prompt, ", ".join(w[: i + 1]) + ". " + answer(w[i])
