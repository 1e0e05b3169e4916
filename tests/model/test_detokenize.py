"""Text as it arrives: append-only, whole characters, and in the end the whole text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken

from llada_core.detokenize import ByteLevelDecoder, IncrementalDecoder, TokenBytes
from llada_core.tokenizer import Tokenizer

TOKENIZER = Tokenizer(Path(__file__).parent.parent / "golden" / "trained")


def test_a_character_comes_whole() -> None:
    ids = TOKENIZER.encode("a🎉b")
    assert len(ids) > 3
    decoder = TOKENIZER.incremental_decoder()
    pieces = [decoder.feed([id]) for id in ids]
    assert [piece for piece in pieces if piece] == ["a", "🎉", "b"]
    assert decoder.finish() == ""


def test_half_a_character_at_the_end_is_a_replacement() -> None:
    decoder = TOKENIZER.incremental_decoder()
    assert decoder.feed(TOKENIZER.encode("ab🎉")[:-1]) == "ab"
    assert decoder.finish() == "\ufffd"
    assert decoder.finish() == ""


def test_broken_bytes_hold_up_only_themselves() -> None:
    broken = TOKENIZER.encode("🎉")[:1]
    decoder = TOKENIZER.incremental_decoder()
    text = decoder.feed(broken) + decoder.feed(TOKENIZER.encode("x"))
    assert text == "\ufffdx"


def test_special_tokens_have_no_text() -> None:
    decoder = TOKENIZER.incremental_decoder()
    assert decoder.feed([2042, *TOKENIZER.encode("hi"), 2046, 2047]) + decoder.finish() == "hi"


def test_a_real_replacement_character_arrives() -> None:
    decoder = TOKENIZER.incremental_decoder()
    assert decoder.feed(TOKENIZER.encode("a\ufffd")) + decoder.finish() == "a\ufffd"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2047), max_size=30), st.booleans(), st.data())
def test_any_ids_in_any_pieces_give_the_text_of_all(
    ids: list[int], by_bytes: bool, data: st.DataObject
) -> None:
    decoder = (
        TOKENIZER.incremental_decoder()
        if by_bytes
        else IncrementalDecoder(TOKENIZER.decode, TOKENIZER.special_ids)
    )
    assert isinstance(decoder, ByteLevelDecoder) == by_bytes
    text = ""
    rest = ids
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        text += decoder.feed(rest[:size])
        rest = rest[size:]
    assert text + decoder.finish() == TOKENIZER.decode(ids)


def test_bytes_of_every_token_are_the_tokenizers() -> None:
    backend = Tokenizer(TOKENIZER.folder)._backend
    backend.add_tokens(["naïve 🎉", "Ġ", AddedToken("<gone>", special=True)])
    size = backend.get_vocab_size(with_added_tokens=True) + 2  # and two ids without a token
    bytes_of = TokenBytes(backend)
    for id in range(size):
        assert bytes_of[id].decode(errors="replace") == backend.decode([id], skip_special_tokens=True)
    assert len(b"".join(bytes_of.values())) > 4000


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_decoder_that_drops_a_leading_space_keeps_the_others(size: int) -> None:
    words = {1: " Hello", 2: " big", 3: " world", 4: "!"}

    def decode(ids: list[int]) -> str:
        return "".join(words[id] for id in ids).removeprefix(" ")

    decoder = IncrementalDecoder(decode)
    ids = [1, 2, 3, 4]
    text = "".join(decoder.feed(ids[n : n + size]) for n in range(0, len(ids), size))
    assert text + decoder.finish() == "Hello big world!"
