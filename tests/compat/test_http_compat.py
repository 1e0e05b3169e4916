"""What scripts of the older LLaDA servers rely on, against a real server process with the demo checkpoint."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from llada_core.checkpoints import read_facts, resolve
from llada_core.tokenizer import Tokenizer

from ..serving import PATIENCE, QUESTION, ServerProcess, serving, text_of

LAUNCHER = Path(__file__).parents[2] / "server" / "llada_batch_server.py"
OLD_NAME = "llada-8b-instruct"
SECRET = "the zebra counts 31 hats"


def launched(log: Path, model: str) -> AbstractContextManager[ServerProcess]:
    """The server as the older command line starts it."""
    return serving(log, "--model-path", model, command=[str(LAUNCHER)], cwd=LAUNCHER.parent)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with launched(tmp_path_factory.mktemp("server") / "log", str(resolve("demo"))) as process:
        yield process


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(resolve("demo"))


def post(server: ServerProcess, **fields: Any) -> httpx.Response:
    return server.post(**{"model": OLD_NAME, **fields})


def ask(server: ServerProcess, **fields: Any) -> dict[str, Any]:
    return server.ask(**{"model": OLD_NAME, **fields})


def assert_chat_completion(body: dict[str, Any]) -> None:
    assert body["object"] == "chat.completion"
    assert len(body["choices"]) == 1
    assert body["choices"][0]["message"]["role"] == "assistant"
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


# What must run verbatim.


def test_c1_launcher_serves_under_the_old_model_name(server: ServerProcess) -> None:
    names = [model["id"] for model in server.get("/v1/models")["data"]]
    assert OLD_NAME in names
    assert resolve("demo").name in names
    assert ask(server)["model"] == OLD_NAME


def test_c1_launcher_is_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "llada_batch_server", "--help"], capture_output=True, text=True, check=True
    )
    flags = "--host --port --model-path --dcp-path --base-model --temp-dir --batch-size --max-wait-time"
    assert all(flag in done.stdout for flag in flags.split())


def test_c1_model_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    done = subprocess.run(
        [sys.executable, str(LAUNCHER), "--model-path", str(tmp_path), "--port", "0"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["basic", "prefix_cache"])
def test_c2_c3_algorithm_by_name(server: ServerProcess, name: str) -> None:
    body = ask(server, generation_algorithm=name)
    assert_chat_completion(body)
    assert body["llada"]["algorithm"] == name


@pytest.mark.parametrize(
    ("fields", "name", "selected_by"),
    [
        ({"use_cache": True, "use_dual_cache": True}, "dual_cache", "use_cache"),
        ({"use_cache": False, "use_dual_cache": True}, "basic", "use_cache"),
        ({"use_cache": True, "use_dual_cache": False}, "prefix_cache", "use_cache"),
        ({}, "dual_cache", "default"),
        ({"use_cache": False, "generation_algorithm": "dual"}, "dual_cache", "generation_algorithm"),
    ],
)
def test_c4_older_switches(
    server: ServerProcess, fields: dict[str, Any], name: str, selected_by: str
) -> None:
    body = ask(server, **fields)
    assert_chat_completion(body)
    assert body["llada"]["algorithm"] == name
    assert body["llada"]["selected_by"] == selected_by


def test_c7_algorithms(server: ServerProcess) -> None:
    body = server.get("/generation/algorithms")
    assert isinstance(body["note"], str)
    found = {entry["name"]: entry for entry in body["algorithms"]}
    assert {"basic", "prefix_cache", "dual_cache"} <= set(found)
    for entry in found.values():
        assert isinstance(entry["description"], str)
        assert entry["available"] is True


def test_c8_health(server: ServerProcess) -> None:
    body = server.get("/health")
    assert body["status"] == "healthy"
    assert body["model_loaded"] is True
    assert body["device"]
    assert body["batch_processor_active"] is True
    assert body["pending_requests"] == 0
    assert {"basic", "prefix_cache", "dual_cache"} <= set(body["available_generation_algorithms"])
    assert body["total_generation_algorithms"] >= 3


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("basic", "basic"),
        ("no_cache", "basic"),
        ("Simple", "basic"),
        ("prefix-cache", "prefix_cache"),
        ("prefix", "prefix_cache"),
        ("CACHE", "prefix_cache"),
        ("dual_cache", "dual_cache"),
        ("dual", "dual_cache"),
        ("Double-Cache", "dual_cache"),
    ],
)
def test_c10_aliases_whatever_their_case(server: ServerProcess, alias: str, name: str) -> None:
    run = ask(server, generation_algorithm=alias, max_tokens=8)["llada"]
    assert (run["algorithm"], run["requested_algorithm"]) == (name, alias)


def test_c14_batch_stats(server: ServerProcess) -> None:
    before = server.get("/batch/stats")
    assert before["max_batch_size"] == 8
    assert before["max_wait_time"] == 0.1
    assert before["pending_requests"] == 0
    assert before["currently_processing"] == 0
    nfe = ask(server)["llada"]["nfe"]
    after = server.get("/batch/stats")["engine"]
    assert after["forwards"] == before["engine"]["forwards"] + nfe
    assert after["finished"] == before["engine"]["finished"] + 1


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_c15_openai_client(server: ServerProcess, limit: str) -> None:
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)
    assert OLD_NAME in [model.id for model in client.models.list()]
    reply = client.chat.completions.create(
        model=OLD_NAME,
        messages=[{"role": "user", "content": QUESTION}],
        extra_body={"steps": 16, "generation_algorithm": "basic"},
        **{limit: 64},  # type: ignore[arg-type]
    )
    run: dict[str, Any] = reply.llada  # type: ignore[attr-defined]
    assert run["parameters"]["steps"] == 16
    assert run["parameters"]["gen_length"] == 64
    assert run["algorithm"] == "basic"
    assert reply.choices[0].message.content


def test_c15_openai_client_streams(server: ServerProcess) -> None:
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)
    chunks = list(
        client.chat.completions.create(
            model=OLD_NAME,
            messages=[{"role": "user", "content": QUESTION}],
            max_tokens=64,
            stream=True,
            stream_options={"include_usage": True},
            extra_body={"generation_algorithm": "prefix_cache", "block_length": 8},
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    whole = ask(server, max_tokens=64, generation_algorithm="prefix_cache", block_length=8)
    assert text == text_of(whole)
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.model_dump(exclude_none=True) == whole["usage"]


def test_c15_openai_client_understands_errors(server: ServerProcess) -> None:
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "x"}])
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(
            model=OLD_NAME, messages=[{"role": "user", "content": "x"}], temperature=3
        )
    assert bad.value.param == "temperature"


# Faults of the older servers that must be impossible.

MIXED: list[dict[str, Any]] = [
    {"generation_algorithm": "basic", "max_tokens": 32, "steps": 8},
    {"generation_algorithm": "basic", "max_tokens": 64, "temperature": 1.5, "seed": 11},
    {"generation_algorithm": "dual", "max_tokens": 40, "threshold": 0.9},
    {"generation_algorithm": "dual_cache", "max_tokens": 64, "factor": 1.0, "block_length": 16},
    {"generation_algorithm": "prefix_cache", "max_tokens": 33, "steps": 7, "remasking": False, "seed": 5},
    {"messages": [{"role": "user", "content": "Reverse the word planet. " * 6}], "max_tokens": 48},
    {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 16, "cfg_scale": 1.0},
    {"generation_algorithm": "basic", "max_tokens": 64, "temperature": 1.5, "seed": 12},
]


def test_neighbours_do_not_change_an_answer(server: ServerProcess) -> None:
    alone = [ask(server, **fields) for fields in MIXED]
    with concurrent.futures.ThreadPoolExecutor(len(MIXED)) as pool:
        together = list(pool.map(lambda fields: ask(server, **fields), MIXED))
    for before, after in zip(alone, together, strict=True):
        assert text_of(after) == text_of(before)
        assert after["usage"] == before["usage"]
        assert after["llada"] == before["llada"] | {"seed": after["llada"]["seed"]}


def test_each_request_runs_with_its_own_parameters(server: ServerProcess) -> None:
    with concurrent.futures.ThreadPoolExecutor(len(MIXED)) as pool:
        replies = list(pool.map(lambda fields: ask(server, **fields), MIXED))
    for fields, reply in zip(MIXED, replies, strict=True):
        ran = reply["llada"]["parameters"]
        for name in ("steps", "temperature", "threshold", "factor", "cfg_scale"):
            if name in fields:
                assert ran[name] == fields[name]
        assert reply["usage"]["completion_tokens"] <= fields["max_tokens"]


@pytest.mark.parametrize(("max_tokens", "steps"), [(1, 1), (65, 64), (80, 128), (100, 7), (150, 64)])
def test_steps_need_not_divide_by_blocks(server: ServerProcess, max_tokens: int, steps: int) -> None:
    body = ask(server, max_tokens=max_tokens, steps=steps, ignore_eos=True)
    blocks = -(-max_tokens // 32)
    assert body["llada"]["nfe"] == max(min(steps, blocks * min(32, max_tokens)), blocks)
    assert body["usage"]["completion_tokens"] == max_tokens


def test_text_of_special_tokens_is_just_text(server: ServerProcess, tokenizer: Tokenizer) -> None:
    facts = read_facts(resolve("demo"))
    for token in ("<|mdm_mask|>", "<|eot_id|>", "<|endoftext|>", "<|start_header_id|>"):
        messages = [{"role": "user", "content": f"Reverse {token} now"}]
        body = ask(server, messages=messages, max_tokens=16)
        assert body["usage"]["prompt_tokens"] == len(tokenizer.chat(messages))
        assert facts.mask_id not in tokenizer.chat(messages)


@pytest.mark.parametrize("name", ["basic", "prefix_cache", "dual_cache"])
@pytest.mark.parametrize("rule", [{"threshold": 1.0, "steps": 2}, {"factor": 0.1}, {"steps": 2}])
def test_no_mask_is_left(server: ServerProcess, name: str, rule: dict[str, Any]) -> None:
    body = ask(server, generation_algorithm=name, max_tokens=64, ignore_eos=True, **rule)
    assert "mask" not in text_of(body)
    assert body["usage"]["completion_tokens"] == 64


def test_loop_stays_free_during_generation(server: ServerProcess) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        busy = [pool.submit(ask, server, max_tokens=96, steps=48, ignore_eos=True) for _ in range(4)]
        answered = 0
        while not all(future.done() for future in busy):
            assert httpx.get(f"{server.url}/health").status_code == 200
            answered += 1
        assert [future.result()["usage"]["completion_tokens"] for future in busy] == [96] * 4
    assert answered > 10


def test_cancelled_and_malformed_requests_harm_nobody(server: ServerProcess) -> None:
    alone = text_of(ask(server, max_tokens=64))
    cancelled = server.get("/batch/stats")["engine"]["cancelled"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        neighbour = pool.submit(ask, server, max_tokens=64)
        body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 512, "ignore_eos": True}
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=0.2)
        assert post(server, messages=[{"role": "user"}]).status_code == 400
        assert post(server, steps="many").status_code == 400
        assert text_of(neighbour.result()) == alone
    deadline = time.monotonic() + 20
    while server.get("/batch/stats")["engine"]["cancelled"] == cancelled and time.monotonic() < deadline:
        time.sleep(0.02)
    stats = server.get("/batch/stats")
    assert stats["engine"]["cancelled"] == cancelled + 1
    assert stats["currently_processing"] == 0
    assert stats["engine"]["kv_tokens_used"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"generation_algorithm": "nope"},
        {"remasking": "low"},
        {"max_tokens": 0},
        {"max_tokens": 10**6},
        {"messages": []},
        {"unmasking": "nope"},
        {"tools": [{"type": "function"}]},
        {"response_format": {"type": "grammar"}},
    ],
)
def test_client_errors_are_400_in_openai_shape(server: ServerProcess, fields: dict[str, Any]) -> None:
    reply = post(server, **fields)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert len(error["message"]) > 10


def test_usage_counts_the_prompt_without_padding(server: ServerProcess, tokenizer: Tokenizer) -> None:
    conversations = [[{"role": "user", "content": "Hi" * count}] for count in (1, 5, 30)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        bodies = list(pool.map(lambda messages: ask(server, messages=messages), conversations))
    for body, messages in zip(bodies, conversations, strict=True):
        assert body["usage"]["prompt_tokens"] == len(tokenizer.chat(messages))


def test_finish_reason_is_honest(server: ServerProcess) -> None:
    answer = ask(server, max_tokens=64)
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["completion_tokens"] < 64
    cut = ask(server, max_tokens=2)
    assert cut["choices"][0]["finish_reason"] == "length"
    first_word = text_of(answer).split()[0]
    stopped = ask(server, max_tokens=64, stop=[first_word])
    assert (text_of(stopped), stopped["choices"][0]["finish_reason"]) == ("", "stop")


def test_streams_keep_every_character(server: ServerProcess) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}], "seed": 3, "temperature": 2.0}
    body |= {"max_tokens": 128, "ignore_eos": True, "block_length": 16}
    whole = text_of(ask(server, **body))
    pieces = []
    with httpx.stream(
        "POST", f"{server.url}/v1/chat/completions", json=body | {"stream": True}, timeout=120
    ) as reply:
        for line in reply.iter_lines():
            if line.startswith("data: {"):
                pieces.append(json.loads(line[6:])["choices"][0]["delta"].get("content", ""))
    assert "".join(pieces) == whole
    assert len([piece for piece in pieces if piece]) > 1


def test_no_foreign_origin_is_let_in(server: ServerProcess) -> None:
    preflight = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    reply = httpx.options(f"{server.url}/v1/chat/completions", headers=preflight)
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_log_holds_no_conversation_and_the_server_stops_cleanly(tmp_path: Path) -> None:
    with launched(tmp_path / "log", "demo") as process:
        messages = [{"role": "user", "content": SECRET}]
        answer = text_of(ask(process, messages=messages))
        assert post(process, messages=messages, steps=0).status_code == 400
        assert process.stop() == 0
    log = process.log.read_text()
    assert SECRET not in log
    assert answer not in log
    assert process.url in log
    assert "Traceback" not in log


def test_health_is_503_while_the_model_loads(tmp_path: Path) -> None:
    process = ServerProcess(tmp_path / "log")
    try:
        statuses = set()
        deadline = time.monotonic() + PATIENCE
        with httpx.Client() as client:
            while 200 not in statuses and time.monotonic() < deadline:
                with contextlib.suppress(httpx.ConnectError):
                    statuses.add(client.get(f"{process.url}/health").status_code)
                time.sleep(0.02)
    finally:
        process.stop()
    assert statuses == {503, 200}
