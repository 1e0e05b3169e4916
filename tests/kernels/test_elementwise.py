"""Norm, activation and matrix products against their forms in torch."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from llada_core.model.layers import RMSNorm

from .conftest import error


def test_norm(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.norm import add_norm

    torch.manual_seed(0)
    x, delta = torch.randn(2, 5, 192, device=device).to(half).unbind(0)
    norm = RMSNorm(192, 1e-5).to(device, half)
    norm.weight.data.uniform_(0.5, 2)
    total, normed, units = add_norm(x, delta, norm.weight.detach(), 1e-5)
    assert units is None
    assert torch.equal(total, x + delta)
    assert error(normed, norm(x + delta).detach()) < 1e-3
    same, alone, _ = add_norm(x, None, norm.weight.detach(), 1e-5)
    assert same is x
    assert error(alone, norm(x).detach()) < 1e-3


def test_gated_activation(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.activation import silu_mul

    torch.manual_seed(1)
    fused = torch.randn(3, 2 * 320, device=device).to(half)
    assert error(silu_mul(fused), F.silu(fused[:, :320]) * fused[:, 320:]) < 1e-3


@pytest.mark.parametrize("tokens", [1, 17, 40, 70])
@pytest.mark.parametrize("invariant", [False, True])
def test_matrix_product(tokens: int, invariant: bool, device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.matmul import matmul

    torch.manual_seed(2)
    x, weight = (
        torch.randn(tokens, 128, device=device).to(half),
        torch.randn(100, 128, device=device).to(half),
    )
    wanted = x.double() @ weight.double().T
    assert error(matmul(x, weight, invariant=invariant), wanted) < 5e-3
    integers = torch.randint(-127, 128, (100, 128), dtype=torch.int8, device=device)
    units = torch.rand(100, device=device)
    wanted = x.double() @ (integers.double() * units[:, None].double()).T
    assert error(matmul(x, integers, units, invariant=invariant), wanted) < 5e-3


@pytest.mark.parametrize("tokens", [1, 17, 40])
@pytest.mark.parametrize("invariant", [False, True])
def test_product_of_float8(tokens: int, invariant: bool, device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.matmul import matmul

    torch.manual_seed(5)
    x, weight = (torch.randn(n, 512, device=device).to(torch.float8_e4m3fn) for n in (tokens, 192))
    units, scale = torch.rand(tokens, 1, device=device), torch.rand(192, device=device)
    wanted = (x.double() * units) @ (weight.double() * scale[:, None]).T
    out = torch.empty(tokens, 192, device=device, dtype=half)
    assert error(matmul(x, weight, scale, units=units, invariant=invariant, out=out), wanted) < 5e-3


def test_a_row_of_an_invariant_product_stands_alone(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.matmul import matmul

    torch.manual_seed(3)
    x, weight = torch.randn(70, 128, device=device).to(half), torch.randn(100, 128, device=device).to(half)
    together = matmul(x, weight, invariant=True)
    for n in (0, 33, 69):
        assert torch.equal(matmul(x[n : n + 1], weight, invariant=True)[0], together[n])


@pytest.mark.parametrize("kind", ["fp8", "int8"])
def test_quantized_weights(kind: str) -> None:
    from llada_core.model.projection import quantize

    torch.manual_seed(4)
    weight = torch.randn(20, 64) * torch.logspace(-3, 3, 20)[:, None]
    made = quantize(weight, kind)  # type: ignore[arg-type]
    assert made.scale is not None
    back = made.values.float() * made.scale[:, None]
    largest = {"fp8": 0.07, "int8": 0.5 / 127}[kind]
    assert ((back - weight).abs() <= largest * weight.abs().amax(1, keepdim=True)).all()
