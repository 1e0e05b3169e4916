"""The small pure parts: stop strings, spelling, selection, admission."""

from __future__ import annotations

import itertools

import pytest

from llada_core.reply_text import ReplyText, longest_stop_prefix
from llada_server.admission import Gate
from llada_server.errors import ApiError
from llada_server.fields import ChatBody
from llada_server.selection import select_algorithm
from llada_server.suggest import edit_distance, near_match

from .fake_engine import END, ByteDecoder


def reply(text: str, sizes: list[int], **options: object) -> tuple[list[str], ReplyText]:
    """Feed `text` in runs of these sizes."""
    built = ReplyText(ByteDecoder(), **({"max_tokens": 1000} | options))  # type: ignore[arg-type]
    ids = list(text.encode())
    pieces = []
    for size in sizes:
        pieces.append(built.feed(ids[:size]))
        del ids[:size]
    return [*pieces, built.feed(ids), built.finish()], built


@pytest.mark.parametrize("stop", [("lo",), ("o, w", "world"), ("x",), ("Hello, world",), ("d",), ("ll", "l")])
def test_text_does_not_depend_on_how_tokens_arrive(stop: tuple[str, ...]) -> None:
    text = "Hello, world"
    cuts = [text.find(word) for word in stop if word in text]
    expected = text[: min(cuts)] if cuts else text
    for sizes in itertools.chain(([],), itertools.permutations([1, 2, 3, 4], 3)):
        pieces, built = reply(text, list(sizes), stop=stop)
        assert "".join(pieces) == expected
        assert built.finish_reason == ("stop" if cuts else "length")


def test_tokens_behind_the_end_are_dropped() -> None:
    built = ReplyText(ByteDecoder(), max_tokens=10, end_ids=(END,))
    assert built.feed([65, END, 66]) == "A"
    assert built.feed([67]) == ""
    assert (built.tokens, built.finish_reason) == (1, "stop")


def test_unfinished_character_is_replaced_at_the_end() -> None:
    built = ReplyText(ByteDecoder(), max_tokens=2)
    assert built.feed([65, 0xC3, 0xA4]) == "A\ufffd"
    assert built.finish_reason == "length"


def test_positions_leave_padding_out() -> None:
    built = ReplyText(ByteDecoder(), max_tokens=10, padding_ids=(END,))
    assert built.feed([65, 66]) + built.feed([END, 67]) + built.feed([END, END, 68, 69]) == "ABCDE"
    assert built.ids == [65, 66, 67, 68, 69]
    assert built.positions == [0, 1, 3, 6, 7]
    built.finish()
    assert built.finish_reason == "stop"


def test_nothing_is_added_where_max_tokens_are_there() -> None:
    built = ReplyText(ByteDecoder(), max_tokens=3)
    assert built.feed([65, 66]) + built.feed([67, 68]) + built.feed([69]) == "ABC"
    assert (built.ids, built.positions, built.finish_reason) == ([65, 66, 67], [0, 1, 2], "length")


@pytest.mark.parametrize(
    ("text", "stop", "length"),
    [("ab", ("bc",), 1), ("ab", ("abc", "b"), 2), ("ab", ("x",), 0), ("", ("x",), 0)],
)
def test_longest_stop_prefix(text: str, stop: tuple[str, ...], length: int) -> None:
    assert longest_stop_prefix(text, stop) == length


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("", "ab", 2), ("steps", "step", 1), ("kitten", "sitting", 3), ("ab", "ba", 2)]
)
def test_edit_distance(a: str, b: str, distance: int) -> None:
    assert edit_distance(a, b) == edit_distance(b, a) == distance


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("STEPS", "steps"),
        ("stes", "steps"),
        ("block-lenght", "block_length"),
        ("x", None),
        ("entirely", None),
    ],
)
def test_near_match(name: str, match: str | None) -> None:
    assert near_match(name, ["steps", "n", "block_length"]) == match


@pytest.mark.parametrize(
    ("use_cache", "use_dual_cache", "name"),
    [
        (None, None, "the_default"),
        (False, None, "basic"),
        (False, True, "basic"),
        (False, False, "basic"),
        (True, None, "dual_cache"),
        (True, True, "dual_cache"),
        (True, False, "prefix_cache"),
        (None, True, "dual_cache"),
        (None, False, "prefix_cache"),
    ],
)
def test_older_switches(use_cache: bool | None, use_dual_cache: bool | None, name: str) -> None:
    body = ChatBody(messages=[], use_cache=use_cache, use_dual_cache=use_dual_cache)
    assert select_algorithm(body, "the_default").name == name
    named = ChatBody(messages=[], use_cache=use_cache, use_dual_cache=use_dual_cache, algorithm="x")
    assert select_algorithm(named, "the_default").name == "x"


def test_gate_counts_and_lets_go() -> None:
    gate = Gate(max_rows=1, max_queue=1, max_tokens=100, max_queue_each=1)
    with gate.enter("a", 1, 60):
        with pytest.raises(ApiError), gate.enter("a", 1, 60):
            pass
        with gate.enter("a", 1, 40), pytest.raises(ApiError) as refused, gate.enter("a", 1, 0):
            pass
    assert refused.value.status == 429
    assert (gate.open, gate.tokens, gate.refused) == (0, 0, 2)


def test_gate_lets_one_large_request_through_when_idle() -> None:
    gate = Gate(max_rows=1, max_queue=1, max_tokens=100, max_queue_each=1)
    with gate.enter("a", 1, 1000):
        assert gate.tokens == 1000
