"""Ranks start together and end together, and say why."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
import torch

from llada_core.errors import LladaError, ParameterError
from llada_core.parallel import Team, TeamError, load

from ..engine.conftest import run
from .conftest import GOLDEN, Ask, MakeEngine, two_ranks


def test_a_killed_rank_ends_the_model(make_engine: MakeEngine, ask: Ask) -> None:
    told: list[str] = []
    heard = threading.Event()

    def on_loss(why: str) -> None:
        told.append(why)
        heard.set()

    model = two_ranks(on_loss=on_loss)
    engine = make_engine(model)
    engine.add(ask("a", "dual_cache", (1, 2)))
    engine.step()
    os.kill(model.team.pids[0], signal.SIGKILL)
    with pytest.raises(TeamError, match="rank 1 of 2 was killed by signal 9"):
        run(engine, ask("b", "basic", (3,)))
    assert heard.wait(10)
    assert told == ["rank 1 of 2 was killed by signal 9"]
    with pytest.raises(TeamError):
        engine.step()
    model.team.close()
    assert not torch.distributed.is_initialized()


def test_a_rank_that_does_not_start_is_reported() -> None:
    with pytest.raises(LladaError, match="rank 1 of 2 ended as it started"):
        Team(2, torch.device("cpu"), "no_such_module:build", {})
    assert not torch.distributed.is_initialized()


def test_a_model_that_does_not_split_is_refused_before_anything_starts(tmp_path: Path) -> None:
    config = json.loads((GOLDEN / "config.json").read_text()) | {"n_kv_heads": 1}
    (tmp_path / "config.json").write_text(json.dumps(config))
    shutil.copy(GOLDEN / "model.safetensors", tmp_path)
    with pytest.raises(ParameterError, match="2 ranks cannot share this model: its n_kv_heads is 1"):
        load(tmp_path, tensor_parallel=2, device="cpu")
