"""Weights read straight from the files: the same as the library loads, in any dtype, in parts of any size."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from llada_core.checkpoints import resolve
from llada_core.errors import ParameterError
from llada_core.model import LLaDAConfig, load_model, streaming
from llada_core.model.checkpoint import check_checkpoint
from llada_core.model.modeling import LLaDAForMaskedDiffusion
from llada_core.model.shard import Shard, check_split


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_same_numbers_as_the_library_loads(dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "BUFFER_BYTES", 2**16)  # so that tensors come in parts
    folder = resolve("demo")
    expected = load_model(folder, device="cpu", dtype=dtype)
    entries = check_checkpoint(folder, expected.config)
    with torch.device("meta"):
        model = LLaDAForMaskedDiffusion(expected.config)
    read: list[int] = []
    streaming.stream_weights(
        model.transformer, expected.config, entries, dtype, torch.device("cpu"), progress=read.append
    )
    found, wanted = model.state_dict(), expected.state_dict()
    assert found.keys() == wanted.keys()
    for name, weight in wanted.items():
        assert torch.equal(found[name], weight), name
    assert sum(read) == sum(2 * entry.elements for entry in entries.values())


def test_a_matrix_is_finished_once_it_is_complete() -> None:
    folder = resolve("demo")
    config = load_model(folder, device="cpu").config
    entries = check_checkpoint(folder, config)
    with torch.device("meta"):
        model = LLaDAForMaskedDiffusion(config)
    finished: list[tuple[torch.nn.Module, float]] = []

    def finish(module: torch.nn.Module) -> None:
        assert isinstance(module.weight, torch.Tensor)
        finished.append((module, float(module.weight.double().sum())))

    streaming.stream_weights(model.transformer, config, entries, torch.float32, torch.device("cpu"), finish)
    assert [module for module, _ in finished] == [
        module
        for block in model.transformer.layers()
        for module in (block.qkv, block.attn_out, block.gate_up, block.ff_out)
    ]
    for module, total in finished:
        assert isinstance(module.weight, torch.Tensor)
        assert total == float(module.weight.double().sum())


@pytest.mark.parametrize("size", [2, 4])
def test_ranks_together_hold_the_model(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs of the ranks' matrices side by side, or added, are those of the whole ones."""
    monkeypatch.setattr(streaming, "BUFFER_BYTES", 2**16)
    folder = resolve("demo")
    whole = load_model(folder, device="cpu")
    parts = [load_model(folder, device="cpu", shard=Shard(rank, size)) for rank in range(size)]
    block = next(whole.transformer.layers())
    blocks = [next(part.transformer.layers()) for part in parts]
    chance = torch.Generator().manual_seed(1)
    x = torch.randn(3, whole.config.d_model, generator=chance)
    gated = torch.randn(3, whole.config.mlp_width, generator=chance)

    def rows(part: nn.Linear, groups: int) -> list[torch.Tensor]:
        return list(part(x).chunk(groups, dim=1))

    for name, groups in (("qkv", 3), ("gate_up", 2)):
        wanted = rows(getattr(block, name), groups)
        found = [rows(getattr(part, name), groups) for part in blocks]
        for at in range(groups):
            assert torch.allclose(torch.cat([part[at] for part in found], dim=1), wanted[at], atol=1e-5)
    for name, source in (("attn_out", x), ("ff_out", gated)):
        added = sum(
            getattr(part, name)(piece) for part, piece in zip(blocks, source.chunk(size, dim=1), strict=True)
        )
        assert torch.allclose(added, getattr(block, name)(source), atol=1e-4)
    logits = torch.cat([part.head(x) for part in parts], dim=1)
    assert torch.allclose(logits, whole.head(x), atol=1e-4)
    for part in parts:
        assert torch.equal(part.transformer.wte.weight, whole.transformer.wte.weight)
        assert part.kv_shape[1] == whole.kv_shape[1] // size


def test_a_model_that_does_not_split_is_refused() -> None:
    with pytest.raises(ParameterError, match="3 ranks cannot share this model: its n_heads is 4"):
        load_model("demo", device="cpu", shard=Shard(0, 3))
    grouped = LLaDAConfig(n_heads=8, n_kv_heads=2, d_model=64)
    with pytest.raises(ParameterError, match="its n_kv_heads is 2"):
        check_split(grouped, 4)
