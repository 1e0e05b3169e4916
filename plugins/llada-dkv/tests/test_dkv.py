"""`dkv` against a model in float64 with one cache entry a position, and all that an algorithm must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from llada_core.engine.events import Finished
from llada_core.testing import Subject, parametrize_with_checks, tiny_model

CONFIG = tiny_model().config
MASK = tiny_model().facts.mask_id

Cache = list[dict[int, tuple[torch.Tensor, torch.Tensor]]]
"""A layer's dict from position to its rotated key and its value, each [heads, head_dim]."""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    folder: Path = tmp_path_factory.mktemp("tiny")
    tiny_model().save_pretrained(folder)
    tensors = load_file(folder / "model.safetensors")
    return {name.removeprefix("model.transformer."): t.double() for name, t in tensors.items()}


def norm(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return x / (x.pow(2).mean(-1, keepdim=True) + CONFIG.rms_norm_eps).sqrt() * weight


def rotate(x: torch.Tensor, positions: Sequence[int]) -> torch.Tensor:
    half = x.shape[-1] // 2
    rates = CONFIG.rope_theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.tensor(positions, dtype=torch.float64)[:, None, None] * rates
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()), dim=-1)


def forward(
    weights: dict[str, torch.Tensor], canvas: Sequence[int], window: Sequence[int], cache: Cache
) -> dict[int, torch.Tensor]:
    """Logits by position of `window`, which attends to itself and to `cache`, and goes into it."""
    x = weights["wte.weight"][[canvas[p] for p in window]]
    for n, entries in enumerate(cache):
        w = {name.split(".")[2]: t for name, t in weights.items() if name.startswith(f"blocks.{n}.")}
        normed = norm(x, w["attn_norm"])
        q, k, v = (normed @ w[name].T for name in ("q_proj", "k_proj", "v_proj"))
        q, k, v = (t.view(len(window), CONFIG.n_heads, -1) for t in (q, k, v))
        q, k = rotate(q, window), rotate(k, window)
        entries.update({p: (k[i], v[i]) for i, p in enumerate(window)})
        keys, values = (torch.stack([entry[i] for entry in entries.values()], dim=1) for i in (0, 1))
        scores = q.transpose(0, 1) @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5
        x = x + (scores.softmax(-1) @ values).transpose(0, 1).flatten(1) @ w["attn_out"].T
        normed = norm(x, w["ff_norm"])
        x = (
            x
            + (torch.nn.functional.silu(normed @ w["ff_proj"].T) * (normed @ w["up_proj"].T)) @ w["ff_out"].T
        )
    logits = norm(x, weights["ln_f.weight"]) @ weights["ff_out.weight"].T
    return dict(zip(window, logits, strict=True))


def slow(
    weights: dict[str, torch.Tensor], prompt: tuple[int, ...], threshold: float, refresh_interval: int
) -> tuple[list[int], int]:
    """Tokens and forwards for 12 tokens in blocks of 6."""
    canvas, forwards = [*prompt, *[MASK] * 12], 0
    cache: Cache = [{} for _ in range(CONFIG.n_layers)]
    uncached: list[int] = []
    while MASK in canvas:
        due = forwards % refresh_interval == 0
        logits = forward(weights, canvas, range(len(canvas)) if due else uncached, cache)
        forwards += 1
        uncached = [p for p, token in enumerate(canvas) if token == MASK]
        start = len(prompt) + (uncached[0] - len(prompt)) // 6 * 6
        masks = [p for p in uncached if p < start + 6]
        guess = {p: int(logits[p].index_fill(0, torch.tensor(MASK), -torch.inf).argmax()) for p in masks}
        sure = {p: float(logits[p].softmax(0)[guess[p]]) for p in masks}
        for n, p in enumerate(sorted(masks, key=lambda p: -sure[p])):
            if n == 0 or sure[p] >= threshold:
                canvas[p] = guess[p]
    return canvas[len(prompt) :], forwards


@pytest.mark.parametrize(("threshold", "refresh_interval"), [(0.9, 8), (0.3, 3), (1.0, 100), (0.4, 1)])
@pytest.mark.parametrize("prompt", [(3, 1, 4), (2, 7, 1, 8, 2), (9,)])
def test_tokens_and_forwards_of_the_slow_loop(
    weights: dict[str, torch.Tensor], prompt: tuple[int, ...], threshold: float, refresh_interval: int
) -> None:
    subject = Subject.of("dkv")
    engine, events = subject.engine(), []
    engine.add(subject.request(prompt=prompt, threshold=threshold, refresh_interval=refresh_interval))
    while engine.has_work():
        events += engine.step()
    [done] = [event for event in events if isinstance(event, Finished)]
    assert (done.tokens, done.nfe) == slow(weights, prompt, threshold, refresh_interval)


@parametrize_with_checks(["dkv"])
def test_conformance(subject: Subject, check: Callable[[Subject], None]) -> None:
    check(subject)
