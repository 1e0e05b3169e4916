"""What a deployment may be told, and how engines are added up; without Ray."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from llada_core.engine.events import Commit, Failed, Finished
from llada_core.engine.request import Request
from llada_core.engine.stats import Durations, EngineStats
from llada_core.params import SamplingParams
from llada_server.admission import Gate
from llada_server.engine_client import EngineVitals
from llada_server.engine_messages import Refusal, Taken
from llada_server.errors import ApiError
from llada_server.replicas.cli import command
from llada_server.replicas.messages import encode, read_answer, read_request
from llada_server.replicas.options import ArgumentError, Scaling, read_arguments
from llada_server.replicas.totals import total_stats, total_vitals


def test_arguments_are_settings_scaling_and_plugins() -> None:
    found = read_arguments(
        {
            "model": "demo",
            "max_rows": 4,
            "replicas": 2,
            "num_cpus": 1,
            "plugin_files": ["a.py"],
            "port": "8001",
        }
    )
    assert (found.settings.max_rows, found.settings.port) == (4, 8001)
    assert found.scaling == Scaling(replicas=2, num_cpus=1.0)
    assert found.plugin_files == ("a.py",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"replica": 2}, "'replica' is no argument"),
        ({"replicas": 0}, "at least 1"),
        ({"replicas": 3, "max_replicas": 2}, "between"),
        ({"max_replicas": 4, "min_replicas": 2}, "between"),
        ({"tensor_parallel": 2, "num_gpus": 1}, "at least tensor_parallel"),
        ({"max_rows": "many"}, "int"),
        ({"engine": "nowhere"}, "nowhere"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        read_arguments(arguments)


def test_keys_may_be_in_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    here = SimpleNamespace(run=lambda arguments, address: seen.append(arguments))
    monkeypatch.setitem(sys.modules, "llada_server.replicas.run", here)
    keys = {"LLADA_API_KEYS": "a-key", "LLADA_ADMIN_KEYS": "another"}
    result = CliRunner().invoke(command, ["demo"], env=keys)
    assert result.exit_code == 0, result.output
    (arguments,) = seen
    assert "a-key" not in str(arguments), "they are handed on to every replica"
    result = CliRunner().invoke(command, ["demo"], env={"LLADA_API_KEY": "a-key"})
    assert (result.exit_code, len(seen)) == (2, 1)
    assert "did you mean LLADA_API_KEYS?" in result.output


def test_what_crosses_comes_back() -> None:
    request = Request(id="a", prompt=(1, 2), algorithm="dual_cache", params=SamplingParams().effective())
    assert read_request(encode(request)) == request
    for answer in (
        Taken("a"),
        Taken("a", Refusal("ParameterError", "invalid_parameter", "steps: no", "steps")),
        Commit("a", 0, [1, 2]),
        Failed(request_id="a", code="x", message="y"),
        Finished(request_id="a", tokens=[1], reason="stop", nfe=1, forwards_per_block=[1], prompt_tokens=2),
    ):
        assert read_answer(encode(answer)) == answer


def test_totals() -> None:
    assert total_stats([]) is None
    times = [Durations(), Durations()]
    for each, seconds in zip(times, (0.02, 3.0), strict=True):
        each.add(seconds)
    parts = [
        EngineStats(max_rows=1, running_by_algorithm={"a": 1}, step_seconds={"a": each}) for each in times
    ]
    both = total_stats(parts)
    assert both is not None
    assert both.running_by_algorithm == {"a": 2}
    assert (sum(both.step_seconds["a"].counts), both.step_seconds["a"].total) == (2, 3.02)
    stats = [
        EngineStats(max_rows=8, running=2, waiting=3, waiting_by_algorithm={"a": 1, "b": 2}, tokens=5),
        EngineStats(max_rows=8, running=1, waiting=1, waiting_by_algorithm={"b": 1}, tokens=7),
    ]
    total = total_stats(stats)
    assert total == EngineStats(
        max_rows=16, running=3, waiting=4, waiting_by_algorithm={"a": 1, "b": 3}, tokens=12
    )
    vitals = [
        EngineVitals(restarts=1, idle=True, seconds_since_progress=None),
        EngineVitals(restarts=2, idle=False, seconds_since_progress=3.0),
    ]
    assert total_vitals(vitals) == EngineVitals(restarts=3, idle=False, seconds_since_progress=3.0)
    assert total_vitals([]) == EngineVitals()


def test_the_gate_grows_with_the_engines() -> None:
    gate = Gate(max_rows=1, max_queue=1, max_tokens=100, max_queue_each=1)
    with gate.enter("a", 2, 10):
        with pytest.raises(ApiError), gate.enter("a", 1, 10):
            pass
        gate.resize(2)
        with gate.enter("a", 1, 10):
            assert gate.open == 3
