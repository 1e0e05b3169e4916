"""A real server among bad plugins: what the operator sees, what the client gets, what the others notice.

One server has all of `plugins/` installed, beside the project's own algorithms.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from ..serving import ServerProcess, environment, serving, text_of
from .zoo import ALGORITHMS, DENIED, PLUGINS, PUT_RIGHT, RECORDS, RULES, Fault, install

TIMEOUT = "1.5"
LONE_FILE = Path(__file__).with_name("lone_file.py")
GOOD: list[dict[str, Any]] = [
    {
        "generation_algorithm": name,
        "temperature": temperature,
        "seed": 7,
        "max_tokens": 32,
        "block_length": 16,
        "steps": 8,
        "ignore_eos": True,
    }
    for name, temperature in itertools.product(("basic", "dual_cache"), (0.0, 1.5))
]
"""Requests whose answers nothing may change."""
REQUESTS = {name: {"generation_algorithm": name} for name in ALGORITHMS}
REQUESTS |= {name: {"generation_algorithm": "basic", "unmasking": name} for name in RULES}
FAULTS = ALGORITHMS | RULES
HANG = [name for name in FAULTS if name.endswith(("hangs", "never_calls", "swallows"))]


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For processes that have the whole zoo installed."""
    site = tmp_path_factory.mktemp("site")
    install(site)
    return environment(site, PLUGINS, LLADA_PLUGINS_DISABLED=DENIED, PYTHONDONTWRITEBYTECODE="1")


@pytest.fixture(scope="module")
def server(env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp("zoo") / "log"
    with serving(log, "--algorithm-timeout", TIMEOUT, "--plugin", str(LONE_FILE), env=env) as process:
        yield process


@pytest.fixture(scope="module")
def before(server: ServerProcess) -> list[Any]:
    """What the good requests are answered before anything bad has run."""
    return answers(server)


def answers(server: ServerProcess) -> list[Any]:
    return [answer(server, request) for request in GOOD]


def answer(server: ServerProcess, request: dict[str, Any]) -> Any:
    """All of a reply that does not tell when it was given."""
    body = server.ask(**request)
    return body["choices"], body["usage"], body["llada"]


def bad(server: ServerProcess, name: str) -> httpx.Response:
    return server.post(max_tokens=16, **REQUESTS[name])


def check(reply: httpx.Response, fault: Fault) -> None:
    """The reply says in OpenAI's shape what the plugin did."""
    error = reply.json()["error"]
    assert fault.words in error["message"]
    assert (reply.status_code, error["code"]) == (fault.status, fault.code)
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == ("server_error" if fault.status == 500 else "invalid_request_error")
    assert "\n" not in error["message"]
    assert "/home/" not in error["message"]


# What the operator sees


def test_each_plugin_has_a_record(env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "llada_core.cli", "plugins", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    records = {record["distribution"]: record for record in json.loads(done.stdout)["plugins"]}
    assert set(RECORDS) <= set(records)
    for name, (status, phase, reason) in RECORDS.items():
        record = records[name]
        assert (record["status"], record["phase"], record["version"]) == (status, phase, "6.6")
        if reason is None:
            assert record["reason"] is None
        else:
            assert reason in record["reason"]
    for name in ("llada-basic", "llada-prefix-cache", "llada-dual-cache"):
        assert records[name]["status"] == "loaded"
    listed = {name for record in records.values() for name in (*record["algorithms"], *record["rules"])}
    assert set(FAULTS) - {"rule_hangs"} <= listed


def test_only_the_deny_list_helps_against_a_crash(env: dict[str, str], tmp_path: Path) -> None:
    install(tmp_path, only=DENIED)
    command = [sys.executable, "-m", "llada_core.cli", "plugins"]
    crashing = environment(tmp_path, PLUGINS)
    assert subprocess.run(command, capture_output=True, check=False, env=crashing).returncode < 0
    blocked = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=crashing | {"LLADA_PLUGINS_DISABLED": DENIED},
    )
    assert "blocked by LLADA_PLUGINS_DISABLED" in blocked.stdout


def test_the_log_has_a_line_for_each_plugin_that_does_not_load(server: ServerProcess) -> None:
    lines = server.log.read_text().splitlines()
    for name, (status, phase, reason) in RECORDS.items():
        warned = [line for line in lines if f"({name} 6.6) {status} in phase {phase}: " in line]
        if status in ("failed", "incompatible"):
            assert len(warned) == 1
            assert reason is not None
            assert reason in warned[0]
            assert " WARNING llada_core.plugins: " in warned[0]
        else:
            assert not [line for line in warned if " WARNING " in line]


def test_the_listing_says_what_is_wrong(server: ServerProcess) -> None:
    listing = server.get("/generation/algorithms")
    records = {record["distribution"]: record for record in listing["plugins"]}
    for name, (status, _, reason) in RECORDS.items():
        assert records[name]["status"] == status
        assert (reason or "") in (records[name]["reason"] or "")
    infos = {info["name"]: info for info in listing["algorithms"]}
    for name, fault in ALGORITHMS.items():
        assert infos[name]["available"] == (fault.code != "algorithm_unavailable")
        if not infos[name]["available"]:
            assert fault.words in infos[name]["reason"]
    assert all(infos[name]["available"] for name in ("basic", "prefix_cache", "dual_cache"))
    assert {rule["name"] for rule in listing["unmasking_rules"]} >= set(RULES)


def test_a_lone_file_serves_among_them(server: ServerProcess) -> None:
    listing = server.get("/generation/algorithms")
    [record] = [record for record in listing["plugins"] if record["name"] == "lone_file"]
    assert (record["distribution"], record["version"], record["status"]) == ("lone_file.py", None, "loaded")
    assert (record["algorithms"], record["rules"]) == (["echo"], [])
    [info] = [info for info in listing["algorithms"] if info["name"] == "echo"]
    assert info["params"]["properties"]["token"] == {"type": "integer", "default": 7}
    one, two = (
        server.ask(generation_algorithm="parrot", max_tokens=4, token=token, ignore_eos=True)
        for token in (40, 41)
    )
    assert one["llada"]["algorithm"] == two["llada"]["algorithm"] == "echo"
    assert one["llada"]["nfe"] == 1
    assert one["usage"]["completion_tokens"] == 4
    assert text_of(one) != text_of(two)


def test_every_parameter_has_a_schema(server: ServerProcess) -> None:
    listing = server.get("/generation/algorithms")
    assert {"steps", "gen_length", "threshold", "unmasking"} <= set(listing["parameters"]["properties"])
    for entry in (*listing["algorithms"], *listing["unmasking_rules"]):
        assert entry["params"] is None or entry["params"]["type"] == "object"
    own = {info["name"]: info["params"] for info in listing["algorithms"]}
    assert list(own["params_raise"]["properties"]) == ["patience"]


# What the client gets


@pytest.mark.parametrize("name", FAULTS)
def test_a_request_for_it_is_told_what_is_wrong(server: ServerProcess, before: list[Any], name: str) -> None:
    check(bad(server, name), FAULTS[name])
    assert answer(server, GOOD[-1]) == before[-1]


def test_a_stream_ends_with_the_error(server: ServerProcess) -> None:
    reply = server.post(max_tokens=16, stream=True, **REQUESTS["plan_raises_later"])
    assert reply.status_code == 200
    *_, last, done = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
    assert done == "[DONE]"
    assert json.loads(last)["error"]["code"] == "algorithm_error"
    assert "KeyError: 'step 3'" in json.loads(last)["error"]["message"]


def test_parameters_whose_check_is_broken(server: ServerProcess) -> None:
    reply = server.post(generation_algorithm="params_raise", patience=1)
    check(reply, Fault(500, "algorithm_error", "RuntimeError: patience is not implemented"))


@pytest.mark.parametrize("name", PUT_RIGHT)
def test_what_the_engine_puts_right(server: ServerProcess, before: list[Any], name: str) -> None:
    body = server.ask(max_tokens=16, ignore_eos=True, **PUT_RIGHT[name])
    assert body["usage"]["completion_tokens"] == 16
    assert "mask" not in body["choices"][0]["message"]["content"]
    assert answers(server) == before


# What the others notice


def test_good_requests_beside_all_the_bad_ones(server: ServerProcess, before: list[Any]) -> None:
    crowd = [name for name in FAULTS if name not in HANG]
    with ThreadPoolExecutor(12) as pool:
        replies = [pool.submit(bad, server, name) for name in crowd]
        puts = [pool.submit(server.post, max_tokens=16, **fields) for fields in PUT_RIGHT.values()]
        good = [pool.submit(answers, server) for _ in range(2)]
        for future in good:
            assert future.result() == before
        for name, reply in zip(crowd, replies, strict=True):
            check(reply.result(), FAULTS[name])
        assert [reply.result().status_code for reply in puts] == [200] * len(puts)


def test_a_hang_holds_the_others_up_for_as_long_as_it_may(server: ServerProcess, before: list[Any]) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = [pool.submit(bad, server, name) for name in HANG]
        assert pool.submit(answers, server).result() == before
        for name, reply in zip(HANG, replies, strict=True):
            check(reply.result(), FAULTS[name])


def test_in_the_end_nothing_is_left_of_them(server: ServerProcess, before: list[Any]) -> None:
    assert answers(server) == before
    engine = server.get("/batch/stats")["engine"]
    assert (engine["running"], engine["waiting"], engine["kv_tokens_used"]) == (0, 0, 0)
    assert server.get("/health")["status"] == "healthy"
    warnings = [line for line in server.log.read_text().splitlines() if "put back to" in line]
    assert any("SetsEverything set this process's default dtype" in line for line in warnings)
    assert any("a plan, or an algorithm with a loop of its own, set" in line for line in warnings)
