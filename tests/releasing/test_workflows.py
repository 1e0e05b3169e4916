"""What the workflows do, read from their YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def workflow(name: str) -> dict[Any, Any]:
    """A workflow; YAML 1.1 reads the key `on` as True."""
    read: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    return read


RELEASE = workflow("release")
JOBS: dict[str, Any] = RELEASE["jobs"]


def commands(job: str) -> str:
    """All that a job runs."""
    return "\n".join(step["run"] for step in JOBS[job]["steps"] if "run" in step)


def actions(job: str) -> list[str]:
    """All actions that a job uses, without their versions."""
    return [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step]


def test_only_tags_release() -> None:
    assert RELEASE[True] == {"push": {"tags": ["*-v*"]}}


def test_the_folder_comes_from_the_script() -> None:
    assert 'python .github/release_folder.py "$GITHUB_REF_NAME"' in commands("build")
    [step] = [step for step in JOBS["build"]["steps"] if "release_folder" in step.get("run", "")]
    outputs = JOBS["build"]["outputs"]
    assert outputs == {
        name: f"${{{{ steps.{step['id']}.outputs.{name} }}}}"
        for name in ("distribution", "version", "folder")
    }
    assert (ROOT / ".github" / "release_folder.py").is_file()


def test_no_text_of_the_tag_is_pasted_into_a_command() -> None:
    """A tag's name is somebody's text: commands read it from their environment."""
    for job in JOBS.values():
        for step in job["steps"]:
            assert "${{ github." not in step.get("run", "")
            assert "${{ steps." not in step.get("run", "")
            assert "${{ needs." not in step.get("run", "")


def test_wheel_and_sdist_are_each_installed_into_a_fresh_environment() -> None:
    assert JOBS["check"]["strategy"]["matrix"]["built"] == ["*.whl", "*.tar.gz"]
    assert JOBS["check"]["needs"] == "build"
    text = commands("check")
    order = ["venv fresh", "fresh/bin/pip install dist/${{ matrix.built }}", "pip check", "llada plugins"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert 'fresh/bin/python .ci/entry_points.py "$FOLDER"' in text
    [plugins] = [step for step in JOBS["check"]["steps"] if "llada plugins" in step.get("run", "")]
    assert plugins["env"] == {"LLADA_PLUGINS_STRICT": "1"}


def test_the_oldest_python_is_checked() -> None:
    assert "3.11" in JOBS["check"]["strategy"]["matrix"]["python"]


def test_only_what_was_checked_is_published_and_without_a_password() -> None:
    publish = JOBS["publish"]
    assert set(publish["needs"]) == {"build", "check"}
    assert publish["environment"] == "pypi"
    assert publish["permissions"] == {"id-token": "write"}
    assert actions("publish") == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    assert "secrets." not in (ROOT / ".github" / "workflows" / "release.yml").read_text()


@pytest.mark.parametrize("job", ["build", "check"])
def test_no_other_job_may_publish(job: str) -> None:
    assert RELEASE["permissions"] == {"contents": "read"}
    assert "permissions" not in JOBS[job]
    assert "environment" not in JOBS[job]


def test_ci_runs_what_has_to_pass() -> None:
    ci = workflow("ci")
    assert set(ci[True]) == {"push", "pull_request"}
    assert ci["permissions"] == {"contents": "read"}
    [job] = ci["jobs"].values()
    assert job["steps"][-1]["run"] == ".ci/run"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
