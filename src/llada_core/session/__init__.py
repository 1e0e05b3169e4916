"""A model in this process that answers: checkpoint, tokenizer, plugins and engine in one object.

    from llada_core.session import Session

    session = Session.load("demo")
    print(session.reply("What is 17 plus 25?", algorithm="prefix_cache", threshold=0.9).text)

    for text in session.stream("Tell me a story about a fox.", temperature=0.7, seed=3):
        print(text, end="", flush=True)

    questions = [Ask("What is 3 times 4?"), Ask("Say hello.", algorithm="basic", params={"steps": 16})]
    replies = session.replies(questions)

Importing this module imports no torch; `Session.load` does.
"""

from __future__ import annotations

from ..filling import Fill
from ..structure import Structure
from ..template import Hole
from .ask import Ask, OutputParams, Prompt, Reply
from .likelihood import LogLikelihood
from .session import DEFAULT_ALGORITHM, Session
from .stream import Stream

__all__ = [
    "DEFAULT_ALGORITHM",
    "Ask",
    "Fill",
    "Hole",
    "LogLikelihood",
    "OutputParams",
    "Prompt",
    "Reply",
    "Session",
    "Stream",
    "Structure",
]
