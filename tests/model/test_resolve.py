"""From what a user calls a model to a folder: a local one, an installed one, or a clear error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llada_core.checkpoints import installed_models, resolve
from llada_core.errors import CheckpointError

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a distribution with one `llada_core.models` entry on the path, by hand."""

    def install(distribution: str, name: str, body: str) -> Path:
        site = tmp_path / f"site-{distribution}"
        module = distribution.replace("-", "_")
        info = site / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[llada_core.models]\n{name} = {module}:checkpoint\n")
        (site / f"{module}.py").write_text(body)
        monkeypatch.syspath_prepend(site)
        monkeypatch.delitem(sys.modules, module, raising=False)
        return site

    return install


def pointing_at(folder: Path) -> str:
    return f"from pathlib import Path\ndef checkpoint():\n    return Path({str(folder)!r})\n"


def test_a_local_folder(make_checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_checkpoint()
    assert resolve(folder) == folder
    assert resolve(str(folder)) == folder
    monkeypatch.chdir(folder.parent)
    assert resolve(folder.name) == Path(folder.name)


def test_an_installed_checkpoint(make_checkpoint: Callable[..., Path], install: Install) -> None:
    folder = make_checkpoint()
    install("my-model", "mine", pointing_at(folder))
    assert resolve("mine") == folder


def test_a_folder_that_is_no_checkpoint_hides_no_name(
    make_checkpoint: Callable[..., Path], install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_checkpoint()
    install("my-model", "mine", pointing_at(folder))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert resolve("mine") == folder
    assert resolve("./mine") == Path("mine")


def test_two_distributions_with_one_name(make_checkpoint: Callable[..., Path], install: Install) -> None:
    first, second = make_checkpoint("first"), make_checkpoint("second")
    install("first-model", "mine", pointing_at(first))
    install("second-model", "mine", pointing_at(second))
    assert resolve("first-model:mine") == first
    assert resolve("second-model:mine") == second
    with pytest.raises(CheckpointError, match=r"no model 'mine'.*first-model:mine, second-model:mine"):
        resolve("mine")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise RuntimeError('no weights')", "RuntimeError: no weights"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import not_there_at_all", "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("def checkpoint():\n    return 7", "expected the path of a folder, got 7"),
        (
            "def checkpoint():\n    return '/no/such/folder'",
            "expected the path of a folder, got '/no/such/folder'",
        ),
    ],
)
def test_a_broken_installed_checkpoint(install: Install, body: str, message: str) -> None:
    install("broken-model", "broken", body)
    with pytest.raises(CheckpointError) as caught:
        resolve("broken")
    assert str(caught.value).startswith("installed model 'broken' (distribution broken-model, broken_model:")
    assert message in str(caught.value)


def test_listing_installed_models_imports_none(install: Install) -> None:
    install("broken-model", "broken", "raise RuntimeError")
    assert "broken" in installed_models()


def test_an_unknown_name_lists_what_there_is(make_checkpoint: Callable[..., Path], install: Install) -> None:
    install("my-model", "gsm-tuned", pointing_at(make_checkpoint()))
    with pytest.raises(CheckpointError) as caught:
        resolve("gsm-tund")
    assert "Did you mean 'gsm-tuned'?" in str(caught.value)
    assert "Installed: " in str(caught.value)


@pytest.mark.parametrize("source", ["/no/such/folder", "./none", "~/none", Path("owner/name"), "a/b/c"])
def test_a_path_is_never_looked_up_on_the_hub(source: str | Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llada_core.checkpoints.hub", None)
    with pytest.raises(CheckpointError, match="neither a local folder"):
        resolve(source)


@pytest.mark.parametrize("source", ["", " "])
def test_an_empty_name_is_refused(source: str) -> None:
    with pytest.raises(CheckpointError, match="no model named"):
        resolve(source)


def test_a_revision_of_a_local_folder_is_refused(make_checkpoint: Callable[..., Path]) -> None:
    with pytest.raises(CheckpointError, match="revision 'v2' means a version on the hub"):
        resolve(make_checkpoint(), revision="v2")


def test_nothing_here_imports_torch() -> None:
    code = (
        "import sys, llada_core.checkpoints, llada_core.checkpoints.hub, llada_core.tokenizer\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
