"""The pages for plugin authors tell the truth."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from llada_core import (
    AlgorithmSpec,
    DenoisingAlgorithm,
    Environment,
    GenerationAlgorithm,
    GenerationRegistry,
    Observation,
    Plan,
    Progress,
    UnmaskingRule,
    UnmaskingRuleSpec,
    Update,
    Window,
    hookspecs,
    testing,
)
from llada_core.cli.new_plugin import render, write
from llada_core.plugins import selection
from llada_core.plugins.hooks import KNOWN
from llada_core.testing import CHECKS, Subject
from llada_core.testing.kit import run_check
from llada_core.testing.subject import WholeCanvas, run

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "llada-left-to-right"
FOLDER = ROOT / "docs" / "plugins"
NAMES = ("README", "tutorial", "rules", "parameters", "contract", "testing", "directory")
PAGES = {name: (FOLDER / f"{name}.md").read_text() for name in NAMES}
PAGE = "\n".join(PAGES.values())
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SOURCES = [path.read_text() for path in (EXAMPLE / "src").rglob("*.py")]
QUOTED = [body for language, body in BLOCKS if language == "python" and any(body in s for s in SOURCES)]
[FILE] = [body for _, body in BLOCKS if "class Even(" in body]
OWN = [body for language, body in BLOCKS if language == "python" and body not in QUOTED]


def test_the_tutorial_quotes_the_example() -> None:
    assert len(QUOTED) == 3
    [toml] = [body for language, body in BLOCKS if language == "toml"]
    project = (EXAMPLE / "pyproject.toml").read_text()
    for part in toml.split("\n\n"):
        assert part.strip() in project


def test_nothing_else_looks_like_a_quotation() -> None:
    assert all(body.startswith(("from ", "import ")) for body in OWN)


@pytest.mark.parametrize("body", OWN, ids=range(len(OWN)))
def test_other_blocks_run(body: str) -> None:
    exec(compile(body, "docs/plugins", "exec", dont_inherit=True), {"__name__": "plugins_page"})


def test_other_blocks_pass_the_checks_of_a_new_package(tmp_path: Path) -> None:
    write(render("llada-page", "rule"), tmp_path / "page")
    for n, body in enumerate(OWN):
        (tmp_path / "page" / "src" / "llada_page" / f"block_{n}.py").write_text(body)
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path / "page")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_page_is_left_out() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(NAMES)
    assert all(f"]({name}.md)" in PAGES["README"] for name in NAMES if name != "README")


def test_links_between_pages_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert target.startswith("http") or (FOLDER / target).exists(), target


@pytest.mark.parametrize("body", re.findall(r"^```python\n(.*?)^```$", PAGES["tutorial"], re.M | re.S))
def test_the_tutorial_quotes_what_is_rendered(body: str) -> None:
    if body == FILE:
        return  # it is a plugin of its own
    assert any(body in text for text in render("llada-halfway", "algorithm").values())


def test_the_file_of_the_tutorial_is_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "even.py").write_text(FILE)
    registry = GenerationRegistry()
    record = registry.load_file(tmp_path / "even.py")
    assert (record.status, record.rules, record.warnings) == ("loaded", ("even",), ())
    registry.register(WholeCanvas())
    subject = Subject(registry, WholeCanvas.name, "even")
    ran = run(subject.engine(), subject.request(tokens_a_step=2), subject.request("b", tokens_a_step=4))
    assert [ran.finished[id].nfe for id in "ab"] == [6, 4]  # blocks of 6: 3 forwards each, and 4 + 2


def test_the_tutorial_takes_five_commands_and_twenty_lines() -> None:
    text = PAGES["tutorial"]
    commands = re.findall(r"^(?:llada|pip|pytest|curl) .*$", text, re.MULTILINE)
    assert [line.split()[0] for line in commands] == ["llada", "pip", "pytest", "llada", "curl"]
    assert render("llada-halfway", "algorithm")["src/llada_halfway/algorithm.py"].count("\n") <= 20


def test_every_check_is_listed_with_what_it_says() -> None:
    told = dict(re.findall(r"^\| `(check_\w+)` \| (.*) \|$", PAGES["testing"], re.MULTILINE))
    summaries = {check.__name__: (check.__doc__ or "").split("\n\n")[0] for check in CHECKS}
    assert told == {name: " ".join(text.split()) for name, text in summaries.items()}


def test_everything_the_kit_offers_is_mentioned() -> None:
    words = set(re.findall(r"\w+", PAGES["testing"]))
    assert set(testing.__all__) - {"CHECKS", "NotApplicable", "Subject", "make_distribution"} <= words


@pytest.mark.parametrize("name", ["Agreed", "Hurried", "Sharpened", "OpenPositions"])
def test_rules_and_algorithms_of_the_pages_pass_checks(name: str) -> None:
    [body] = [body for body in OWN if f"class {name}(" in body]
    names: dict[str, type] = {"__name__": "plugins_page"}  # type: ignore[dict-item]
    exec(compile(body, "docs/plugins", "exec", dont_inherit=True), names)
    subject = Subject.of(names[name]())
    quick = {"check_forwards_are_counted", "check_every_forward_makes_progress", "check_commits_are_final"}
    outcomes = {run_check(check, subject) for check in CHECKS if check.__name__ in quick}
    assert outcomes == {"passed"}


def test_the_whole_loop_of_the_page_generates() -> None:
    import torch

    from llada_core import load_model

    [body] = [body for body in OWN if "class OneByOne" in body]
    names: dict[str, type] = {"__name__": "plugins_page"}  # type: ignore[dict-item]
    exec(compile(body, "docs/plugins", "exec", dont_inherit=True), names)
    model = load_model("demo")

    class Ids(torch.nn.Module):
        """The demo checkpoint behind the interface that a whole loop sees."""

        facts = model.facts

        def forward(self, ids: torch.Tensor) -> object:
            return model(input_ids=ids)

    prompt = torch.arange(300, 306).reshape(1, 6)
    with torch.inference_mode():
        tokens, nfe = names["OneByOne"]("one_by_one").generate(Ids(), prompt, gen_length=8, block_length=8)
    assert (tuple(tokens.shape), nfe) == ((1, 14), 8)
    assert torch.equal(tokens[:, :6], prompt)
    assert not (tokens == model.facts.mask_id).any()


@pytest.mark.parametrize("hook", KNOWN)
def test_every_hook_is_there_with_its_signature(hook: str) -> None:
    parameters = ", ".join(inspect.signature(getattr(hookspecs, hook)).parameters)
    assert f"| `{hook}({parameters})` |" in PAGE


@pytest.mark.parametrize("spec", [AlgorithmSpec, UnmaskingRuleSpec])
def test_every_field_of_a_spec_is_there(spec: type[AlgorithmSpec]) -> None:
    table = PAGE[PAGE.index("| field of a spec |") : PAGE.index("Hooks and specs are data")]
    assert set(spec.__struct_fields__) <= set(re.findall(r"`(\w+)`", table))


@pytest.mark.parametrize("struct", [Plan, Progress])
def test_every_field_of_a_plan_and_of_the_progress_is_there(struct: type[Plan]) -> None:
    start = PAGE.index(f"\n| `{struct.__name__}` |") + 1
    table = PAGE[start : PAGE.index("\n\n", start)]
    assert set(struct.__struct_fields__) <= set(re.findall(r"`(\w+)`", table))


def test_every_window_is_there() -> None:
    named = {f"Window.{name}" for name in vars(Window) if name.isupper()}
    assert named <= set(re.findall(r"Window\.[A-Z]+", PAGE))


@pytest.mark.parametrize("cls", [GenerationAlgorithm, DenoisingAlgorithm, UnmaskingRule])
def test_the_contract_lists_every_public_member(cls: type) -> None:
    """A member that a subclass may see, and that the page does not mention, or the other way round."""
    start = PAGE.index("| method or attribute |")
    table = PAGE[start : PAGE.index("\n\n", start)]
    listed = set()
    for row in table.splitlines()[2:]:
        owner, *names = re.findall(r"\w+", row.split("|")[1])
        if owner == cls.__name__:
            listed |= set(names)
    names_and_texts = {"name", "description", "aliases"}
    own = {name for name in vars(cls) if not name.startswith("_")} - names_and_texts
    inherited = {name for name in vars(GenerationAlgorithm) if not name.startswith("_")}
    if cls is DenoisingAlgorithm:
        own -= inherited
    assert listed == own


def test_every_field_of_an_observation_and_of_an_update_is_there() -> None:
    from llada_core.observation import _DECLARED

    words = set(re.findall(r"`(\w+)", PAGE))
    assert {"eligible", "cost", "uniform", *_DECLARED} <= words
    assert set(Update.__dataclass_fields__) <= words
    told = {
        "token",
        "position",
        "masked",
        "editable",
        "in_block",
        "forwards",
        "step_in_block",
        "steps_in_block",
        "masked_at_block_start",
        "masked_left",
        "block",
        "blocks",
    }
    assert told <= words
    assert told <= set(Observation.__dataclass_fields__)


def test_every_variable_is_there() -> None:
    assert {selection.ALLOW, selection.DENY, selection.STRICT} == set(re.findall(r"`(LLADA_\w+)`", PAGE))


def test_what_the_environment_has_is_there() -> None:
    public = {name for name in vars(Environment) if not name.startswith("_")} | {"model"}
    text = PAGE[PAGE.index("Availability, where a library") : PAGE.index("# Testing and publishing")]
    assert public - {"requires"} <= set(re.findall(r"`(\w+)", text))
    assert "environment.requires(" in text
