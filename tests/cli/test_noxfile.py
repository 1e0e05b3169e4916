"""The noxfile as a script: what it does before nox is there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("serve", "tests", "lint", "types", "wheels")


@pytest.fixture(scope="module")
def loaded() -> ModuleType:
    """The module; sessions can be registered only once."""
    spec = importlib.util.spec_from_file_location("llada_noxfile", ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def noxfile(loaded: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The module, with an environment of its own that holds nothing; what it would become is in `became`."""
    module = loaded
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "SCRIPTS", venv / "bin")
    monkeypatch.setattr(module, "PYTHON", str(venv / "bin" / "python"))
    monkeypatch.setattr(module, "STAMP", venv / "installed-from")
    module.became = []
    module.installed = []
    monkeypatch.setattr(module, "become", module.became.append)
    monkeypatch.setattr(module, "install", lambda *what: module.installed.append(what))
    return module


def make_working(noxfile: ModuleType, *programs: str) -> None:
    """An environment with a Python that works, and these programs."""
    noxfile.SCRIPTS.mkdir(parents=True)
    Path(noxfile.PYTHON).symlink_to(sys.executable)
    for program in programs:
        (noxfile.SCRIPTS / program).touch()


def test_every_session_says_what_it_does_in_one_line(noxfile: ModuleType) -> None:
    for name in NAMES:
        text = getattr(noxfile, name).__doc__
        assert text.endswith(".")
        assert "\n" not in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["--list"]),
        (["serve"], ["--session", "serve", "--"]),
        (["serve", "--port", "9000"], ["--session", "serve", "--", "--port", "9000"]),
        (["tests", "tests/model", "-k", "x"], ["--session", "tests", "--", "tests/model", "-k", "x"]),
        (["tests", "--", "-k", "x"], ["--session", "tests", "--", "-k", "x"]),
        (["-s", "lint", "types"], ["-s", "lint", "types"]),
    ],
)
def test_arguments_go_through_to_nox(noxfile: ModuleType, arguments: list[str], expected: list[str]) -> None:
    make_working(noxfile, "nox")
    noxfile.main(arguments)
    (command,) = noxfile.became
    assert command[:3] == [noxfile.PYTHON, "-m", "nox"]
    assert command[5:] == expected
    assert noxfile.installed == []


def test_nox_is_installed_where_it_is_missing(noxfile: ModuleType) -> None:
    make_working(noxfile)
    noxfile.main(["lint"])
    assert noxfile.installed == [("nox",)]


def test_an_environment_is_made_and_a_dead_one_replaced(noxfile: ModuleType) -> None:
    noxfile.SCRIPTS.mkdir(parents=True)
    Path(noxfile.PYTHON).symlink_to("/nowhere/python")
    noxfile.make_venv()
    assert subprocess.run([noxfile.PYTHON, "-c", "import pip"], check=False).returncode == 0


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_is_one_clear_line(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    with pytest.raises(SystemExit) as ended:
        noxfile.make_venv()
    message = str(ended.value)
    assert "\n" not in message
    assert f"apt install python{sys.version_info.major}.{sys.version_info.minor}-venv" in message


def test_a_python_that_is_too_old_is_one_clear_line() -> None:
    code = (
        "import runpy, sys\n"
        "sys.version_info = (3, 8, 10, 'final', 0)\n"
        f"runpy.run_path({str(ROOT / 'noxfile.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"noxfile.py: needs Python 3.11 or newer, and {sys.executable} is 3.8\n"


def test_nothing_is_installed_again_until_something_changes(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_working(noxfile)
    noxfile.update_environment()
    noxfile.update_environment()
    assert noxfile.installed == [("-r", str(noxfile.REQUIREMENTS))]
    monkeypatch.setattr(noxfile, "fingerprint", lambda: "other")
    noxfile.update_environment()
    assert len(noxfile.installed) == 2


def test_an_installation_that_fails_is_tried_again(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_working(noxfile)
    monkeypatch.setattr(noxfile, "install", lambda *what: sys.exit("no"))
    with pytest.raises(SystemExit):
        noxfile.update_environment()
    monkeypatch.setattr(noxfile, "install", lambda *what: noxfile.installed.append(what))
    noxfile.update_environment()
    assert len(noxfile.installed) == 1


def test_every_project_file_counts(
    noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = noxfile.distributions()
    assert {folder.name for folder in folders} >= {"server", "llada-demo", "llada-basic"}
    assert all((folder / "pyproject.toml").is_file() for folder in folders)
    copies = []
    for number, folder in enumerate(folders):
        copy = tmp_path / str(number)
        copy.mkdir()
        (copy / "pyproject.toml").write_bytes((folder / "pyproject.toml").read_bytes())
        copies.append(copy)
    monkeypatch.setattr(noxfile, "distributions", lambda: copies)
    before = noxfile.fingerprint()
    for copy in copies:
        project = copy / "pyproject.toml"
        content = project.read_bytes()
        project.write_bytes(content + b"\n# changed")
        assert noxfile.fingerprint() != before
        project.write_bytes(content)
    assert noxfile.fingerprint() == before
