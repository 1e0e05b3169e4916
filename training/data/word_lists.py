"""Lists of words and numbers: sorted, compared, repeated, joined."""

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.letters import PLEASE, a_word, plain_word, quote
from training.data.phrase import one_of, say
from training.data.working import answer


def _listed(rng: Random, items: list) -> str:
    texts = list(map(str, items))
    return say(
        rng,
        ["{c}", "{s}", "{c}", "{a}"],
        c=", ".join(texts),
        s=" ".join(texts),
        a=", ".join(texts[:-1]) + " and " + texts[-1],
    )


def sort_words(rng: Random) -> tuple[str, str]:
    """Alphabetical order."""
    words = rng.sample(rng.choices((v.WORDS, v.THINGS, v.ANIMALS), (74, 14, 12))[0], rng.randint(3, 5))
    prompt = say(
        rng,
        [
            PLEASE
            + "[sort|order|arrange] [these words |the words |these |][alphabetically|in alphabetical order|from a to z|by alphabet|][:|] {l}",
            "[Put|put|Bring|Write] [these words |the words |these |][in|into] [alphabetical|abc|dictionary|a to z] order: {l}",
            "[Sort|sort|order|Order|arrange] {l}",
            "[alphabetical order|alphabetically|sort alphabetically|sorted]: {l}",
            "[Put|put|Write] {l} in alphabetical order",
            "[Sort|Order] {l} [alphabetically|by alphabet|from a to z]",
            "[What is|What's] the alphabetical order of {l}?",
            "Which order do {l} have in a dictionary?",
            "{l}[, please|] [sort them|put them in alphabetical order|in alphabetical order|order them from a to z|sort them alphabetically|from a to z][, please|]",
            "{l}: [sort them|alphabetical order|from a to z|sort these|alphabetically][ please|]",
            "[from a to z|in alphabetical order|alphabetically|sorted by the alphabet|by alphabet][ please|, please|]: {l}",
            PLEASE
            + "[sort|order|arrange|list|write|give me] [these|the|the following|my] words [from a to z|alphabetically|in alphabetical order|by the alphabet|like in a dictionary]: {l}",
            PLEASE
            + "[list|write|give me|bring|put] {l} [in alphabetical order|from a to z|in order|into alphabetical order]",
            "[How|how] [do I|would you|do you] [sort|order] {l} [alphabetically|from a to z|by the alphabet]?",
            "I have the words {l}. [Sort them|Put them in alphabetical order|Order them from a to z]",
            "[Which|what] [is the|would be the] order of {l} in [a dictionary|the alphabet]?",
            "[I want|I need] {l} in [alphabetical order|abc order]",
            "sort the list {l}",
        ],
        l=_listed(rng, words),
    ).replace(" :", ":")
    words.sort()
    return prompt, f"By first letters: {', '.join(_beginnings(words))}. " + answer(", ".join(words))


def _beginnings(words: list[str]) -> list[str]:
    """Of each word the letters, spelled, that tell it from the others: "b e", "b r", "c"."""
    found = []
    for n, word in enumerate(words):
        others = words[:n] + words[n + 1 :]
        shared = max(_shared_beginning(word, other) for other in others)
        found.append(" ".join(word[: shared + 1]))
    return found


def _shared_beginning(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def sort_numbers(rng: Random) -> tuple[str, str]:
    """Ascending or descending order."""
    numbers = rng.sample(range(one_of(rng, (9, 20, 99, 99, 99, 999)) + 1), rng.randint(3, 6))
    down = rng.random() < 0.35
    order = say(
        rng,
        "[from [big to little|largest first to smallest last|largest to smallest|biggest to smallest|high to low|big to small|highest to lowest|the biggest to the smallest|large to small]|in descending order|descending|in decreasing order|with the largest first]"
        if down
        else "[from [smallest to largest|low to high|small to big|smallest to biggest|lowest to highest|small to large|the smallest to the biggest]|in ascending order|ascending|in order|in increasing order|by size|]",
    )
    prompt = (
        say(
            rng,
            [
                PLEASE + "[sort|order|arrange|put] [these numbers|the numbers|these] {o}: {l}",
                "[Sort|sort|order|Order|arrange|Arrange|Put] {l} {o}",
                "[sort|order|Sort these numbers] {o}: {l}",
                "[Sort|Order|Arrange] the numbers {l} {o}",
                "{q}[ please|, please|]: {l}",
                "{l}, {q}[ please|, please|]",
                "{l}[:|, please] [sort|order|put|list] [them|these] {q}",
                "[I have|There are|Here are] the numbers {l}. [Sort|Order|List|Put] them {q}",
                PLEASE + "[sort|order|list|put|write|bring|give me] {l} {q}",
                PLEASE + "[list|write|give me|sort|order] [these|the|the following|my] numbers {q}: {l}",
                "[How|how] [do I|would you] [sort|order] {l} {q}?",
            ],
            l=_listed(rng, numbers),
            o=order,
            q=order or one_of(rng, ("in order", "from small to big", "from low to high", "ascending")),
        )
        .replace(" :", ":")
        .strip()
    )
    if "descending" not in order and not down and prompt.lower().startswith("put") and not order:
        prompt = "Sort" + prompt[3:]
    return prompt, ", ".join(map(str, sorted(numbers, reverse=down))) + "."


def largest(rng: Random) -> tuple[str, str]:
    """The largest or smallest of some numbers."""
    k = rng.randint(2, 5)
    numbers = rng.sample(range(one_of(rng, (20, 99, 99, 999)) + 1), k)
    listed = ", ".join(map(str, numbers[:-1])) + one_of(rng, (" and ", ", ", " or ")) + str(numbers[-1])
    big = rng.random() < 0.5
    word = (
        one_of(rng, ("largest", "biggest", "greatest", "highest", "maximum"))
        if big
        else one_of(rng, ("smallest", "lowest", "least", "minimum"))
    )
    more = (
        one_of(rng, ("larger", "bigger", "greater", "higher", "more"))
        if big
        else one_of(rng, ("smaller", "lower", "less"))
    )
    if k == 2 and rng.random() < 0.7:
        prompt = say(
            rng,
            [
                "Which [number |one |]is {m}[:|,|] {l}?",
                "[What|which] is {m}, {l}?",
                "{l}[:|,] [which|which one|what] is {m}?",
                "[Which|which] of {l} is {m}?",
                "[Tell me|Say] which is {m}: {l}",
                "Which [number|one] is the {m} one: {l}?",
            ],
            m=more,
            l=listed,
        )
    else:
        prompt = say(
            rng,
            [
                "[Which|Which one|What] is the {w}[ number|][:|] {l}?",
                "[What is|What's|Find|Tell me|Give me|] the {w} [number |]of {l}",
                "[What is|What's|Find] the {w} number [in this list|here|among these|of these]: {l}",
                "{w} of {l}",
                "{w} number: {l}",
                "[Pick|Choose|Find] the {w}: {l}",
                "Of the numbers {l}, which is the {w}?",
                "which one is the {w} number: {l}?",
                "{l}[:|,] [which|which one|what] is [the {w}|{w}|the {w} one|the {w} number]?",
                "[Among|In the list|From|Out of|Of] {l}, [which|which one|what] is the {w}[ number|]?",
                "[Give|Show] me the {w} [number |one |]of [these|them]: {l}",
                "[Look at|Take|I have] {l}. [Which|What] is the {w}[ one| number|]?",
                "{l}. [Tell me|Name|Say] the {w}[ one| number|]",
                "[Which|What] of these [numbers |]is the {w}: {l}?",
            ],
            w=word,
            l=listed,
        )
    return prompt, answer(max(numbers) if big else min(numbers))


def repeat(rng: Random) -> tuple[str, str]:
    """Say something again, or several times."""
    if rng.random() < 0.5:
        w, k = a_word(rng), rng.randint(2, 6)
        times = say(
            rng,
            "[{k} times|{k} times|{k}x|{word} times]",
            k=k,
            word=["zero", "one", "two", "three", "four", "five", "six"][k],
        )
        if k == 2 and rng.random() < 0.3:
            times = "twice"
        return say(
            rng,
            [
                PLEASE + "[repeat|write|say|print|type] {x} {t}",
                PLEASE
                + "[repeat|write|say|print|type|give me|show me] {x} {t}[ for me| please|, please| in a row|]",
                PLEASE + "[repeat|write|say|print|type] {t} {x}",
                "{w} {t}[ please|, please|]",
                "{x}, {t}[ please|, please| in a row|]",
                "{t}[:| please:] {w}",
                "[How|how] does it look [when|if] you [write|say] {x} {t}?",
                "I [want|need|would like] {x} {t}[, please|]",
            ],
            x=quote(rng, w),
            w=w,
            t=times,
        ), " ".join([w] * k)
    text = " ".join(plain_word(rng) for _ in range(rng.randint(2, 6)))
    return say(
        rng,
        [
            PLEASE
            + "[repeat|say|copy|write|echo] [after me|this|the following|these words|exactly this]: {s}",
            PLEASE
            + "[repeat|say|copy|echo|write|type|print] [my words|what I say|what I write|this text|this line|this for me]: {s}",
            "[Say|Repeat|Write|Type] exactly [what I say|this]: {s}",
            "[Just|Only|Now] [say|repeat|write|copy] [this|these words|the words]: {s}",
            "[Repeat|Say|Copy|Echo|Write]: {s}",
            '[Repeat|Say|Copy] "{s}"',
        ],
        s=text,
    ), text


def several_words(rng: Random) -> tuple[str, str]:
    """Counting, reversing and joining words."""
    words = [plain_word(rng) for _ in range(rng.randint(2, 6))]
    text, kind = " ".join(words), rng.randint(0, 3)
    if kind <= 1:
        prompt = say(
            rng,
            [
                "How many words are [in|in this|in the sentence|there in]: {s}",
                "[Count|count] the words[ in|]: {s}",
                'How many words are in "{s}"?',
                '"{s}"[: how many words|, how many words is that|, how many words are there|: word count]?',
                "[How|how] many words [do you count|can you count|do you see|do I write|are there] [in|here|in this text]: {s}",
                "[Count|count] how many words [there are|I wrote|are there|you see][ here|]: {s}",
                "[Tell|tell] me how many words [this|this text|this line] has: {s}",
                "How many words does this [have|contain|sentence have]: {s}",
                "[number of words|word count]: {s}",
            ],
            s=text,
        )
        return prompt, ", ".join(f"{w} {i + 1}" for i, w in enumerate(words)) + ". " + answer(len(words))
    if kind == 2:
        return say(
            rng,
            [
                "[Reverse|Turn around|Change] the order of [the|these] words: {s}"
                if False
                else "Reverse the order of [the|these] words: {s}",
                "Write these words in reverse order: {s}",
                "[Turn|turn] the order of [the|these] words around: {s}",
                "[Write|Say|Give me|Put] [these|the|the following] words [from the last to the first|from last to first|the other way round|in the opposite order|in reverse]: {s}",
                "[Start|Begin] with the last word and end with the first: {s}",
                "[words|the words] in reverse order[ please|]: {s}",
                "[Say|Write] the words in reverse order: {s}",
            ],
            s=text,
        ), " ".join(reversed(words))
    name, mark = one_of(rng, [("commas", ", "), ("hyphens", "-"), ("slashes", "/"), ("dashes", "-")])
    return say(
        rng,
        [
            "[Join|Connect|Link] these words with {n}: {s}",
            "Join with {n}: {s}",
            "[Put|Write] {n} between these words: {s}",
            "[Put|Write|Set] {n} between [the|these|all] words: {s}",
            "[Separate|Connect|Join|Link] [the|these] words [with|by] {n}[ please|]: {s}",
            "{s}: [join|connect|link] them with {n}",
            "[Can|Could] you [join|connect|link] these words with {n}: {s}",
        ],
        n=name,
        s=text,
    ), mark.join(words)
