"""The table of request fields: every row is tried at every endpoint."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from openai.types import completion_create_params as completion_fields
from openai.types.chat import completion_create_params as chat_fields

from llada_server.field_table import field_table, markdown
from llada_server.fields import CHAT, COMPLETIONS, ENDPOINTS, REFUSED, Endpoint, StreamOptions

from .conftest import MakeContext, client_of

pytestmark = pytest.mark.anyio

MESSAGES = [{"role": "user", "content": "Hi"}]

IMPLEMENTED: dict[str, tuple[list[Any], list[Any]]] = {
    "prompt": (
        ["Hi", "", ["a", "b"], [72, 105], [[72], [105]], ["x"] * 32],
        [
            None,
            [],
            [[]],
            7,
            {},
            ["x"] * 65,
            ["a", [1]],
            [1, "a"],
            [[1], 2],
            [True],
            [1.5],
            [-1],
            [256],
            [258],
        ],
    ),
    "suffix": (["behind", "", None], [1, ["x"]]),
    "echo": ([True, False, None], [1, "yes"]),
    "best_of": ([1, None], [2, 0, 9, "1", True]),
    "messages": ([MESSAGES], [None, [], "Hi", [1], [{}], [{"role": "pirate", "content": "x"}]]),
    "model": (["model", "org/model", None], [7]),
    "max_completion_tokens": ([1, 300, None], [0, -1, 1.5, "9", True, 10**400]),
    "max_tokens": ([1, 300, None], [0, -1, 1.5, "9", True, 10**400]),
    "gen_length": ([1, 300, None], [0, -1, 1.5, "9", True]),
    "temperature": ([0, 2, 0.7, None], [-0.1, 2.1, "0.5", True]),
    "top_k": ([-1, 0, 5, None], [-2, 1.5, "5", True]),
    "top_p": ([0.1, 1, None], [0, 1.1, "1", True]),
    "seed": ([0, -(2**63), 2**63 - 1, None], [2**63, -(2**63) - 1, 0.5, "1", True]),
    "stop": (["x", [], ["a", "b", "c", "d"], "y" * 256, None], ["", [""], list("abcde"), "y" * 257, 3]),
    "stream": ([True, False, None], [1, "yes"]),
    "stream_options": ([None], [{}, "x", []]),
    "n": ([1, 8, None], [0, 9, 1.5, "1", True]),
    "remasking": ([True, False, "random", "low_confidence", None], ["low", 1, []]),
    "generation_algorithm": (["basic", "SIMPLE", "dual-cache", None], ["nope", "", "x" * 201, 3, "broken"]),
    "algorithm": (["basic", None], ["nope", "", 3]),
    "algorithm_params": ([{}, None], [{"sharpness": 1}, {"steps": 4}, [], "x"]),
    "use_cache": ([True, False, None], [1, "yes"]),
    "use_dual_cache": ([True, False, None], [1, "yes"]),
    "steps": ([1, 5000, None], [0, -1, 1.5, "9", True]),
    "block_length": ([1, 5000, None], [0, -1, 1.5, "9", True]),
    "cfg_scale": ([0, 1.5, None], [-1, 101, "1", True]),
    "threshold": ([0, 0.9, 1, None], [-0.1, 1.1, "1", True]),
    "factor": ([0.5, 100, None], [0, -1, "1", True]),
    "unmasking": (["schedule", "SCHEDULE", None], ["nope", 3]),
    "ignore_eos": ([True, False, None], [1, "yes"]),
    "template": (
        [
            [{"hole": {}}],
            [{"text": ""}, {"hole": {"name": "x", "max_tokens": 5, "min_tokens": 5}}, {"text": "b"}],
            [{"hole": {"name": None, "max_tokens": 2}}] * 64,
        ],
        [
            None,
            "a",
            [],
            [{"text": "a"}],
            ["a"],
            [{}],
            [{"text": "a", "hole": {}}],
            [{"text": 1}, {"hole": {}}],
            [{"hole": None}],
            [{"hole": {"max_tokens": 0}}],
            [{"hole": {"max_tokens": 3, "min_tokens": 4}}],
            [{"hole": {"min_tokens": True}}],
            [{"hole": {"name": ""}}],
            [{"hole": {"length": 3}}],
            [{"hole": {"name": "hole_2"}}, {"hole": {}}],
            [{"hole": {}}] * 65,
            [{"text": "a"}] * 130,
        ],
    ),
    "response_format": (
        [
            {"type": "text"},
            {"type": "json_object"},
            {
                "type": "json_schema",
                "json_schema": {"name": "x", "strict": True, "schema": {"type": "object"}},
            },
            None,
        ],
        [
            "json",
            [],
            {},
            {"type": "xml"},
            {"type": "json_schema"},
            {"type": "json_schema", "json_schema": {"name": "x"}},
            {"type": "json_schema", "json_schema": {"schema": "x"}},
            {"type": "json_schema", "json_schema": {"schema": {"not": {}}}},
        ],
    ),
    "structured_outputs": (
        [
            {"json": {"type": "object"}},
            {"json": '{"type": "object"}', "regex": None},
            {"json_object": True, "disable_any_whitespace": True},
            {"choice": ["a", "b"]},
            {"regex": "a+"},
            None,
        ],
        [
            "json",
            {},
            {"json": "{"},
            {"json": 3},
            {"json": {}, "regex": "a"},
            {"choice": "a"},
            {"choice": []},
            {"choice": [1]},
            {"regex": 1},
            {"regex": ""},
            {"grammar": "x"},
            {"structural_tag": "x"},
        ],
    ),
    "together": ([True, False, None], [1, "yes"]),
    "top_logprobs": ([0, None], [2, 21, -1, "1", True]),
    "logit_bias": (
        [{}, {"5": 1.5}, {"5": -100, "256": 100}, None],
        [{"5": 101}, {"x": 1}, {"-1": 1}, {"257": 1}, {"999": 1}, {"5": "1"}, [], 3],
    ),
    "allowed_token_ids": ([[5, 6], None], [[], [257], [999], ["5"], 5]),
    "bad_words": ([["x", "two words"], [], None], [[""], [" "], ["x" * 33], [1], "x", ["x"] * 65]),
    "bad_words_ids": ([[[5], [6, 7]], [], None], [[[]], [[999]], [5], "x"]),
    "min_tokens": ([0, 5, None], [-1, 1.5, 10**6, "5", True]),
    "stop_token_ids": ([[5, 6], [], None], [[257], [999], ["5"], 5]),
    "presence_penalty": ([0, -2, 2, 0.5, None], [2.1, -2.1, "1", True]),
    "frequency_penalty": ([0, -2, 2, 0.5, None], [2.1, -2.1, "1", True]),
    "repetition_penalty": ([1, 0.5, 10, None], [0, -1, 11, "1", True]),
    "likelihood_samples": ([None], [4, 0, 1025, "1", True]),
    "likelihood_from": ([None], [1, -1, [1], "1", True]),
    "trace": (["steps", "trajectory", None], ["all", True, 1]),
}
"""For each implemented field, values that work and values that are a 400."""
AT_ONE: dict[tuple[str, str], tuple[list[Any], list[Any]]] = {
    ("chat", "logprobs"): ([True, False, None], [1, 0, "yes"]),
    ("completions", "logprobs"): ([0, 1, 20, None], [21, -1, 1.5, "1", True]),
}
"""The same for a field that each endpoint reads in its own way."""

BODIES: dict[str, dict[str, Any]] = {"chat": {"messages": MESSAGES}, "completions": {"prompt": "Hi"}}
BODIES["infill"] = {"template": [{"text": "a"}, {"hole": {}}]}
PATHS = {"chat": "/v1/chat/completions", "completions": "/v1/completions", "infill": "/v1/infill"}
ROWS = [(row, name) for row in field_table() for name in row.endpoints]
IMPLEMENTED_ROWS = [(at, row.name) for row, at in ROWS if row.use == "implemented"]


def tried(at: str, name: str) -> tuple[list[Any], list[Any]]:
    """The values of a field at an endpoint."""
    return AT_ONE[at, name] if (at, name) in AT_ONE else IMPLEMENTED[name]


async def post_to(http: httpx.AsyncClient, at: str, **fields: Any) -> httpx.Response:
    return await http.post(PATHS[at], json=BODIES[at] | fields)


async def post(http: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await post_to(http, "chat", **fields)


def test_every_implemented_field_is_tried() -> None:
    assert set(IMPLEMENTED) | {name for _, name in AT_ONE} == {
        row.name for row in field_table() if row.use == "implemented"
    }


@pytest.mark.parametrize(
    ("endpoint", "call"),
    [
        (CHAT, chat_fields.CompletionCreateParamsBase),
        (COMPLETIONS, completion_fields.CompletionCreateParamsBase),
    ],
)
def test_every_field_of_the_openai_client_is_in_the_table(endpoint: Endpoint, call: type) -> None:
    assert [name for name in call.__annotations__ if endpoint.use(name) == "unknown"] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_the_table_has_each_known_field_once(endpoint: Endpoint) -> None:
    names = [row.name for row, at in ROWS if at == endpoint.name]
    assert sorted(names) == sorted(endpoint.known)
    assert all(endpoint.use(row.name) == row.use for row, at in ROWS if at == endpoint.name)


@pytest.mark.parametrize(("at", "name"), IMPLEMENTED_ROWS)
async def test_good_values_are_accepted(http: httpx.AsyncClient, at: str, name: str) -> None:
    for value in tried(at, name)[0]:
        reply = await post_to(http, at, **{name: value})
        assert reply.status_code == 200, (value, reply.text)
        assert "x-llada-ignored-params" not in reply.headers


@pytest.mark.parametrize(("at", "name"), IMPLEMENTED_ROWS)
async def test_bad_values_name_the_field(http: httpx.AsyncClient, at: str, name: str) -> None:
    for value in tried(at, name)[1]:
        if value is None and name not in BODIES[at]:
            continue  # the same as leaving it out
        reply = await post_to(http, at, **{name: value})
        assert reply.status_code == 400, value
        error = reply.json()["error"]
        assert error["type"] == "invalid_request_error"
        assert error["param"].startswith(name)
        assert len(error["message"]) <= 1000


@pytest.mark.parametrize(("at", "name"), [(at, row.name) for row, at in ROWS if row.use == "benign"])
async def test_benign_fields_are_accepted_quietly(http: httpx.AsyncClient, at: str, name: str) -> None:
    reply = await post_to(http, at, **{name: "anything"})
    assert reply.status_code == 200
    assert "x-llada-ignored-params" not in reply.headers


@pytest.mark.parametrize(("at", "name"), [(at, row.name) for row, at in ROWS if row.use == "refused"])
async def test_refused_fields_pass_only_where_they_ask_for_nothing(
    http: httpx.AsyncClient, at: str, name: str
) -> None:
    reply = await post_to(http, at, **{name: {"type": "something else"}})
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "unsupported_parameter"
    assert reply.json()["error"]["param"] == name
    assert REFUSED[name].why in reply.json()["error"]["message"]
    for value in (None, *REFUSED[name].harmless):
        reply = await post_to(http, at, **{name: value})
        assert reply.status_code == 200
        assert "x-llada-ignored-params" not in reply.headers


async def test_alternatives_need_log_probabilities(http: httpx.AsyncClient) -> None:
    error = (await post(http, top_logprobs=2)).json()["error"]
    assert error["param"] == "top_logprobs"
    assert (await post(http, logprobs=True, top_logprobs=2)).status_code == 200


@pytest.mark.parametrize("name", StreamOptions.__struct_fields__)
async def test_stream_options(http: httpx.AsyncClient, name: str) -> None:
    for value in (True, False, None):
        assert (await post(http, stream=True, stream_options={name: value})).status_code == 200
    error = (await post(http, stream=True, stream_options={name: 1})).json()["error"]
    assert error["param"] == f"stream_options.{name}"


async def test_misspelt_stream_option(http: httpx.AsyncClient) -> None:
    error = (await post(http, stream=True, stream_options={"include_usgae": True})).json()["error"]
    assert error["param"] == "stream_options.include_usgae"
    assert "'include_usage'" in error["message"]


async def test_unknown_fields_are_ignored_and_named(http: httpx.AsyncClient) -> None:
    reply = await post(http, some_new_thing=1, überraschung=2)
    assert reply.status_code == 200
    assert reply.headers["x-llada-ignored-params"] == "some_new_thing,?berraschung"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("step", "steps"),
        ("tempreature", "temperature"),
        ("Max-Token", "max_tokens"),
        ("treshold", "threshold"),
    ],
)
async def test_misspelt_fields_are_refused_with_a_suggestion(
    http: httpx.AsyncClient, name: str, meant: str
) -> None:
    reply = await post(http, **{name: 1})
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "unknown_parameter"
    assert reply.json()["error"]["param"] == name
    assert repr(meant) in reply.json()["error"]["message"]


async def test_misspelt_parameter_of_an_algorithm(http: httpx.AsyncClient) -> None:
    reply = await post(http, algorithm="special", sharpnes=1)
    assert "'sharpness'" in reply.json()["error"]["message"]


async def test_strict_params_refuses_unknown_fields(make_context: MakeContext) -> None:
    async with client_of(make_context(strict_params=True)) as http:
        reply = await post(http, some_new_thing=1)
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "some_new_thing"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"sharpness": "x"}, "algorithm_params.sharpness"),
        ({"nope": 1}, "algorithm_params.nope"),
    ],
)
async def test_bad_algorithm_params(http: httpx.AsyncClient, params: dict[str, Any], param: str) -> None:
    reply = await post(http, algorithm="special", algorithm_params=params)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "invalid_algorithm_params"
    assert reply.json()["error"]["param"] == param


async def test_algorithm_parameter_given_twice(http: httpx.AsyncClient) -> None:
    reply = await post(http, algorithm="special", sharpness=1, algorithm_params={"sharpness": 2})
    assert reply.status_code == 400


async def test_two_names_for_the_algorithm_must_agree(http: httpx.AsyncClient) -> None:
    reply = await post(http, algorithm="basic", generation_algorithm="dual_cache")
    assert reply.status_code == 400
    assert (await post(http, algorithm="basic", generation_algorithm="basic")).status_code == 200


def test_table_can_be_printed() -> None:
    assert markdown().count("\n| `") == len(field_table()) + len(StreamOptions.__struct_fields__)
