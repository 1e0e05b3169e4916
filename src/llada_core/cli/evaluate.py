"""`llada eval`: accuracy, forwards and tokens a second on problems with known answers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from click.core import ParameterSource
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..registry import GenerationRegistry
from ..session import Session
from .evaluation.choosing import PARTS, Measured, Point
from .evaluation.choosing_tables import budget_table, left_out
from .evaluation.plot import plot
from .evaluation.problems import choose, demo_problems, read_problems, scorer
from .evaluation.report import markdown_table, terminal_table
from .evaluation.run import Result, evaluate_setting
from .evaluation.series import Series, find_series
from .evaluation.settings import DEFAULT, Setting, parse_setting
from .options import ModelChoice, json_option, load_session, model_options, plugin_option
from .output import console, print_json, remarks

ALGORITHMS = ("basic", "prefix_cache", "dual_cache")
HARDEST = {"quarter": 4, "half": 3}
FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.command(name="eval")
@model_options
@click.option("-a", "--algorithm", "algorithms", multiple=True, default=ALGORITHMS, help="May be repeated.")
@click.option(
    "-s",
    "--setting",
    "settings",
    multiple=True,
    default=DEFAULT,
    metavar="NAME=VALUE[,...]",
    help="Parameters to decode with; steps=8/block means eight forwards a block. May be repeated.",
)
@click.option(
    "--series",
    "chosen",
    multiple=True,
    metavar="NAME",
    help="In place of -a and -s: an algorithm or rule from few forwards to many, or 'all'. May be repeated.",
)
@click.option(
    "--problems",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON Lines with problems; default: those of llada-demo.",
)
@click.option("--group", "groups", multiple=True, help="Only problems of this group; may be repeated.")
@click.option(
    "--hardest", type=click.Choice(list(HARDEST)), help="Only the hardest quarter or half of each group."
)
@click.option("--limit", type=click.IntRange(1), help="At most so many problems, spread over all of them.")
@click.option("--rows", default=8, show_default=True, type=click.IntRange(1), help="Most requests at once.")
@click.option("--block-length", default=32, show_default=True, type=click.IntRange(1))
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
@click.option("--out", type=FILE, help="Write the figures to this file as JSON, after each setting anew.")
@click.option("--plot", "svg", type=FILE, help="Write a plot of accuracy against forwards to this SVG file.")
@json_option
@plugin_option
def evaluate(
    choice: ModelChoice,
    algorithms: tuple[str, ...],
    settings: tuple[str, ...],
    chosen: tuple[str, ...],
    path: Path | None,
    groups: tuple[str, ...],
    hardest: str | None,
    limit: int | None,
    rows: int,
    block_length: int,
    markdown: bool,
    out: Path | None,
    svg: Path | None,
    as_json: bool,
    files: tuple[Path, ...],
) -> None:
    """Measure accuracy, forwards and tokens a second.

    Every algorithm is run under every setting on all problems, many at once. Without options: the three
    built-in algorithms on the held-out problems of llada-demo, with 1 to 16 forwards a block, a threshold and
    a factor. Blocks that an early stop leaves out are not counted.

    With --series all: everything that is installed, each at its defaults and from few forwards to many, with
    tables of what it reaches at equal forwards.
    """
    if markdown and as_json:
        raise click.UsageError("--json and --markdown exclude each other")
    if chosen and any(
        click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
        for name in ("algorithms", "settings")
    ):
        raise click.UsageError("--series brings its own settings; leave out --algorithm and --setting")
    if svg is not None and svg.suffix.lower() != ".svg":
        raise click.BadParameter(
            f"plots are SVG: name a file that ends in .svg, not {svg}", param_hint="--plot"
        )
    parsed = tuple(parse_setting(text) for text in settings)
    is_right = scorer()
    problems = choose(
        read_problems(path or demo_problems()), groups, HARDEST[hardest] if hardest else None, limit
    )
    session = load_session(choice, files, max_rows=rows)
    found = (
        find_series(session.registry, chosen, session.facts)
        if chosen
        else plain(session.registry, algorithms, parsed)
    )
    pairs = [(series, setting) for series in found for setting in series.settings]
    for series, setting in pairs:  # Errors come before minutes of work.
        params = setting.for_length(problems[0].length, block_length)
        session.build(problems[0].ask(series.algorithm, params))
    measured = describe(session, choice.model, len(problems), rows, block_length)
    results: list[Result] = []
    with progress_bar() as bar:
        task = bar.add_task("", total=len(pairs) * len(problems))
        for series, setting in pairs:
            bar.update(task, description=f"{series.name} {setting.name}")
            results.append(
                evaluate_setting(
                    session,
                    problems,
                    series,
                    setting,
                    is_right,
                    block_length=block_length,
                    advance=lambda: bar.advance(task),
                )
            )
            measured.results.append(as_point(results[-1]))
            if out is not None:
                out.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=1) + b"\n")
    if svg is not None:
        svg.write_text(plot(measured.results), encoding="utf-8")
    if as_json:
        head = {"model": choice.model, "problems": len(problems), "rows": rows}
        print_json({**head, "results": [result.summary() for result in results]})
    else:
        show(results, measured, markdown=markdown, budgets=bool(chosen))


def plain(registry: GenerationRegistry, names: Sequence[str], settings: tuple[Setting, ...]) -> list[Series]:
    """Every algorithm under every setting."""
    canonical = dict.fromkeys(registry.resolve(name) for name in names)
    return [
        Series(name=name, kind="algorithm", algorithm=name, distribution=None, settings=settings)
        for name in canonical
    ]


def progress_bar() -> Progress:
    """A bar on standard error, if that is a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=remarks(), transient=True, disable=not remarks().is_terminal)


def describe(session: Session, model: str, problems: int, rows: int, block_length: int) -> Measured:
    """What a measurement was made of, without results yet."""
    import torch

    where = torch.device(session.engine.model.device)
    return Measured(
        model=model,
        problems=problems,
        rows=rows,
        block_length=block_length,
        device=torch.cuda.get_device_name(where) if where.type == "cuda" else where.type.upper(),
        dtype=str(session.engine.model.dtype).removeprefix("torch."),
        torch=str(torch.__version__),
        date=datetime.date.today().isoformat(),
        results=[],
    )


def as_point(result: Result) -> Point:
    """What tables and plots need of a result."""
    return msgspec.convert(result.summary(), Point)


def show(results: Sequence[Result], measured: Measured, *, markdown: bool, budgets: bool) -> None:
    """Print a table of all results, and with `budgets` one a view of what series reach at equal forwards."""
    if markdown:
        click.echo(markdown_table(results))
    else:
        console().print(terminal_table(results))
        console().print(f"{measured.model}, {measured.problems} problems, {measured.rows} at once")
    if not budgets:
        return
    for name, part in PARTS.items():
        if any(part(point) for point in measured.results):
            click.echo(f"\nRight, {name} (forwards a block), at equal forwards:\n")
            click.echo(budget_table(measured.results, part))
    if remark := left_out(measured.results):
        click.echo(f"\n{remark}")
