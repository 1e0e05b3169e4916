"""The held-out problems: prompts that no training run sees, with references and the way to judge a reply.

    python -m training.problems --out problems.jsonl --report report.json

Template prompts come from the held-out twenty-fifth of all prompts; those of `sets/` were written by hand.
`--report`, written by `training.train`, fills in each problem's difficulty.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

from training.data import talk, unknown
from training.data.aside import SETS
from training.data.sample import Sample, draw
from training.tokenizer import Codec

COUNTS = {
    "word": 140,
    "arithmetic": 100,
    "string": 120,
    "units": 90,
    "json": 80,
    "talk": 80,
    "unknown": 70,
    "open": 90,
}
INFILLS = 110
Problem = dict[str, object]


def from_sample(identity: str, sample: Sample) -> Problem:
    """The record of a template prompt."""
    record: Problem = {
        "id": identity,
        "group": sample.group,
        "task": sample.task,
        "prompt": sample.prompt,
        "reference": sample.response,
        "match": sample.match,
    }
    if sample.accept:
        record["accept"] = list(sample.accept)
    if sample.make_pattern is not None:
        record["pattern"] = sample.make_pattern()
    record["gen_length"] = sample.gen_length
    return record


def template_problems(counts: dict[str, int], seed: int) -> list[Problem]:
    """So many held-out template problems of each group, no prompt twice."""
    rng, found, seen = Random(seed), [], set()
    for group, count in counts.items():
        kept = 0
        while kept < count:
            sample = draw(rng, group, held_out=True)
            if sample.prompt.lower() in seen:
                continue
            seen.add(sample.prompt.lower())
            kept += 1
            found.append(from_sample(f"{group}-{kept:03d}", sample))
    return found


def infill_problems(count: int, seed: int, codec: Codec) -> list[Problem]:
    """Replies of held-out prompts with a hole; half of the holes are longer than their text."""
    rng, found = Random(seed), []
    while len(found) < count:
        group = rng.choices(("word", "arithmetic", "string", "units", "json", "talk"), (8, 3, 3, 3, 2, 2))[0]
        sample = draw(rng, group, held_out=True)
        if sample.match in ("any_of", "pattern"):
            continue
        ids = codec.encode(sample.response)
        if len(ids) < 5:
            continue
        begin = rng.randrange(len(ids) - 1)
        size = rng.randint(1, min(12, len(ids) - begin))
        cut = [
            codec.tokenizer.decode(part, skip_special_tokens=False)
            for part in (ids[:begin], ids[begin : begin + size], ids[begin + size :])
        ]
        if [i for text in cut for i in codec.encode(text)] != ids or not cut[1].strip():
            continue
        padding = 0 if rng.random() < 0.5 else rng.randint(1, 8)
        record = from_sample(f"infill-{len(found) + 1:03d}", sample)
        record |= {
            "group": "infill",
            "task": f"{group}/{sample.task}",
            "reference": cut[1],
            "match": "exact",
            "gen_length": 32,
        }
        record |= {"prefix": cut[0], "suffix": cut[2], "hole_tokens": size + padding}
        found.append(record)
    return found


def written_problems(group: str) -> list[Problem]:
    """The problems written by hand in `sets/<group>.jsonl`."""
    found = []
    for line in (SETS / f"{group}.jsonl").read_text(encoding="utf-8").splitlines():
        written = json.loads(line)
        kind, answer = written["kind"], written["answer"]
        record: Problem = {
            "id": written["id"],
            "group": group,
            "task": kind,
            "prompt": written["prompt"],
        }
        if kind in ("talk", "unknown"):
            reply = unknown.REPLY if kind == "unknown" else talk.REPLIES[answer][0]
            record |= {"reference": reply, "match": "any_of", "accept": [reply]}
        else:
            match = {"json": "json", "infill": "exact"}.get(kind, "final_answer")
            record |= {"reference": answer, "match": match}
        record["gen_length"] = 64
        if kind == "infill":
            record |= {
                "gen_length": 32,
                "prefix": written["prefix"],
                "suffix": written["suffix"],
                "hole_tokens": written["hole_tokens"],
            }
        found.append(record)
    return found


def build(seed: int = 20) -> list[Problem]:
    """All problems, without difficulties."""
    drawn = template_problems(COUNTS, seed) + infill_problems(INFILLS, seed + 1, Codec())
    return drawn + written_problems("handwritten") + written_problems("blind")


def with_difficulty(problems: list[Problem], outcomes: dict[str, dict[str, float]]) -> list[Problem]:
    """Problems with a difficulty from 1 to 4: quarters of each group's order by misses, then by likelihood.

    `outcomes` maps an id to `missed` (share of decoding settings that missed it) and `log_likelihood` (mean
    of the reference's tokens under a fully masked reply).
    """
    by_group: dict[object, list[Problem]] = {}
    for problem in problems:
        by_group.setdefault(problem["group"], []).append(problem)
    for members in by_group.values():
        order = sorted(
            members,
            key=lambda p: (outcomes[str(p["id"])]["missed"], -outcomes[str(p["id"])]["log_likelihood"]),
        )
        for rank, problem in enumerate(order):
            problem["difficulty"] = 1 + 4 * rank // len(order)
    return problems


def write(problems: list[Problem], path: Path) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in problems), encoding="utf-8")


def read(path: Path) -> list[Problem]:
    """The problems of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Write the problems file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    problems = build()
    if arguments.report:
        report = json.loads(arguments.report.read_text())
        problems = with_difficulty(problems, report["evaluation"]["outcomes"])
    write(problems, arguments.out)
    print(f"{len(problems)} problems, {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
