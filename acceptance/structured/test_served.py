"""Structured output from a real server with its engine in a process of its own: what is promised, whatever
else runs in the same batch, and what strangers may send."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from tests.serving import QUESTION, ServerProcess, serving, text_of

from llada_core.structure.checker import MEMORY, SECONDS

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "likes": {"type": "array", "items": {"enum": ["tea", "milk"]}, "minItems": 1, "maxItems": 3},
    },
    "required": ["name", "age", "likes"],
    "additionalProperties": False,
}


def person(text: str) -> bool:
    jsonschema.validate(json.loads(text), PERSON, jsonschema.Draft202012Validator)
    return True


ASKED: dict[str, tuple[dict[str, Any], Callable[[str], Any]]] = {
    "json_schema": (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "person", "strict": True, "schema": PERSON},
            }
        },
        person,
    ),
    "json": ({"structured_outputs": {"json": json.dumps(PERSON)}}, person),
    "json_object": (
        {"response_format": {"type": "json_object"}},
        lambda text: isinstance(json.loads(text), dict),
    ),
    "choice": (
        {"structured_outputs": {"choice": ["blue", "a dark red", "ä"]}},
        ["blue", "a dark red", "ä"].count,
    ),
    "regex": (
        {"structured_outputs": {"regex": "[0-9]{3}-[a-z]{2,5}"}},
        re.compile("[0-9]{3}-[a-z]{2,5}").fullmatch,
    ),
}
WAYS: list[dict[str, Any]] = [
    {},
    {"threshold": 0.9},
    {"threshold": 0.0, "generation_algorithm": "dual_cache"},
    {"unmasking": "saber", "steps": 8},
    {"generation_algorithm": "prefix_cache", "factor": 2.0},
    {"temperature": 1.2, "seed": 5, "threshold": 0.5},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server") / "log", "--max-rows", "8") as process:
        yield process


def streamed(server: ServerProcess, **fields: Any) -> tuple[str, str]:
    """Text and finish reason of a reply, from its events."""
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True, **fields}
    text, reason = "", ""
    with httpx.stream("POST", f"{server.url}/v1/chat/completions", json=body, timeout=120) as reply:
        assert reply.status_code == 200
        for line in reply.iter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                choice = json.loads(line[6:])["choices"][0]
                text += choice["delta"].get("content") or ""
                reason = choice["finish_reason"] or reason
    return text, reason


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("name", ASKED)
def test_streamed_or_not_a_reply_belongs_to_its_language(
    server: ServerProcess, name: str, way: dict[str, Any]
) -> None:
    fields, belongs = ASKED[name]
    asked = {"max_tokens": 48, **fields, **way}
    choice = server.ask(**asked)["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert belongs(choice["message"]["content"])
    assert streamed(server, **asked) == (choice["message"]["content"], "stop")


def test_free_requests_in_the_same_batch_notice_nothing(server: ServerProcess) -> None:
    free: list[dict[str, Any]] = [
        {"messages": [{"role": "user", "content": f"What is {n} plus {n + 3}?"}], "threshold": 0.9}
        for n in range(11, 19)
    ]
    alone = [text_of(server.ask(**fields)) for fields in free]
    bound = [(fields | {"max_tokens": 48, "seed": n}, is_right)
             for n in range(2) for fields, is_right in ASKED.values()]  # fmt: skip
    with ThreadPoolExecutor(18) as pool:
        replies = [pool.submit(server.ask, **fields) for fields in free]
        held = [(pool.submit(server.ask, **fields), belongs) for fields, belongs in bound]
        assert [text_of(reply.result()) for reply in replies] == alone
        for reply, belongs in held:
            choice = reply.result()["choices"][0]
            assert choice["finish_reason"] == "stop"
            assert belongs(choice["message"]["content"])


def test_several_choices_are_drawn_each_with_a_grammar_of_its_own(server: ServerProcess) -> None:
    body = server.ask(n=4, temperature=1.5, seed=1, max_tokens=48, **ASKED["json_schema"][0])
    texts = [choice["message"]["content"] for choice in body["choices"]]
    assert all(map(person, texts))
    assert len(set(texts)) > 1


def test_completions_have_grammars_too(server: ServerProcess) -> None:
    fields, belongs = ASKED["regex"]
    body = {"prompt": "A code: ", "max_tokens": 24} | fields
    choice = httpx.post(f"{server.url}/v1/completions", json=body, timeout=120).json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert belongs(choice["text"])


def refused(server: ServerProcess, **fields: Any) -> tuple[str, str]:
    """Parameter and message of a 400."""
    reply = server.post(**fields)
    assert reply.status_code == 400, reply.text
    error = reply.json()["error"]
    return error["param"], error["message"]


def test_a_bad_part_of_a_schema_is_named(server: ServerProcess) -> None:
    schema = {"type": "object", "properties": {"a": {"anyOf": [{}, {"not": {"type": "null"}}]}}}
    asked = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}
    param, message = refused(server, response_format=asked)
    assert param == "response_format.json_schema.schema"
    assert "#/properties/a/anyOf/1/not: not supported" in message
    param, message = refused(server, structured_outputs={"json": {"type": "string", "format": "colour"}})
    assert (param, "colour" in message) == ("structured_outputs.json", True)
    param, message = refused(server, structured_outputs={"regex": r"(a)\1"})
    assert (param, "backreference" in message) == ("structured_outputs.regex", True)


def test_a_value_that_cannot_fit_is_refused_and_the_shortest_that_fits_is_written(
    server: ServerProcess,
) -> None:
    fields, belongs = ASKED["json_schema"]
    param, message = refused(server, max_tokens=2, **fields)
    assert param == "max_tokens"
    found = re.search(r"2 tokens are too few for .*, whose shortest text that was found has (\d+)", message)
    assert found is not None
    choice = server.ask(max_tokens=int(found[1]), **fields)["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert belongs(choice["message"]["content"])


HEAVY: dict[str, dict[str, Any]] = {
    "enormous": {
        "json": {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(3900)}},
    },
    "too large": {"json": {"description": "x" * 200_000}},
    "deep": {"json": json.loads('{"items": ' * 400 + "{}" + "}" * 400)},
    "multiples": {"json": {"type": "integer", "multipleOf": 1000003}},
    "patterns": {
        "json": {"type": "string", "allOf": [{"pattern": f"a{n}.*b"} for n in range(30)]},
    },
    "nested repeats": {"regex": "((((a{1,30}){1,30}){1,30}){1,30}){1,30}b"},
}
HARMLESS: dict[str, dict[str, Any]] = {
    "a thousand million values": {
        "json": {
            "$defs": {
                f"d{n}": {
                    "type": "array",
                    "prefixItems": [{"$ref": f"#/$defs/d{n + 1}"}] * 10,
                    "minItems": 10,
                }
                for n in range(9)
            }
            | {"d9": {"type": "null"}},
            "$ref": "#/$defs/d0",
        },
    },
    "backtracking": {"regex": "(x+x+)+y"},
    "ambiguous": {"regex": "(a|aa)+"},
    "nested": {"regex": "([a-z]+)*[0-9]"},
    "wide repeat": {"regex": "(.{0,3000}x){1,900}"},
    "states": {"regex": "(.*a.{2000}|.*b.{1999}c)"},
}
"""No instance of the first fits; the patterns take other engines for ever."""


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_too_complex_is_refused_in_time_and_memory(server: ServerProcess, name: str) -> None:
    """While it is tried, free requests are answered."""
    watch = Watch(server.process.pid)
    begin = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        tried = pool.submit(server.post, structured_outputs=HEAVY[name], max_tokens=64)
        waited = time.monotonic()
        server.ask(threshold=0.9)
        waited = time.monotonic() - waited
        reply = tried.result()
    seconds, most = time.monotonic() - begin, watch.stop()
    print(f"{name}: {reply.status_code} after {seconds:.2f} s, {most >> 20} MiB at most; "
          f"a free request beside it {waited:.2f} s: {reply.text[:160]}")  # fmt: skip
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] in ("structured_outputs.json", "structured_outputs.regex")
    assert seconds < SECONDS + 20  # a process may have to be started, on a busy machine
    assert most < MEMORY * 1.5


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_catastrophic_elsewhere_is_answered(server: ServerProcess, name: str) -> None:
    begin = time.monotonic()
    choice = server.ask(structured_outputs=HARMLESS[name], max_tokens=24)["choices"][0]
    assert time.monotonic() - begin < SECONDS + 20
    assert choice["finish_reason"] in ("stop", "length")
    if choice["finish_reason"] == "stop":
        assert re.fullmatch(HARMLESS[name]["regex"], choice["message"]["content"])


def test_an_algorithm_with_a_loop_of_its_own_is_refused_by_the_field_that_was_sent(
    server: ServerProcess,
) -> None:
    param, message = refused(server, generation_algorithm="wino", structured_outputs={"regex": "a+"})
    assert param == "structured_outputs.regex"
    assert "wino brings its own loop, which knows no grammar" in message


class Watch:
    """The most memory that the processes which try grammars had, by looking often."""

    def __init__(self, server: int) -> None:
        self._server, self._most = server, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            for children in Path(f"/proc/{self._server}/task").glob("*/children"):
                for pid in children.read_text().split():
                    self._see(Path("/proc") / pid)

    def _see(self, process: Path) -> None:
        try:
            if b"structure.checker" in (process / "cmdline").read_bytes():
                status = (process / "status").read_text()
                found = re.search(r"VmHWM:\s+(\d+) kB", status)
                self._most = max(self._most, int(found[1]) << 10 if found else 0)
        except OSError:  # it has ended
            pass

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._most
