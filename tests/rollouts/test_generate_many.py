"""From file to file with the demo model: here, in replicas, and through a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from llada_core import generate_many
from llada_core.checkpoints import resolve
from llada_core.errors import ParameterError
from llada_core.rollouts import RolloutError
from llada_core.rollouts.lines import Defaults
from llada_core.rollouts.replica import Setup, load, own_gpus
from llada_core.session import Session

FAST = {"steps": 1, "gen_length": 8, "block_length": 8}


@pytest.fixture(scope="module")
def session() -> Session:
    return Session.load("demo", device="cpu", max_rows=8)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_replies_are_those_of_the_session(session: Session, tmp_path: Path) -> None:
    prompts: list[Any] = [
        "What is 17 plus 25?",
        {"prompt": "Say hello.", "params": {"steps": 4}, "answer": "hi"},
    ]
    out = tmp_path / "out.jsonl"
    summary = generate_many(prompts, out, session=session, params={"gen_length": 32})
    first, second = sorted(read(out), key=lambda record: record["line"])
    alone = session.reply("What is 17 plus 25?", gen_length=32)
    assert (first["text"], first["token_ids"], first["nfe"]) == (alone.text, alone.tokens, alone.nfe)
    assert (second["nfe"], second["extra"], second["seed"]) == (4, {"answer": "hi"}, 1)
    assert (summary.replies, summary.errors, summary.forwards) == (2, 0, alone.nfe + 4)


def test_samples_can_be_made_again_by_their_seeds(session: Session, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    params = {"temperature": 1.0, "gen_length": 16, "steps": 16}
    generate_many(["Tell me a story."] * 2, out, session=session, max_rows=1, samples=3, params=params)
    records = read(out)
    assert sorted((record["line"], record.get("sample", 0), record["seed"]) for record in records) == [
        (line, sample, 3 * (line - 1) + sample) for line in (1, 2) for sample in range(3)
    ]
    assert len({record["text"] for record in records}) > 1
    for record in records:
        again = session.reply("Tell me a story.", **params, seed=record["seed"])
        assert again.tokens == record["token_ids"]


@pytest.mark.parametrize("suffix", [".txt", ".parquet", ".jsonl"])
def test_forms_of_input(session: Session, tmp_path: Path, suffix: str) -> None:
    path, prompts = tmp_path / f"in{suffix}", ["What is 3 plus 4?", 'Say "hello".']
    if suffix == ".txt":
        path.write_text("\n\n".join(prompts))
    elif suffix == ".jsonl":
        path.write_text("\n\n".join(map(json.dumps, prompts)))
    else:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.table({"prompt": prompts, "algorithm": [None, "basic"]}), path)
    out = tmp_path / "out.jsonl"
    generate_many(path, out, session=session, params=FAST)
    records = sorted(read(out), key=lambda record: record["line"])
    assert [record["prompt_tokens"] for record in records] == [
        session.reply(prompt, **FAST).prompt_tokens for prompt in prompts
    ]
    assert [record["line"] for record in records] == ([1, 2] if suffix == ".parquet" else [1, 3])
    assert records[1]["algorithm"] == ("basic" if suffix == ".parquet" else "dual_cache")


def test_an_error_of_a_line_is_its_record(session: Session, tmp_path: Path) -> None:
    lines: list[Any] = [
        "fine",
        {"messages": [{"content": "x"}]},
        {"token_ids": [10**9]},
        {"prompt": "x", "params": {"steps": 0}},
        {"prompt": "x", "algorithm": "nope"},
        {"prompt": "x", "steps": 3, "id": 7},
        {},
    ]
    out = tmp_path / "out.jsonl"
    summary = generate_many(lines, out, session=session, params=FAST)
    assert (summary.replies, summary.errors) == (1, 6)
    codes = {record["line"]: record.get("error", {}).get("code") for record in read(out)}
    assert codes == {
        1: None,
        2: "invalid_parameter",
        3: "invalid_parameter",
        4: "invalid_parameter",
        5: "unknown_algorithm",
        6: "invalid_parameter",
        7: "invalid_line",
    }


def test_what_is_there_is_not_run_again(session: Session, tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('"a"\n' * 5)
    generate_many(path, out, session=session, params=FAST)
    lines = out.read_text().splitlines(keepends=True)
    out.write_text("".join(lines[:2]) + lines[2][:20])
    summary = generate_many(path, out, session=session, params=FAST)
    assert (summary.found, summary.replies) == (2, 3)
    assert sorted(out.read_text().splitlines(keepends=True)) == sorted(lines)
    path.write_text('"b"\n' * 5)
    with pytest.raises(RolloutError, match=r"prompts\.sha256"):
        generate_many(path, out, session=session, params=FAST)


def test_counts_have_to_be_positive(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="replicas"):
        generate_many(["a"], tmp_path / "out.jsonl", replicas=0)


def batch(path: Path, out: Path) -> subprocess.Popen[bytes]:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in FAST.items()]
    command = [
        sys.executable,
        "-m",
        "llada_core.cli",
        "batch",
        str(path),
        str(out),
        "--replicas=2",
        "--rows=4",
    ]
    return subprocess.Popen(
        [*command, *options], env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.PIPE
    )


def test_a_run_that_is_killed_goes_on_and_loses_and_repeats_nothing(session: Session, tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    prompts = [f"What is {n} plus {n + 1}?" for n in range(150)]
    path.write_text("\n".join(map(json.dumps, prompts)))
    first = batch(path, out)
    deadline = time.monotonic() + 200
    while not (out.exists() and out.read_bytes().count(b"\n") >= 20):
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    there = out.read_bytes().count(b"\n")
    assert 20 <= there < 150, "it has to be killed in the middle"
    with out.open("ab") as file:
        file.write(b'{"line":149,"text":"torn')
    second = batch(path, out)
    _, said = second.communicate(timeout=250)
    assert second.returncode == 0, said
    assert f"{there} were there".encode() in said
    records = read(out)
    assert sorted(record["line"] for record in records) == list(range(1, 151))
    for record in records[:5] + records[-5:]:
        reply = session.reply(prompts[record["line"] - 1], **FAST)
        assert record["token_ids"] == reply.tokens


@pytest.mark.parametrize("params", [{"max_tokens": 10**6}, {"steps": 0}, {"nonsense": 1}])
def test_a_replica_refuses_defaults_that_cannot_run(params: dict[str, Any]) -> None:
    setup = Setup(folder=str(resolve("demo")), device="cpu", defaults=Defaults(params=params))
    with pytest.raises(ParameterError, match=next(iter(params))):
        load(0, setup)


@pytest.mark.parametrize(
    ("number", "visible", "gpus"),
    [(0, None, ["0", "1"]), (3, None, ["6", "7"]), (1, "4,5,6,7", ["6", "7"]), (2, "4,5,6,7", [])],
)
def test_replicas_of_several_gpus_have_their_own(number: int, visible: str | None, gpus: list[str]) -> None:
    setup = Setup(folder="", defaults=Defaults(), tensor_parallel=2)
    assert own_gpus(number, setup, visible) == gpus


def test_what_a_reply_has_beside_its_text(session: Session, tmp_path: Path) -> None:
    lines: list[Any] = [
        {"prompt": "What is 3 plus 4?", "params": {"logprobs": 1, "trace": "trajectory", **FAST}},
        {"prompt": "What is 3 plus 4?", "template": ["3 + 4 = ", {"max_tokens": 2, "name": "sum"}, "."]},
    ]
    out = tmp_path / "out.jsonl"
    generate_many(lines, out, session=session)
    traced, filled = sorted(read(out), key=lambda record: record["line"])
    reply = session.reply("What is 3 plus 4?", logprobs=1, trace="trajectory", seed=0, **FAST)
    assert (
        len(traced["logprobs"])
        == len(traced["commit_steps"])
        == len(reply.tokens)
        == len(reply.logprobs or ())
    )
    assert len(traced["trajectory"]) == len(reply.trajectory or ())
    assert filled["holes"]["sum"]["text"] in filled["text"]
    assert filled["text"].startswith("3 + 4 = ")
