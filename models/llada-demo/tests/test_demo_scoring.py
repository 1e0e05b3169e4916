"""When a reply counts as right."""

from __future__ import annotations

import pytest

from llada_demo.scoring import final_answer, is_right


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("7 + 5 = 12. The answer is 12.", "12"),
        ("The answer is 3. No: the answer was wrong. The answer is 4.", "4"),
        (" 5, 7, 12. ", "5, 7, 12"),
        ("The answer is 7:05", "7:05"),
        ("", ""),
    ],
)
def test_final_answer(text: str, answer: str) -> None:
    assert final_answer(text) == answer


@pytest.mark.parametrize(
    ("match", "reference", "right", "wrong"),
    [
        (
            "final_answer",
            "1 + 1 = 2. The answer is 2.",
            ["The answer is 2.", "2", "2."],
            ["The answer is 22.", "3"],
        ),
        ("exact", " 19", ["19", " 19 "], ["19.", "1 9"]),
        (
            "json",
            '{"a": 1, "b": [2]}',
            ['{"b":[2],"a":1}'],
            ['{"a": 1}', '{"a": true, "b": [2]}', "{", "null"],
        ),
        ("json", "[1, 0]", ["[1,0]"], ["[0, 1]", "[true, false]", "[1.5, 0]"]),
    ],
)
def test_matches(match: str, reference: str, right: list[str], wrong: list[str]) -> None:
    for text in right:
        assert is_right(text, match, reference), text
    for text in wrong:
        assert not is_right(text, match, reference), text


def test_any_of_and_pattern() -> None:
    assert is_right("Heads.", "any_of", "Tails.", ("Heads.", "Tails."))
    assert not is_right("Head", "any_of", "Tails.", ("Heads.", "Tails."))
    assert is_right("a 7", "pattern", "a 1", pattern=r"a \d")
    assert not is_right("a 77", "pattern", "a 1", pattern=r"a \d")


def test_faulty_calls() -> None:
    with pytest.raises(ValueError, match=r"match must be one of final_answer, .* got 'fuzzy'"):
        is_right("a", "fuzzy", "a")
    with pytest.raises(ValueError, match="needs a pattern"):
        is_right("a", "pattern", "a")
