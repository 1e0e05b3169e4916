"""Weights read straight from the files: the same as the library loads, in any dtype, in parts of any size."""

from __future__ import annotations

import pytest
import torch

from llada_core.checkpoints import resolve
from llada_core.model import load_model, streaming
from llada_core.model.checkpoint import check_checkpoint
from llada_core.model.modeling import LLaDAForMaskedDiffusion


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
