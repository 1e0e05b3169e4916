"""Fixtures: an application over a fake engine, and a client that speaks to it in process."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from llada_server.app import create_app
from llada_server.context import Context
from llada_server.settings import Settings

from .fake_engine import FACTS, ByteTokenizer, FakeChecker, FakeEngine, make_registry

MakeContext = Callable[..., Context]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _imported_objects_are_not_searched() -> None:
    """An application a test makes enough objects for many full collections; those of imports need none."""
    gc.freeze()


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def make_context(engine: FakeEngine) -> MakeContext:
    def make(**settings: Any) -> Context:
        context = Context(
            engine,
            Settings(**settings),
            registry=make_registry(),
            tokenizer=ByteTokenizer(),
            facts=FACTS,
            names=("org/model", "model"),
        )
        context.checker = FakeChecker()
        return context

    return make


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()


@pytest.fixture
async def http(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(context) as client:
        yield client


def client_of(context: Context) -> httpx.AsyncClient:
    """A client whose requests reach the application without a socket; replies come whole."""
    transport = httpx.ASGITransport(app=create_app(context))
    return httpx.AsyncClient(transport=transport, base_url="http://test")
