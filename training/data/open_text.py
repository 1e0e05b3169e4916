"""Texts with many right continuations: stories, poems, descriptions, lists, letters.

The text of a form is one template, so that the pattern which accepts it comes from the same place.
"""

from __future__ import annotations

from random import Random

from training.data import open_words  # noqa: F401  (adds its lists)
from training.data.open_form import Form, an
from training.data.open_pieces import PIECES
from training.data.open_stories import STORIES
from training.data.people import made_up_name
from training.data.phrase import one_of, pattern, say
from training.data.vocabulary import LISTS

FORMS = [*STORIES, *PIECES]


def open_text(rng: Random) -> tuple[Form, dict[str, str], str, str]:
    """A form, its given slots, a prompt and one of its many texts."""
    form = one_of(rng, FORMS)
    given = {
        slot: made_up_name(rng) if listed == "name" and rng.random() < 0.15 else one_of(rng, LISTS[listed])
        for slot, listed in form.given.items()
    }
    if form.name == "dialogue":
        while given["a"] == given["b"]:
            given["b"] = one_of(rng, LISTS["animal"])
        given |= {"A": given["a"].capitalize(), "B": given["b"].capitalize()}
    drawn = {slot: one_of(rng, LISTS[listed]) for slot, listed in form.drawn.items()}
    prompt = say(rng, form.prompts, **given)
    return form, given, an(prompt), say(rng, form.text, **given, **drawn)


def open_pattern(form: Form, given: dict[str, str]) -> str:
    """The regular expression of every text of this form with these given slots."""
    return pattern(form.text, **given, **{slot: f"<{listed}>" for slot, listed in form.drawn.items()})
