"""Small checkpoints on disk, and a slow forward to check by reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

GOLDEN = Path(__file__).parent.parent / "golden"
PUBLISHED = json.loads((GOLDEN / "config.json").read_text())

Cache = list[dict[int, tuple[torch.Tensor, torch.Tensor]]]


def published_tensors(config: dict, dtype: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    """Random weights under the published names, large enough that a wrong term shows."""
    generator = torch.Generator().manual_seed(7)

    def random(*shape: int) -> torch.Tensor:
        scale = 1.0 if len(shape) == 1 else 3.0 / shape[-1] ** 0.5
        return (torch.randn(*shape, generator=generator) * scale).to(dtype)

    d, width = config["d_model"], config["mlp_hidden_size"]
    kv = config["n_kv_heads"] * (d // config["n_heads"])
    tensors = {
        "model.transformer.wte.weight": random(config["embedding_size"], d),
        "model.transformer.ln_f.weight": random(d),
    }
    if not config["weight_tying"]:
        tensors["model.transformer.ff_out.weight"] = random(config["embedding_size"], d)
    shapes = {"attn_norm": (d,), "ff_norm": (d,), "q_proj": (d, d), "k_proj": (kv, d), "v_proj": (kv, d)}
    shapes |= {"attn_out": (d, d), "ff_proj": (width, d), "up_proj": (width, d), "ff_out": (d, width)}
    for layer in range(config["n_layers"]):
        for name, shape in shapes.items():
            tensors[f"model.transformer.blocks.{layer}.{name}.weight"] = random(*shape)
    return tensors


@pytest.fixture
def golden() -> Path:
    """The folder of reference outputs, itself a checkpoint."""
    return GOLDEN


@pytest.fixture
def make_checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Writes a random checkpoint; keywords override the configuration."""

    def make(name: str = "checkpoint", dtype: torch.dtype = torch.float32, **changes: object) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        config = PUBLISHED | changes
        (folder / "config.json").write_text(json.dumps(config))
        save_file(published_tensors(config, dtype), folder / "model.safetensors", metadata={"format": "pt"})
        return folder

    return make


@pytest.fixture
def slow_forward() -> Callable[..., torch.Tensor]:
    """One row through a checkpoint, position by position: nothing packed or fused, keys rotated last."""
    return _slow_forward


def _slow_forward(
    folder: Path,
    ids: list[int],
    positions: list[int] | None = None,
    cache: Cache | None = None,
    bias: torch.Tensor | None = None,
) -> torch.Tensor:
    """Logits [len(ids), vocab] in float64. `cache` holds a dict from position to (key, value) a layer; it is
    attended to beside the window, and takes the window's keys and values. `bias` [len(ids), len(ids)] adds to
    the scores within the window."""
    config = json.loads((folder / "config.json").read_text())
    w = {name: tensor.double() for name, tensor in load_file(folder / "model.safetensors").items()}
    positions = list(range(len(ids))) if positions is None else positions
    heads, kv_heads = config["n_heads"], config["n_kv_heads"]
    dim = config["d_model"] // heads
    cache = [{} for _ in range(config["n_layers"])] if cache is None else cache

    def norm(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return x / (x.pow(2).mean() + config["rms_norm_eps"]).sqrt() * weight

    def turn(x: torch.Tensor, position: int) -> torch.Tensor:
        out = torch.empty_like(x)
        for j in range(dim // 2):
            angle = torch.tensor(position * config["rope_theta"] ** (-2 * j / dim), dtype=torch.float64)
            a, b = x[j], x[j + dim // 2]
            out[j], out[j + dim // 2] = a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()
        return out

    x = [w["model.transformer.wte.weight"][i] for i in ids]
    for layer in range(config["n_layers"]):
        block = {n.split(".")[-2]: t for n, t in w.items() if f".blocks.{layer}." in n}
        normed = [norm(row, block["attn_norm"]) for row in x]
        window = [
            (position, block["k_proj"] @ row, block["v_proj"] @ row)
            for position, row in zip(positions, normed, strict=True)
        ]
        seen = [(at, k, v) for at, (k, v) in cache[layer].items() if at not in positions] + window
        cache[layer].update({at: (k, v) for at, k, v in window})
        for n, (position, row) in enumerate(zip(positions, normed, strict=True)):
            attended = []
            for head in range(heads):
                part = slice(head // (heads // kv_heads) * dim, (head // (heads // kv_heads) + 1) * dim)
                query = turn((block["q_proj"] @ row)[head * dim : (head + 1) * dim], position)
                scores = torch.stack([query @ turn(k[part], at) for at, k, _ in seen]) / dim**0.5
                if bias is not None:
                    scores[-len(window) :] += bias[n]
                values = torch.stack([v[part] for _, _, v in seen])
                attended.append(scores.softmax(0) @ values)
            x[n] = x[n] + block["attn_out"] @ torch.cat(attended)
            h = norm(x[n], block["ff_norm"])
            gate = block["ff_proj"] @ h
            x[n] = x[n] + block["ff_out"] @ (gate * gate.sigmoid() * (block["up_proj"] @ h))
    head = w.get("model.transformer.ff_out.weight", w["model.transformer.wte.weight"])
    return torch.stack([head @ norm(row, w["model.transformer.ln_f.weight"]) for row in x])
