"""Noise that never changes the meaning: case, punctuation, number words, politeness, details beside the point."""

from __future__ import annotations

import re
from random import Random

from training.data import vocabulary as v
from training.data.arithmetic_phrases import number_word
from training.data.phrase import one_of, say

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
]
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


def rephrase(rng: Random, group: str, task: str, prompt: str) -> str:
    """The prompt with light noise that suits its group."""
    if group == "word":
        if rng.random() < 0.05 and ". " in prompt:
            prompt = with_detail(rng, prompt)
        if rng.random() < 0.14:
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
    if group in ("word", "arithmetic", "units", "string"):
        if rng.random() < 0.04:
            prompt = one_of(rng, BEFORE) + prompt
        elif rng.random() < 0.03 and task not in (
            "repeat",
            "upper",
            "lower",
            "several_words",
            "reverse",
            "spell",
        ):
            prompt += one_of(rng, AFTER)
    return prompt.strip()
