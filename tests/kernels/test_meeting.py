"""Sums over ranks inside of the norm: one rank with what others have laid down, and two that really meet."""

from __future__ import annotations

import pytest
import torch

from .conftest import error

ROWS, FEW, WIDTH = 5, 4, 96


class Memory:
    """What each rank of several lays down, and who has told whom."""

    def __init__(self, size: int, device: torch.device, half: torch.dtype) -> None:
        self.parts = torch.full((size, 2, ROWS, WIDTH), torch.nan, device=device, dtype=half)
        self.flags = torch.zeros(size, ROWS, size, device=device, dtype=torch.int32)
        self.words = torch.zeros(size, 2, size, FEW, WIDTH, device=device, dtype=torch.int32)
        self.turns = torch.zeros(size, 2, FEW, device=device, dtype=torch.int32)

    def meeting(self, rank: int, few: int = 0):  # type: ignore[no-untyped-def]
        from llada_core.kernels.meeting import Meeting

        device, size = self.parts.device, len(self.parts)
        addresses = (
            torch.tensor([part.data_ptr() for part in of], device=device)
            for of in (self.parts, self.flags, self.words)
        )
        return Meeting(*addresses, self.turns[rank], rank=rank, size=size, rows=ROWS, few=few, width=WIDTH)


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("rows", [1, ROWS])
def test_sum_over_ranks(size: int, turn: int, rows: int, device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    torch.manual_seed(size + turn)
    x = torch.randn(rows, WIDTH, device=device).to(half)
    parts = torch.randn(size, rows, WIDTH, device=device).to(half)
    weight = torch.rand(WIDTH, device=device).to(half)
    wanted = x + parts.float().sum(0).to(half)
    _, norm, _ = add_norm(wanted, None, weight, 1e-5)
    for rank in range(size):
        memory = Memory(size, device, half)
        others = [other for other in range(size) if other != rank]
        memory.parts[others, turn, :rows] = parts[others]
        memory.flags[rank, :rows, others] = 1
        total, normed, _ = add_norm(
            x, Scaled(parts[rank]), weight, 1e-5, meeting=memory.meeting(rank), half=turn
        )
        assert torch.equal(total, wanted)
        assert error(normed, norm) < 1e-3
        assert torch.equal(memory.parts[rank, turn, :rows], parts[rank])
        assert memory.parts[rank, 1 - turn].isnan().all()
        assert not memory.flags[rank].any()
        assert (memory.flags[others, :rows, rank] == 1).all()


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("before", [0, 32_766, 32_767])
def test_sum_of_few_rows(size: int, turn: int, before: int, device: torch.device, half: torch.dtype) -> None:
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    torch.manual_seed(10 * size + turn)
    x = torch.randn(FEW, WIDTH, device=device).to(half)
    parts = torch.randn(size, FEW, WIDTH, device=device).to(half)
    wanted = x + parts.float().sum(0).to(half)
    now = (before + 1) % 32_768
    sent = parts.view(torch.int16).to(torch.int32) & 0xFFFF | now << 16
    for rank in range(size):
        memory = Memory(size, device, half)
        memory.turns[rank] = before
        others = [other for other in range(size) if other != rank]
        memory.words[rank, turn, others] = sent[others]
        total, _, _ = add_norm(
            *(x, Scaled(parts[rank]), torch.ones(WIDTH, device=device, dtype=half), 1e-5),
            meeting=memory.meeting(rank, FEW), half=turn,
        )  # fmt: skip
        assert torch.equal(total, wanted)
        for other in others:
            assert torch.equal(memory.words[other, turn, rank], sent[rank])
        assert not memory.words[others][:, 1 - turn].any()
        assert (memory.turns[rank, turn] == now).all()
        assert (memory.turns[rank, 1 - turn] == before).all()


def compile_both(few: int, device: torch.device, half: torch.dtype) -> None:
    """Have the kernels of both ranks: none can be loaded while the other's waits on the same GPU."""
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    x, weight = (
        torch.ones(ROWS, WIDTH, device=device, dtype=half),
        torch.ones(WIDTH, device=device, dtype=half),
    )
    for rank in range(2):
        for rows in (1, ROWS):
            memory = Memory(2, device, half)
            memory.flags[rank] = 1
            memory.words[rank] = 1 << 16
            add_norm(x[:rows], Scaled(x[:rows]), weight, 1e-5, meeting=memory.meeting(rank, few))
    torch.cuda.synchronize()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("few", [0, 3, FEW])
def test_two_ranks_meet_again_and_again(few: int) -> None:
    """Two streams of one GPU, each with a rank's kernels, which wait for each other."""
    from llada_core.kernels.norm import add_norm
    from llada_core.kernels.scaled import Scaled

    device, half = torch.device("cuda"), torch.bfloat16
    compile_both(few, device, half)
    torch.manual_seed(4)
    memory = Memory(2, device, half)
    meetings = [memory.meeting(rank, few) for rank in range(2)]
    weight = torch.ones(WIDTH, device=device, dtype=half)
    rounds = 60
    counts = [1 + n * 3 % ROWS for n in range(rounds)]
    x = torch.randn(rounds, ROWS, WIDTH, device=device).to(half)
    parts = torch.randn(2, rounds, ROWS, WIDTH, device=device).to(half)
    streams = [torch.cuda.Stream() for _ in range(2)]
    found: list[list[torch.Tensor]] = [[], []]
    torch.cuda.synchronize()
    for n, rows in enumerate(counts):
        for rank, stream in enumerate(streams):
            with torch.cuda.stream(stream):
                part = Scaled(parts[rank, n, :rows])
                total = add_norm(x[n, :rows], part, weight, 1e-5, meeting=meetings[rank], half=n % 2)[0]
                found[rank].append(total)
    torch.cuda.synchronize()
    for n, rows in enumerate(counts):
        wanted = x[n, :rows] + parts[:, n, :rows].float().sum(0).to(half)
        assert torch.equal(found[0][n], wanted)
        assert torch.equal(found[1][n], wanted)
    assert not memory.flags.any()
    assert bool(memory.words.any()) == bool(few)
