"""The template language, and the patterns that accept what it says."""

from __future__ import annotations

import re
from random import Random

import pytest
from training.data.open_form import Form
from training.data.open_text import FORMS, open_pattern, open_text
from training.data.phrase import pattern, say
from training.data.vocabulary import LISTS


def test_alternatives_nest_and_may_be_empty() -> None:
    rng = Random(0)
    said = {say(rng, "[a|b[1|2]|]{x}", x="!") for _ in range(200)}
    assert said == {"a!", "b1!", "b2!", "!"}


def test_words_are_drawn_anew_at_every_place() -> None:
    rng = Random(0)
    assert any(len(set(say(rng, "<animal> <animal>").split())) == 2 for _ in range(10))


@pytest.mark.parametrize("template", ["[a|b", "a]", "a|b"])
def test_faulty_brackets_are_named(template: str) -> None:
    with pytest.raises(ValueError, match="template"):
        say(Random(0), template)


def test_a_slot_keeps_its_word_in_a_pattern() -> None:
    accepts = pattern("{n} saw {n} and <animal>.", n="<animal>")
    assert re.fullmatch(accepts, "cat saw cat and dog.")
    assert not re.fullmatch(accepts, "cat saw dog and dog.")
    assert not re.fullmatch(accepts, "cat saw cat and stone.")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_pattern_accepts_all_that_its_form_says(form: Form) -> None:
    rng = Random(form.name)
    given = {slot: rng.choice(LISTS[listed]) for slot, listed in form.given.items()}
    if form.name == "dialogue":
        given |= {"a": "fox", "b": "owl", "A": "Fox", "B": "Owl"}
    accepts = open_pattern(form, given)
    texts = set()
    for _ in range(60):
        drawn = {slot: rng.choice(LISTS[listed]) for slot, listed in form.drawn.items()}
        texts.add(say(rng, form.text, **given, **drawn))
    assert len(texts) > 50
    for text in texts:
        assert re.fullmatch(accepts, text), text
        assert not re.fullmatch(accepts, text[:-3]), text


def test_prompts_name_what_the_text_must_keep() -> None:
    rng = Random(3)
    for _ in range(300):
        form, given, prompt, text = open_text(rng)
        for slot in form.given:
            assert given[slot].lower() in prompt.lower(), (form.name, prompt)
            assert given[slot].lower() in text.lower(), (form.name, text)
