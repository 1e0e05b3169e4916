"""What scripts of the older registry rely on, one item of the compatibility list a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import llada_generate
from llada_core import GenerationRegistry, load_model
from llada_core.testing import importable, make_plugin, registry_of
from llada_generate import get_algorithm, list_available_algorithms

NINE_NAMES = {
    "basic": "basic",
    "no_cache": "basic",
    "simple": "basic",
    "prefix_cache": "prefix_cache",
    "prefix": "prefix_cache",
    "cache": "prefix_cache",
    "dual_cache": "dual_cache",
    "dual": "dual_cache",
    "double_cache": "dual_cache",
}
CUSTOM = """
from .base import GenerationAlgorithm


class CustomGeneration(GenerationAlgorithm):
    def __init__(self):
        super().__init__(name="custom", description="My custom generation algorithm")

    def generate(self, model, prompt, **kwargs):
        args = self.validate_args(**kwargs)
        import torch
        filled = torch.full((prompt.shape[0], args["gen_length"]), 7)
        return torch.cat([prompt, filled], dim=1), args["steps"]

    def is_available(self):
        return True
"""


@pytest.fixture(scope="module")
def demo() -> Any:
    """The demo checkpoint."""
    return load_model("demo")


class ForeignModel(torch.nn.Module):
    """A module of somebody else's: called with ids, it returns an object with `.logits`, and nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self.config = SimpleNamespace(mask_token_id=63)
        generator = torch.Generator().manual_seed(0)
        self.table = torch.nn.Parameter(torch.randn(64, 64, generator=generator))

    def forward(self, ids: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=self.table[ids] + self.table[ids].mean(dim=1, keepdim=True))


def check_output(tokens: torch.Tensor, nfe: object, prompt: torch.Tensor, mask_id: int) -> None:
    """The promise about `generate`: shape, untouched prompt, no mask left, a whole number of forwards."""
    assert tokens.shape == (prompt.shape[0], prompt.shape[1] + 128)
    assert torch.equal(tokens[:, : prompt.shape[1]], prompt)
    assert not (tokens[:, prompt.shape[1] :] == mask_id).any()
    assert type(nfe) is int
    assert 4 <= nfe <= 128


@pytest.mark.parametrize("name", ["basic", "prefix_cache", "dual_cache"])
def test_c5_generate_as_the_older_readme_calls_it(demo: Any, name: str) -> None:
    prompt = torch.randint(300, 2000, (2, 11), generator=torch.Generator().manual_seed(1))
    before = prompt.clone()
    algorithm = get_algorithm(name)
    assert algorithm is not None
    assert algorithm.is_available()
    tokens, nfe = algorithm.generate(
        model=demo,
        prompt=prompt,
        steps=16,
        gen_length=128,
        block_length=32,
        temperature=1.0,
        remasking=True,
        threshold=0.95,
        factor=1.0,
    )
    check_output(tokens, nfe, before, demo.facts.mask_id)
    assert torch.equal(prompt, before)


def test_c5_generate_takes_any_module_that_returns_logits() -> None:
    prompt = torch.arange(12).reshape(2, 6)
    algorithm = get_algorithm("basic")
    assert algorithm is not None
    tokens, nfe = algorithm.generate(
        ForeignModel(), prompt, steps=16, gen_length=128, block_length=32, temperature=1.0, remasking=True
    )
    check_output(tokens, nfe, prompt, 63)


def test_c5_an_algorithm_with_a_cache_says_what_it_misses_in_such_a_module() -> None:
    algorithm = get_algorithm("prefix_cache")
    assert algorithm is not None
    with pytest.raises(Exception, match="only returns logits") as caught:
        algorithm.generate(ForeignModel(), torch.arange(6).reshape(1, 6))
    assert "basic" in str(caught.value)


def test_c6_the_built_in_algorithms_are_available() -> None:
    names = list_available_algorithms()
    assert {"basic", "prefix_cache", "dual_cache"} <= set(names)
    assert not set(names) & (set(NINE_NAMES) - set(NINE_NAMES.values()))
    assert f"Available algorithms: {names}".startswith("Available algorithms: ['")


def test_c9_a_file_dropped_into_the_older_package(tmp_path: Path) -> None:
    """With nothing edited: neither the package's `__init__` nor the core."""
    package = tmp_path / "llada_generate"
    shutil.copytree(Path(llada_generate.__file__).parent, package)
    (package / "custom_algorithm.py").write_text(CUSTOM)
    script = """
import llada_generate
assert llada_generate.__file__.startswith(TMP)
from llada_generate import get_algorithm, list_algorithms, list_available_algorithms, register_algorithm
from llada_generate.custom_algorithm import CustomGeneration
register_algorithm(CustomGeneration(), aliases=["my_custom"])
assert get_algorithm("custom") is get_algorithm("my_custom") is not None
assert "custom" in list_algorithms() and "custom" in list_available_algorithms()
import torch
tokens, nfe = get_algorithm("My-Custom").generate(None, torch.zeros(1, 3, dtype=torch.long), gen_length=33)
assert tokens.shape == (1, 3 + 64) and nfe == 16
"""
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", f"TMP = {str(tmp_path)!r}\n{script}"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr


def test_c9_the_same_class_as_a_package(tmp_path: Path) -> None:
    custom = CUSTOM.replace("from .base", "from llada_generate.base")
    plugin = (
        "from llada_core import register_algorithm\n"
        "from llada_custom.algorithm import CustomGeneration\n"
        "register_algorithm(CustomGeneration(), aliases=['my_custom'])\n"
    )
    make_plugin(tmp_path, "llada-custom", plugin, files={"llada_custom/algorithm.py": custom})
    with importable(tmp_path):
        registry = registry_of(tmp_path)
        assert registry.list_available_algorithms() == ["custom"]
        assert registry.get("my_custom") is registry.get("custom") is not None


def test_c9_the_same_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "custom_algorithm.py"
    path.write_text(
        CUSTOM
        + "\n\nfrom llada_generate import register_algorithm\n"
        + "register_algorithm(CustomGeneration(), aliases=['my_custom'])\n"
    )
    registry = GenerationRegistry()
    assert registry.load_file(path).status == "loaded"
    assert registry.get("my_custom") is registry.get("custom") is not None


@pytest.mark.parametrize(("name", "canonical"), NINE_NAMES.items())
def test_c10_all_nine_names(name: str, canonical: str) -> None:
    algorithm = get_algorithm(canonical)
    assert algorithm is not None
    assert algorithm.name == canonical
    for written in (name, name.upper(), name.replace("_", "-")):
        assert get_algorithm(written) is algorithm
        assert llada_generate.registry.resolve(written) == canonical


def test_c12_a_missing_dependency_makes_one_algorithm_unavailable(tmp_path: Path) -> None:
    """In a process of its own, through real discovery, with and without an availability hook."""
    spec = "AlgorithmSpec({0!r}, 'llada_{0}.algorithm:Algorithm')"
    hooks = (
        "from llada_core import AlgorithmSpec, hookimpl\n"
        "@hookimpl\ndef llada_register_algorithms(): return [{}]\n"
    )
    check = (
        "@hookimpl\ndef llada_check_availability(environment):\n"
        "    return environment.requires('no-such-dependency>=2')\n"
    )
    needy = {"algorithm.py": "import no_such_dependency\n"}
    for name, more in (("needy", ""), ("asking", check)):
        files = {f"llada_{name}/{file}": text for file, text in needy.items()}
        make_plugin(tmp_path, f"llada-{name}", hooks.format(spec.format(name)) + more, files=files)
    make_plugin(tmp_path, "llada-early", "import no_such_dependency\n")
    script = """
import llada_generate, llada_core
names = llada_generate.list_algorithms()
assert {"basic", "prefix_cache", "dual_cache", "needy", "asking"} <= set(names) and "early" not in names
assert set(names) - set(llada_generate.list_available_algorithms()) == {"needy", "asking"}
assert llada_generate.get_algorithm_info("needy")["available"] is False
registry = llada_core.default_registry()
assert "No module named 'no_such_dependency'" in registry.availability("needy").reason
assert registry.availability("asking").reason == "needs no-such-dependency>=2, which is not installed"
[early] = [record for record in registry.records if record.name == "early"]
assert early.status == "failed" and "no_such_dependency" in early.reason
"""
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr


DEFAULTS = {
    "steps": 16,
    "gen_length": 128,
    "block_length": 32,
    "temperature": 1.0,
    "remasking": True,
    "threshold": 0.95,
    "factor": 1.0,
}


@pytest.mark.parametrize("name", ["basic", "prefix_cache", "dual_cache"])
def test_c13_the_seven_arguments_and_their_defaults(name: str) -> None:
    algorithm = get_algorithm(name)
    assert algorithm is not None
    assert algorithm.get_required_args() == DEFAULTS
    assert algorithm.validate_args() == DEFAULTS
    assert algorithm.validate_args(steps=8, mask_id=5) == {**DEFAULTS, "steps": 8}


@pytest.mark.parametrize(("given", "rounded"), [(1, 32), (10, 32), (32, 32), (100, 128), (129, 160)])
def test_c13_gen_length_rounds_up_to_whole_blocks(given: int, rounded: int) -> None:
    algorithm = get_algorithm("basic")
    assert algorithm is not None
    assert algorithm.validate_args(gen_length=given)["gen_length"] == rounded


@pytest.mark.parametrize("name", DEFAULTS)
def test_c13_none_stays(name: str) -> None:
    algorithm = get_algorithm("basic")
    assert algorithm is not None
    assert algorithm.validate_args(**{name: None})[name] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("steps", 2.5),
        ("steps", True),
        ("gen_length", -5),
        ("block_length", 0),
        ("temperature", -0.1),
        ("temperature", "x"),
        ("remasking", "sometimes"),
        ("remasking", 1),
        ("threshold", 1.5),
        ("factor", 0),
    ],
)
def test_c13_a_value_that_can_never_work_names_its_field(name: str, value: object) -> None:
    algorithm = get_algorithm("basic")
    assert algorithm is not None
    with pytest.raises(ValueError, match=f"^{name}: "):
        algorithm.validate_args(**{name: value})


def test_the_older_package_exports_what_it_had() -> None:
    """Also `registry`, the object itself, and the submodules that scripts import from."""
    import llada_core
    from llada_generate import base, registry

    for name in (
        "GenerationAlgorithm",
        "GenerationRegistry",
        "get_algorithm",
        "get_algorithm_info",
        "list_algorithms",
        "list_available_algorithms",
        "register_algorithm",
    ):
        assert getattr(llada_generate, name) is getattr(llada_core, name)
    assert base.GenerationAlgorithm is llada_core.GenerationAlgorithm
    assert registry.get("dual") is get_algorithm("dual_cache")
    assert registry.get("nobody") is None
    assert registry.list_algorithms() == llada_core.list_algorithms()
    assert registry.get_algorithm_info("simple") == llada_core.get_algorithm_info("basic")
    with pytest.raises(AttributeError):
        _ = registry._private
