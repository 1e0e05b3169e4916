"""Rows with a grammar: complete and valid whatever the model, the rule and the neighbours are."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from llada_core.checkpoints import resolve
from llada_core.engine.engine import Engine, EngineConfig
from llada_core.engine.request import Request, build_request
from llada_core.errors import LladaError, ParameterError, UnavailableError
from llada_core.model import load_model
from llada_core.registry import GenerationRegistry
from llada_core.structure import Structure
from llada_core.structure.grammars import Grammars
from llada_core.tokenizer import Tokenizer

from .conftest import run

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "ok": {"type": "boolean"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


class Demo:
    """The demo checkpoint: engines over it, and its text."""

    def __init__(self, registry: GenerationRegistry) -> None:
        self.registry = registry
        self.folder = resolve("demo")
        self.model = load_model(self.folder, device="cpu", dtype="float32")
        self.tokenizer = Tokenizer(self.folder)
        self.grammars = Grammars(self.folder, self.model.facts)

    def engine(self, **config: Any) -> Engine:
        config = {"max_rows": 8} | config
        return Engine(
            self.model, registry=self.registry, config=EngineConfig(**config), grammars=self.grammars
        )

    def ask(
        self, id: str = "a", structure: Structure | None = None, algorithm: str = "basic", **values: Any
    ) -> Request:
        prompt = self.tokenizer.chat([{"role": "user", "content": f"Say something, {id}."}])
        request, rest = build_request(
            self.registry,
            self.model.facts,
            {"gen_length": 30, "block_length": 16} | values,
            id=id,
            algorithm=algorithm,
            prompt=tuple(prompt),
            structure=structure,
            preview=True,
        )
        assert not rest
        return request

    def text(self, tokens: list[int]) -> str:
        ends = [n for n, token in enumerate(tokens) if token in self.model.facts.end_ids]
        return self.tokenizer.decode(tokens[: ends[0]] if ends else tokens)


@pytest.fixture(scope="module")
def demo(plugins: GenerationRegistry) -> Demo:
    return Demo(plugins)


def test_every_algorithm_and_rule_gives_complete_valid_values(demo: Demo) -> None:
    structure, requests = Structure.json_schema(SCHEMA), []
    rules: list[dict[str, Any]] = [
        {"threshold": 0.0},
        {"threshold": 0.9},
        {"steps": 2},
        {"factor": 2.0},
        {"temperature": 1.5, "threshold": 0.3},
        {"cfg_scale": 0.5, "steps": 6},
        {"remasking": "random", "steps": 5},
        *(
            {"unmasking": rule, "steps": 8}
            for rule in demo.registry.list_rules()
            if rule not in ("threshold", "factor")
        ),
    ]
    for name in demo.registry.list_algorithms():
        for n, rule in enumerate(rules):
            try:
                requests.append(demo.ask(f"{name}-{n}", structure, name, **rule))
            except LladaError:  # a rule that does not go with this algorithm
                continue
    assert {request.algorithm for request in requests} == set(demo.registry.list_algorithms())
    engine = demo.engine()
    refused = set()
    for request in list(requests):
        try:
            engine.add(request)
            engine.cancel(request.id)
        except ParameterError:
            refused.add(request.algorithm)
            requests.remove(request)
    assert refused == {"wino"}
    done = run(engine, *requests)
    assert not done.failed
    for request in requests:
        event = done.finished[request.id]
        assert event.reason == "stop", request
        jsonschema.validate(json.loads(demo.text(event.tokens)), SCHEMA)
        assert done.commits[request.id] == event.tokens
        assert event.nfe <= 30


def test_a_threshold_of_zero_takes_runs_and_one_commits_a_token_a_forward(demo: Demo) -> None:
    structure = Structure.regex("[a-z ]{20,60}")
    careful = run(demo.engine(), demo.ask(structure=structure, threshold=1.0)).finished["a"]
    bold = run(demo.engine(), demo.ask(structure=structure, threshold=0.0)).finished["a"]
    assert bold.nfe <= careful.nfe
    for event in (careful, bold):
        assert re.fullmatch("[a-z ]{20,60}", demo.text(event.tokens))


def test_company_changes_nothing_and_free_rows_share_the_forward(demo: Demo) -> None:
    requests = [
        demo.ask("free", threshold=0.9),
        demo.ask("json", Structure.json_schema(SCHEMA), threshold=0.5),
        demo.ask("choice", Structure.choice(["yes", "no"]), temperature=1.0, seed=4),
        demo.ask("regex", Structure.regex("[0-9]{2,9}"), temperature=1.0, seed=5),
    ]
    alone = {request.id: run(demo.engine(), request).finished[request.id] for request in requests}
    for config in ({}, {"block_steps": True}):
        engine = demo.engine(**config)
        assert run(engine, *requests).finished == alone
        stats = engine.stats()
        assert stats.ticks < sum(event.nfe for event in alone.values())


def test_what_fills_its_room_is_complete_and_what_does_not_fit_is_not(demo: Demo) -> None:
    structure = Structure.choice(["a b c d e f g h"])
    length = demo.grammars.shortest(structure)
    assert length is not None
    full = run(demo.engine(), demo.ask(structure=structure, gen_length=length)).finished["a"]
    assert (full.reason, demo.text(full.tokens[:length]), full.nfe) == ("stop", "a b c d e f g h", 0)
    short = run(demo.engine(), demo.ask(structure=structure, gen_length=length - 1)).finished["a"]
    assert short.reason == "length"


def test_nothing_but_the_end_follows_a_value(demo: Demo) -> None:
    event = run(demo.engine(), demo.ask(structure=Structure.choice(["yes", "no"]))).finished["a"]
    tokens = event.tokens
    first = next(n for n, token in enumerate(tokens) if token in demo.model.facts.end_ids)
    assert all(token in demo.model.facts.end_ids for token in tokens[first:])
    assert demo.text(tokens) in ("yes", "no")


def test_engines_without_grammars_and_bad_structures_say_so(demo: Demo) -> None:
    request = demo.ask(structure=Structure.regex("a"))
    with pytest.raises(UnavailableError, match="no grammars"):
        Engine(demo.model, registry=demo.registry).add(request)
    with pytest.raises(ParameterError, match="no grammar can be made of it"):
        demo.engine().add(demo.ask(structure=Structure.regex("(")))
    with pytest.raises(ParameterError, match="ignore_eos: not together"):
        demo.ask(structure=Structure.regex("a"), ignore_eos=True)
