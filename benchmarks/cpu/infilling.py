"""Infilling on the demo checkpoint: exact match of filled spans against held-out text.

    python benchmarks/cpu/infilling.py --out infilling.json

`one hole` are the demo's held-out infilling problems: a reply with a hole, in its words before and behind.
`two holes` cut two spans of one to three words out of held-out worked replies, whose numbers the prompt
determines; each hole has `--spare` positions more than its text needs.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

import llada_demo
from llada_core.session import Ask, Hole, Session

ALGORITHMS = ("basic", "prefix_cache", "dual_cache")


def one_hole(problems: list[dict[str, Any]]) -> list[tuple[Ask, list[str]]]:
    return [
        (
            Ask(p["prompt"], template=[p["prefix"], Hole(p["hole_tokens"]), p["suffix"]]),
            [p["reference"]],
        )
        for p in problems
        if p["group"] == "infill"
    ]


def two_holes(
    problems: list[dict[str, Any]], session: Session, most: int, spare: int
) -> list[tuple[Ask, list[str]]]:
    chance, found = random.Random(11), []
    for p in problems:
        if p["group"] not in ("word", "arithmetic") or len(found) == most:
            continue
        words = re.findall(r"\s*\S+", p["reference"])
        if len(words) < 8:
            continue
        sizes = [chance.randint(1, 3), chance.randint(1, 3)]
        first = chance.randrange(1, len(words) // 2 - sizes[0] + 1)
        second = chance.randrange(len(words) // 2 + 1, len(words) - sizes[1] + 1)
        cuts = [0, first, first + sizes[0], second, second + sizes[1], len(words)]
        texts = ["".join(words[a:b]) for a, b in pairwise(cuts)]
        holes = [Hole(len(session.tokenizer.encode(text)) + spare) for text in texts[1::2]]
        template = [texts[0], holes[0], texts[2], holes[1], texts[4]]
        found.append((Ask(p["prompt"], template=template), texts[1::2]))
    return found


def measure(session: Session, cases: list[tuple[Ask, list[str]]], **how: Any) -> dict[str, Any]:
    asks = [
        Ask(ask.prompt, how["algorithm"], {"threshold": how["threshold"]}, template=ask.template,
            together=how["together"])
        for ask, _ in cases
    ]  # fmt: skip
    replies = session.replies(asks)
    pairs = [
        (fill.text.strip() == text.strip())
        for reply, (_, texts) in zip(replies, cases, strict=True)
        for fill, text in zip(reply.holes.values(), texts, strict=True)
    ]
    return how | {
        "spans": len(pairs),
        "exact": sum(pairs),
        "percent": round(100 * sum(pairs) / len(pairs), 1),
        "forwards_a_reply": round(sum(reply.nfe for reply in replies) / len(replies), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--two", type=int, default=150, help="replies with two holes")
    parser.add_argument("--spare", type=int, default=4, help="positions that each of two holes has too many")
    parser.add_argument("--only", choices=("one hole", "two holes"), help="one of the tasks; default: both")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    session = Session.load("demo", device="cpu", max_rows=16)
    lines = llada_demo.problems().read_text(encoding="utf-8").strip().split("\n")
    problems = [json.loads(line) for line in lines]
    found = []
    for name, cases, orders in (
        ("one hole", one_hole(problems), (False,)),
        ("two holes", two_holes(problems, session, args.two, args.spare), (False, True)),
    ):
        if args.only not in (None, name):
            continue
        for together in orders:
            for algorithm in ALGORITHMS:
                for threshold in (None, 0.9):
                    how = {"algorithm": algorithm, "threshold": threshold, "together": together}
                    found.append({"task": name} | measure(session, cases, **how))
                    print(found[-1], flush=True)
                    args.out.write_text(json.dumps({"torch": torch.__version__, "runs": found}, indent=1))


if __name__ == "__main__":
    main()
