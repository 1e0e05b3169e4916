"""Small talk and honest answers about the model itself: one reply a topic, many ways to ask."""

from __future__ import annotations

from random import Random

from training.data.phrase import one_of, say
from training.data.talk_chat import CHAT
from training.data.talk_greetings import GREETINGS
from training.data.talk_method import METHOD
from training.data.talk_terms import TERMS

# Topic: (reply, ways of asking).
REPLIES = {**GREETINGS, **METHOD, **CHAT, **TERMS}

# Requests with several right replies.
VARIED: dict[str, tuple[list[str], list[str]]] = {
    "joke": (
        [
            "[Tell me|Tell|Do you know|Give me|Can you tell|Can you tell me|Say|I want to hear] a[nother|] joke[| please]",
            "Make me laugh",
            "Say something funny",
            "[Another|One more] joke[| please]",
            "joke please",
            "Know any jokes?",
            "Do you know [any|some] jokes?",
        ],
        [
            "Why did the mask go to school? It wanted to become a word.",
            "Why did the token cross the road? It was sure of the other side.",
            "What does a block say when it is full? Next, please.",
            "Why was the number six sad? Because seven had a friend and six did not.",
            "What do you call a very small model? A model with modest weights.",
            "Why do masks never argue? They keep their words to the end.",
        ],
    ),
    "fact": (
        [
            "[Tell me|Give me|Do you know|Say] a[nother|] [fun |]fact",
            "Tell me something [interesting|new]",
            "Surprise me",
            "Say something interesting",
            "[Another|One more] fact",
            "Do you know anything interesting?",
            "fun fact please",
        ],
        [
            "An octopus has three hearts, and two of them rest when it swims.",
            "A day on the planet Venus is longer than its year.",
            "Honey can stay good for many years.",
            "A group of crows has many names, but they do not know any of them.",
            "Some turtles can breathe while they sleep under water.",
        ],
    ),
    "riddle": (
        [
            "[Tell me|Give me|Do you know|Ask me] a[nother|] riddle[| please]",
            "Riddle please",
            "[Another|One more] riddle",
            "Do you know any riddles?",
        ],
        [
            "I walk with no feet and write with no pen. What am I? A cursor.",
            "I am full of holes and still hold water. What am I? A sponge.",
            "The more you take from me, the bigger I get. What am I? A hole.",
            "I have keys but no locks. What am I? A piano.",
        ],
    ),
}
BEFORE = ["Oh, ", "Ah, ", "Well, ", "Hmm, ", "So, ", "Ok, ", "Hey, ", "Oh ", "Well ", "Ha, "]
BEHIND = [
    ", model",
    " model",
    ", LLaDA",
    ", my friend",
    " my friend",
    ", computer",
    " then",
    ", then",
    " I think",
    " :)",
    " now",
    ", you",
    ", ok",
    " please",
    " indeed",
    " or what",
    ", right",
    ", please",
    ", tell me",
    ", dear model",
    ", little model",
    " buddy",
    ", buddy",
    ", bot",
    " really",
    ", really",
    " today",
    ", dear",
    ", dear bot",
    " or not",
    ", dear friend",
    " for me",
]
OPENERS = [
    "Can you tell me: ",
    "Tell me, ",
    "Please tell me: ",
    "So, ",
    "And ",
    "But ",
    "I want to know: ",
    "Question: ",
    "Hey, ",
    "Quick question: ",
    "Well, ",
    "Hi, ",
    "Ok, ",
    "One question: ",
    "By the way, ",
    "Please, ",
    "Say, ",
    "Now tell me, ",
    "I wonder: ",
    "May I ask: ",
    "Let me ask: ",
    "Just tell me: ",
    "Do tell: ",
    "And now: ",
    "One more thing: ",
    "I would like to know: ",
    "Hello, ",
    "Please say: ",
    "Dear model, ",
    "Be honest: ",
    "Sorry, but ",
]


def topic(rng: Random) -> tuple[str, str]:
    """A question with one fixed reply."""
    reply, phrases = REPLIES[one_of(rng, list(REPLIES))]
    prompt = say(rng, phrases).strip()
    if rng.random() < 0.15 and len(prompt.split()) > 2:
        first = prompt if prompt.startswith("I ") else prompt[0].lower() + prompt[1:]
        prompt = one_of(rng, OPENERS) + first
    elif rng.random() < (0.5 if len(prompt.split()) < 3 else 0.35) and len(prompt.split()) < 5:
        prompt = around(rng, prompt)
    return prompt, reply


def around(rng: Random, prompt: str) -> str:
    """A short message with a word before or behind it, so that hardly any message is seen in one form only."""
    end = prompt[-1] if prompt[-1] in "?!." else ""
    words = prompt.removesuffix(end)
    if rng.random() < 0.5:
        first = words if words.startswith("I ") else words[0].lower() + words[1:]
        return one_of(rng, BEFORE) + first + end
    return words + one_of(rng, BEHIND) + end


def varied(rng: Random) -> tuple[str, str, tuple[str, ...]]:
    """A joke, a fact or a riddle; any of several replies is right."""
    phrases, replies = VARIED[one_of(rng, list(VARIED))]
    return say(rng, phrases), one_of(rng, replies), tuple(replies)


TASKS = [(topic, 12), (varied, 1)]
