"""A session over a scripted engine, and the demo checkpoint's tokenizer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llada_core.checkpoints import read_facts, resolve
from llada_core.facts import ModelFacts
from llada_core.registry import default_registry
from llada_core.session import Session
from llada_core.tokenizer import Tokenizer

from .scripted_engine import Script, ScriptedEngine


@pytest.fixture(scope="session")
def demo() -> Path:
    return resolve("demo")


@pytest.fixture(scope="session")
def tokenizer(demo: Path) -> Tokenizer:
    return Tokenizer(demo)


@pytest.fixture(scope="session")
def facts(demo: Path) -> ModelFacts:
    return read_facts(demo)


@pytest.fixture
def make_session(tokenizer: Tokenizer, facts: ModelFacts) -> Callable[..., Session]:
    """Makes a session whose engine generates what `script` says: text, ids, or an error, for a request."""

    def make(script: Script = "hello there") -> Session:
        engine: Any = ScriptedEngine(facts, tokenizer, script)
        return Session(engine, tokenizer, default_registry())

    return make


@pytest.fixture
def use_session(
    monkeypatch: pytest.MonkeyPatch, make_session: Callable[..., Session]
) -> Callable[..., Session]:
    """Makes commands use such a session instead of loading a model."""

    def use(script: Script = "hello there") -> Session:
        session = make_session(script)
        for command in ("generate", "chat", "evaluate"):
            monkeypatch.setattr(f"llada_core.cli.{command}.load_session", lambda *_, **__: session)
        return session

    return use
