"""LLaDA's forward for one row, in float64, with keys and values in a dict from position to entry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file

Cache = list[dict[int, tuple[torch.Tensor, torch.Tensor]]]
"""One dict a layer: position to (rotated key, value), each [heads, head_dim]."""


class SlowModel:
    """A checkpoint as its published tensors; nothing is packed, fused or pooled."""

    def __init__(self, folder: Path) -> None:
        self.config = json.loads((folder / "config.json").read_text())
        tensors = load_file(folder / "model.safetensors")
        self.w = {name.removeprefix("model.transformer."): t.double() for name, t in tensors.items()}
        self.mask_id: int = self.config["mask_token_id"]

    def empty_cache(self) -> Cache:
        """No entry in any layer."""
        return [{} for _ in range(self.config["n_layers"])]

    def logits(
        self, canvas: Sequence[int], window: Iterable[int] | None = None, cache: Cache | None = None
    ) -> dict[int, torch.Tensor]:
        """Logits [vocab] at each position of `window` (default: all).

        The window attends to itself and to what `cache` holds elsewhere; its own entries go into the cache.
        """
        positions = list(range(len(canvas)) if window is None else window)
        cache = self.empty_cache() if cache is None else cache
        heads, w = self.config["n_heads"], self.w
        x = w["wte.weight"][[canvas[p] for p in positions]]
        for n, entries in enumerate(cache):
            block = {name.split(".")[2]: t for name, t in w.items() if name.startswith(f"blocks.{n}.")}
            normed = self._norm(x, block["attn_norm"])
            q, k, v = (normed @ block[name].T for name in ("q_proj", "k_proj", "v_proj"))
            q, k, v = (t.view(len(positions), heads, -1) for t in (q, k, v))
            q, k = self._rotate(q, positions), self._rotate(k, positions)
            entries.update({p: (k[i], v[i]) for i, p in enumerate(positions)})
            keys, values = (torch.stack([entry[i] for entry in entries.values()], dim=1) for i in (0, 1))
            scores = q.transpose(0, 1) @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5
            attended = (scores.softmax(-1) @ values).transpose(0, 1).flatten(1)
            x = x + attended @ block["attn_out"].T
            normed = self._norm(x, block["ff_norm"])
            gate = torch.nn.functional.silu(normed @ block["ff_proj"].T)
            x = x + (gate * (normed @ block["up_proj"].T)) @ block["ff_out"].T
        logits = self._norm(x, w["ln_f.weight"]) @ w["ff_out.weight"].T
        return dict(zip(positions, logits, strict=True))

    def _norm(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        normed: torch.Tensor = (
            x / (x.pow(2).mean(-1, keepdim=True) + self.config["rms_norm_eps"]).sqrt() * weight
        )
        return normed

    def _rotate(self, x: torch.Tensor, positions: Sequence[int]) -> torch.Tensor:
        """Rotary embedding of x [tokens, heads, head_dim]."""
        half = x.shape[-1] // 2
        rates = self.config["rope_theta"] ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.tensor(positions, dtype=torch.float64)[:, None, None] * rates
        a, b = x[..., :half], x[..., half:]
        return torch.cat((a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()), dim=-1)
