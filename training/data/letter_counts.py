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
            "[How|how] long is {x}[, in letters|, counted in letters| in letters|, how many letters]?",
            "[How|how] many letters long is {x}?",
            "{x}: [how many letters|letter count|how long is it|length]?",
            "{x}, how many letters [is that|does it have|are there|are in it]?",
            "{x} has how many letters?",
            "[How|how] many letters [do I|do you|must I|does one] [need|write|type|use] for {x}?",
            "[Count|count] how many letters {x} [has|is made of|contains]",
            "[Tell me|What is|what is|give me] the [letter count|number of letters] of {x}",
            "[Of|From] how many letters is {x} made?",
            "[How|how] many letters can you count in {x}?",
            "[How|how] many letters make up {x}?",
            "I [want|need|would like] to know how many letters {x} has",
            "[let us|please] count the letters of {x}",
            "the length of {x}[, please| in letters]",
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
            "[How|how] many {c}'s [are hiding|hide|sit|are found|occur|appear|can you find|do you see|do you count|do I see|can you spot|are] in {x}?",
            "[How|how] many times [do I|do you|does one|must I] [write|need|type|see|read] [{c}|the letter {c}] in {x}?",
            "[How|how] [often|many times] [is|do you see|is there] [a|an|the letter] {c} in {x}?",
            "[How|how] [often|many times] does {x} [contain|have|use|show] [the letter |][{c}|{c}]?",
            "[In|in] {x}, how many [{c}'s|letters {c}] [are there|do you see|can you find]?",
            "[Find|find|Look for|look for] [all|the|all the] {c}'s in {x}[,|.] [how|how] many [are there|are they|do you find]?",
            "[Count|count] how many {c}'s [are in {x}|{x} has|you see in {x}]",
            "[Count|count] how [often|many times] [{c}|the letter {c}] [is|appears|comes|occurs] in {x}",
            "{x}: how many {c}'s?",
            "{x}, how many times [{c}|the letter {c}]?",
            "[Tell me|tell me|Say|I want to know] how many {c}'s [there are in {x}|{x} has|are in {x}]",
            "[How|how] many of the letters in {x} are {c}?",
            "[How|how] many letters {c} [has {x} got|does {x} have]?",
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
            "[How|how] many vowels [hide|are hiding|occur|do you count|do you hear|can you count|do you see] in {x}?",
            "{x}: how many vowels?",
            "{x}, how many vowels [is that|does it have|are in it]?",
            "{x} has how many vowels?",
            "[Count|count] how many vowels [are in {x}|{x} has|there are in {x}]",
            "[How|how] many of its letters are vowels: {x}",
            "[In|in] {x}, how many vowels are there?",
            "[Find|find] the vowels in {x}. How many are there?",
            "[the |]vowel count of {x}",
            "[What is|what is] the number of vowels [in|of] {x}?",
            "[How|how] many vowels has {x} got?",
            "[How|how] many a, e, i, o, u are in {x}?",
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
                "[Which|What|which|what] letter does {x} [begin|start] with",
                "[With|with] [what|which] letter does {x} [begin|start]?",
                "{x} [begins|starts] with [what|which] letter?",
                "{x}: [what is the |]first letter?",
                "{x}, what [is its|is the] first letter?",
                "[Name|name|Say|say|Give|Show me|give me] the first letter of {x}",
                "[the |]first letter of {x}[, please| please|]",
                "[What|what] is at the [start|beginning|front] of {x}, [which|what] letter?",
                "[What|what] letter is at the [start|beginning|front] of {x}?",
                "[How|how] does {x} [begin|start], with [what|which] letter?",
                "[In|in] {x}, [what|which] letter [comes|is] first?",
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
                "[With|with] [what|which] letter does {x} end?",
                "[Which|What|which|what] letter does {x} [end|finish] with",
                "{x} [ends|finishes] with [what|which] letter?",
                "{x}: [what is the |]last letter?",
                "{x}, what is [its|the] last letter?",
                "[Name|name|Say|say|Show me|give me] the last letter of {x}",
                "[the |]last letter of {x}[, please| please|]",
                "[What|what] letter is at the [end|back] of {x}?",
                "[How|how] does {x} end, with [what|which] letter?",
                "[In|in] {x}, [what|which] letter [comes|is] last?",
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
            "{x}: [what is the |]{o} letter?",
            "{x}, [what|which] is [its|the] {o} letter?",
            "[Name|name|Say|say|Show me|give me|tell me] the {o} letter of {x}",
            "[In|in] {x}, [what|which] letter [comes|is] {o}?",
            "[What|what|Which|which] letter [comes|stands|is] {o} in {x}?",
            "[the |]{o} letter of {x}[, please| please|]",
            "[What|what] letter is in {o} place in {x}?",
        ],
        x=quote(rng, w),
        o=one_of(rng, ORDINALS[i]),
    )
    return prompt, ", ".join(w[: i + 1]) + ". " + answer(w[i])
