"""Nothing that turns data into code: no pickle, eval, shell or code from a model's repository."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("src/llada_core", "server/src", "server/llada_batch_server.py")

MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "jsonpickle"}
NAMES = {
    *("eval", "exec", "compile", "__import__"),
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    "asyncio.create_subprocess_shell",
    *("torch.load", "torch.jit.load", "torch.hub.load", "torch.package.PackageImporter"),
    *("yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "yaml.Loader", "yaml.UnsafeLoader"),
    *("numpy.load", "pandas.read_pickle"),
    *(
        "multiprocessing.connection",
        "multiprocessing.Pipe",
        "multiprocessing.Queue",
        "multiprocessing.managers",
    ),
    "torch.distributed.checkpoint",
    *("jinja2.Environment", "jinja2.Template"),
}
"""By the names that they have where they come from; what is below one of them counts too."""
METHODS = {"exec_module", "load_module", "runcode", "runsource"}
"""Of whatever object."""
KEYWORDS = {"shell", "trust_remote_code", "allow_pickle"}
"""Allowed only as a literal False; `weights_only` only as a literal True."""

ALLOWED = {
    ("src/llada_core/model/dcp_child.py", "torch.distributed.checkpoint"): (
        "torch unpickles its metadata: in a process of its own, for a folder the operator named"
    ),
    ("src/llada_core/plugins/lone_file.py", "exec_module"): "loads the plugin files that the operator named",
    **{
        (f"src/llada_core/rollouts/{name}.py", "multiprocessing.connection"): (
            "a pipe to children of the same process; only bytes of msgpack go through it"
        )
        for name in ("pool", "replica")
    },
}
"""File and finding, and why it is needed."""


def found_in(source: str) -> Iterator[str]:
    """What a module uses of the above, by whatever name it is imported."""
    tree = ast.parse(source)
    names = dict(_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for whole in [whole for _, whole in _imports(node)] + _modules(node):
                yield from _dangerous(whole)
        elif isinstance(node, (ast.Name, ast.Attribute)):
            yield from _dangerous(_dotted(node, names))
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                yield node.attr
        elif isinstance(node, ast.keyword):
            wanted = {"weights_only": True, **dict.fromkeys(KEYWORDS, False)}.get(node.arg or "")
            if wanted is not None and not (
                isinstance(node.value, ast.Constant) and node.value.value is wanted
            ):
                yield str(node.arg)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Local names and what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield (
                    each.asname or each.name.partition(".")[0],
                    each.name if each.asname else each.name.partition(".")[0],
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """`a.b.c` with `a` as it is called where it comes from; "" for what is no such chain."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, names)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _dangerous(whole: str) -> Iterator[str]:
    top = whole.partition(".")[0]
    if top in MODULES:
        yield top
    for name in NAMES:
        if whole == name or whole.startswith(f"{name}."):
            yield name


def files() -> list[Path]:
    found = [ROOT / each for each in SOURCES]
    return sorted(file for each in found for file in ([each] if each.is_file() else each.rglob("*.py")))


def test_only_what_is_allowed_is_used() -> None:
    assert len(files()) > 100
    used = {
        (file.relative_to(ROOT).as_posix(), what)
        for file in files()
        for what in found_in(file.read_text(encoding="utf-8"))
    }
    assert used - set(ALLOWED) == set()
    assert set(ALLOWED) - used == set(), "no longer needed"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import pickle", "pickle"),
        ("from pickle import loads as f", "pickle"),
        ("import dill as d", "dill"),
        ("def f():\n    import marshal", "marshal"),
        ("eval(x)", "eval"),
        ("f = exec", "exec"),
        ("compile(x, '', 'exec')", "compile"),
        ("__import__(x)", "__import__"),
        ("import os\nos.system(x)", "os.system"),
        ("from os import popen as run\nrun(x)", "os.popen"),
        ("import subprocess as s\ns.run(x, shell=True)", "shell"),
        ("run(x, shell=flag)", "shell"),
        ("import asyncio\nasyncio.create_subprocess_shell(x)", "asyncio.create_subprocess_shell"),
        ("import torch\ntorch.load(x)", "torch.load"),
        ("import torch as t\nf = t.load", "torch.load"),
        ("from torch import load", "torch.load"),
        ("f(weights_only=False)", "weights_only"),
        ("import yaml\nyaml.load(x)", "yaml.load"),
        ("import numpy as np\nnp.load(x)", "numpy.load"),
        ("f(allow_pickle=True)", "allow_pickle"),
        ("f(trust_remote_code=True)", "trust_remote_code"),
        ("f(trust_remote_code=given)", "trust_remote_code"),
        ("spec.loader.exec_module(m)", "exec_module"),
        ("from torch.distributed.checkpoint.filesystem import X", "torch.distributed.checkpoint"),
        ("import jinja2\njinja2.Template(x)", "jinja2.Template"),
        ("import multiprocessing.connection", "multiprocessing.connection"),
    ],
)
def test_it_is_found(source: str, what: str) -> None:
    assert what in set(found_in(source))


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()",
        "import torch\ntorch.compile(f)",
        "import re\nre.compile(x)",
        "import json\njson.load(x)",
        "import yaml\nyaml.safe_load(x)",
        "f(trust_remote_code=False, shell=False, weights_only=True)",
        "import torch.nn\ntorch.nn.Linear(1, 1)",
        "'import pickle; eval(x)'",
    ],
)
def test_the_harmless_is_not(source: str) -> None:
    assert set(found_in(source)) == set()
