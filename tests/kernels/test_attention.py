"""Rotation, writing to the pool, and attention of blocks, against attention written out."""

from __future__ import annotations

import math

import pytest
import torch

from llada_core.model.rotary import rotary_angles, rotate

from .conftest import error

SLOTS = [(10, 100, 40), (150, 77, 50), (250, 130, 0)]
"""Of each row: where its canvas begins in the pool, its length, where its block begins."""


def written_out(
    qkv: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor],
    rows: int, heads: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:  # fmt: skip
    """The attention's result, and the pool afterwards; one row and head at a time, in float64."""
    kv_heads, dim = keys.shape[1:]
    length = len(qkv) // rows
    keys, values, found = keys.clone(), values.clone(), []
    for n, (slot, canvas, first) in enumerate(SLOTS[:rows]):
        part = qkv[n * length : (n + 1) * length].view(length, -1, dim)
        places = slice(first, first + length)
        cos, sin = angles[0][places, None], angles[1][places, None]
        q, k = rotate(part[:, :heads], cos, sin), rotate(part[:, heads : heads + kv_heads], cos, sin)
        keys[slot + first : slot + first + length] = k
        values[slot + first : slot + first + length] = part[:, heads + kv_heads :]
        out = []
        for head in range(heads):
            own = slice(slot, slot + canvas), head * kv_heads // heads
            scores = q[:, head].double() @ keys[own].double().T / math.sqrt(dim)
            out.append(scores.softmax(-1) @ values[own].double())
        found.append(torch.stack(out, 1).flatten(1))
    return torch.cat(found), keys, values


@pytest.mark.parametrize(("heads", "kv_heads", "block", "rows"), [(4, 2, 8, 3), (2, 2, 20, 2), (2, 1, 27, 1)])
@pytest.mark.parametrize("split", [False, True])
def test_block_attention(
    heads: int, kv_heads: int, block: int, rows: int, split: bool, device: torch.device, half: torch.dtype
) -> None:
    from llada_core.kernels.attention import SplitScratch, block_attention

    torch.manual_seed(heads + block)
    dim = 32
    keys, values = torch.randn(2, 400, kv_heads, dim, device=device).to(half).unbind(0)
    qkv = torch.randn(rows * block, (heads + 2 * kv_heads) * dim, device=device).to(half)
    cos, sin = rotary_angles(torch.arange(256, device=device), dim, 10000.0)
    angles = cos[:, 0].contiguous(), sin[:, 0].contiguous()
    wanted, new_keys, new_values = written_out(qkv, keys, values, angles, rows, heads)
    slot, length, first = torch.tensor(SLOTS[:rows], device=device).T.contiguous().unbind(0)
    scratch = SplitScratch(rows, heads, dim, device) if split else None
    for _ in range(2):  # the second finds its own block in the pool already, and the scratch as it was left
        found = block_attention(qkv, keys, values, angles, slot, length, first, heads, scratch)
        assert error(found, wanted) < 5e-3
        assert torch.equal(values, new_values)
        assert error(keys, new_keys) < 1e-3


@pytest.mark.parametrize(("heads", "kv_heads"), [(4, 4), (4, 2)])
def test_even_attention(heads: int, kv_heads: int, device: torch.device, half: torch.dtype) -> None:
    from llada_core.model.attention_even import EvenAttention

    torch.manual_seed(9)
    q, k, v = (torch.randn(3 * 40, n, 64, device=device).to(half) for n in (heads, kv_heads, kv_heads))
    found = EvenAttention(3).read(0, q, k, v)
    rows = []
    for a, b, c in zip(q.split(40), k.split(40), v.split(40), strict=True):
        a, b, c = (x.transpose(0, 1).double() for x in (a, b, c))
        b, c = (x.repeat_interleave(heads // kv_heads, 0) for x in (b, c))
        rows.append(((a @ b.mT / 8).softmax(-1) @ c).transpose(0, 1).flatten(1))
    assert error(found, torch.cat(rows)) < 5e-3


def test_rotated_and_kept(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.attention import rotate as kernel

    torch.manual_seed(7)
    heads, kv_heads, dim, tokens = 6, 3, 32, 5
    qkv = torch.randn(tokens, (heads + 2 * kv_heads) * dim, device=device).to(half)
    position = torch.tensor([3, 200, 0, 17, 18], device=device)
    cos, sin = rotary_angles(torch.arange(256, device=device), dim, 10000.0)
    pool = torch.zeros(2, 20, kv_heads, dim, device=device, dtype=half)
    slots = torch.tensor([7, -1, 0, 19, -1], device=device)
    angles = cos[:, 0].contiguous(), sin[:, 0].contiguous()
    q, k, v = kernel(qkv, angles, position, heads, kv_heads, (pool[0], pool[1], slots))
    parts = qkv.view(tokens, -1, dim)
    assert error(q, rotate(parts[:, :heads], cos[position], sin[position])) < 1e-3
    assert error(k, rotate(parts[:, heads : heads + kv_heads], cos[position], sin[position])) < 1e-3
    assert torch.equal(v, parts[:, heads + kv_heads :])
    expected = torch.zeros_like(pool)
    kept = slots >= 0
    expected[0, slots[kept]], expected[1, slots[kept]] = k[kept], v[kept]
    assert torch.equal(pool, expected)
