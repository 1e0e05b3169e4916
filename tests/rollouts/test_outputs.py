"""Outputs that a crash has left in every state."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from llada_core.rollouts import LineError, Record, RolloutError
from llada_core.rollouts.done import Done
from llada_core.rollouts.job import Job, claim, note_of
from llada_core.rollouts.jsonl import JsonLines
from llada_core.rollouts.lines import Defaults
from llada_core.rollouts.parquet_folder import ParquetFolder

RECORDS = [
    Record(line=1, id="a", text="é\n", token_ids=[1, 2], nfe=3, extra={"answer": 42}),
    Record(line=2, sample=1, error=LineError("invalid_line", "no", "x")),
    Record(line=900, text="", token_ids=[]),
]
KEYS = {(1, 0), (2, 1), (900, 0)}


def write(path: Path, records: list[Record]) -> None:
    with closing(JsonLines(path, Done(2))) as sink:
        for record in records:
            sink.write(record)


def opened(path: Path) -> set[tuple[int, int]]:
    done = Done(2)
    JsonLines(path, done).close()
    found = {(line, sample) for line in range(1, 1000) for sample in range(2) if (line, sample) in done}
    assert len(done) == len(found)
    return found


def test_records_come_back(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, RECORDS[:2])
    write(path, RECORDS[2:])
    assert opened(path) == KEYS
    first, second, _ = map(json.loads, path.read_text().splitlines())
    assert (first["text"], first["extra"], second["error"]["field"]) == ("é\n", {"answer": 42}, "x")


def test_a_file_cut_anywhere_holds_its_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, RECORDS)
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        assert len(opened(path)) == whole[:length].count(b"\n")
        assert path.read_bytes() == whole[: whole.rfind(b"\n", 0, length) + 1]


def test_zeros_that_a_power_failure_left_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, RECORDS)
    whole = path.read_bytes()
    path.write_bytes(whole + bytes(4096))
    assert opened(path) == KEYS
    assert path.read_bytes() == whole


def test_damage_before_the_end_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text('{"line": 1}\nnot a record\n{"line": 2}\n')
    with pytest.raises(RolloutError, match="line 2 is no record"):
        opened(path)
    assert path.read_text().count("\n") == 3


@pytest.mark.skipif(os.name == "nt", reason="no locks")
def test_two_cannot_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with closing(JsonLines(path, Done(1))), pytest.raises(RolloutError, match="another process"):
        JsonLines(path, Done(1))
    JsonLines(path, Done(1)).close()


def test_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("llada_core.rollouts.parquet_folder.ROWS", 2)
    path = tmp_path / "out.parquet"
    with closing(ParquetFolder(path, Done(2))) as sink:
        for record in RECORDS:
            sink.write(record)
        assert [part.name for part in path.glob("part-*")] == ["part-000000.parquet"]
    done = Done(2)
    with closing(ParquetFolder(path, done)) as sink:
        assert all(key in done for key in KEYS)
        assert len(done) == 3
        sink.write(Record(line=5))
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    assert [row["line"] for row in rows] == [1, 2, 900, 5]
    assert json.loads(rows[0]["extra"]) == {"answer": 42}
    assert (rows[0]["token_ids"], rows[1]["error_code"]) == ([1, 2], "invalid_line")


def test_a_parquet_file_that_was_not_finished_does_not_count(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "out.parquet"
    path.mkdir()
    (path / ".part-000000.parquet.new").write_bytes(b"PAR1 torn")
    with closing(ParquetFolder(path, Done(1))) as sink:
        sink.write(Record(line=1))
    assert parquet.read_table(path).num_rows == 1


def test_a_broken_parquet_file_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "out.parquet"
    path.mkdir()
    (path / "part-000000.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(RolloutError, match="no file of records"):
        ParquetFolder(path, Done(1))


def test_an_output_belongs_to_its_run(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "out.jsonl"
    job = Job(model="demo", defaults=Defaults(params={"steps": 8, "stops": ("a",)}))
    claim(path, job)
    claim(path, job)
    with pytest.raises(RolloutError, match=r"defaults\.params\.steps 8, now it is 9"):
        claim(path, Job(model="demo", defaults=Defaults(params={"steps": 9, "stops": ("a",)})))
    note_of(path).write_text("{")
    with pytest.raises(RolloutError, match="damaged"):
        claim(path, job)


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    with pytest.raises(RolloutError, match="no output of a batch"):
        claim(path, Job(model="demo", defaults=Defaults()))
    assert path.read_text() == "mine"
