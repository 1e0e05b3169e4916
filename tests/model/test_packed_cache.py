"""Windows whose keys and values go through a pool, against the slow forward's cache by position."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from llada_core.model import KVAccess, LLaDAForMaskedDiffusion, Packed
from llada_core.model.attention import plan_attention
from llada_core.model.attention_sdpa import SdpaAttention
from llada_core.model.attention_varlen import VarlenAttention

CANVAS, BLOCK = 10, range(4, 8)
# Where the canvases of three rows lie in a pool of 64 slots.
LAYOUTS = {
    "one after the other": [list(range(10)), list(range(10, 20)), list(range(20, 30))],
    "unevenly spaced": [list(range(3, 13)), list(range(30, 40)), list(range(14, 24))],
    "the last one first": [list(range(40, 50)), list(range(20, 30)), list(range(10))],
    "scattered": [list(range(0, 20, 2)), list(range(63, 53, -1)), [21, 30, 23, 40, 25, 26, 27, 28, 50, 22]],
}


def varlen_by_rows(q, k, v, cu_q, cu_k, max_q, max_k, enable_gqa=None):  # type: ignore[no-untyped-def]
    """What flash attention over packed rows computes, one row at a time."""
    grouped = q.shape[1] != k.shape[1]
    assert enable_gqa in (None, grouped)
    rows = []
    for a, b, c, d in zip(cu_q[:-1], cu_q[1:], cu_k[:-1], cu_k[1:], strict=True):
        assert b - a <= max_q
        if a == b:
            continue
        assert d - c <= max_k
        one = torch.nn.functional.scaled_dot_product_attention(
            q[a:b].transpose(0, 1), k[c:d].transpose(0, 1), v[c:d].transpose(0, 1), enable_gqa=grouped
        )
        rows.append(one.transpose(0, 1))
    return torch.cat(rows)


@pytest.fixture(params=["sdpa", "varlen"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both backends; the second with its kernel replaced by a slow one that runs anywhere."""
    if request.param == "varlen":
        monkeypatch.setattr("llada_core.model.attention_varlen.varlen_attn", varlen_by_rows)
        monkeypatch.setattr(
            "llada_core.model.modeling.plan_attention", lambda packed, *_: VarlenAttention(packed)
        )
    return request.param


def run(model: LLaDAForMaskedDiffusion, packed: Packed) -> list[torch.Tensor]:
    with torch.inference_mode():
        return list(model.head(model.hidden(packed)).double().split(packed.lengths))


def windows(
    rows: list[list[int]], spans: list[range], slots: list[list[int]], pool: tuple, reads: list
) -> Packed:
    """The rows' windows, written to their slots and attending to the slots of the positions in `reads`."""
    tokens = [row[i] for row, span in zip(rows, spans, strict=True) for i in span]
    positions = [i for span in spans for i in span]
    write = [extent[i] for extent, span in zip(slots, spans, strict=True) for i in span]
    read = tuple(
        None if span is None else run_or_slots([extent[i] for i in span])
        for extent, span in zip(slots, reads, strict=True)
    )
    access = KVAccess(*pool, torch.tensor(write), torch.arange(len(tokens)), read)
    return Packed(torch.tensor(tokens), torch.tensor(positions), tuple(map(len, spans)), access)


def run_or_slots(slots: list[int]) -> range | torch.Tensor:
    run = range(slots[0], slots[-1] + 1)
    return run if list(run) == slots else torch.tensor(slots)


@pytest.mark.parametrize("kv_heads", [4, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_cached_windows_are_the_slow_ones(
    make_checkpoint: Callable[..., Path],
    slow_forward: Callable[..., torch.Tensor],
    backend: str,
    layout: str,
    kv_heads: int,
) -> None:
    folder = make_checkpoint(n_kv_heads=kv_heads, n_layers=2)
    model = LLaDAForMaskedDiffusion.from_pretrained(folder)
    layers, heads, dim = model.kv_shape
    pool = torch.full((layers, 64, heads, dim), torch.nan), torch.full((layers, 64, heads, dim), torch.nan)
    slots = LAYOUTS[layout]
    generator = torch.Generator().manual_seed(3)
    rows = torch.randint(0, 300, (3, CANVAS), generator=generator).tolist()
    caches: list = [[{} for _ in range(layers)] for _ in rows]

    def agree(spans: list[range], reads: list) -> None:
        got = run(model, windows(rows, spans, slots, pool, reads))
        for row, span, logits, cache in zip(rows, spans, got, caches, strict=True):
            want = slow_forward(folder, [row[i] for i in span], list(span), cache)
            torch.testing.assert_close(logits, want, atol=1e-3, rtol=1e-4)

    whole = range(CANVAS)
    agree([whole] * 3, [None] * 3)
    for row in rows:
        row[5], row[6] = row[6], row[5]
    agree([BLOCK] * 3, [whole] * 3)
    # One row refreshes while the others go on; a suffix window reads what was kept before it.
    rows[0][0] = 17
    agree([BLOCK, whole, range(4, CANVAS)], [whole, None, whole])


def test_what_is_not_kept_is_not_written(golden: Path) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    keys, values = torch.zeros(3, 8, 4, 16), torch.zeros(3, 8, 4, 16)
    access = KVAccess(keys, values, torch.tensor([6, 1]), torch.tensor([0, 2]), (None, None))
    packed = Packed(torch.tensor([1, 2, 3, 4]), torch.tensor([0, 1, 0, 1]), (2, 2), access)
    with torch.inference_mode():
        model.hidden(packed)
    written = keys.abs().sum((0, 2, 3)).bool()
    assert written.tolist() == [False, True, False, False, False, False, True, False]
    # The first token of both rows, at layer 0: a key depends on token and position alone there.
    with torch.inference_mode():
        x = model.transformer.wte(torch.tensor([1, 3]))
        cos, sin = torch.ones(2, 1, 8), torch.zeros(2, 1, 8)
        _, k, v = model.transformer.blocks[0].project(x, cos, sin)
    torch.testing.assert_close(keys[0, [6, 1]], k)
    torch.testing.assert_close(values[0, [6, 1]], v)


def test_equal_rows_are_one_call_without_a_copy() -> None:
    rows = tuple(range(start, start + 6) for start in (0, 6, 12))
    pool = torch.zeros(1, 18, 1, 4)
    access = KVAccess(pool, pool, torch.arange(0), torch.arange(0), rows)
    packed = Packed(torch.zeros(6, dtype=torch.int64), torch.zeros(6), (2, 2, 2), access)
    (group,) = SdpaAttention(packed).groups
    assert group.keys.take(pool[0]).data_ptr() == pool.data_ptr()
    assert group.queries.take(pool[0]).data_ptr() == pool.data_ptr()


def test_the_cpu_and_float32_take_sdpa() -> None:
    packed = Packed(torch.zeros(2, dtype=torch.int64), torch.arange(2), (2,))
    assert isinstance(plan_attention(packed, torch.float32, 16), SdpaAttention)
    assert isinstance(plan_attention(packed, torch.bfloat16, 16), SdpaAttention)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize(
    ("dtype", "head_dim", "backend"),
    [
        (torch.bfloat16, 16, VarlenAttention),
        (torch.float16, 128, VarlenAttention),
        (torch.float32, 16, SdpaAttention),
        (torch.bfloat16, 12, SdpaAttention),
        (torch.bfloat16, 264, SdpaAttention),
    ],
)
def test_half_precision_on_cuda_takes_flash_attention(
    dtype: torch.dtype, head_dim: int, backend: type
) -> None:
    ids = torch.zeros(2, dtype=torch.int64, device="cuda")
    assert isinstance(plan_attention(Packed(ids, ids, (2,)), dtype, head_dim), backend)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("kv_heads", [4, 2])
def test_flash_attention_rounds_no_worse_than_sdpa(
    make_checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, kv_heads: int
) -> None:
    """Distance from float32, of bfloat16 by packed flash attention and by the other backend."""
    folder = make_checkpoint(n_kv_heads=kv_heads, n_layers=2)
    exact = on_cuda(folder, torch.float32)
    flash = on_cuda(folder, torch.bfloat16)
    monkeypatch.setattr("llada_core.model.modeling.plan_attention", lambda packed, *_: SdpaAttention(packed))
    sdpa = on_cuda(folder, torch.bfloat16)
    assert (flash - exact).norm() < 1.5 * (sdpa - exact).norm() < 0.1 * exact.norm()


def on_cuda(folder: Path, dtype: torch.dtype) -> torch.Tensor:
    """Logits of refreshes of three rows, and of ticks where one refreshes and two go on, wherever in the pool
    they lie."""
    model = LLaDAForMaskedDiffusion.from_pretrained(folder, dtype=dtype).cuda()
    layers, heads, dim = model.kv_shape
    pool = tuple(torch.zeros(layers, 64, heads, dim, dtype=dtype, device="cuda") for _ in range(2))
    rows = torch.randint(0, 300, (3, CANVAS), generator=torch.Generator().manual_seed(3)).tolist()
    whole = range(CANVAS)
    logits = []
    for slots in LAYOUTS.values():
        for spans, reads in (([whole] * 3, [None] * 3), ([BLOCK, whole, BLOCK], [whole, None, whole])):
            packed = windows(rows, spans, slots, pool, reads)
            assert packed.kv is not None
            access = KVAccess(
                *pool,
                packed.kv.write_slots.cuda(),
                packed.kv.write_tokens.cuda(),
                tuple(
                    read.cuda() if isinstance(read, torch.Tensor) else read for read in packed.kv.read_slots
                ),
            )
            packed = Packed(packed.tokens.cuda(), packed.positions.cuda(), packed.lengths, access)
            logits += run(model, packed)
    return torch.cat(logits)


@pytest.mark.parametrize(
    ("layout", "sources"),
    [
        ("one after the other", ["pool"]),
        ("unevenly spaced", ["pool", "pool"]),
        ("the last one first", ["pool", "pool", "pool"]),
        ("scattered", ["gathered"]),
    ],
)
def test_runs_of_slots_are_read_where_they_lie(layout: str, sources: list[str]) -> None:
    """Without a copy, in one call as long as they follow each other."""
    pool = torch.zeros(1, 64, 1, 4), torch.ones(1, 64, 1, 4)
    whole = range(CANVAS)
    packed = windows([[0] * CANVAS] * 3, [BLOCK] * 3, LAYOUTS[layout], pool, [whole] * 3)
    attention = VarlenAttention(packed)
    assert [call.source for call in attention.calls] == sources
    for call in attention.calls:
        keys, values = attention._read(call, 0, torch.empty(0), torch.empty(0))
        assert (keys.data_ptr() == pool[0].data_ptr()) == (call.source == "pool")
        assert (values.data_ptr() == pool[1].data_ptr()) == (call.source == "pool")
