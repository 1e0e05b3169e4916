"""A folder that counts as site-packages, and sources of small plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llada_core.testing import importable


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """An empty folder on sys.path; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    with importable(folder):
        yield folder


@pytest.fixture
def plugin_source() -> Callable[..., str]:
    """The hook module of a plugin with one algorithm; further arguments go to its AlgorithmSpec."""

    def source(name: str, **fields: object) -> str:
        arguments = ", ".join(f"{field}={value!r}" for field, value in fields.items())
        return (
            "from llada_core import AlgorithmSpec, hookimpl\n"
            "@hookimpl\n"
            "def llada_register_algorithms():\n"
            f"    return [AlgorithmSpec({name!r}, 'somewhere.else:Class', {arguments})]\n"
        )

    return source
