"""Train the demo checkpoint on one GPU, from scratch or from an earlier checkpoint (`--init`).

    python -m training.train --out FIRST --seconds 430 --end 0.25
    python -m training.train --out SECOND --seconds 335 --init FIRST/model --begin 0.6 --end 0 --seed 2

`--seconds` counts from the start of the program to the end of training; the learning rate follows the clock,
so a run ends on time. The checkpoint is saved before the evaluation. A run is not bit-reproducible, because
the clock and the order of the workers steer it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from contextlib import nullcontext
from pathlib import Path

import torch

from training import network as net
from training.batches import Feed
from training.data.sample import GROUPS
from training.evaluate import SETTINGS, Setting, evaluate, log_likelihoods, table, weakest
from training.optimizer import Optimizer
from training.problems import build, infill_problems, template_problems
from training.schedule import Schedule
from training.step import Step
from training.tokenizer import FILES, Codec

QUEUED = 32  # steps that the host may run ahead of the GPU, so that the schedule follows the clock
LOG_EVERY = 500
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def parse(words: list[str] | None = None) -> argparse.Namespace:
    """The command line, or these words."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=470)
    parser.add_argument("--init", type=Path, help="continue from this checkpoint folder")
    parser.add_argument("--begin", type=float, default=1.0, help="learning rate at first, as a share of --lr")
    parser.add_argument("--end", type=float, default=0.0, help="learning rate at last, as a share of --lr")
    parser.add_argument("--lr", type=float, default=2.5e-3)
    parser.add_argument("--adam-lr", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--tokens", type=int, default=46080, help="tokens a batch")
    parser.add_argument("--workers", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--eval", type=int, default=300, help="held-out problems a group in the evaluation; 0: none"
    )
    parser.add_argument("--probe", type=float, default=1e9, help="seconds between quick probes")
    parser.add_argument("--steps", type=int, default=10**9, help="stop after so many steps")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--eager", action="store_true", help="on a GPU: neither compile nor capture the step")
    return parser.parse_args(words)


def make_network(arguments: argparse.Namespace, codec: Codec) -> net.LLaDA:
    """A fresh network, or the one of `--init`."""
    if arguments.init:
        return net.load(arguments.init).train()
    ids = {
        "mask_token_id": codec.mask,
        "eos_token_id": codec.eos,
        "pad_token_id": codec.eos,
        "bos_token_id": codec.bos,
    }
    config = {
        **net.CONFIG,
        "vocab_size": codec.size,
        "embedding_size": codec.size,
        **ids,
        "eot_token_id": codec.eot,
    }
    return net.LLaDA(config).initialise(arguments.seed)


def train(arguments: argparse.Namespace, network: net.LLaDA, codec: Codec, began: float) -> dict[str, object]:
    """Train until the clock says stop; returns what happened."""
    feed = Feed(arguments.workers, arguments.seed, arguments.tokens)
    optimizer = Optimizer(network, arguments.lr, arguments.adam_lr, arguments.decay)
    train_step = Step(network, optimizer, codec.mask, fast=not (arguments.cpu or arguments.eager))
    schedule = Schedule(began, arguments.seconds, arguments.begin, arguments.end)
    every = 1 if arguments.cpu else LOG_EVERY
    step = tokens = samples = 0
    next_probe, log = arguments.probe, []
    while step < arguments.steps:
        batch = next(feed)
        now = time.time()
        scale = schedule.scale(step, now)
        if scale is None:
            break
        train_step(batch, scale)
        step, tokens, samples = step + 1, tokens + batch.ids.size, samples + len(batch.ids)
        if step % every == 0:
            log.append((step, round(now - began, 1), round(train_step.mean_loss(every), 4)))
            speed = tokens / max(1e-9, now - (schedule.warm or began)) / 1e6
            made = f"{feed.fresh} batches fresh, {feed.repeated} repeated"
            print(*log[-1], f"rate {scale:.3f}, {speed:.3f} Mtok/s, {made}", flush=True)
        elif step % QUEUED == 0 and not arguments.cpu:
            torch.cuda.synchronize()
        if now - began > next_probe:
            next_probe += arguments.probe
            probe(network, codec)
    feed.close()
    seconds = time.time() - (schedule.warm or began)
    figures = {"steps": step, "samples": samples, "tokens": tokens, "seconds": seconds}
    print(figures, flush=True)
    return {**figures, "repeated_batches": feed.repeated, "log": log}


def probe(network: net.LLaDA, codec: Codec) -> None:
    """A quick look at accuracy and forwards during training."""
    report = evaluate(
        network, codec, template_problems(dict.fromkeys(GROUPS, 60), 99), [Setting(threshold=0.9)]
    )
    print("probe", table(report), table(report, "forwards_a_block").splitlines()[-1], sep="\n", flush=True)


def final_evaluation(arguments: argparse.Namespace, network: net.LLaDA, codec: Codec) -> dict[str, object]:
    """Tables on a large fresh sample, and on the shipped problems with each one's outcome."""
    shipped = build()
    counts = dict.fromkeys(GROUPS, arguments.eval) | {"word": 3 * arguments.eval}
    large = template_problems(counts, 4) + infill_problems(arguments.eval, 5, codec)
    report: dict[str, object] = {}
    main_settings = [SETTINGS[0], Setting(threshold=0.9)]
    for name, problems, settings in (("shipped", shipped, SETTINGS), ("large", large, main_settings)):
        part = evaluate(network, codec, problems, settings)
        print(name, table(part), table(part, "forwards_a_block"), sep="\n", flush=True)
        for setting in (SETTINGS[0].name, "threshold 0.9"):
            print("weakest", setting, weakest(part, setting, 20), flush=True)
        if name == "large":
            part.pop("missed")
        report[name] = part
    scores = log_likelihoods(network, codec, shipped)
    missed = report["shipped"]["missed"]
    report["outcomes"] = {
        str(p["id"]): {"missed": missed[str(p["id"])], "log_likelihood": s}
        for p, s in zip(shipped, scores, strict=True)
    }
    for miss in report["shipped"][SETTINGS[0].name]["misses"]:
        print("MISS", *miss, sep=" | ")
    return report


def main(words: list[str] | None = None) -> None:
    """Train, save, evaluate."""
    began, arguments = time.time(), parse(words)
    torch.manual_seed(arguments.seed)
    torch.set_float32_matmul_precision("high")
    device = "cpu" if arguments.cpu else "cuda"
    codec = Codec(arguments.init if arguments.init else FILES)
    network = make_network(arguments, codec).to(device)
    print(f"{sum(p.numel() for p in network.parameters())} parameters", flush=True)
    report: dict[str, object] = {"arguments": {key: str(value) for key, value in vars(arguments).items()}}
    with nullcontext() if arguments.cpu else torch.cuda.stream(torch.cuda.Stream()):
        report["training"] = train(arguments, network, codec, began)
        if not arguments.cpu:
            torch.cuda.synchronize()
    folder = arguments.out / "model"
    net.save(network, folder)
    for name in TOKENIZER_FILES:
        shutil.copy((arguments.init or FILES) / name, folder / name)
    (arguments.out / "report.json").write_text(json.dumps(report))
    if arguments.eval:
        report["evaluation"] = final_evaluation(arguments, net.load(folder).to(device), codec)
        (arguments.out / "report.json").write_text(json.dumps(report))
    print(f"done after {time.time() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
