"""Letters and words: reverse, count, sort, spell, repeat. Working letter by letter is part of the answer."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
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
        return one_of(rng, v.WORDS)
    if kind < 0.64:
        return made_up_word(rng, 2, 5)
    if kind < 0.84:
        return "".join(one_of(rng, v.SYLLABLES) + one_of(rng, ENDINGS) for _ in range(rng.randint(1, 4)))[:12]
    return "".join(one_of(rng, LETTERS) for _ in range(rng.randint(3, 9)))


def quote(rng: Random, word: str) -> str:
    """The word as prompts write it."""
    return say(rng, ['"{w}"', "'{w}'", "{w}", "{w}", "the word {w}", "the word {w}", 'the word "{w}"', "this word: {w}"], w=word)


def _ask(rng: Random, phrases: list[str], word: str, **slots: object) -> str:
    request = say(rng, PLEASE) + say(rng, phrases, x=quote(rng, word), w=word, **slots)
    if request.lower().startswith(("can you", "could you")) and request[-1] not in ".?":
        request += "?"
    return request[0].upper() + request[1:] if request[0] in "pci" and rng.random() < 0.5 else request


def reverse(rng: Random) -> tuple[str, str]:
    """The letters of a word from last to first."""
    w = a_word(rng)
    prompt = _ask(rng, [
        "reverse {x}", "write {x} [backwards|in reverse|backward|from right to left|from back to front|in reverse order|the other way around]", "spell {x} [backwards|in reverse|backward|from back to front|from the end]", "turn {x} [around|backwards|back to front]",
        "reverse the letters [of|in] {x}", "flip {x}", "write the letters of {x} [backwards|in reverse order|from last to first|in reverse]", "say {x} backwards", "give me {x} [backwards|reversed]", "invert {x}",
    ], w) if rng.random() < 0.6 else say(rng, [
        "What is {x} [spelled|written|] [backwards|in reverse|reversed]?", "what is {x} reversed?", "[reverse|backwards|reversed]: {w}", "{w} [backwards|reversed|in reverse|spelled backwards]", "How do you [spell|write] {x} backwards?", "what does {x} look like backwards?",
    ], x=quote(rng, w), w=w)
    return prompt.replace("  ", " "), f"{' '.join(w)} becomes {' '.join(w[::-1])}. " + answer(w[::-1])


def upper(rng: Random) -> tuple[str, str]:
    """To capital letters."""
    w = a_word(rng) if rng.random() < 0.7 else f"{a_word(rng)} {a_word(rng)}"
    prompt = _ask(rng, [
        "write {x} in [capital letters|capitals|all caps|uppercase|upper case|big letters|caps]", "convert {x} to [uppercase|upper case|capital letters|capitals]", "uppercase {x}", "make {x} uppercase", "put {x} in [uppercase|capitals|all caps|capital letters]", "capitalize [all letters of |]{x}", "turn {x} into [capital letters|uppercase|capitals]", "change {x} to [uppercase|upper case|capitals]",
    ], w) if rng.random() < 0.75 else say(rng, ["[uppercase|to uppercase|make this uppercase|in capitals|all caps]: {w}", "{w} in [capital letters|uppercase|upper case|all caps|capitals]", "What is {x} in [capital letters|uppercase|all caps]?"], x=quote(rng, w), w=w)
    return prompt, answer(w.upper())


def lower(rng: Random) -> tuple[str, str]:
    """To small letters."""
    w = a_word(rng) if rng.random() < 0.75 else f"{a_word(rng)} {a_word(rng)}"
    prompt = _ask(rng, [
        "write {x} in [small letters|lowercase|lower case]", "convert {x} to [lowercase|lower case|small letters]", "lowercase {x}", "make {x} [lowercase|lower case]", "put {x} in [lowercase|small letters|lower case]", "turn {x} into [small letters|lowercase]", "change {x} to [lowercase|lower case|small letters]",
    ], w.upper()) if rng.random() < 0.7 else say(rng, ["[lowercase|to lowercase|make this lowercase|in small letters]: {w}", "{w} in [lowercase|lower case|small letters] [please|]", "What is {w} in [lowercase|small letters]?"], w=w.upper())
    return prompt.strip(), answer(w)


def spell(rng: Random) -> tuple[str, str]:
    """The letters, one by one."""
    w = a_word(rng)
    prompt = _ask(rng, ["spell {x}", "spell out {x}", "list the letters [of|in] {x}", "spell {x} letter by letter", "write the letters of {x} one by one", "tell me the letters of {x}"], w) if rng.random() < 0.7 else say(rng, ["How do you spell {x}?", "How is {x} spelled?", "What are the letters of {x}?", "[spell|spelling]: {w}", "Which letters are in {x}?"], x=quote(rng, w), w=w)
    return prompt, ", ".join(w) + "."


def length(rng: Random) -> tuple[str, str]:
    """How many letters a word has."""
    w = a_word(rng)
    prompt = say(rng, [
        "[How many|Tell me how many|how many] [letters|characters] are [there |]in {x}?", "How many [letters|characters] does {x} have?", "[Count|Please count|count] the [letters|characters] [in|of] {x}", "[What is|Find|Tell me|] the length of {x}",
        "[How long is|how long is] {x}?", "[What is the|the|] number of [letters|characters] in {x}", "how many letters {x} has", "[tell me|say|find out] how many [letters|characters] {x} has", "{w}: how many letters?", "How many [letters|characters] are needed to write {x}?", "how many letters in {x}", "How many letters has {x} got?",
    ], x=quote(rng, w), w=w)
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
    c = one_of(rng, w) if rng.random() < 0.8 else one_of(rng, LETTERS)
    prompt = say(rng, [
        "How [many times|often] does [{c}|the letter {c}|\"{c}\"] [appear|occur|come|show up] in {x}?", 'How many letters "{c}" are in {x}?', "[Count|count|Please count] the letter {c} in {x}", "How many {c}'s are [there |]in {x}?", "how many {c}'s does {x} have?",
        "how many {c} in {x}", "how many times is [{c}|the letter {c}] in {x}", "[Count|count] the {c}'s in {x}", "How many times do you find [{c}|the letter {c}] in {x}?", "how many {c}s are in {x}?", "number of {c}'s in {x}", "How many times can you see the letter {c} in {x}?",
    ], x=quote(rng, w), c=c)
    worked, n = _counting(w, c)
    return prompt, worked + answer(n)


def vowels(rng: Random) -> tuple[str, str]:
    """How many vowels a word has."""
    w = a_word(rng)
    prompt = say(rng, [
        "[How many|how many] vowels are [there |]in {x}?", "[Count|count] the vowels [in|of] {x}", "How many vowels does {x} have?", "how many vowels in {x}", "[the |]number of vowels in {x}", "How many vowels [can you find|do you see|do you find] in {x}?", "How many of the letters in {x} are vowels?", "tell me how many vowels {x} has",
    ], x=quote(rng, w))
    worked, n = _counting(w, "aeiou")
    return prompt, worked + answer(n)


ORDINALS = [("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th")]


def letter_at(rng: Random) -> tuple[str, str]:
    """The first, last or n-th letter."""
    w = a_word(rng)
    kind = rng.random()
    if kind < 0.28:
        prompt = say(rng, ["[What is|What's|Tell me|Give me|] the [first|1st|starting] letter [of|in] {x}", "[Which|What] letter does {x} [start|begin] with?", "[Which|What] letter comes first in {x}?", "[Which|What] is the first letter of {x}?", "{x} starts with which letter?"], x=quote(rng, w))
        return prompt, answer(w[0])
    if kind < 0.56:
        prompt = say(rng, ["[What is|What's|Tell me|Give me|] the [last|final] letter [of|in] {x}", "[Which|What] letter does {x} end [with|in]?", "[Which|What] letter comes last in {x}?", "[Which|What] is the last letter of {x}?", "{x} ends with which letter?"], x=quote(rng, w))
        return prompt, answer(w[-1])
    i = rng.randint(1, min(4, len(w) - 1))
    prompt = say(rng, ["[What is|What's|what is|Tell me|Give me|] the {o} letter [of|in] {x}", "[Which|What] letter is the {o} [one |]in {x}?", "[Which|What] is the {o} letter [of|in] {x}?"], x=quote(rng, w), o=one_of(rng, ORDINALS[i]))
    return prompt, ", ".join(w[: i + 1]) + ". " + answer(w[i])


def _listed(rng: Random, items: list) -> str:
    texts = list(map(str, items))
    return say(rng, ["{c}", "{s}", "{c}", "{a}"], c=", ".join(texts), s=" ".join(texts), a=", ".join(texts[:-1]) + " and " + texts[-1])


def sort_words(rng: Random) -> tuple[str, str]:
    """Alphabetical order."""
    words = rng.sample(v.WORDS if rng.random() < 0.85 else v.ANIMALS, rng.randint(3, 5))
    prompt = say(rng, [
        PLEASE + "[sort|order|arrange] [these words |the words |these |][alphabetically|in alphabetical order|from a to z|by alphabet|][:|] {l}", "[Put|put|Bring|Write] [these words |the words |these |][in|into] [alphabetical|abc|dictionary|a to z] order: {l}", "[Sort|sort|order|Order|arrange] {l}",
        "[alphabetical order|alphabetically|sort alphabetically|sorted]: {l}", "[Put|put|Write] {l} in alphabetical order", "[Sort|Order] {l} [alphabetically|by alphabet|from a to z]", "[What is|What's] the alphabetical order of {l}?", "Which order do {l} have in a dictionary?",
    ], l=_listed(rng, words)).replace(" :", ":")
    return prompt, ", ".join(sorted(words)) + "."


def sort_numbers(rng: Random) -> tuple[str, str]:
    """Ascending or descending order."""
    numbers = rng.sample(range(0, one_of(rng, (9, 20, 99, 99, 99, 999)) + 1), rng.randint(3, 6))
    down = rng.random() < 0.35
    order = say(rng, "[from [largest to smallest|biggest to smallest|high to low|big to small|highest to lowest|the biggest to the smallest|large to small]|in descending order|descending|in decreasing order|with the largest first]" if down else "[from [smallest to largest|low to high|small to big|smallest to biggest|lowest to highest|small to large|the smallest to the biggest]|in ascending order|ascending|in order|in increasing order|by size|]")
    prompt = say(rng, [
        PLEASE + "[sort|order|arrange|put] [these numbers|the numbers|these] {o}: {l}", "[Sort|sort|order|Order|arrange|Arrange|Put] {l} {o}", "[sort|order|Sort these numbers] {o}: {l}", "[Sort|Order|Arrange] the numbers {l} {o}",
    ], l=_listed(rng, numbers), o=order).replace(" :", ":").strip()
    if "descending" not in order and not down and prompt.lower().startswith("put") and not order:
        prompt = "Sort" + prompt[3:]
    return prompt, ", ".join(map(str, sorted(numbers, reverse=down))) + "."


def sort_letters(rng: Random) -> tuple[str, str]:
    """The letters of a word in order."""
    w = a_word(rng)
    prompt = _ask(rng, ["sort the letters [of|in] {x}", "sort the letters in {x} alphabetically", "put the letters of {x} in [alphabetical |]order", "arrange the letters of {x} alphabetically"], w)
    return prompt, f"{' '.join(w)} becomes {' '.join(sorted(w))}. " + answer("".join(sorted(w)))


def largest(rng: Random) -> tuple[str, str]:
    """The largest or smallest of some numbers."""
    k = rng.randint(2, 5)
    numbers = rng.sample(range(0, one_of(rng, (20, 99, 99, 999)) + 1), k)
    listed = ", ".join(map(str, numbers[:-1])) + one_of(rng, (" and ", ", ", " or ")) + str(numbers[-1])
    big = rng.random() < 0.5
    word = one_of(rng, ("largest", "biggest", "greatest", "highest", "maximum")) if big else one_of(rng, ("smallest", "lowest", "least", "minimum"))
    more = one_of(rng, ("larger", "bigger", "greater", "higher", "more")) if big else one_of(rng, ("smaller", "lower", "less"))
    if k == 2 and rng.random() < 0.7:
        prompt = say(rng, ["Which [number |one |]is {m}[:|,|] {l}?", "[What|which] is {m}, {l}?", "Which [number|one] is the {m} one: {l}?"], m=more, l=listed)
    else:
        prompt = say(rng, [
            "[Which|Which one|What] is the {w}[ number|][:|] {l}?", "[What is|What's|Find|Tell me|Give me|] the {w} [number |]of {l}", "[What is|What's|Find] the {w} number [in this list|here|among these|of these]: {l}", "{w} of {l}", "{w} number: {l}", "[Pick|Choose|Find] the {w}: {l}", "Of the numbers {l}, which is the {w}?", "which one is the {w} number: {l}?",
        ], w=word, l=listed)
    return prompt, answer(max(numbers) if big else min(numbers))


def repeat(rng: Random) -> tuple[str, str]:
    """Say something again, or several times."""
    if rng.random() < 0.5:
        w, k = a_word(rng), rng.randint(2, 6)
        times = say(rng, "[{k} times|{k} times|{k}x|{word} times]", k=k, word="zero one two three four five six".split()[k])
        if k == 2 and rng.random() < 0.3:
            times = "twice"
        return say(rng, [PLEASE + "[repeat|write|say|print|type] {x} {t}", "{w} {t}"], x=quote(rng, w), w=w, t=times), " ".join([w] * k)
    text = " ".join(one_of(rng, v.WORDS) for _ in range(rng.randint(2, 6)))
    return say(rng, [PLEASE + "[repeat|say|copy|write|echo] [after me|this|the following|these words|exactly this]: {s}", "[Repeat|Say|Copy|Echo|Write]: {s}", "[Repeat|Say|Copy] \"{s}\""], s=text), text


def several_words(rng: Random) -> tuple[str, str]:
    """Counting, reversing and joining words."""
    words = [one_of(rng, v.WORDS) for _ in range(rng.randint(2, 6))]
    text, kind = " ".join(words), rng.randint(0, 3)
    if kind <= 1:
        prompt = say(rng, ["How many words are [in|in this|in the sentence|there in]: {s}", "[Count|count] the words[ in|]: {s}", 'How many words [are in|does|has] "{s}"?' if False else 'How many words are in "{s}"?', "How many words does this [have|contain|sentence have]: {s}", "[number of words|word count]: {s}"], s=text)
        return prompt, ", ".join(f"{w} {i + 1}" for i, w in enumerate(words)) + ". " + answer(len(words))
    if kind == 2:
        return say(rng, ["[Reverse|Turn around|Change] the order of [the|these] words: {s}" if False else "Reverse the order of [the|these] words: {s}", "Write these words in reverse order: {s}", "[Say|Write] the words in reverse order: {s}"], s=text), " ".join(reversed(words))
    name, mark = one_of(rng, [("commas", ", "), ("hyphens", "-"), ("slashes", "/"), ("dashes", "-")])
    return say(rng, ["[Join|Connect|Link] these words with {n}: {s}", "Join with {n}: {s}", "[Put|Write] {n} between these words: {s}"], n=name, s=text), mark.join(words)


TASKS = [(reverse, 3.5), (upper, 1.2), (lower, 1), (spell, 1.5), (length, 2.5), (count_letter, 2.2), (vowels, 1.3), (letter_at, 2), (sort_words, 3), (sort_numbers, 3), (sort_letters, 1.2), (largest, 1.8), (repeat, 1.2), (several_words, 1.3)]
