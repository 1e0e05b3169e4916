"""Accuracy and forwards of a checkpoint on held-out problems, for several ways of decoding.

    python -m training.evaluate CHECKPOINT --problems PROBLEMS.jsonl --out report.json

A reply is judged as `llada_demo.scoring` says. In an infill problem the reply is the hole's text, without end
tokens.
"""

from __future__ import annotations

import argparse
import collections
import json
import time
from pathlib import Path

import torch

from llada_demo.scoring import is_right
from training import network as net
from training.decoding import Setting, decode
from training.problems import Problem, read
from training.tokenizer import Codec

SETTINGS = [
    Setting(),
    Setting(per_step=2),
    Setting(per_step=4),
    Setting(threshold=0.9),
    Setting(threshold=0.7),
]


def _autocast(network: net.LLaDA) -> torch.autocast:
    on_gpu = next(network.parameters()).is_cuda
    return torch.autocast("cuda" if on_gpu else "cpu", torch.bfloat16, enabled=on_gpu)


def replies(
    network: net.LLaDA,
    codec: Codec,
    problems: list[Problem],
    setting: Setting,
    rows: int = 1024,
    seed: int = 0,
) -> list[tuple[str, int]]:
    """For each problem the reply's text (a hole's text for infilling) and the forwards it took."""
    order: dict[tuple[bool, int], list[int]] = collections.defaultdict(list)
    for i, problem in enumerate(problems):
        hole = "prefix" in problem
        order[hole, int(problem["hole_tokens"] if hole else problem["gen_length"])].append(i)
    out: list[tuple[str, int]] = [("", 0)] * len(problems)
    with _autocast(network):
        for (hole, length), members in order.items():
            for at in range(0, len(members), rows):
                part = members[at : at + rows]
                prompts = [codec.prompt([("user", str(problems[i]["prompt"]))]) for i in part]
                tails = None
                if hole:
                    prompts = [
                        p + codec.encode(str(problems[i]["prefix"]))
                        for p, i in zip(prompts, part, strict=True)
                    ]
                    tails = [codec.encode(str(problems[i]["suffix"])) for i in part]
                ids, forwards = decode(network, prompts, length, setting, codec.mask, codec.eos, tails, seed)
                text = codec.hole if hole else codec.reply
                for i, row, count in zip(part, ids.tolist(), forwards.tolist(), strict=True):
                    out[i] = (text(row), count)
    return out


def judge(problem: Problem, text: str) -> bool:
    """Whether the text is a right reply to the problem."""
    return is_right(
        text,
        str(problem["match"]),
        str(problem["reference"]),
        problem.get("accept", ()),
        problem.get("pattern"),
    )


@torch.no_grad()
def log_likelihoods(network: net.LLaDA, codec: Codec, problems: list[Problem]) -> list[float]:
    """Mean log-likelihood a token of each reference in one forward, all of its tokens masked."""
    found = []
    device = next(network.parameters()).device
    with _autocast(network):
        for problem in problems:
            prompt = codec.prompt([("user", str(problem["prompt"]))]) + codec.encode(
                str(problem.get("prefix", ""))
            )
            target = codec.encode(str(problem["reference"]))
            tail = codec.encode(str(problem["suffix"])) if "suffix" in problem else [codec.eot]
            ids = torch.tensor([prompt + [codec.mask] * len(target) + tail], device=device)
            logits = network(ids)[0, len(prompt) : len(prompt) + len(target)].float()
            scores = logits.log_softmax(-1).gather(1, torch.tensor(target, device=device)[:, None])
            found.append(float(scores.mean()))
    return found


def evaluate(
    network: net.LLaDA, codec: Codec, problems: list[Problem], settings: list[Setting], rows: int = 1024
) -> dict[str, object]:
    """For every setting accuracy and forwards a block of 32, by group and task, and the misses.

    Under `missed` the share of the settings that missed each problem.
    """
    report: dict[str, object] = {}
    missed = collections.Counter()
    for setting in settings:
        began = time.time()
        answers = replies(network, codec, problems, setting, rows)
        right: dict[str, list[bool]] = collections.defaultdict(list)
        passes: dict[str, list[float]] = collections.defaultdict(list)
        misses = []
        for problem, (text, forwards) in zip(problems, answers, strict=True):
            good = judge(problem, text)
            missed[problem["id"]] += not good
            for key in (str(problem["group"]), f"{problem['group']}/{problem['task']}"):
                right[key].append(good)
                length = int(problem.get("hole_tokens", problem["gen_length"]))
                passes[key].append(forwards / max(1, -(-length // 32)))
            if not good:
                misses.append([problem["id"], problem["prompt"], problem["reference"], text])
        report[setting.name] = {
            "accuracy": {key: sum(values) / len(values) for key, values in right.items()},
            "problems": {key: len(values) for key, values in right.items()},
            "forwards_a_block": {key: sum(values) / len(values) for key, values in passes.items()},
            "misses": misses,
            "seconds": time.time() - began,
        }
    report["missed"] = {str(p["id"]): missed[p["id"]] / len(settings) for p in problems}
    return report


def table(report: dict[str, object], what: str = "accuracy") -> str:
    """A Markdown table of one figure, groups as columns."""
    settings = [name for name in report if name != "missed"]
    groups = [key for key in report[settings[0]][what] if "/" not in key]
    counts = report[settings[0]]["problems"]
    lines = [
        "| setting | " + " | ".join(f"{g} ({counts[g]})" for g in groups) + " |",
        "|---" * (len(groups) + 1) + "|",
    ]
    for name in settings:
        shown = [report[name][what][g] for g in groups]
        cells = [f"{100 * value:.1f}" if what == "accuracy" else f"{value:.1f}" for value in shown]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def weakest(report: dict[str, object], setting: str, count: int = 25) -> list[tuple[str, float, int]]:
    """The tasks with the lowest accuracy: name, accuracy, number of problems."""
    part = report[setting]
    tasks = [
        (key, round(value, 3), part["problems"][key]) for key, value in part["accuracy"].items() if "/" in key
    ]
    return sorted(tasks, key=lambda row: row[1])[:count]


def main() -> None:
    """Evaluate a checkpoint and print its tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--problems", type=Path, required=True)
    parser.add_argument("--group", help="only this group")
    parser.add_argument("--quick", action="store_true", help="only threshold 0.9")
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--show", type=int, default=0, help="print so many misses a setting")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, codec = net.load(arguments.checkpoint).to(device), Codec(arguments.checkpoint)
    problems = [p for p in read(arguments.problems) if arguments.group in (None, p["group"])]
    settings = [Setting(threshold=0.9)] if arguments.quick else SETTINGS
    report = evaluate(network, codec, problems, settings, arguments.rows)
    print(table(report), "\n\nForwards a block of 32:\n", table(report, "forwards_a_block"), sep="\n")
    for setting in settings:
        for miss in report[setting.name]["misses"][: arguments.show]:
            print(setting.name, *miss, sep=" | ")
    if arguments.out:
        arguments.out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
