"""The process that tries grammars: it answers, and is given up where that takes too long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from llada_core.errors import ParameterError, UnavailableError
from llada_core.structure import Structure
from llada_core.structure.checker import Checker
from llada_core.structure.grammars import Grammars

from .conftest import FACTS


@pytest.fixture(scope="module")
def checker(folder: Path) -> Iterator[Checker]:
    checker = Checker(folder, FACTS, seconds=1.5)
    yield checker
    checker.close()


def test_it_says_how_long_the_shortest_text_is(checker: Checker, grammars: Grammars) -> None:
    structure = Structure.json_schema(
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "null"}}}
    )
    assert checker.check(structure) == grammars.shortest(structure)
    assert checker.check(Structure.regex(".*foo")) is None


HEAVY = {
    "multiples": Structure.json_schema({"type": "integer", "multipleOf": 1000003}),
    "patterns": Structure.json_schema(
        {"type": "string", "allOf": [{"pattern": f"a{n}.*b"} for n in range(30)]}
    ),
    "properties": Structure.json_schema({"properties": {f"p{n}": {"type": "string"} for n in range(3900)}}),
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_takes_too_long_is_refused_and_the_next_one_is_answered(checker: Checker, name: str) -> None:
    begin = time.monotonic()
    with pytest.raises(ParameterError, match=r"too complex|no grammar can be made"):
        checker.check(HEAVY[name])
    assert time.monotonic() - begin < 20
    begin = time.monotonic()
    with pytest.raises(ParameterError):
        checker.check(HEAVY[name])  # remembered
    assert time.monotonic() - begin < 0.1
    assert checker.check(Structure.regex("ab?")) == 1


@pytest.mark.parametrize(
    "pattern", ["(x+x+)+y", "(a|aa)+$", "((((a{1,30}){1,30}){1,30}){1,30}){1,30}b", ".*a.{2000}"]
)
def test_catastrophic_patterns_are_harmless(checker: Checker, pattern: str) -> None:
    begin = time.monotonic()
    with suppress(ParameterError):
        checker.check(Structure.regex(pattern))
    assert time.monotonic() - begin < 10


def test_a_checkpoint_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    checker = Checker(tmp_path, FACTS)
    with pytest.raises(UnavailableError, match=r"the checkpoint's tokenizer\.json cannot be used"):
        checker.check(Structure.regex("a"))
    checker.close()
