"""Norm, activation and matrix products against their forms in torch."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from llada_core.model.layers import RMSNorm

from .conftest import error


def test_norm(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    torch.manual_seed(0)
    x, delta = torch.randn(2, 5, 192, device=device).to(half).unbind(0)
    norm = RMSNorm(192, 1e-5).to(device, half)
    norm.weight.data.uniform_(0.5, 2)
    total, normed, units = add_norm(x, Scaled(delta), norm.weight.detach(), 1e-5)
    assert units is None
    assert torch.equal(total, x + delta)
    assert error(normed, norm(x + delta).detach()) < 1e-3
    same, alone, _ = add_norm(x, None, norm.weight.detach(), 1e-5)
    assert same is x
    assert error(alone, norm(x).detach()) < 1e-3


def test_gated_activation(device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.activation import silu_mul
    from llada_core.kernels.scaled import Scaled

    torch.manual_seed(1)
    fused = torch.randn(3, 2 * 320, device=device).to(half)
    assert error(silu_mul(Scaled(fused)), F.silu(fused[:, :320]) * fused[:, 320:]) < 1e-3


def test_what_is_read_in_units(device: torch.device, half: torch.dtype) -> None:
    """Norm and activation of a product of float8 whose units were left out."""
    from llada_core.kernels.activation import silu_mul, to_fp8
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    torch.manual_seed(6)
    x = torch.randn(5, 192, device=device).to(half)
    delta, fused = (
        Scaled(
            (1000 * torch.randn(5, width, device=device)).to(half),
            torch.rand(5, 1, device=device) + 0.5,
            1e-3 * torch.rand(width, device=device),
        )
        for width in (192, 2 * 192)
    )
    weight = torch.ones(192, device=device, dtype=half)
    total, normed, _ = add_norm(x, delta, weight, 1e-5)
    assert error(total, x + delta.plain(half)) < 1e-3
    assert error(normed, F.rms_norm((x + delta.plain(half)).double(), (192,), eps=1e-5)) < 2e-3
    wanted = F.silu(fused.plain(half)[:, :192]) * fused.plain(half)[:, 192:]
    assert error(silu_mul(fused), wanted) < 1e-3
    for gated, source, exact in ((True, fused, wanted), (False, delta, delta.plain(half))):
        values, units = to_fp8(source, gated=gated)
        assert error(values.double() * units, exact) < 0.08


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


@pytest.mark.parametrize("tokens", [1, 17, 32])
def test_product_in_parts(tokens: int, device: torch.device, half: torch.dtype) -> None:
    """What the norm adds up is the whole product, with one rounding."""
    from llada_core.kernels.matmul import matmul, parts_of
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    torch.manual_seed(9)
    x, weight = (
        torch.randn(tokens, 1024, device=device).to(half),
        torch.randn(96, 1024, device=device).to(half),
    )
    assert parts_of(tokens, weight) == 2
    exact = x.double() @ weight.double().T
    made = Scaled(matmul(x, weight, parts=2))
    assert (made.parts, made.values.dtype) == (2, torch.float32)
    assert error(made.values[0], x[:, :512].double() @ weight[:, :512].double().T) < 1e-5
    assert error(made.values.sum(0), exact) < 1e-5
    there = torch.zeros(tokens, 96, device=device, dtype=half)
    total, _, _ = add_norm(there, made, torch.ones(96, device=device, dtype=half), 1e-5)
    assert torch.equal(total, made.plain(half))
    assert error(total, exact) < 5e-3


def test_products_that_are_not_cut(device: torch.device) -> None:
    from llada_core.kernels.card import processors
    from llada_core.kernels.matmul import FEW, parts_of

    weight = torch.empty(64 * processors(device), 1024, device=device, dtype=torch.float16)
    assert parts_of(FEW, weight) == 1, "there are tiles enough"
    assert parts_of(FEW + 1, weight[:64]) == 1, "many tokens"
    assert parts_of(FEW, weight[:64, :384]) == 1, "half of the depth is no whole number of steps"
    assert parts_of(FEW, weight[: 32 * processors(device)]) == 2


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


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("tokens", [20, 100])
@pytest.mark.parametrize("summed", [False, True])
def test_products_in_float8(tokens: int, summed: bool) -> None:
    """With few tokens, with more, and where processes sum them up: as exact as float8 is, and no worse."""
    from llada_core.kernels.scaled import Scaled
    from llada_core.model.projection import Products, quantize
    from llada_core.model.shard import WHOLE, Shard

    torch.manual_seed(8)
    device, width = torch.device("cuda"), 1024
    x = torch.randn(tokens, width, device=device, dtype=torch.bfloat16)
    weights = [torch.randn(n, width, device=device) * torch.rand(n, 1, device=device) for n in (2048, 512)]
    products = Products(1e-5, device, shard=Shard(0, 2) if summed else WHOLE)
    up, out = (quantize(weight, "fp8") for weight in weights)
    one = torch.ones(width, device=device, dtype=torch.bfloat16)
    normed = F.rms_norm(x.double(), (width,), eps=1e-5)
    assert error(products.after_norm(x, None, one, out)[1], normed @ weights[1].double().T) < 0.05
    _, fused = products.before_gate(x, Scaled(torch.zeros_like(x)), one, up)
    exact = normed @ weights[0].double().T
    assert error(fused.plain(torch.bfloat16), exact) < 0.05
    attended = products.after_attention(x, out)
    assert error(attended.plain(torch.bfloat16), x.double() @ weights[1].double().T) < 0.05
    gated = products.after_gate(fused, out)
    wanted = F.silu(exact[:, :width]) * exact[:, width:] @ weights[1].double().T
    assert error(gated.plain(torch.bfloat16), wanted) < 0.08
    assert attended.scaled == gated.scaled == (tokens > 32 and not summed)
    assert fused.scaled == (tokens > 32)
