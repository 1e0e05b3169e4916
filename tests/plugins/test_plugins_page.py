"""The page for plugin authors tells the truth."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from llada_core import (
    AlgorithmSpec,
    DenoisingAlgorithm,
    Environment,
    GenerationAlgorithm,
    Observation,
    Plan,
    Progress,
    UnmaskingRule,
    UnmaskingRuleSpec,
    Update,
    Window,
    hookspecs,
)
from llada_core.plugins import selection
from llada_core.plugins.hooks import KNOWN

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "llada-left-to-right"
PAGE = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SOURCES = [path.read_text() for path in (EXAMPLE / "src").rglob("*.py")]
QUOTED = [body for language, body in BLOCKS if language == "python" and any(body in s for s in SOURCES)]
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
    exec(compile(body, "plugins.md", "exec"), {"__name__": "plugins_page"})


def test_the_whole_loop_of_the_page_generates() -> None:
    import torch

    from llada_core import load_model

    [body] = [body for body in OWN if "class OneByOne" in body]
    names: dict[str, type] = {"__name__": "plugins_page"}  # type: ignore[dict-item]
    exec(compile(body, "plugins.md", "exec"), names)
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
    start = PAGE.index(f"| `{struct.__name__}` |")
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
    text = PAGE[PAGE.index("Availability, where a library") : PAGE.index("## Names")]
    assert public - {"requires"} <= set(re.findall(r"`(\w+)", text))
    assert "environment.requires(" in text
