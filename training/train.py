"""Train the demo checkpoint on one GPU, from scratch or from an earlier checkpoint (`--init`).

    python -m training.train --out OUT --seconds 470 --end 0.15
    python -m training.train --out OUT --seconds 470 --init OUT/model --begin 0.6 --end 0

`--seconds` counts from the start of the program to the end of training; the learning rate follows the clock, so a run
ends on time. The checkpoint is saved before the evaluation. A run is not bit-reproducible, because the clock and the
order of the workers steer it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from training import network as net
from training.batches import Batch, Feed
from training.evaluate import SETTINGS, Setting, evaluate, log_likelihoods, table, weakest
from training.objective import corrupt
from training.optimizer import Optimizer
from training.problems import build, template_problems
from training.tokenizer import FILES, Codec

BF16 = torch.bfloat16
HOLD = 0.12
WARMUP_STEPS = 200


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
    parser.add_argument("--eval", type=int, default=300, help="held-out problems a group in the evaluation; 0: none")
    parser.add_argument("--probe", type=float, default=1e9, help="seconds between quick probes")
    parser.add_argument("--steps", type=int, default=10**9, help="stop after so many steps")
    parser.add_argument("--cpu", action="store_true")
    return parser.parse_args()


class Step:
    """Forward pass and loss on flat activations [tokens, d_model], so that compiled pieces see one shape."""

    def __init__(self, network: net.LLaDA, compiled: bool) -> None:
        self.parts = network.model.transformer
        self.heads, self.width = network.config["n_heads"], network.config["d_model"]
        self.theta = network.config["rope_theta"]
        self.head_dim = self.width // self.heads
        self._ropes: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        pieces = (self._attend_in, self._attend_out, self._loss)
        if compiled:
            pieces = tuple(torch.compile(piece, dynamic=False) for piece in pieces)
        self.attend_in, self.attend_out, self.loss = pieces

    def _attend_in(self, x, norm, wq, wk, wv, cos, sin):
        y = _normed(x, norm)
        q, k, v = (F.linear(y, w.to(BF16)).view(-1, self.heads, self.head_dim) for w in (wq, wk, wv))
        cos, sin = cos[:, None], sin[:, None]
        return net.rotate(q, cos, sin), net.rotate(k, cos, sin), v

    def _attend_out(self, x, a, wo, norm, gate, up, down):
        x = x + F.linear(a, wo.to(BF16))
        y = _normed(x, norm)
        return x + F.linear(F.silu(F.linear(y, gate.to(BF16))) * F.linear(y, up.to(BF16)), down.to(BF16))

    def _loss(self, x, norm, head, target, weight):
        logits = F.linear(_normed(x, norm), head.to(BF16)).float()
        return (F.cross_entropy(logits, target, reduction="none") * weight).sum()

    def _rope(self, rows: int, width: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        if width not in self._ropes:
            cos, sin = net.rope_table(width, self.head_dim, self.theta, device)
            self._ropes[width] = cos.repeat(rows, 1), sin.repeat(rows, 1)
        return self._ropes[width]

    def __call__(self, ids: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """The weighted loss of masked `ids` [rows, width] against `target`."""
        rows, width = ids.shape
        cos, sin = self._rope(rows, width, ids.device)
        x = F.embedding(ids.view(-1), self.parts["wte"].weight).to(BF16)

        def split(y: torch.Tensor) -> torch.Tensor:
            return y.view(rows, width, self.heads, self.head_dim).transpose(1, 2)

        for block in self.parts["blocks"]:
            w = [getattr(block, name).weight for name in ("attn_norm", "q_proj", "k_proj", "v_proj")]
            q, k, v = self.attend_in(x, *w, cos, sin)
            a = F.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).reshape(-1, self.width)
            w = [getattr(block, name).weight for name in ("attn_out", "ff_norm", "ff_proj", "up_proj", "ff_out")]
            x = self.attend_out(x, a, *w)
        return self.loss(x, self.parts["ln_f"].weight, self.parts["ff_out"].weight, target.view(-1), weight.view(-1))


def _normed(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    y = x.float()
    return (weight * (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-5))).to(BF16)


def to_device(batch: Batch, device: str) -> tuple[torch.Tensor, ...]:
    """A batch's arrays as int64 tensors."""
    arrays = (batch.ids, batch.start, batch.length, batch.hole_start, batch.hole_end)
    return tuple(torch.from_numpy(a.astype(np.int64)).to(device, non_blocking=True) for a in arrays)


def make_network(arguments: argparse.Namespace, codec: Codec) -> net.LLaDA:
    """A fresh network, or the one of `--init`."""
    if arguments.init:
        return net.load(arguments.init).train()
    ids = {"mask_token_id": codec.mask, "eos_token_id": codec.eos, "pad_token_id": codec.eos, "bos_token_id": codec.bos}
    config = {**net.CONFIG, "vocab_size": codec.size, "embedding_size": codec.size, **ids, "eot_token_id": codec.eot}
    return net.LLaDA(config).initialise(arguments.seed)


def rate(progress: float, step: int, begin: float, end: float) -> float:
    """The learning rate's share: a short warm-up, a hold, then a line from `begin` to `end`."""
    falling = max(0.0, (progress - HOLD) / (1 - HOLD))
    return min(1.0, (step + 1) / WARMUP_STEPS) * (begin + (end - begin) * min(1.0, falling))


def train(arguments: argparse.Namespace, network: net.LLaDA, codec: Codec, began: float) -> dict[str, object]:
    """Train until the clock says stop; returns what happened."""
    device = "cpu" if arguments.cpu else "cuda"
    feed = Feed(arguments.workers, arguments.seed, arguments.tokens)
    optimizer = Optimizer(network, arguments.lr, arguments.adam_lr, arguments.decay, fused=not arguments.cpu)
    forward = Step(network, compiled=not arguments.cpu)
    probes = template_problems(dict.fromkeys(("word", "arithmetic", "string", "units", "json", "talk", "unknown", "open"), 60), 99)
    step = tokens = samples = 0
    first, next_probe, log, loss_sum = None, arguments.probe, [], torch.zeros((), device=device)
    every = 5 if arguments.cpu else 500
    while step < arguments.steps:
        ids, start, length, hole_start, hole_end = to_device(next(feed), device)
        now = time.time()
        if step == 3:
            first = now
            print(f"warm after {now - began:.1f} s", flush=True)
        progress = 0.0 if first is None else (now - first) / max(1e-9, began + arguments.seconds - first)
        if progress >= 1:
            break
        scale = rate(progress, step, arguments.begin, arguments.end)
        masked, weight = corrupt(ids, start, length, hole_start, hole_end, codec.mask)
        loss = forward(masked, ids, weight)
        loss.backward()
        optimizer.step(scale)
        step, tokens, samples = step + 1, tokens + ids.numel(), samples + len(start)
        loss_sum += loss.detach()
        if step % every == 0:
            mean = float(loss_sum) / every
            loss_sum.zero_()
            log.append((step, round(now - began, 1), round(mean, 4)))
            speed = tokens / max(1e-9, now - (first or began)) / 1e6
            print(f"step {step} at {now - began:.0f} s loss {mean:.4f} rate {scale:.3f} {speed:.3f} Mtok/s, batches {feed.fresh} fresh {feed.repeated} repeated", flush=True)
        if now - began > next_probe:
            next_probe += arguments.probe
            report = evaluate(network, codec, probes, [Setting(threshold=0.9)])
            print("probe\n" + table(report), table(report, "forwards_a_block").splitlines()[-1], f"{time.time() - now:.1f} s", sep="\n", flush=True)
    feed.close()
    seconds = time.time() - (first or began)
    print(f"trained {step} steps, {samples} samples, {tokens} tokens in {seconds:.1f} s", flush=True)
    return {"steps": step, "samples": samples, "tokens": tokens, "seconds": seconds, "repeated_batches": feed.repeated, "log": log}


def final_evaluation(arguments: argparse.Namespace, network: net.LLaDA, codec: Codec) -> dict[str, object]:
    """Tables on a large fresh sample, and on the shipped problems with each one's outcome."""
    shipped = build()
    groups = dict.fromkeys(("word", "arithmetic", "string", "units", "json", "talk", "unknown", "open"), arguments.eval)
    groups["word"] *= 3
    large = template_problems(groups, 4)
    report: dict[str, object] = {}
    for name, problems in (("shipped", shipped), ("large", large)):
        part = evaluate(network, codec, problems, SETTINGS)
        print(name, table(part), table(part, "forwards_a_block"), sep="\n", flush=True)
        for setting in (SETTINGS[0].name, "threshold 0.9"):
            print("weakest", setting, weakest(part, setting, 20), flush=True)
        if name == "large":
            part.pop("missed")
        report[name] = part
    scores = log_likelihoods(network, codec, shipped)
    missed = report["shipped"]["missed"]
    report["outcomes"] = {
        str(p["id"]): {"missed": missed[str(p["id"])], "log_likelihood": s} for p, s in zip(shipped, scores, strict=True)
    }
    for miss in report["shipped"][SETTINGS[0].name]["misses"]:
        print("MISS", *miss, sep=" | ")
    return report


def main() -> None:
    """Train, save, evaluate."""
    began, arguments = time.time(), parse()
    torch.manual_seed(arguments.seed)
    torch.set_float32_matmul_precision("high")
    device = "cpu" if arguments.cpu else "cuda"
    codec = Codec(arguments.init if arguments.init else FILES)
    network = make_network(arguments, codec).to(device)
    print(f"{sum(p.numel() for p in network.parameters())} parameters", flush=True)
    report: dict[str, object] = {"arguments": {key: str(value) for key, value in vars(arguments).items()}}
    report["training"] = train(arguments, network, codec, began)
    folder = arguments.out / "model"
    net.save(network, folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy((arguments.init or FILES) / name, folder / name)
    (arguments.out / "report.json").write_text(json.dumps(report))
    if arguments.eval:
        report["evaluation"] = final_evaluation(arguments, net.load(folder).to(device), codec)
        (arguments.out / "report.json").write_text(json.dumps(report))
    print(f"done after {time.time() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
