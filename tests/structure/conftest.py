"""The demo checkpoint's tokens, without its weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from llada_core.checkpoints import resolve
from llada_core.facts import ModelFacts
from llada_core.structure.grammars import Grammars

FACTS = ModelFacts(mask_id=2047, end_ids=(2043, 2046), context_length=1024, vocab_size=2048, n_layers=8)


@pytest.fixture(scope="session")
def folder() -> Path:
    return Path(resolve("demo"))


@pytest.fixture(scope="session")
def grammars(folder: Path) -> Grammars:
    return Grammars(folder, FACTS)
