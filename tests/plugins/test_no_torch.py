"""Looking at plugins never imports torch, and a plugin that does so at the wrong time is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llada_core.testing import make_plugin


def run(script: str, *folders: Path, **environ: str) -> Any:
    """Run a script in a fresh interpreter; the JSON that it prints."""
    paths = [*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | environ
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "statement",
    [
        "import llada_core",
        "import llada_core; llada_core.SamplingParams, llada_core.AlgorithmSpec, llada_core.Environment",
        "import llada_core; llada_core.DenoisingAlgorithm, llada_core.Plan, llada_core.Tokenizer",
        "import llada_core; llada_core.default_registry().describe(load=False)",
        "import llada_generate, llada_generate.base; llada_generate.registry.list_algorithms()",
        "import llada_core.testing",
        "import llada_core.hookspecs, llada_core.plugins, llada_core.registry",
    ],
)
def test_torch_is_not_imported(statement: str) -> None:
    assert run(f"import sys, json\n{statement}\nprint(json.dumps('torch' in sys.modules))") is False


def test_using_a_name_imports_what_it_needs() -> None:
    assert run(
        "import sys\nimport llada_core\nllada_core.UnmaskingRule\nprint(str('torch' in sys.modules).lower())"
    )


REPORT = """
import json
from llada_core import default_registry
print(json.dumps({r.name: r.warnings for r in default_registry().records}))
"""


@pytest.mark.parametrize("where", ["plugin", "params"])
def test_a_plugin_whose_hook_or_params_module_imports_torch_is_warned(
    site: Path, plugin_source: Callable[..., str], where: str
) -> None:
    source = plugin_source("heavy", params="llada_heavy.params:Params")
    params = "import msgspec\nclass Params(msgspec.Struct, frozen=True):\n    a: int = 1\n"
    if where == "plugin":
        source = "import torch\n" + source
    else:
        params = "import torch\n" + params
    make_plugin(site, "llada-heavy", source, files={"llada_heavy/params.py": params})
    make_plugin(site, "llada-light", plugin_source("light"))
    warnings = run(REPORT, site, LLADA_PLUGINS="heavy,light")
    assert warnings["heavy"] == ["loading it imports torch: keep torch out of its hook and params modules"]
    assert warnings["light"] == []


def test_a_lone_file_may_import_torch(tmp_path: Path) -> None:
    """All of it is run anyway, and the operator named it."""
    path = tmp_path / "mine.py"
    path.write_text(
        "import torch\nfrom llada_core import AlgorithmSpec, hookimpl\n"
        "@hookimpl\ndef llada_register_algorithms(): return [AlgorithmSpec('mine', 'x:X')]\n"
    )
    script = f"""
import json
from llada_core import GenerationRegistry
record = GenerationRegistry().load_file({str(path)!r})
print(json.dumps([record.status, list(record.warnings)]))
"""
    assert run(script) == ["loaded", []]
