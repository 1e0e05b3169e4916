"""`llada eval`: accuracy, forwards and tokens a second on problems with known answers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .evaluation.problems import Problem, choose, demo_problems, read_problems, scorer
from .evaluation.report import markdown_table, terminal_table
from .evaluation.run import Result, evaluate_setting
from .evaluation.settings import DEFAULT, parse_setting
from .options import json_option, load_session, model_options, plugin_option
from .output import console, print_json, remarks

ALGORITHMS = ("basic", "prefix_cache", "dual_cache")
HARDEST = {"quarter": 4, "half": 3}


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
@json_option
@plugin_option
def evaluate(
    model: str,
    device: str | None,
    dtype: str | None,
    revision: str | None,
    algorithms: tuple[str, ...],
    settings: tuple[str, ...],
    path: Path | None,
    groups: tuple[str, ...],
    hardest: str | None,
    limit: int | None,
    rows: int,
    block_length: int,
    markdown: bool,
    as_json: bool,
    files: tuple[Path, ...],
) -> None:
    """Measure accuracy, forwards and tokens a second.

    Every algorithm is run under every setting on all problems, many at once. Without options: the three
    built-in algorithms on the held-out problems of llada-demo, with 1 to 16 forwards a block, a threshold and
    a factor. Blocks that an early stop leaves out are not counted.
    """
    if markdown and as_json:
        raise click.UsageError("--json and --markdown exclude each other")
    parsed = [parse_setting(text) for text in settings]
    is_right = scorer()
    problems = choose(
        read_problems(path or demo_problems()), groups, HARDEST[hardest] if hardest else None, limit
    )
    session = load_session(model, device, dtype, revision, files, max_rows=rows)
    names = list(dict.fromkeys(session.registry.resolve(name) for name in algorithms))
    for name, setting in itertools.product(names, parsed):  # Errors come before minutes of work.
        params = setting.for_length(problems[0].length, block_length)
        session.build(problems[0].ask(name, params))
    with progress_bar() as bar:
        task = bar.add_task("", total=len(names) * len(parsed) * len(problems))
        results = []
        for name, setting in itertools.product(names, parsed):
            bar.update(task, description=f"{name} {setting.name}")
            results.append(
                evaluate_setting(
                    session,
                    problems,
                    name,
                    setting,
                    is_right,
                    block_length=block_length,
                    advance=lambda: bar.advance(task),
                )
            )
    show(results, problems, model, rows, as_json=as_json, markdown=markdown)


def progress_bar() -> Progress:
    """A bar on standard error, if that is a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=remarks(), transient=True, disable=not remarks().is_terminal)


def show(
    results: Sequence[Result],
    problems: Sequence[Problem],
    model: str,
    rows: int,
    *,
    as_json: bool,
    markdown: bool,
) -> None:
    """Print results as a table or as JSON."""
    if as_json:
        summaries = [result.summary() for result in results]
        print_json({"model": model, "problems": len(problems), "rows": rows, "results": summaries})
        return
    if markdown:
        click.echo(markdown_table(results))
        return
    console().print(terminal_table(results))
    console().print(f"{model}, {len(problems)} problems, {rows} at once")
