"""`llada eval --series`: what is compared, the Pareto front, the tables, the plot, the documents."""

from __future__ import annotations

import importlib.util
import json
import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from llada_core import AlgorithmSpec, GenerationAlgorithm, UnmaskingRuleSpec
from llada_core.cli.evaluation.choosing import PARTS, Figures, Measured, Point, on_front, within
from llada_core.cli.evaluation.choosing_tables import budget_table, points_table
from llada_core.cli.evaluation.plot import plot
from llada_core.cli.evaluation.series import DEFAULTS, STEPS, find_series
from llada_core.engine.request import Request
from llada_core.errors import UnknownNameError
from llada_core.registry import GenerationRegistry, default_registry
from llada_core.session import Session
from llada_core.tokenizer import Tokenizer

from .run_command import run, run_json
from .test_evaluate import exact_scoring, file, number  # noqa: F401

ROOT = Path(__file__).parents[2]
ALL = PARTS["all problems"]


def figures(right: int, forwards: float, problems: int = 100) -> Figures:
    accuracy = right / problems
    return Figures(problems=problems, right=right, failed=0, accuracy=accuracy, forwards_per_block=forwards)


def point(series: str, setting: str, right: int, forwards: float, hardest: int | None = None) -> Point:
    return Point(
        series=series,
        kind="rule" if series == "eb" else "algorithm",
        distribution=f"llada-{series}",
        algorithm="basic" if series == "eb" else series,
        setting=setting,
        seconds=2.0,
        tokens_per_second=50.0,
        all=figures(right, forwards),
        hardest_quarter=None if hardest is None else figures(hardest, 2 * forwards, 25),
    )


POINTS = [
    point("basic", DEFAULTS, 99, 32.0, 24),
    point("basic", "steps=2/block", 90, 2.0, 15),
    point("basic", "steps=4/block", 95, 3.9, 20),
    point("eb", DEFAULTS, 95, 2.5, 21),
    point("eb", "gamma=0.01", 93, 3.0, 22),
]
MEASURED = Measured(
    model="demo",
    problems=100,
    rows=8,
    block_length=32,
    device="CPU",
    dtype="float32",
    torch="2",
    date="today",
    results=POINTS,
)


def test_the_front_is_what_nothing_beats() -> None:
    """Against the definition, pair by pair, with many ties."""
    draw = random.Random(5)
    for _ in range(200):
        points = [point("basic", str(n), draw.randint(1, 6), draw.randint(1, 6)) for n in range(8)]

        def beats(one: Point, other: Point) -> bool:
            gain = one.all.accuracy - other.all.accuracy
            save = other.all.forwards_per_block - one.all.forwards_per_block
            return gain >= 0 and save >= 0 and (gain > 0 or save > 0)

        expected = {p.setting for p in points if not any(beats(other, p) for other in points)}
        assert {p.setting for p in on_front(points, ALL)} == expected


def test_within_a_budget_nothing_is_interpolated() -> None:
    own = [p for p in POINTS if p.series == "eb"]
    assert within(own, ALL, 2) is None
    assert within(own, ALL, 2.5) == own[0].all
    assert within(own, ALL, 16) == own[1].all, "the most forwards, not the best accuracy"


def test_tables() -> None:
    assert budget_table(POINTS, ALL).splitlines()[2:] == [
        "| `basic` |  | 90.0 % (2.0) | 95.0 % (3.9) | 95.0 % (3.9) | 95.0 % (3.9) | 99.0 % (32.0) |",
        "| `eb` (basic) |  |  | 93.0 % (3.0) | 93.0 % (3.0) | 93.0 % (3.0) | 95.0 % (2.5) |",
    ]
    lines = points_table(POINTS).splitlines()
    assert lines[4] == "| `basic` | `steps=4/block` | 50 | 95.0 % | 3.9 | 80.0 % | 7.8 |"
    assert lines[5] == "| `eb` (basic) | `defaults` | 50 | **95.0 %** | 2.5 | **84.0 %** | 5.0 |"


def test_the_plot_has_every_point_of_every_series_in_both_panels() -> None:
    tree = ElementTree.fromstring(plot(POINTS))
    tips = [element.text or "" for element in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert len(tips) == 2 * len(POINTS)
    for one in POINTS:
        assert sum(tip.startswith(f"{one.series}, {one.setting}: ") for tip in tips) == 2
    labels = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"basic", "eb", "right answers, all problems", "right answers, hardest quarter"} <= set(labels)
    lines = list(tree.iter("{http://www.w3.org/2000/svg}polyline"))
    assert [line.get("class") for line in lines] == ["front", "curve", "curve"] * 2


def test_better_is_higher_and_dearer_is_further_right() -> None:
    tree = ElementTree.fromstring(plot([point("basic", "few", 80, 1.0), point("basic", "many", 100, 8.0)]))
    few, many = (
        (float(circle.get("cx", "")), float(circle.get("cy", "")))
        for circle in tree.iter("{http://www.w3.org/2000/svg}circle")
        if len(circle)
    )
    assert few[0] < many[0]
    assert few[1] > many[1]


class Loop(GenerationAlgorithm):
    """A whole loop that heeds no steps."""

    def generate(self, model, prompt, **_):  # type: ignore[no-untyped-def]
        return prompt, 0

    def is_available(self) -> bool:
        return True


class Plain(Loop):
    def generate(self, model, prompt, gen_length):  # type: ignore[no-untyped-def, override]
        return prompt, 0


def test_what_is_compared_comes_from_the_registry() -> None:
    registry = GenerationRegistry()
    registry.register(Loop("takes_all"))
    registry.register(Plain("takes_none"))
    found = {one.name: one for one in find_series(registry, ["all"])}
    names = {name: [setting.name for setting in one.settings] for name, one in found.items()}
    assert names["takes_all"] == [DEFAULTS, *STEPS]
    assert names["takes_none"] == [DEFAULTS]
    assert "schedule" not in names, "that is what algorithms run"
    with pytest.raises(UnknownNameError, match=r"takes_all.*unmasking rules: schedule, threshold, factor"):
        find_series(registry, ["nobody"])


def test_a_description_says_what_to_compare() -> None:
    assert UnmaskingRuleSpec("x", "a:B", sweep=["k=1"]).sweep == ("k=1",)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"AlgorithmSpec.sweep: expected `array`"):
        AlgorithmSpec("x", "a:B", sweep="k=1")  # type: ignore[arg-type]
    registry = default_registry()
    [eb, threshold] = find_series(registry, ["eb", "threshold"])
    assert (eb.kind, eb.algorithm, eb.distribution) == ("rule", "basic", "llada-eb")
    assert [one.name for one in eb.settings][:2] == [DEFAULTS, registry.rule_sweep_for("eb")[0]]
    assert eb.settings[0].params == {"unmasking": "eb"}
    assert DEFAULTS not in [one.name for one in threshold.settings], "it has none"


def test_every_sweep_of_every_package_is_accepted(make_session: Callable[..., Session]) -> None:
    from llada_core.session import Ask

    session = make_session()
    found = find_series(session.registry, ["all"])
    assert len(found) > 10
    for one in found:
        for setting in one.settings:
            session.build(Ask("Hello", one.algorithm, setting.for_length(64, 32)))


def test_the_command_measures_series_and_writes_files(
    use_session: Callable[..., Session],
    number: Callable[[Request], str],  # noqa: F811
    file: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    use_session(number)
    out, svg = tmp_path / "out.json", tmp_path / "out.svg"
    arguments = ["eval", "--problems", file, "--series", "basic", "--series", "eb"]
    printed = run(*arguments, "--out", str(out), "--plot", str(svg)).stdout
    assert "| `eb` (basic) | 80.0 % (1.0) | 80.0 % (1.0) |" in printed
    measured = msgspec.json.decode(out.read_bytes(), type=Measured)
    assert (measured.problems, measured.device, measured.dtype) == (5, "CPU", "float32")
    assert [one.series for one in measured.results] == ["basic"] * 6 + ["eb"] * 6
    assert svg.read_text() == plot(measured.results)
    results = run_json(*arguments)["results"]
    assert (results[-1]["kind"], results[-1]["distribution"]) == ("rule", "llada-eb")
    assert run(*arguments, "-a", "dual_cache").exit_code == 2
    refused = run(*arguments, "--plot", str(tmp_path / "out.png"))
    assert refused.exit_code == 2
    assert "plots are SVG" in refused.output


def test_a_loop_that_fills_no_holes_is_not_asked_to(
    use_session: Callable[..., Session],
    number: Callable[[Request], str],  # noqa: F811
    file: str,  # noqa: F811
    tokenizer: Tokenizer,
) -> None:
    session = use_session(number)
    session.registry = GenerationRegistry()
    session.registry.register(Plain("plain"))
    printed = run("eval", "--problems", file, "--series", "plain").stdout
    assert "`plain` fills no holes, so 1 of the problems" in printed
    assert all(not request.suffix for request in session.engine.added)


@pytest.fixture
def fill() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fill_choosing", ROOT / "benchmarks" / "fill_choosing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_documents_are_filled_between_their_markers(fill: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "choosing.md"
    page.write_text((ROOT / "docs" / "choosing.md").read_text())
    readme = tmp_path / "plugins" / "llada-eb" / "README.md"
    readme.parent.mkdir(parents=True)
    readme.write_text("before\n<!-- accuracy -->\nold\n<!-- /accuracy -->\nbehind\n")
    measured = msgspec.json.decode(json.dumps(msgspec.to_builtins(MEASURED)), type=Measured)
    for _ in range(2):  # Twice is the same as once.
        assert fill.fill([measured], tmp_path) == [tmp_path / "docs" / "choosing.svg", page, readme]
        text = readme.read_text()
        assert text.startswith("before\n")
        assert text.endswith("behind\n")
        assert "old" not in text
        assert "| `gamma=0.01` | 93.0 % | 3.0 | 88.0 % | 6.0 |" in text
        assert "under `basic`" in text
        assert page.read_text().count("## At equal forwards: hardest quarter") == 1
    assert "2.2 points for all problems (100)" in page.read_text()
    assert "| `basic` | `steps=2/block` | 50 |" in page.read_text()
    with pytest.raises(ValueError, match="expected one"):
        fill.between("no markers", "accuracy", "x")


def test_of_a_series_in_several_files_the_last_counts(fill: ModuleType) -> None:
    again = point("eb", "gamma=0.3", 97, 2.0, 22)
    other = msgspec.structs.replace(MEASURED, device="GPU", results=[again])
    page = "\n".join(fill.page([MEASURED, other]))
    assert "`basic`, by `llada eval --series NAME" in page
    assert re.search(r"`eb`, by `.*`: 100 problems .* on GPU", page)
    assert "| `eb` (basic) | `gamma=0.3` | **97.0 %** | 2.0 |" in page, (
        "tokens/s of two devices do not compare"
    )
    assert "gamma=0.01" not in page
    with pytest.raises(ValueError, match="same model"):
        fill.merge([MEASURED, msgspec.structs.replace(other, problems=99)])


def test_every_package_has_a_place_for_its_figures() -> None:
    readmes = list((ROOT / "plugins").glob("*/README.md"))
    assert len(readmes) > 10
    for readme in readmes:
        text = readme.read_text()
        assert text.count("<!-- accuracy -->\n") == text.count("<!-- /accuracy -->") == 1, readme
