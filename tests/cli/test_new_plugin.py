"""A rendered package is complete: it passes ruff and its own tests, and answers over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement

from llada_core.cli.new_plugin import LONGEST, OF_KIND, bound_on_core, problem_with

from ..serving import environment, serving, text_of
from .run_command import run

KINDS = tuple(OF_KIND)
QUICK = "description or availability or hook_module or generate_keeps or forwards_are_counted"


class Rendered(NamedTuple):
    """A rendered package, and the folder that it was installed into."""

    folder: Path
    site: Path


def seeing(packages: tuple[Rendered, ...]) -> dict[str, str]:
    """For processes that see packages as installed."""
    return environment(*(one.site for one in packages))


def in_process(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False, cwd=cwd, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rendered, ...]:
    """A package of each kind, built and installed."""
    return tuple(install(kind, tmp_path_factory.mktemp(kind)) for kind in KINDS)


def install(kind: str, folder: Path) -> Rendered:
    """Render, build a wheel, install it into a folder of its own."""
    name = f"llada-two-words-{kind}"
    result = run("new-plugin", name, f"--{kind}", "--directory", str(folder))
    assert result.exit_code == 0, result.output
    pip = "pip install --quiet --no-deps --no-index --no-build-isolation --disable-pip-version-check"
    in_process(*pip.split(), "--target", str(folder / "site"), str(folder / name), cwd=folder)
    return Rendered(folder / name, folder / "site")


@pytest.fixture(params=range(len(KINDS)), ids=KINDS)
def rendered(request: pytest.FixtureRequest, both: tuple[Rendered, ...]) -> Rendered:
    """A package of either kind."""
    return both[request.param]


def test_it_passes_ruff(rendered: Rendered) -> None:
    in_process("ruff", "check", "--no-cache", cwd=rendered.folder)
    in_process("ruff", "format", "--check", "--no-cache", cwd=rendered.folder)


def test_nothing_is_left_to_fill_in(rendered: Rendered) -> None:
    files = [path for path in rendered.folder.rglob("*") if path.is_file() and "build" not in path.parts]
    for path in files:
        assert "$" not in path.read_text().replace("${{ matrix.python }}", ""), path
    assert {".gitignore", "LICENSE", "README.md", "ci.yml", "publish.yml"} <= {path.name for path in files}


def test_its_bound_admits_this_core_and_not_the_next(rendered: Rendered) -> None:
    import llada_core

    project = tomllib.loads((rendered.folder / "pyproject.toml").read_text())["project"]
    [requirement] = map(Requirement, project["dependencies"])
    assert requirement.name == "llada-core"
    assert llada_core.__version__ in requirement.specifier


def test_their_own_tests_pass(both: tuple[Rendered, ...]) -> None:
    """In one process, since importing torch takes longer than the tests."""
    folders = [str(one.folder) for one in both]
    quick = ["-p", "no:cacheprovider", "--import-mode=importlib", "-k", QUICK]
    told = in_process("pytest", *quick, *folders, cwd=both[0].site, env=seeing(both))
    assert " passed" in told
    assert "failed" not in told


def test_it_is_listed(rendered: Rendered) -> None:
    told = in_process("llada_core.cli", "plugins", "--json", cwd=rendered.site, env=seeing((rendered,)))
    [record] = [r for r in json.loads(told)["plugins"] if r["distribution"] == rendered.folder.name]
    assert (record["status"], record["warnings"]) == ("loaded", [])
    short = rendered.folder.name.removeprefix("llada-").replace("-", "_")
    assert [*record["algorithms"], *record["rules"]] == [short]


def test_they_answer_over_http(both: tuple[Rendered, ...], tmp_path: Path) -> None:
    rule = {"unmasking": "two_words_rule", "sure_from": 0.8}
    algorithm = {"generation_algorithm": "two_words_algorithm", "refresh_every": 2}
    with serving(tmp_path / "log", env=seeing(both)) as server:
        for own in (rule, algorithm, rule | algorithm):
            assert "42" in text_of(server.ask(max_tokens=32, **own))
        for own, field, value in ((rule, "sure_from", 2), (algorithm, "refresh_every", 0)):
            refused = server.post(max_tokens=32, **own | {field: value})
            assert refused.status_code == 400
            assert refused.json()["error"]["param"] == field


def test_it_says_what_comes_next(tmp_path: Path) -> None:
    told = run("new-plugin", "llada-margin", "--directory", str(tmp_path)).output
    steps = [line.split()[0] for line in told.splitlines() if line.startswith("  ")]
    assert steps == ["pip", "pytest", "llada", "curl"]  # with new-plugin itself: five commands
    assert '{"unmasking": "margin", "sure_from": 0.9, "messages"' in told
    told = run("new-plugin", "llada-other", "--algorithm", "--directory", str(tmp_path)).output
    assert '{"generation_algorithm": "other", "refresh_every": 4, "messages"' in told


def test_a_package_starts_with_one_of_both(tmp_path: Path) -> None:
    result = run("new-plugin", "llada-margin", "--rule", "--algorithm", "--directory", str(tmp_path))
    assert result.exit_code == 2
    assert "exclude each other" in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "llada-margin").mkdir()
    result = run("new-plugin", "llada-margin", "--directory", str(tmp_path))
    assert result.exit_code == 1
    assert "exists already" in result.output
    assert list((tmp_path / "llada-margin").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("LLaDA_Margin", "such as llada-margin"),
        ("llada--margin", "such as llada-margin"),
        ("llada-", "single dashes"),
        ("../escape", "single dashes"),
        ("1st", "single dashes"),
        ("llada-" + "m" * LONGEST, "at most"),
        ("llada-basic", "of this project"),
        ("llada-core", "of this project"),
        ("llada-dual", "would bring 'dual'"),
        ("llada-threshold", "would bring 'threshold'"),
        ("threshold", "would bring 'threshold'"),
        ("llada-2nd", "cannot name a class"),
        ("llada-none", "cannot name a class"),
        ("llada-class", "cannot name a class"),
        ("llada-unmasking-rule", "a class UnmaskingRule"),
        ("llada-any", "a class Any"),
        ("random", "llada-random"),
    ],
)
def test_a_name_that_cannot_work_says_why(name: str, reason: str, tmp_path: Path) -> None:
    result = run("new-plugin", name, "--directory", str(tmp_path))
    assert result.exit_code == 2
    # click wraps what it shows; the words stay
    assert reason in " ".join(result.output.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_a_long_name_still_passes_ruff(tmp_path: Path) -> None:
    name = "my" + "-word" * 7 + "abc"
    assert len(name) == LONGEST
    assert problem_with(name) is None
    for kind in KINDS:
        run("new-plugin", name, f"--{kind}", "--directory", str(tmp_path / kind))
        in_process("ruff", "check", "--no-cache", cwd=tmp_path / kind / name)
        in_process("ruff", "format", "--check", "--no-cache", cwd=tmp_path / kind / name)


@pytest.mark.parametrize(
    ("version", "bound"),
    [
        ("0.1.0", "llada-core>=0.1,<0.2"),
        ("0.9.3rc1", "llada-core>=0.9,<0.10"),
        ("1.4.2", "llada-core>=1.4,<2"),
        ("0+unknown", "llada-core>=0.1,<0.2"),
    ],
)
def test_the_bound_follows_the_version(version: str, bound: str) -> None:
    assert bound_on_core(version) == bound
