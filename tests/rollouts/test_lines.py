"""What a line may hold, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llada_core.errors import ParameterError
from llada_core.rollouts.lines import BadLineError, Defaults, as_ask, parse_line
from llada_core.rollouts.records import Task
from llada_core.session import Ask


def ask(line: Any, defaults: Defaults | None = None, number: int = 1, sample: int = 0) -> Ask:
    data = json.dumps(line).encode()
    parsed, _ = parse_line(data)
    return as_ask(Task(number, sample, data), parsed, defaults or Defaults())


@pytest.mark.parametrize(
    ("line", "prompt", "raw"),
    [
        ("hello", "hello", False),
        ({"prompt": "hello"}, "hello", False),
        ({"prompt": "hello", "raw": True}, "hello", True),
        ({"messages": [{"role": "user", "content": "a"}]}, [{"role": "user", "content": "a"}], False),
        ({"token_ids": [1, 2]}, [1, 2], False),
    ],
)
def test_the_prompt_has_three_forms(line: Any, prompt: Any, raw: bool) -> None:
    found = ask(line)
    assert (found.prompt, found.raw) == (prompt, raw)


def test_a_line_goes_before_the_defaults() -> None:
    defaults = Defaults(
        algorithm="basic", params={"steps": 8, "top_p": 0.5}, prefix="p", suffix="s", system="be kind"
    )
    found = ask({"prompt": "a", "algorithm": "dual", "params": {"steps": 4}, "suffix": ""}, defaults)
    assert found.algorithm == "dual"
    assert found.params == {"steps": 4, "top_p": 0.5, "seed": 0}
    assert (found.prefix, found.suffix) == ("p", "")
    assert found.prompt == [{"role": "system", "content": "be kind"}, {"role": "user", "content": "a"}]


def test_no_two_tasks_share_a_seed() -> None:
    defaults = Defaults(params={"seed": 100}, samples=3)
    seeds = [ask("a", defaults, number, sample).params["seed"] for number in (1, 2, 3) for sample in range(3)]
    assert seeds == list(range(100, 109))


def test_samples_of_a_line_with_a_seed_differ() -> None:
    line = {"prompt": "a", "params": {"seed": 7}}
    assert [ask(line, Defaults(samples=2), 50, sample).params["seed"] for sample in (0, 1)] == [7, 8]


def test_seeds_stay_within_64_bits() -> None:
    line = {"prompt": "a", "params": {"seed": 2**63 - 1}}
    assert ask(line, sample=1).params["seed"] == -(2**63)


def test_other_names_are_carried_over() -> None:
    assert parse_line(b'{"prompt": "a", "answer": [1, {"b": 2}]}')[1] == {"answer": [1, {"b": 2}]}


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"3",
        b"[1, 2]",
        b"\xff\xfe",
        b'"\xff"',
        b"{}",
        b'{"prompt": 3}',
        b'{"prompt": "a", "token_ids": [1]}',
        b'{"token_ids": ["a"]}',
        b'{"prompt": "a", "params": []}',
    ],
)
def test_what_is_no_line_is_an_error(data: bytes) -> None:
    with pytest.raises(BadLineError):
        parse_line(data)


@pytest.mark.parametrize("name", ["temperature", "max_tokens", "seed"])
def test_a_parameter_in_the_wrong_place_is_an_error(name: str) -> None:
    with pytest.raises(ParameterError, match="`params`"):
        parse_line(json.dumps({"prompt": "a", name: 1}).encode())


def test_a_seed_that_is_no_integer_is_an_error() -> None:
    with pytest.raises(ParameterError, match="seed"):
        ask({"prompt": "a", "params": {"seed": "x"}})
