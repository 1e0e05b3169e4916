"""Structured output over a vocabulary as wide as LLaDA-8B's: what tables, grammars and masks cost.

    python benchmarks/cpu/wide_vocabulary.py --folder /tmp/wide --out wide.json

LLaDA-8B's own tokenizer need not be there: a byte-level BPE of as many tokens is trained on the text files of
the installed packages, and written in the published layout, with LLaDA's special tokens at their ids. Built
once, in minutes; it stays in `--folder`.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sysconfig
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from llada_core.errors import LladaError
from llada_core.facts import ModelFacts
from llada_core.structure import Structure
from llada_core.structure.checker import Checker
from llada_core.structure.grammars import Grammars
from llada_core.structure.guide import Guide

FACTS = ModelFacts(
    mask_id=126336, end_ids=(126081, 126348), context_length=4096, vocab_size=126464, n_layers=32
)
ORDINARY = 126080
NAMED = {
    126080: "<|startoftext|>",
    126081: "<|endoftext|>",
    126082: "[CLS]",
    126083: "[gMASK]",
    126336: "<|mdm_mask|>",
    126340: "<role>",
    126341: "</role>",
    126346: "<|start_header_id|>",
    126347: "<|end_header_id|>",
    126348: "<|eot_id|>",
}
WORDS = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
KINDS = {".py", ".pyi", ".md", ".txt", ".rst", ".json", ".h", ".html", ".js", ".po", ".yaml", ".yml", ".xml"}
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "likes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "age", "likes"],
    "additionalProperties": False,
}
STRUCTURES = {
    "person": Structure.json_schema(PERSON),
    "any object": Structure.json_object(),
    "100 properties": Structure.json_schema(
        {
            "type": "object",
            "properties": {f"field_{n}": PERSON | {"title": str(n)} for n in range(100)},
            "required": [f"field_{n}" for n in range(0, 100, 10)],
        }
    ),
    "enumeration of 500": Structure.json_schema({"enum": [f"value {n * n}" for n in range(500)]}),
    "pattern in a string": Structure.json_schema({"type": "string", "pattern": "^[A-Z][a-z]+ [0-9]{2,4}$"}),
    "date": Structure.json_schema({"type": "string", "format": "date-time"}),
    "choice of 1000": Structure.choice([f"the answer is {n}" for n in range(1000)]),
    "regex": Structure.regex(r"([a-z]+ ){3,12}[0-9]+\."),
}


def build_tokenizer(folder: Path, megabytes: int) -> float:
    """Train it unless it is there; seconds that this took."""
    begin = time.perf_counter()
    if (folder / "tokenizer.json").exists():
        return 0.0
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=ORDINARY, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts(megabytes * 2**20), trainer)
    if tokenizer.get_vocab_size() != ORDINARY:
        raise SystemExit(f"the text gave {tokenizer.get_vocab_size()} tokens only; raise --megabytes")
    tokenizer.add_special_tokens(
        [
            AddedToken(NAMED.get(id, f"<|reserved_token_{id - 126084}|>"), special=True, normalized=False)
            for id in range(ORDINARY, 126349)
        ]
    )
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return time.perf_counter() - begin


def texts(most: int) -> Iterator[str]:
    """The installed packages' text files, in random order, the same each time; of each the beginning."""
    paths = sysconfig.get_paths()
    files = [
        file
        for root in dict.fromkeys((paths["stdlib"], paths["purelib"]))
        for file in Path(root).rglob("*")
        if file.suffix in KINDS and file.is_file()
    ]
    random.Random(3).shuffle(files := sorted(set(files)))
    read = 0
    for file in files:
        text = file.read_text(encoding="utf-8", errors="ignore")[:200_000]
        read += len(text)
        if read > most:
            return
        yield text


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this process's CPU time, whatever else the machine is busy with."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def resident() -> float:
    """MiB of this process that lie in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def walk(guide: Guide, chance: random.Random, times: dict[str, list[float]]) -> None:
    """Write a text of tokens drawn at random, timing each call."""
    while True:
        while True:
            seconds, forced = timed(guide.forced)
            times["forced"].append(seconds)
            if not forced:
                break
        if guide.over:
            return
        seconds, mask = timed(guide.mask)
        times["mask"].append(seconds)
        allowed = np.flatnonzero(np.unpackbits(mask, bitorder="little")[: FACTS.vocab_size])
        drawn = int(allowed[chance.randrange(len(allowed))])
        seconds, _ = timed(partial(guide.take, [drawn], drawn))
        times["take"].append(seconds)


def spread(seconds: list[float]) -> dict[str, float]:
    """Microseconds."""
    ordered = sorted(seconds)
    return {
        "calls": len(ordered),
        "median_us": round(1e6 * statistics.median(ordered), 1),
        "p99_us": round(1e6 * ordered[int(len(ordered) * 0.99)], 1),
        "most_us": round(1e6 * ordered[-1], 1),
    }


def measure(grammars: Grammars, structure: Structure) -> dict[str, Any]:
    seconds, shortest = timed(lambda: grammars.shortest(structure))
    times: dict[str, list[float]] = {"mask": [], "take": [], "forced": []}
    for seed in range(12):
        walk(grammars.guide(structure, (shortest or 8) + 8 * seed), random.Random(seed), times)
    return {"compile_ms": round(1e3 * seconds, 1), "shortest": shortest} | {
        name: spread(found) for name, found in times.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the tokenizer is, or is to be")
    parser.add_argument("--megabytes", type=int, default=200, help="text that it is trained on")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    built = build_tokenizer(args.folder, args.megabytes)
    result: dict[str, Any] = {"built_s": round(built, 1), "vocab": FACTS.vocab_size}
    before, grammars = resident(), Grammars(args.folder, FACTS)
    seconds, _ = timed(grammars.load)
    result["table"] = {"s": round(seconds, 2), "mib": round(resident() - before, 1)}
    for name, structure in STRUCTURES.items():
        try:
            result[name] = measure(grammars, structure)
        except LladaError as error:
            result[name] = {"refused": str(error)}
        print(name, result[name], flush=True)
    result["all_mib"] = round(resident() - before, 1)
    checker, waited = Checker(args.folder, FACTS), {}
    for name, structure in STRUCTURES.items():
        begin = time.perf_counter()
        found = answer(checker, structure)
        waited[name] = {"ms": round(1e3 * (time.perf_counter() - begin), 1), "shortest": found}
    checker.close()
    result["checker, the first with its start"] = waited
    args.out.write_text(json.dumps(result, indent=1))
    print(json.dumps({name: result[name] for name in result if name not in STRUCTURES}))


def answer(checker: Checker, structure: Structure) -> int | str | None:
    try:
        return checker.check(structure)
    except LladaError as error:
        return str(error)


if __name__ == "__main__":
    main()
