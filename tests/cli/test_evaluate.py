"""`llada eval`: problems, settings, counting, tables."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from llada_core.cli.evaluation.problems import Problem, choose, read_problems
from llada_core.cli.evaluation.run import computed_blocks
from llada_core.cli.evaluation.settings import DEFAULT, parse_setting
from llada_core.engine.request import Request
from llada_core.errors import LladaError
from llada_core.session import Reply, Session
from llada_core.tokenizer import Tokenizer

from .run_command import run, run_json

UseSession = Callable[..., Session]


def problem(number: int, **fields: Any) -> dict[str, Any]:
    base = {"id": f"p{number}", "group": "sums", "task": "add", "prompt": f"Say {number}"}
    return {**base, "reference": str(number), "match": "exact", "gen_length": 64, **fields}


PROBLEMS = [
    problem(1, difficulty=1),
    problem(2, difficulty=2),
    problem(3, difficulty=3),
    problem(4, difficulty=4),
    problem(5, group="holes", prefix="It is ", suffix=" now.", hole_tokens=5, difficulty=4),
]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(json.dumps(line) + "\n\n" for line in PROBLEMS))
    return str(path)


@pytest.fixture(autouse=True)
def exact_scoring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges by equal text, so that these tests hold whatever the demo's own scoring does."""
    module: Any = types.ModuleType("llada_demo.scoring")
    module.is_right = lambda text, match, reference, accept, pattern: text == reference
    monkeypatch.setitem(sys.modules, "llada_demo.scoring", module)


@pytest.fixture
def number(tokenizer: Tokenizer) -> Callable[[Request], str]:
    """Answers with the number that the prompt asks for, 4 with "wrong"."""

    def script(request: Request) -> str:
        asked = tokenizer.decode(request.prompt).split("Say ")[1][0]
        return "wrong" if asked == "4" else asked

    return script


def test_accuracy_forwards_and_misses_are_counted(
    use_session: UseSession, number: Callable[[Request], str], file: str
) -> None:
    use_session(number)
    found = run_json("eval", "--problems", file, "-a", "basic", "-s", "threshold=0.9")
    assert (found["model"], found["problems"], found["rows"]) == ("demo", 5, 8)
    (result,) = found["results"]
    assert (result["algorithm"], result["setting"]) == ("basic", "threshold=0.9")
    assert (result["all"]["right"], result["all"]["problems"], result["all"]["accuracy"]) == (4, 5, 0.8)
    assert (result["hardest_quarter"]["right"], result["hardest_quarter"]["problems"]) == (1, 2)
    assert result["groups"]["holes"]["accuracy"] == 1.0
    assert (result["all"]["forwards"], result["all"]["blocks"]) == (9, 9)
    assert result["misses"] == [
        {"id": "p4", "prompt": "Say 4", "reference": "4", "text": "wrong", "error": None}
    ]
    assert result["tokens_per_second"] > 0


def test_a_hole_is_asked_for_with_its_own_length(
    use_session: UseSession, number: Callable[[Request], str], file: str, tokenizer: Tokenizer
) -> None:
    session = use_session(number)
    run_json("eval", "--problems", file, "--group", "holes", "-a", "basic", "-s", "steps=8/block")
    request = session.engine.added[-1]
    assert (request.params.gen_length, request.params.block_length, request.params.steps) == (5, 5, 5)
    assert tokenizer.decode(request.suffix) == " now."


def test_failures_count_as_wrong_and_show(use_session: UseSession, file: str) -> None:
    use_session(ValueError("not finite"))
    (result,) = run_json("eval", "--problems", file, "-a", "basic", "-s", "factor=1.0")["results"]
    assert (result["all"]["right"], result["all"]["failed"]) == (0, 5)
    assert result["misses"][0]["error"] == "not finite"
    assert "0.0 % (5 failed)" in run("eval", "--problems", file, "-a", "basic", "-s", "factor=1.0").stdout


def test_the_table_has_a_row_an_algorithm_and_setting(
    use_session: UseSession, number: Callable[[Request], str], file: str
) -> None:
    use_session(number)
    lines = run("eval", "--problems", file, "--markdown").stdout.splitlines()
    assert lines[0] == (
        "| algorithm | setting | right | forwards a block | tokens/s "
        "| right, hardest quarter | forwards a block, hardest quarter |"
    )
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert [row[:2] for row in cells] == [
        [algorithm, setting] for algorithm in ("basic", "prefix_cache", "dual_cache") for setting in DEFAULT
    ]
    assert {(row[2], row[3], row[5]) for row in cells} == {("80.0 %", "1.0", "50.0 %")}


def test_problems_without_difficulty_have_no_hardest_quarter(
    use_session: UseSession, number: Callable[[Request], str], tmp_path: Path
) -> None:
    use_session(number)
    path = tmp_path / "plain.jsonl"
    path.write_text(json.dumps(problem(1)))
    arguments = ["eval", "--problems", str(path), "-a", "basic", "-s", "steps=1/block"]
    assert "hardest" not in run(*arguments).stdout
    assert run_json(*arguments)["results"][0]["hardest_quarter"] is None
    result = run(*arguments, "--hardest", "quarter")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "none has a difficulty" in result.output


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("steps=8/block", 64, {"block_length": 32, "steps": 16}),
        ("steps=8/block", 40, {"block_length": 32, "steps": 16}),
        ("steps=8/block", 5, {"block_length": 32, "steps": 8}),
        ("steps=8/block,block_length=16", 64, {"block_length": 16, "steps": 32}),
        ("steps=8", 64, {"block_length": 32, "steps": 8}),
        ("threshold=0.9,top_k=3", 64, {"block_length": 32, "threshold": 0.9, "top_k": 3}),
    ],
)
def test_settings(text: str, length: int, expected: dict[str, Any]) -> None:
    setting = parse_setting(text)
    assert setting.name == text
    assert setting.for_length(length, 32) == expected


@pytest.mark.parametrize("text", ["threshold", "steps=0/block", "steps=x/block", ""])
def test_what_is_no_setting(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_setting(text)


def test_choosing_problems() -> None:
    problems = [Problem(**line) for line in PROBLEMS]
    assert [p.id for p in choose(problems, hardest=4)] == ["p4", "p5"]
    assert [p.id for p in choose(problems, groups=["sums"], hardest=3)] == ["p3", "p4"]
    assert [p.id for p in choose(problems, limit=2)] == ["p1", "p3"]
    assert [p.id for p in choose(problems, limit=9)] == ["p1", "p2", "p3", "p4", "p5"]
    with pytest.raises(LladaError, match="no such group; there are sums, holes"):
        choose(problems, groups=["sum"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1"),
        ('\n{"id": "x"}', r"line 2: .*`prompt`"),
        (
            '{"id": "x", "prompt": "p", "reference": "r", "match": "exact", "difficulty": "hard"}',
            "difficulty",
        ),
    ],
)
def test_a_bad_file_names_its_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content)
    with pytest.raises(LladaError, match=message):
        read_problems(path)


def test_wrong_input_is_one_line_before_anything_runs(use_session: UseSession, file: str) -> None:
    session = use_session()
    for arguments, code, message in (
        (["-a", "dual_cach"], 2, "did you mean 'dual_cache'"),
        (["-s", "thresholdd=0.9", "-a", "basic"], 2, "did you mean threshold?"),
        (["-s", "threshold=0.5", "-s", "threshold=7"], 2, "threshold: expected"),
        (["--problems", "no_such_file.jsonl"], 1, "no_such_file.jsonl: No such file"),
        (["--json", "--markdown"], 2, "exclude each other"),
    ):
        result = run("eval", "--problems", file, *arguments)
        assert result.exit_code == code
        assert message in result.output
    assert session.engine.added == []


def test_without_the_demo_the_pip_line_is_named(monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.setitem(sys.modules, "llada_demo.scoring", None)
    result = run("eval", "--problems", file)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "pip install llada-demo" in result.output


def test_blocks_that_took_no_forward_do_not_count() -> None:
    def reply(forwards: list[int]) -> Reply:
        return Reply(
            text="",
            tokens=[],
            finish_reason="stop",
            nfe=sum(forwards),
            forwards_per_block=forwards,
            prompt_tokens=1,
            algorithm="basic",
            parameters={"gen_length": 96, "block_length": 32},
        )

    assert computed_blocks(reply([4, 2, 0])) == 2
    assert computed_blocks(reply([6])) == 3
