"""Noise that never changes the meaning: case, punctuation, number words, politeness, details beside the point."""

from __future__ import annotations

import re
from random import Random

from training.data import vocabulary as v
from training.data.arithmetic_phrases import number_word
from training.data.phrase import one_of, say, tidy

_NUMBER = re.compile(r"(?<![\d:$.%,])\b\d{1,2}\b(?![\d:%.]\d?|%|,\d)")
BEFORE = [
    "Please help: ",
    "Question: ",
    "Hi! ",
    "Hello, ",
    "Hey, ",
    "Solve this: ",
    "A question: ",
    "Help me with this: ",
    "Here is a problem: ",
    "Please solve: ",
    "Can you help me? ",
    "Q: ",
    "My homework: ",
    "Quick question: ",
    "Problem: ",
    "Riddle me this: ",
    "Ok, ",
    "So, ",
    "Well, ",
    "Now, ",
    "Tell me, ",
    "Please tell me: ",
    "I have a question: ",
    "One question: ",
    "Can you tell me this? ",
    "Here is one for you: ",
    "Next: ",
    "Next one: ",
    "Now this: ",
    "And this one: ",
    "Another one: ",
    "Try this: ",
    "Listen: ",
    "Let me ask you: ",
    "My teacher asks: ",
    "I wonder: ",
    "I want to know: ",
    "Good day, ",
    "Hi there, ",
    "Dear model, ",
    "Please, ",
    "Say, ",
    "A small one: ",
    "Think about this: ",
    "I need your help: ",
    "Do you know this? ",
    "First question: ",
    "Just a quick one: ",
]
AFTER = [
    " Please.",
    " Thanks!",
    " Think step by step.",
    " Explain.",
    " Show your work.",
    " Thank you.",
    " please",
    " pls",
    " thanks",
    " Answer quickly.",
    " I need help.",
    " Any idea?",
    " Tell me.",
    " Can you tell me?",
    " What do you think?",
    " Do you know?",
    " Please help.",
    " Help me, please.",
    " Please tell me.",
    " I do not know.",
    " Can you work it out?",
    " Please answer.",
    " Please calculate.",
    " thank you",
    " Work it out, please.",
    " Do you know it?",
    " That is my question.",
    " I would like to know.",
]
# Behind a word that is not part of the request.
BEHIND = [
    ", please",
    ", thanks",
    ", please.",
    ", will you?",
    ", ok?",
    ", if you can",
    ", can you?",
    ", thank you",
    ", pls",
]
# Where the question of a word problem begins.
TURNS = [
    ". So {}",
    ". Now {}",
    ". And {}",
    ". Then {}",
    ", so {}",
    ", {}",
    ", and {}",
    ". Tell me, {}",
    ". Tell me: {}",
    ". My question: {}",
    ". Question: {}",
    ". I wonder, {}",
    ". Well, {}",
    ". Ok, {}",
    "; {}",
    ". Please tell me {}",
    ". Can you tell me {}",
    ". Do you know {}",
    ". I want to know {}",
]
# Around the facts and the question of a word problem.
SUPPOSE = [
    "If {}, {}",
    "If {}, then {}",
    "Suppose {}; {}",
    "Suppose {}, {}",
    "Imagine {}, {}",
    "Let us say {}, {}",
    "Say {}, {}",
    "We know that {}, {}",
    "Given that {}, {}",
    "When {}, {}",
]
# First words that are written small behind other words.
OPENS_SMALL = (
    r"(?:He|She|It|They|The|A|An|His|Her|Their|Each|Every|One|There|My|Our|In|On|At|Then|Later|After|We|You|Now|"
    r"From|Of|Some|Half|Yesterday|Today|With|To|For|Two|During|Before|By|Both|All|Another|This|That|These|Out)\b"
)
PLAIN_DETAILS = [
    "It is a [sunny|rainy|cold|warm|windy] day.",
    "It was [Monday|Sunday|late|early|summer|winter].",
    "[The sun was shining|It rained all day|It was raining|The weather was nice].",
    "{n} [likes|loves] [music|books|dogs|football|cats|the sea].",
    "{n} is [a good friend|very happy|in a hurry|at home|tired].",
    "They are [good friends|neighbors|cousins|all very old|very pretty].",
    "[The shop|The school|The park] is [near the river|very old|in the city|open today].",
    "{n} has a [red bike|black cat|small dog|new phone|blue hat].",
    "[Everybody|Everyone] is [happy|tired|hungry].",
]
NUMBER_DETAILS = [
    "{n} is {k} years old.",
    "The [shop|school|park|house] is {k} [km|miles|minutes] away.",
    "It is {k} degrees outside.",
    "{n} lives at number {k}.",
    "The street is {k} meters long.",
    "{n} has {k} [cousins|cats|hats].",
]


def number_words(rng: Random, text: str) -> str:
    """Some of the small numbers as words."""

    def spelled(match: re.Match[str]) -> str:
        n = int(match[0])
        if not (2 <= n <= 12 and rng.random() < 0.65) and not (n < 100 and rng.random() < 0.12):
            return match[0]
        word, at = number_word(n), match.start()
        return word.capitalize() if at == 0 or text[at - 2 : at] in (". ", "? ") else word

    return _NUMBER.sub(spelled, text)


def with_detail(rng: Random, text: str) -> str:
    """A sentence beside the point, before the problem or between its sentences."""
    name = one_of(rng, v.NAMES)
    if rng.random() < 0.35 and not re.search(
        r"\b(old|older|younger|age|km|miles|degrees|far|long|distance|legs|cats|average|mean)\b", text
    ):
        detail = say(rng, NUMBER_DETAILS, n=name, k=rng.randint(2, 60))
    else:
        detail = say(rng, PLAIN_DETAILS, n=name)
    first_end = text.find(". ")
    if first_end > 0 and rng.random() < 0.5 and not text.startswith("If "):
        return f"{text[: first_end + 1]} {detail}{text[first_end + 1 :]}"
    return f"{detail} {text}"


def _typo(rng: Random, text: str) -> str:
    """Two neighbouring letters of one longer word swapped, or one left out."""
    words = list(re.finditer(r"[a-z]{5,}", text))
    if not words:
        return text
    word = one_of(rng, words)
    i = rng.randint(word.start() + 1, word.end() - 3)
    return text[:i] + text[i + 1] + (text[i] if rng.random() < 0.6 else "") + text[i + 2 :]


def _lowered(text: str) -> str:
    """The text with a small first letter, if its first word is no name."""
    return text[0].lower() + text[1:] if re.match(OPENS_SMALL, text) else text


def _turned(rng: Random, prompt: str) -> str:
    """A word problem whose facts and question are joined in another way; the order of its numbers stays."""
    found = re.search(r"\. (How|What|Which|When)( [^.?]*\?)$", prompt)
    if not found:
        return prompt
    facts, question = prompt[: found.start()], found[1].lower() + found[2]
    kind = rng.random()
    if kind < 0.5:
        return facts + one_of(rng, TURNS).format(question)
    sentences = facts.split(". ")
    if len(sentences) == 1 and kind < 0.8:
        return one_of(rng, SUPPOSE).format(_lowered(facts), question)
    if len(sentences) > 1:
        joint = one_of(rng, (", and ", " and ", ", ", "; ", ". And ", " - "))
        return f"{sentences[0]}{joint}{_lowered('. '.join(sentences[1:]))}. {found[1]}{found[2]}"
    return prompt


def _opened(rng: Random, prompt: str, group: str) -> str:
    """The prompt behind words that open a message."""
    opening = one_of(rng, BEFORE)
    if rng.random() < 0.3:
        opening = opening.lower()
    first = prompt.split()[0].rstrip(",.'s")
    if (
        group not in ("json", "open")
        and prompt[1:2].islower()
        and first not in v.NAMES
        and rng.random() < (0.7 if opening.endswith(", ") else 0.35)
    ):
        prompt = prompt[0].lower() + prompt[1:]
    return opening + prompt


def rephrase(rng: Random, group: str, task: str, prompt: str) -> str:
    """The prompt with light noise that suits its group."""
    if group == "word":
        prompt = tidy(tidy(prompt))
        if rng.random() < 0.05 and ". " in prompt:
            prompt = with_detail(rng, prompt)
        if rng.random() < 0.12:
            prompt = _turned(rng, prompt)
        if rng.random() < 0.18:
            prompt = number_words(rng, prompt)
        if rng.random() < 0.02:
            prompt = _typo(rng, prompt)
    if group in ("word", "arithmetic", "units", "talk", "open", "unknown"):
        if rng.random() < 0.08 and prompt[0].isalpha() and prompt.split()[0].rstrip(",.'s") not in v.NAMES:
            prompt = prompt[0].lower() + prompt[1:]
        # Open texts spell the names of their prompts, so those keep their capitals.
        share = 0.25 if group in ("talk", "unknown") else 0.12
        if rng.random() < share and (group != "open" or prompt[1:].islower()):
            prompt = prompt.lower()
        if rng.random() < 0.14 and prompt[-1] in "?.":
            prompt = prompt[:-1]
        elif group in ("talk", "unknown", "open") and prompt[-1].isalpha() and rng.random() < 0.35:
            prompt += one_of(rng, (".", "!", ".", "?") if group == "talk" else (".", ".", "!"))
    elif group in ("string", "json"):
        if group == "string" and task != "lower" and rng.random() < 0.2:
            prompt = prompt[0].lower() + prompt[1:]
        if rng.random() < 0.1 and prompt[-1] in ".?":
            prompt = prompt[:-1]
        elif (
            group == "string"
            and rng.random() < 0.12
            and prompt[-1].isalnum()
            and task not in ("upper", "lower", "repeat", "several_words", "reverse", "spell")
        ):
            prompt += one_of(rng, (".", "?", "."))
    if group in ("word", "arithmetic", "units", "string", "json", "unknown"):
        if rng.random() < (0.12 if group == "unknown" else 0.07):
            prompt = _opened(rng, prompt, group)
        elif rng.random() < 0.05 and group != "json" and task not in ("repeat", "several_words"):
            if task not in ("upper", "lower", "reverse", "spell"):
                prompt += one_of(rng, AFTER if prompt[-1] in ".?" or rng.random() < 0.4 else BEHIND)
            elif prompt[-1].isalnum() or prompt[-1] in "\"'":
                prompt += one_of(rng, BEHIND)
    return prompt.strip()
