"""Replicas that work, die and lie, without a model in them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from llada_core.errors import ParameterError
from llada_core.rollouts import Record, RolloutError
from llada_core.rollouts.lines import Defaults
from llada_core.rollouts.pool import Pool
from llada_core.rollouts.records import Task
from llada_core.rollouts.replica import Setup

REPLICAS = '''
import os, time
from pathlib import Path
from llada_core.rollouts.records import Record
from llada_core.rollouts.replica import NotLoaded, Ready, _tasks, encode

def work(number, setup, connection):
    """Answers each task with its line; what a line says, it does first."""
    connection.send_bytes(encode(Ready()))
    while True:
        try:
            task = _tasks.decode(connection.recv_bytes())
        except (EOFError, OSError):
            return
        word, _, rest = task.data.decode().partition(" ")
        if word == "meet":  # waits until so many replicas have come here
            folder, count = rest.split()
            Path(folder, str(number)).touch()
            while len(list(Path(folder).iterdir())) < int(count):
                time.sleep(0.01)
        if word == "die":
            os.kill(os.getpid(), 9)
        if word == "once":  # dies the first time
            try:
                Path(rest).touch(exist_ok=False)
                os._exit(3)
            except FileExistsError:
                pass
        text = f"{number} {os.getpid()}"
        connection.send_bytes(encode(Record(line=task.line, sample=task.sample, text=text)))

def refuse(number, setup, connection):
    connection.send_bytes(encode(NotLoaded("ParameterError", "steps: no", "steps")))

def vanish(number, setup, connection):
    os._exit(7)

def die_with_work(number, setup, connection):
    connection.send_bytes(encode(Ready()))
    connection.recv_bytes()
    os._exit(1)
'''


@pytest.fixture
def replicas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module whose functions run in processes."""
    (tmp_path / "scripted_replicas.py").write_text(REPLICAS)
    monkeypatch.syspath_prepend(tmp_path)
    import scripted_replicas

    return scripted_replicas


def setup(count: int = 1, rows: int = 4) -> Setup:
    return Setup(folder="", max_rows=rows, defaults=Defaults(), replicas=count)


def tasks(lines: list[str]) -> Iterator[Task]:
    for number, line in enumerate(lines, 1):
        yield Task(number, 0, line.encode())


def run(target: Any, lines: list[str], count: int = 1) -> list[Record]:
    return list(Pool(setup(count), tasks(lines), target).run())


def test_all_replicas_work_and_every_task_runs_once(replicas: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "met").mkdir()
    records = run(replicas.work, [f"meet {tmp_path / 'met'} 2"] * 12 + ["a"] * 488, count=2)
    assert sorted(record.line for record in records) == list(range(1, 501))
    shares = Counter(str(record.text).partition(" ")[0] for record in records)
    assert set(shares) == {"0", "1"}


def test_without_tasks_nothing_starts() -> None:
    assert list(Pool(setup(), iter(())).run()) == []


def test_tasks_are_read_as_they_are_needed(replicas: ModuleType) -> None:
    read = 0

    def counted() -> Iterator[Task]:
        nonlocal read
        for task in tasks(["a"] * 1000):
            read += 1
            yield task

    for done, _ in enumerate(Pool(setup(rows=4), counted(), replicas.work).run(), 1):
        assert read <= done + 4 + 2 + 1


def test_tasks_of_a_dead_replica_run_again(replicas: ModuleType, tmp_path: Path) -> None:
    lines = ["a"] * 20 + [f"once {tmp_path / 'mark'}"] + ["a"] * 20
    records = run(replicas.work, lines, count=2)
    assert sorted(record.line for record in records) == list(range(1, 42))
    assert not any(record.error for record in records)


def test_a_task_that_kills_is_an_error_and_costs_nobody_else(replicas: ModuleType) -> None:
    records = run(replicas.work, ["a"] * 10 + ["die"] + ["a"] * 10)
    assert sorted(record.line for record in records) == list(range(1, 22))
    (failed,) = [record for record in records if record.error]
    assert failed.line == 11
    assert failed.error is not None
    assert failed.error.code == "replica_died"
    assert "signal 9" in failed.error.message


def test_defaults_that_cannot_run_are_the_callers_error(replicas: ModuleType) -> None:
    with pytest.raises(ParameterError, match=r"^steps: no$"):
        run(replicas.refuse, ["a"])


def test_a_replica_that_does_not_start_ends_the_run(replicas: ModuleType) -> None:
    with pytest.raises(RolloutError, match=r"did not start \(exit code 7\)"):
        run(replicas.vanish, ["a"], count=2)


def test_replicas_that_only_die_end_the_run(replicas: ModuleType) -> None:
    with pytest.raises(RolloutError, match="without a result"):
        run(replicas.die_with_work, ["a"] * 100)


def test_whoever_stops_reading_ends_the_processes(replicas: ModuleType) -> None:
    running = Pool(setup(2), tasks(["a"] * 1000), replicas.work).run()
    pids = {int(str(next(running).text).partition(" ")[2]) for _ in range(50)}
    running.close()  # type: ignore[attr-defined]
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids) or os.name == "nt"
