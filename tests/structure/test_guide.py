"""Guides: whatever is drawn, the text belongs to the language and is complete before its room is used up."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import jsonschema
import pytest

from llada_core.errors import ParameterError
from llada_core.structure import Structure
from llada_core.structure.grammars import Grammars
from llada_core.tokenizer import Tokenizer

from .conftest import FACTS

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {"type": "array", "items": {"enum": ["red", "green"]}, "minItems": 1},
        "home": {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 8}},
            "required": ["city"],
        },
    },
    "required": ["name", "age", "home"],
    "additionalProperties": False,
}
SCHEMAS: dict[str, Any] = {
    "person": PERSON,
    "anything": {},
    "object": {"type": "object"},
    "enum": {"enum": ["a long one of many words", "b", 3, None, {"x": [1]}]},
    "number": {"type": "number", "exclusiveMinimum": 0.25, "maximum": 17},
    "array": {"type": "array", "items": {"type": ["boolean", "null"]}, "minItems": 3, "maxItems": 5},
    "tuple": {
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "minItems": 2,
        "items": False,
        "type": "array",
    },
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
    "length": {"type": "string", "minLength": 3, "maxLength": 6},
    "recursive": {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"next": {"$ref": "#/$defs/node"}, "n": {"type": "integer"}},
                "required": ["n"],
            }
        },
        "$ref": "#/$defs/node",
    },
    "any of": {
        "anyOf": [
            {"type": "string", "minLength": 40},
            {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]},
        ]
    },
    "all of": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
        ]
    },
}


def allowed(mask: Any) -> list[int]:
    return [id for id in range(FACTS.vocab_size) if mask[id >> 3] >> (id & 7) & 1]


def write(grammars: Grammars, structure: Structure, room: int, seed: int) -> tuple[list[int], bool]:
    """A text of tokens drawn at random, a run at a time, and whether it is complete."""
    chance, guide, tokens = random.Random(seed), grammars.guide(structure, room), list[int]()
    while True:
        while forced := guide.forced():
            tokens += forced
        assert len(tokens) + guide.room == room
        if guide.over:
            return tokens, guide.complete
        drawn = chance.choice(allowed(guide.mask()))
        run = [drawn, *(chance.randrange(FACTS.vocab_size) for _ in range(chance.randrange(6)))]
        written = guide.take(run[: chance.randrange(len(run) + 1)], drawn)
        assert written
        tokens += written


@pytest.mark.parametrize("name", SCHEMAS)
def test_whatever_is_drawn_a_reply_validates(grammars: Grammars, folder: Any, name: str) -> None:
    tokenizer, structure = Tokenizer(folder), Structure.json_schema(SCHEMAS[name])
    shortest = grammars.shortest(structure)
    assert shortest is not None
    for seed in range(12):
        room = shortest + (seed % 4) * 7
        tokens, complete = write(grammars, structure, room, seed)
        assert complete
        assert len(tokens) <= room
        ends = [at for at, token in enumerate(tokens) if token in FACTS.end_ids]
        assert ends in ([], [len(tokens) - 1])
        value = json.loads(tokenizer.decode(tokens))
        jsonschema.validate(value, SCHEMAS[name], jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "string", "format": "email"},
        {"type": "string", "format": "uri"},
        {"type": "string", "pattern": "^[^@ ]+@[a-z]+[.][a-z]+$"},
        {"type": "string", "pattern": "^[A-Z][a-z]+ [0-9]{2,4}$"},
        {"type": "number", "exclusiveMinimum": 2, "exclusiveMaximum": 3},
        {"anyOf": [{"type": "integer", "minimum": 777}, {"type": "string", "minLength": 40}]},
    ],
)
def test_a_way_out_is_found_of_values_that_cannot_end_with_any_letter(
    grammars: Grammars, folder: Any, value: Any
) -> None:
    tokenizer = Tokenizer(folder)
    for schema in (
        value,
        {"type": "object", "required": ["a"], "properties": {"b": {"$ref": "#"}, "a": value}},
    ):
        structure = Structure.json_schema(schema)
        shortest = grammars.shortest(structure)
        assert shortest is not None
        for seed in range(6):
            tokens, complete = write(grammars, structure, shortest + 3 * seed, seed)
            assert complete
            jsonschema.validate(
                json.loads(tokenizer.decode([t for t in tokens if t not in FACTS.end_ids])), schema
            )


def test_the_shortest_text_has_no_property_that_nothing_requires(grammars: Grammars, folder: Any) -> None:
    part = {"type": "object", "properties": {"x": {"type": "string"}, "y": {}}, "required": ["y"]}
    names = [f"field_{n}" for n in range(40)]
    schema = {
        "type": "object",
        "properties": dict.fromkeys(names, part),
        "required": names[::10],
        "anyOf": [{}, {"required": names[:1]}],
    }
    least = json.dumps({name: {"y": 0} for name in names[::10]})
    shortest = grammars.shortest(Structure.json_schema(schema))
    assert shortest is not None
    assert shortest <= len(Tokenizer(folder).encode(least))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "allOf": [{"properties": {"a": {"const": 1}}}, {"required": ["a"]}]},
        {"type": "object", "properties": {"b": {"const": 2}}, "required": ["a"]},
    ],
)
def test_what_another_part_requires_stays(grammars: Grammars, folder: Any, schema: Any) -> None:
    structure = Structure.json_schema(schema)
    shortest = grammars.shortest(structure)
    assert shortest is not None
    tokens, complete = write(grammars, structure, shortest, 0)
    assert complete
    value = json.loads(Tokenizer(folder).decode(tokens))
    assert list(value) == ["a"]
    jsonschema.validate(value, schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_without_room_a_reply_is_incomplete(grammars: Grammars, name: str) -> None:
    structure = Structure.json_schema(SCHEMAS[name])
    shortest = grammars.shortest(structure)
    assert shortest is not None
    exact = name != "length"  # whose letters a search cannot try in all combinations
    for seed in range(4 if shortest > 1 and exact else 0):
        tokens, complete = write(grammars, structure, shortest - 1, seed)
        assert not complete
        assert len(tokens) == shortest - 1


@pytest.mark.parametrize(
    ("structure", "pattern"),
    [
        (Structure.regex("[0-9]{3}-[a-z]+"), "[0-9]{3}-[a-z]+"),
        (Structure.regex("(ab|cd)*e?"), "(ab|cd)*e?"),
        (Structure.choice(["yes", "no", "it (may) be*"]), re.escape("it (may) be*") + "|yes|no"),
        (Structure.choice(["ä", "ß\n\t", '"']), 'ä|ß\n\t|"'),
    ],
)
def test_regular_languages(grammars: Grammars, folder: Any, structure: Structure, pattern: str) -> None:
    tokenizer, found = Tokenizer(folder), set()
    for seed in range(20):
        tokens, complete = write(grammars, structure, 24, seed)
        text = tokenizer.decode(tokens)
        assert complete
        assert re.fullmatch(pattern, text)
        found.add(text)
    assert len(found) > 1


def test_scaffold_needs_no_choice(grammars: Grammars, folder: Any) -> None:
    guide = grammars.guide(Structure.json_schema(PERSON), 64)
    assert Tokenizer(folder).decode(guide.forced()).startswith('{"name":')
    assert guide.forced() == []
    assert guide.room < 64


def test_one_of_two_tokens_that_would_leave_no_room_is_not_written(grammars: Grammars, folder: Any) -> None:
    tokenizer = Tokenizer(folder)
    structure = Structure.choice(["a", "aaaaaaaa b"])
    shortest = grammars.shortest(structure)
    assert shortest == 1
    guide = grammars.guide(structure, 1)
    long = tokenizer.encode("aaaaaaaa b")
    assert tokenizer.decode(guide.take(long, long[0])) == "a"
    assert guide.complete


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "object", "properties": {"a/b": {"not": {}}}}, "#/properties/a~1b/not: not supported"),
        ({"anyOf": [{"type": "array", "uniqueItems": True}]}, "#/anyOf/0/uniqueItems: not supported"),
        ({"$defs": {"x": {"if": {}}}}, "#/$defs/x/if: not supported"),
        ({"items": [3]}, "#/items/0: expected an object or a boolean, got 3"),
        (False, "false takes no value"),
        ({"description": "x" * 200_000}, "at most 131072 characters"),
    ],
)
def test_parts_that_no_grammar_is_made_of_are_named(schema: Any, words: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(words)):
        Structure.json_schema(schema)


def test_deep_schemas_are_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(200):
        schema = {"items": schema}
    with pytest.raises(ParameterError, match="at most 64 levels"):
        Structure.json_schema(schema)


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (Structure.json_schema({"type": "string", "format": "colour"}), "Unknown format: colour"),
        (Structure.json_schema({"oneOf": [{"type": "integer"}, {"type": "number"}]}), "oneOf"),
        (Structure.json_schema({"allOf": [{"type": "string"}, {"type": "null"}]}), "Unsatisfiable"),
        (Structure.json_schema({"$ref": "http://example.org/x"}), "example.org"),
        (Structure.regex("(?=a)b"), "look-around"),
        (Structure.regex(r"(a)\1"), "backreferences"),
        (Structure.regex("("), "unclosed group"),
    ],
)
def test_what_the_grammar_engine_refuses_says_why(
    grammars: Grammars, structure: Structure, words: str
) -> None:
    with pytest.raises(ParameterError, match=re.escape(words)):
        grammars.shortest(structure)


def test_choices_and_patterns_have_limits() -> None:
    for call in (
        lambda: Structure.choice([]),
        lambda: Structure.choice(["a", ""]),
        lambda: Structure.choice(["a"] * 1025),
        lambda: Structure.choice(["a" * 70_000]),
        lambda: Structure.regex(""),
        lambda: Structure.regex("a" * 5000),
    ):
        with pytest.raises(ParameterError):
            call()
