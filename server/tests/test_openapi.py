"""The OpenAPI document says what the server does, and its page loads nothing from elsewhere."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from llada_server.app import create_litestar
from llada_server.context import Context
from llada_server.field_table import field_table
from llada_server.fields import ENDPOINTS

from .fake_engine import FakeEngine
from .test_fields import BODIES, PATHS, tried

pytestmark = pytest.mark.anyio

KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


class Schemas:
    """The part of JSON Schema that the document uses, checked the obvious way."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.named = document["components"]["schemas"]

    def fits(self, value: Any, rule: dict[str, Any]) -> bool:
        if "$ref" in rule:
            return self.fits(value, self.named[rule["$ref"].removeprefix("#/components/schemas/")])
        if "anyOf" in rule and not any(self.fits(value, each) for each in rule["anyOf"]):
            return False
        if "oneOf" in rule and sum(self.fits(value, each) for each in rule["oneOf"]) != 1:
            return False
        if "enum" in rule and value not in rule["enum"]:
            return False
        if "type" in rule and not self._is(value, rule["type"]):
            return False
        if isinstance(value, dict):
            return set(rule.get("required", ())) <= set(value) and all(
                self.fits(value[name], each)
                for name, each in rule.get("properties", {}).items()
                if name in value
            )
        if isinstance(value, list):
            if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", 10**9):
                return False
            first = rule.get("prefixItems", [])
            rules = first + [rule.get("items", {})] * (len(value) - len(first))
            return all(map(self.fits, value, rules))
        if isinstance(value, str):
            return rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 10**9)
        if value is None or isinstance(value, bool):
            return True
        above = rule.get("minimum", value) <= value and rule.get("exclusiveMinimum", value - 1) < value
        return above and value <= rule.get("maximum", value)

    def _is(self, value: Any, kind: str) -> bool:
        if isinstance(value, bool) and kind != "boolean":
            return False
        if kind == "integer" and isinstance(value, float):
            return value.is_integer()
        return isinstance(value, KINDS[kind])


@pytest.fixture
async def document(http: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get("/openapi.json")).json()
    return found


async def test_every_route_is_there_once(document: dict[str, Any], context: Context) -> None:
    expected = {
        (re.sub(r":\w+}", "}", route.path), method.lower())
        for route in create_litestar(context).routes
        for method in set(route.methods) - {"OPTIONS"}
    }
    found = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert found == expected
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert all(operation["summary"].endswith(".") for operation in operations)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = [parameter["name"] for parameter in operation.get("parameters", ())]
            assert named == re.findall(r"\{(\w+)\}", path)


async def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert references
    assert references <= set(document["components"]["schemas"])


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
async def test_request_schema_takes_what_the_server_takes(document: dict[str, Any], endpoint: Any) -> None:
    schemas, name = Schemas(document), endpoint.body.__name__
    fields = set(schemas.named[name]["properties"])
    assert fields == endpoint.accepted
    for row in field_table():
        if row.use == "implemented" and endpoint.name in row.endpoints:
            for value in tried(endpoint.name, row.name)[0]:
                body = BODIES[endpoint.name] | {row.name: value}
                assert schemas.fits(body, {"$ref": f"#/components/schemas/{name}"}), (row.name, value)


@pytest.mark.parametrize(
    ("at", "fields"),
    [
        ("chat", {"temperature": 3}),
        ("chat", {"messages": []}),
        ("chat", {"messages": [{"role": "pirate", "content": "x"}]}),
        ("completions", {"prompt": [1.5]}),
        ("completions", {"n": 129}),
        ("completions", {"stream": 1}),
    ],
)
async def test_request_schema_refuses_what_the_server_refuses(
    document: dict[str, Any], http: httpx.AsyncClient, at: str, fields: dict[str, Any]
) -> None:
    body = BODIES[at] | fields
    assert (await http.post(PATHS[at], json=body)).status_code == 400
    schema = document["paths"][PATHS[at]]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert not Schemas(document).fits(body, schema)


@pytest.mark.parametrize(
    ("path", "body", "fits"),
    [
        ("tokenize", {"prompt": "a"}, True),
        ("tokenize", {"prompt": "a", "messages": None, "model": None, "add_special_tokens": None}, True),
        ("tokenize", {"messages": [{"role": "user", "content": "x"}], "prompt": None}, True),
        ("tokenize", {}, False),
        ("tokenize", {"prompt": "a", "messages": [{"role": "user", "content": "x"}]}, False),
        ("tokenize", {"prompt": "a", "add_special_tokens": True}, False),
        ("tokenize", {"prompt": "a", "add_generation_prompt": False}, False),
        ("detokenize", {"tokens": []}, True),
        ("detokenize", {"tokens": [1, 2.0], "model": None}, True),
        ("detokenize", {"tokens": [-1]}, False),
        ("detokenize", {"tokens": None}, False),
    ],
)
async def test_schemas_of_tokens(
    document: dict[str, Any], http: httpx.AsyncClient, path: str, body: dict[str, Any], fits: bool
) -> None:
    operation = document["paths"][f"/v1/{path}"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert Schemas(document).fits(body, schema) is fits
    assert (await http.post(f"/v1/{path}", json=body)).status_code == (200 if fits else 400)


@pytest.mark.parametrize("at", ["chat", "completions"])
async def test_replies_fit(
    document: dict[str, Any], http: httpx.AsyncClient, engine: FakeEngine, at: str
) -> None:
    schemas, operation = Schemas(document), document["paths"][PATHS[at]]["post"]
    content = operation["responses"]["200"]["content"]
    reply = await http.post(PATHS[at], json=BODIES[at] | {"n": 2})
    assert schemas.fits(reply.json(), content["application/json"]["schema"])
    assert not schemas.fits({"id": "x"}, content["application/json"]["schema"])

    options = {"include_usage": True, "include_canvas": True}
    stream = await http.post(PATHS[at], json=BODIES[at] | {"stream": True, "stream_options": options})
    events = [line.removeprefix("data: ") for line in stream.text.split("\n\n")[:-2]]
    event, last = content["text/event-stream"]["schema"]["properties"]["data"]["anyOf"]
    event_schema = event["contentSchema"]
    assert stream.text.endswith(f"data: {last['const']}\n\n")
    assert len(events) > 3
    for event in events:
        assert schemas.fits(json.loads(event), event_schema), event

    bad = await http.post(PATHS[at], json={})
    error = operation["responses"]["default"]["content"]["application/json"]["schema"]
    assert schemas.fits(bad.json(), error)


async def test_page(document: dict[str, Any], http: httpx.AsyncClient) -> None:
    reply = await http.get("/docs")
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(reply.text)
    assert not {"script", "img", "iframe", "link"} & {tag for tag, _ in seen}
    links = {attributes["href"] or "" for tag, attributes in seen if tag == "a"}
    ids = {attributes["id"] for _, attributes in seen if "id" in attributes}
    assert links - {"/openapi.json"} <= {f"#{name}" for name in ids}
    assert ids == set(document["components"]["schemas"])
    assert "<td><code>suffix</code><td>string<td>null<td>Text behind" in reply.text
    assert all(f" {path}</code>" in reply.text for path in document["paths"])
