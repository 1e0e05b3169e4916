"""Texts of a template's holes, and sessions that fill them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llada_core.errors import ParameterError
from llada_core.facts import ModelFacts
from llada_core.filling import Fills, fixed_texts, hole_names
from llada_core.session import Ask, Hole, Session
from llada_core.template import HoleSpan
from llada_core.tokenizer import IncrementalDecoder, Tokenizer

MakeSession = Callable[..., Session]
END = 256


def decoder() -> IncrementalDecoder:
    return IncrementalDecoder(lambda ids: bytes(ids).decode(errors="replace"))


@given(st.data())
def test_pieces_are_the_text_of_each_hole_however_tokens_arrive(data: st.DataObject) -> None:
    holes, tokens, expected = [], [], []
    open_end = data.draw(st.booleans())
    count = data.draw(st.integers(1, 4))
    for n in range(count):
        fill = data.draw(st.lists(st.sampled_from([97, 98, 0xC3, 0xA4, END]), min_size=1, max_size=6))
        holes.append(HoleSpan(len(tokens), len(fill)))
        tokens += fill
        ends_it = open_end and n == count - 1 and END in fill
        kept = fill[: fill.index(END)] if ends_it else [id for id in fill if id != END]
        expected.append((bytes(kept).decode(errors="replace"), kept, "stop" if END in fill else "length"))
        tokens += [ord("x")] * (0 if n == count - 1 else data.draw(st.integers(0, 3)))
    fills = Fills(holes, decoder, [END], open_end=open_end)
    texts, reasons = ["" for _ in holes], [None for _ in holes]
    start = 0
    while start < len(tokens):
        size = data.draw(st.integers(1, 5))
        for piece in fills.feed(tokens[start : start + size]):
            assert reasons[piece.hole] is None
            texts[piece.hole] += piece.text
            reasons[piece.hole] = piece.reason
        start += size
    found = [(fill.text, fill.tokens, fill.finish_reason) for fill in fills.found()]
    assert found == expected
    assert list(zip(texts, reasons, strict=True)) == [(text, reason) for text, _, reason in expected]
    assert fills.ids == [id for _, kept, _ in expected for id in kept]


def test_names_and_fixed_texts() -> None:
    assert hole_names([Hole(1), Hole(1, name="b"), Hole(2)]) == ["hole_1", "b", "hole_3"]
    with pytest.raises(ParameterError, match="two holes are named 'hole_2'"):
        hole_names([Hole(1, name="hole_2"), Hole(1)])
    with pytest.raises(ParameterError, match="at most 64 holes, got 65"):
        hole_names([Hole(1)] * 65)
    assert fixed_texts(["a", "b", Hole(1), Hole(2), "c"]) == ["ab", "", "c"]


def test_a_session_answers_each_hole_by_name(
    make_session: MakeSession, tokenizer: Tokenizer, facts: ModelFacts
) -> None:
    end = facts.end_ids[0]
    seventeen, plus = tokenizer.encode("17"), tokenizer.encode(" plus ")
    generated = [*seventeen, end, end, *plus, *tokenizer.encode("25"), end]
    session = make_session(generated)
    template = [
        "It is ",
        Hole(len(seventeen) + 2, name="first"),
        " plus ",
        Hole(len(tokenizer.encode("25")) + 1),
        ".",
    ]
    reply = session.fill(template, "What is 17 plus 25?", steps=9)
    request = session.engine.added[0]
    assert reply.text == "It is 17 plus 25."
    assert {name: fill.text for name, fill in reply.holes.items()} == {"first": "17", "hole_2": "25"}
    assert reply.finish_reason == "stop"
    assert reply.tokens == [*seventeen, *tokenizer.encode("25")]
    asked = tokenizer.chat([{"role": "user", "content": "What is 17 plus 25?"}])
    assert list(request.prompt) == [*asked, *tokenizer.encode("It is ")]
    assert list(request.suffix) == tokenizer.encode(".")
    assert [(hole.start, hole.length) for hole in request.holes] == [
        (0, len(seventeen) + 2),
        (len(seventeen) + 2 + len(plus), len(tokenizer.encode("25")) + 1),
    ]
    assert list(request.inside[len(seventeen) + 2 :][: len(plus)]) == plus
    assert request.params.gen_length == len(generated)


def test_a_stream_of_a_template_gives_its_text(make_session: MakeSession, tokenizer: Tokenizer) -> None:
    between = tokenizer.encode(" plus ")
    session = make_session([*tokenizer.encode("17"), *between, *tokenizer.encode("25")])
    template = ("a ", Hole(len(tokenizer.encode("17"))), " plus ", Hole(len(tokenizer.encode("25"))), " b")
    stream = session.open(Ask("", raw=True, template=template, params={"block_length": 1}))
    assert "".join(stream) == stream.reply.text == "a 17 plus 25 b"
    assert stream.reply.finish_reason == "length"
    assert session.engine.added[0].prompt == tuple(tokenizer.encode("a "))


def test_a_template_says_its_lengths_itself(make_session: MakeSession) -> None:
    for more, field in (({"max_tokens": 5}, "max_tokens"), ({"gen_length": 5}, "gen_length")):
        with pytest.raises(ParameterError, match=f"{field}: a template says itself"):
            make_session("x").fill([Hole(3)], **more)
    with pytest.raises(ParameterError, match="prefix: a template"):
        make_session("x").open(Ask("", template=[Hole(3)], prefix="a"))
    with pytest.raises(ParameterError, match="at least one hole"):
        make_session("x").fill(["no hole"])
