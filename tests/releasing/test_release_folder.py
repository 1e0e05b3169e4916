"""What a tag releases, in a made-up repository and in this one."""

from __future__ import annotations

import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".github" / "release_folder.py"
MODULE = runpy.run_path(str(SCRIPT))
find_release, distributions, NotReady = MODULE["find_release"], MODULE["distributions"], MODULE["NotReady"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two distributions: llada-core 1.2.0 in the root, and llada-core-v2-tools 0.1.0rc1 in a folder."""
    (tmp_path / "requirements-dev.txt").write_text("-c constraints.txt\n-e .\n-e plugins/tools\npytest\n")
    (tmp_path / "plugins" / "tools").mkdir(parents=True)
    for folder, name, version in (
        (tmp_path, "llada-core", "1.2.0"),
        (tmp_path / "plugins" / "tools", "llada-core-v2-tools", "0.1.0rc1"),
    ):
        (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "{version}"\n')
        (folder / "CHANGELOG.md").write_text(
            f"# Changelog\n\n## 9.0.0, unreleased\n\n## {version}, 2026-12-01\n\n- All of it.\n\n"
            "## 0.0.1, 2026-01-01\n\n- A start.\n"
        )
    return tmp_path


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("llada-core-v1.2.0", ("llada-core", "1.2.0", ".")),
        ("llada-core-v2-tools-v0.1.0rc1", ("llada-core-v2-tools", "0.1.0rc1", "plugins/tools")),
    ],
)
def test_a_tag_that_is_ready(repository: Path, tag: str, expected: tuple[str, str, str]) -> None:
    assert tuple(find_release(tag, repository)) == expected


@pytest.mark.parametrize(
    "tag",
    ["v1.2.0", "llada-core-1.2.0", "llada-core-v1.2", "llada-core-v1.2.0.dev1", "Llada-Core-v1.2.0", ""],
)
def test_a_tag_of_another_form(repository: Path, tag: str) -> None:
    with pytest.raises(NotReady, match="expected DISTRIBUTION-vMAJOR"):
        find_release(tag, repository)


def test_a_distribution_that_is_not_there(repository: Path) -> None:
    with pytest.raises(NotReady, match="no distribution llada-corn; there are llada-core, llada-core-v2"):
        find_release("llada-corn-v1.2.0", repository)


def test_another_version(repository: Path) -> None:
    with pytest.raises(NotReady, match=r"\./pyproject\.toml says version 1\.2\.0"):
        find_release("llada-core-v1.3.0", repository)


@pytest.mark.parametrize(
    ("changelog", "reason"),
    [
        (None, "CHANGELOG.md has no entry '## 1.2.0, YYYY-MM-DD'"),
        ("# Changelog\n\n## 11.2.0, 2026-12-01\n\n- No.\n", "has no entry '## 1.2.0, YYYY-MM-DD'"),
        ("# Changelog\n\n## 1.2.0, unreleased\n\n- It.\n", "'## 1.2.0, unreleased' has no date yet"),
        ("# Changelog\n\n## 1.2.0\n\n- It.\n", "'## 1.2.0' has no date yet"),
        ("## 1.2.0, 2026-12-01\n\n## 1.1.0, 2026-11-01\n\n- It.\n", "the entry of 1.2.0 is empty"),
    ],
)
def test_a_changelog_that_is_not_ready(repository: Path, changelog: str | None, reason: str) -> None:
    path = repository / "CHANGELOG.md"
    path.unlink() if changelog is None else path.write_text(changelog)
    with pytest.raises(NotReady) as refused:
        find_release("llada-core-v1.2.0", repository)
    assert str(refused.value).endswith(reason)


def test_the_script_prints_the_outputs_of_a_step(repository: Path) -> None:
    script = repository / ".github" / "release_folder.py"
    script.parent.mkdir()
    script.write_text(SCRIPT.read_text())
    command = [sys.executable, str(script)]
    done = subprocess.run([*command, "llada-core-v1.2.0"], capture_output=True, text=True, check=True)
    assert done.stdout == "distribution=llada-core\nversion=1.2.0\nfolder=.\n"
    refused = subprocess.run([*command, "v1"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("v1: expected ")


@pytest.mark.parametrize(
    ("folder", "project"), [*distributions(ROOT)], ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_distribution_of_this_repository_has_what_a_release_needs(
    folder: str, project: dict[str, str]
) -> None:
    """Its tag leads to it; all that may be missing is the date."""
    path = ROOT / folder
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        assert (path / name).is_file(), name
    assert (path / "CHANGELOG.md").read_text().startswith("# Changelog")
    assert project["description"]
    reason = ""
    try:
        assert find_release(f"{project['name']}-v{project['version']}").folder == folder
    except NotReady as error:
        reason = str(error)
    assert reason == "" or reason.endswith(f"'## {project['version']}, unreleased' has no date yet")


def test_every_distribution_is_among_them() -> None:
    folders = {ROOT, *(path.parent for path in ROOT.glob("*/pyproject.toml"))}
    folders |= {
        path.parent for kind in ("plugins", "models") for path in (ROOT / kind).glob("*/pyproject.toml")
    }
    assert {(ROOT / folder).resolve() for folder, _ in distributions(ROOT)} == folders
    names = [project["name"] for _, project in distributions(ROOT)]
    assert len(set(names)) == len(names)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"] == "llada-core"
