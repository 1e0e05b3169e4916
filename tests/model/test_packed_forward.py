"""The packed forward against the reference outputs, against rows run alone, and against the slow forward."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from llada_core.model import LLaDAForMaskedDiffusion, Packed

LENGTHS = [(5, 5, 5), (4, 7, 4, 2), (6,), (3, 0, 3), (1, 9)]


def pack(rows: list[list[int]]) -> Packed:
    positions = [i for row in rows for i in range(len(row))]
    tokens = [token for row in rows for token in row]
    return Packed(torch.tensor(tokens), torch.tensor(positions), tuple(len(row) for row in rows))


def random_rows(lengths: tuple[int, ...]) -> list[list[int]]:
    generator = torch.Generator().manual_seed(sum(lengths))
    return [torch.randint(0, 320, (n,), generator=generator).tolist() for n in lengths]


def test_logits_are_the_published_codes(golden: Path) -> None:
    reference = json.loads((golden / "logits.json").read_text())
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    logits = model(torch.tensor(reference["input"])).logits
    torch.testing.assert_close(logits[..., :12], torch.tensor(reference["logits"]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("lengths", LENGTHS)
def test_a_packed_row_does_not_see_its_neighbours(golden: Path, lengths: tuple[int, ...]) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    rows = random_rows(lengths)
    with torch.inference_mode():
        together = model.head(model.hidden(pack(rows)))
        alone = [model.head(model.hidden(pack([row]))) for row in rows if row]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("changes", [{}, {"n_kv_heads": 2}, {"n_kv_heads": 1}, {"weight_tying": True}])
def test_forward_is_the_slow_one(
    make_checkpoint: Callable[..., Path], slow_forward: Callable[..., torch.Tensor], changes: dict
) -> None:
    folder = make_checkpoint(**changes)
    model = LLaDAForMaskedDiffusion.from_pretrained(folder)
    (row,) = random_rows((7,))
    with torch.inference_mode():
        logits = model.head(model.hidden(pack([row])))
    torch.testing.assert_close(logits.double(), slow_forward(folder, row), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("changes", [{}, {"n_kv_heads": 2}])
def test_a_bias_and_repeated_positions_are_the_slow_ones(
    make_checkpoint: Callable[..., Path], slow_forward: Callable[..., torch.Tensor], changes: dict
) -> None:
    """Rows of equal length with a bias of each kind, with another, and with none, in one forward."""
    folder = make_checkpoint(**changes)
    model = LLaDAForMaskedDiffusion.from_pretrained(folder)
    rows = random_rows((5, 5, 5, 3, 5))
    generator = torch.Generator().manual_seed(2)
    chance = [torch.rand(len(row), len(row), generator=generator) for row in rows]
    seen = [(c < 0.6) | torch.eye(len(c), dtype=torch.bool) for c in chance]
    biases = [seen[0], 4 * chance[1], None, seen[3], seen[4]]
    added = [
        seen[0].double().log(),
        4 * chance[1].double(),
        None,
        seen[3].double().log(),
        seen[4].double().log(),
    ]
    positions = [[0, 1, 2, 1, 2], [7, 0, 0, 3, 4], [0, 1, 2, 3, 4], [5, 5, 5], [4, 3, 2, 1, 0]]
    packed = Packed(
        torch.tensor([*itertools.chain(*rows)]),
        torch.tensor([*itertools.chain(*positions)]),
        (5, 5, 5, 3, 5),
        bias=tuple(biases),
    )
    with torch.inference_mode():
        found = torch.split(model.head(model.hidden(packed)), [5, 5, 5, 3, 5])
        ids, where = torch.tensor([rows[0], rows[4]]), torch.tensor([positions[0], positions[4]])
        padded = torch.nn.functional.pad(torch.stack((seen[0], seen[4])), (0, 1, 0, 1))
        direct = model(
            torch.nn.functional.pad(ids, (0, 1)),
            attention_mask=torch.tensor([[1, 1, 1, 1, 1, 0]] * 2),
            attention_bias=padded,
            position_ids=torch.nn.functional.pad(where, (0, 1)),
        ).logits
    for row, at, bias, logits in zip(rows, positions, added, found, strict=True):
        torch.testing.assert_close(
            logits.double(), slow_forward(folder, row, at, bias=bias), atol=1e-3, rtol=1e-4
        )
    torch.testing.assert_close(direct[:, :5], torch.stack((found[0], found[4])), atol=1e-4, rtol=1e-4)


def test_hidden_states_of_any_positions_give_their_logits(golden: Path) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    hidden = model.hidden(pack(random_rows((6, 3))))
    picked = torch.tensor([8, 2, 2])
    torch.testing.assert_close(model.head(hidden[picked]), model.head(hidden)[picked])


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_is_left_out(golden: Path, side: str) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    (row,) = random_rows((6,))
    padded = [305] * 3 + row if side == "left" else [*row, 305, 305, 305]
    mask = torch.tensor([[0] * 3 + [1] * 6 if side == "left" else [1] * 6 + [0] * 3])
    with torch.inference_mode():
        alone = model(torch.tensor([row])).logits
        logits = model(torch.tensor([padded]), attention_mask=mask).logits
    torch.testing.assert_close(logits[mask.bool()], alone[0], atol=1e-4, rtol=1e-4)
    assert not logits[~mask.bool()].any()


def test_a_mask_of_another_shape_is_refused(golden: Path) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    with pytest.raises(ValueError, match=r"attention_mask: expected the shape of input_ids, \(1, 3\)"):
        model(torch.tensor([[1, 2, 3]]), attention_mask=torch.ones(1, 4))


def test_gradients_reach_every_weight(golden: Path) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(golden)
    model(torch.tensor([[1, 2, 3]])).logits.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_the_model_tells_the_shape_of_its_cache(make_checkpoint: Callable[..., Path]) -> None:
    model = LLaDAForMaskedDiffusion.from_pretrained(make_checkpoint(n_kv_heads=2))
    assert model.kv_shape == (3, 2, 16)
