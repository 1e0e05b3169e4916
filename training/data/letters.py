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


PLEASE = (
    "[||||||Please |please |Can you |Could you |Could you please |pls |I want you to |I would like you to |"
    "Would you |Can you please |Will you |I need you to |Now |Try to |Go ahead and |You should ]"
)


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
        [
            '"{w}"',
            "'{w}'",
            "{w}",
            "{w}",
            "{w}",
            "the word {w}",
            "the word {w}",
            'the word "{w}"',
            "this word: {w}",
            "the word '{w}'",
            "word {w}",
        ],
        w=word,
    )


def _ask(rng: Random, phrases: list[str], word: str, **slots: object) -> str:
    request = say(rng, PLEASE) + say(rng, phrases, x=quote(rng, word), w=word, **slots)
    if (
        request.lower().startswith(("can you", "could you", "would you", "will you"))
        and request[-1] not in ".?"
    ):
        request += "?"
    return request[0].upper() + request[1:] if rng.random() < 0.4 else request


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
                "write {x} the other way [round|around]",
                "[turn|switch|flip|swap|twist] {x} [around|round|the other way round|the other way around]",
                "mirror {x}",
                "[read|say|write|spell|type|print] {x} [from the end|from the end to the [start|beginning]|from right to left|from the last letter to the first|starting from the end|in the opposite direction]",
                "[put|write|list|give me|bring] the letters of {x} [the other way around|from the last to the first|in the opposite order|in reverse order]",
                "[give|show|tell] me {x} [backwards|in reverse|the other way round|turned around|from behind]",
                "make {x} [go backwards|backwards|run backwards]",
                "let me see {x} [backwards|in reverse|turned around]",
                "[give|show|tell] me the reverse of {x}",
                "take {x} and [reverse it|turn it around|write it backwards|flip it|read it backwards]",
                "write {x}, but [backwards|in reverse|from the end|the other way round]",
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
                "{x}, [but|just|now|please|and] [backwards|in reverse|reversed]",
                "[How|how] [would|do|can] [you|I|we] write {x} [backwards|in reverse|the other way round|from the end]?",
                "[What|what] [word|letters] do I [get|have] when I [read|write|turn|spell] {x} [backwards|around|from the end]?",
                "[What|what] is {x} [the other way around|from the end|turned around|when you turn it around|if you read it backwards]?",
                "[What|what] [comes out|happens|do I see] [when|if] I [reverse|flip|mirror] {x}?",
                "I [want|need|would like] {x} [backwards|reversed|in reverse|from back to front][, please|]",
                "backwards[ please|]: {w}",
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
                "[shout|scream|yell] {x}[|, I mean|, that is|, so] in [capital letters|capitals|all caps|uppercase|big letters]",
                "[write|type|print|show|spell|say] {x} [in|with|using] [only |all |][big|capital|large|uppercase|upper case] letters",
                "[give|show] me {x} in [capitals|capital letters|uppercase|all caps|big letters|upper case]",
                "make [all |]the letters [of|in] {x} [big|capital|uppercase|large]",
                "[make|turn|change] {x} [big|all caps|to big letters|into big letters|all uppercase]",
                "write {x}, but in [capitals|capital letters|all caps|uppercase]",
                "take {x} and [make it uppercase|write it in capitals|put it in capital letters]",
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
                "{x}, [but|please|now|just] in [capital letters|capitals|all caps|uppercase|big letters]",
                "[How|how] do you [write|type|spell] {x} in [capital letters|uppercase|all caps|capitals]?",
                "I [want|need|would like] {x} in [capital letters|capitals|all caps|uppercase][, please|]",
                "[How|how] does {x} look in [capitals|capital letters|all caps|uppercase]?",
                "[all caps|capitals|uppercase|big letters][ please|, please|]: {w}",
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
                "[write|type|print|show|spell|say] {x} [in|with|using] [only |all |][small|little|lowercase|lower case] letters",
                "[give|show] me {x} in [lowercase|small letters|lower case|little letters]",
                "make [all |]the letters [of|in] {x} [small|lowercase|little]",
                "[make|turn|change] {x} [small|to small letters|into small letters|all lowercase]",
                "[whisper|do not shout|stop shouting] {x}[, I mean|, that is|, so] in [small letters|lowercase|lower case]",
                "write {x}, but in [small letters|lowercase|lower case]",
                "write {x} without [capitals|capital letters|big letters]",
                "take {x} and [make it lowercase|write it in small letters|put it in small letters]",
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
                "{w}, [but|please|now|just] in [lowercase|small letters|lower case|little letters]",
                "[How|how] do you [write|type|spell] {w} in [lowercase|small letters|lower case]?",
                "I [want|need|would like] {w} in [lowercase|small letters|lower case][, please|]",
                "[How|how] does {w} look in [small letters|lowercase|lower case]?",
                "[lowercase|small letters][ please|, please|]: {w}",
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
                "spell {x} for me",
                "[give|show|name|say] [me |]the letters [of|in] {x}[| one by one| one after another| one at a time]",
                "[write|say|type] {x} letter by letter",
                "take {x} apart letter by letter",
                "[split|break|divide] {x} [into|up into] [its |]letters",
                "list all [the |]letters [of|in] {x}",
                "say [each|every] letter of {x}",
                "help me [to |]spell {x}",
                "show me how to spell {x}",
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
                "[How|how] [do|would|can] [I|we|you] [spell|write] {x}[| letter by letter| correctly]?",
                "[Which|What|which|what] letters [does {x} have|make up {x}|is {x} made of|do I need for {x}|are used in {x}|do you need to write {x}]?",
                "{x}, letter by letter[ please|]",
                "{x}: [spell it|its letters|letter by letter|which letters|how is it spelled]",
                "letters of {w}",
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
            "[put|bring|write|sort|order|list] the letters [of|in] {x} [in|into] [alphabetical|abc|a to z] order",
            "[sort|order|arrange] [all |]the letters [of|in] {x} [from a to z|by the alphabet|by alphabet]",
            "take the letters of {x} and [sort them|put them in alphabetical order|order them from a to z]",
            "[give|show|tell] me the letters of {x} [in alphabetical order|sorted|from a to z]",
            "order the letters [of|in] {x}",
        ],
        w,
    )
    return prompt, f"{' '.join(w)} becomes {' '.join(sorted(w))}. " + answer("".join(sorted(w)))
