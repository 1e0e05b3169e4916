"""`llada new-plugin`: a complete package for a rule or an algorithm, ready to test and publish."""

from __future__ import annotations

import datetime
import importlib.resources
import keyword
import re
import sys
from pathlib import Path
from string import Template

import click
from packaging.utils import canonicalize_name
from packaging.version import Version

from .. import __all__ as public_names
from .. import __version__
from ..errors import LladaError
from ..names import fold
from ..plugins.first_party import CORE_RULES, OWNERS

FIRST_PARTY = frozenset(
    {"llada", "llada-core", "llada-generate", "llada-server", "llada-demo", *OWNERS.values()}
)
"""Distributions and import names of this project."""

LONGEST = 40
"""Characters of a name, so that no generated line grows past the line length."""

COMMON = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "LICENSE": "LICENSE",
    ".gitignore": "gitignore",
    ".github/workflows/ci.yml": "ci.yml",
    ".github/workflows/publish.yml": "publish.yml",
    "src/$module/__init__.py": "init.py",
    "src/$module/py.typed": "py.typed",
    "tests/test_conformance.py": "test_conformance.py",
}
"""Files of every package, each with its template."""

OF_KIND = {
    "rule": {
        "src/$module/plugin.py": "plugin_rule.py",
        "src/$module/params.py": "params_rule.py",
        "src/$module/rule.py": "rule.py",
    },
    "algorithm": {
        "src/$module/plugin.py": "plugin_algorithm.py",
        "src/$module/params.py": "params_algorithm.py",
        "src/$module/algorithm.py": "algorithm.py",
    },
}
"""Those that differ between a rule and an algorithm."""

WORDS = {
    "rule": {
        "kind": "unmasking rule",
        "kind_file": "rule.py",
        "what": "Commits every token that is confident enough, and always the most confident one.",
        "field": "unmasking",
        "flag": "--unmasking",
        "parameter": "sure_from",
        "default": "0.9",
        "meaning": "a token at least this confident is committed at once",
    },
    "algorithm": {
        "kind": "generation algorithm",
        "kind_file": "algorithm.py",
        "what": "Computes the whole canvas now and then, and between those forwards only the block.",
        "field": "generation_algorithm",
        "flag": "--algorithm",
        "parameter": "refresh_every",
        "default": "4",
        "meaning": "the whole canvas is computed once in this many forwards of a block",
    },
}


@click.command("new-plugin")
@click.argument("name")
@click.option("--rule", is_flag=True, help="An unmasking rule (the default).")
@click.option("--algorithm", is_flag=True, help="A generation algorithm.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where the folder NAME is made; default: here.",
)
def new_plugin(name: str, rule: bool, algorithm: bool, directory: Path) -> None:
    """Make the package NAME with a rule or an algorithm that works, to be changed into yours.

    NAME is what it is called on PyPI, such as llada-margin; the rule or algorithm is then called margin.
    """
    if rule and algorithm:
        raise click.UsageError(
            "--rule and --algorithm exclude each other: make one, and add the other by hand "
            "(docs/plugins/tutorial.md, Making it yours)"
        )
    kind = "algorithm" if algorithm else "rule"
    if problem := problem_with(name):
        raise click.BadParameter(problem, param_hint="NAME")
    folder = directory / name
    write(render(name, kind), folder)
    words = WORDS[kind]
    click.echo(f"{folder}: a package with the {words['kind']} {short_name(name)}. Next:\n")
    for line in next_steps(name, kind, folder):
        click.echo(f"  {line}")


def short_name(name: str) -> str:
    """What the rule or algorithm of a distribution is called: llada-top-two has top_two."""
    return name.removeprefix("llada-").replace("-", "_")


def class_name(name: str) -> str:
    """Its class: llada-top-two has TopTwo."""
    return "".join(part.capitalize() for part in short_name(name).split("_"))


def problem_with(name: str) -> str | None:
    """Why a plugin cannot be called this, and what to do; None if it can."""
    canonical = canonicalize_name(name)
    short = short_name(name)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        wanted = re.sub(r"[^a-z0-9-]+", "-", canonical).strip("-")
        example = wanted or "llada-margin"
        return f"{name!r}: expected lower-case letters, digits and single dashes, such as {example}"
    if len(name) > LONGEST:
        return f"{name!r} has {len(name)} characters; expected at most {LONGEST}"
    if name in FIRST_PARTY:
        return f"{name} is a package of this project; choose another name"
    if fold(short) in OWNERS or fold(short) in CORE_RULES:
        return f"{name} would bring {short!r}, a name of this project; choose another name"
    if not short.isidentifier() or keyword.iskeyword(short) or keyword.iskeyword(class_name(name)):
        return f"{name} would bring {short!r}, which cannot name a class in Python; choose another name"
    if class_name(name) in {*public_names, "Any", "Params"}:
        return f"{name} would need a class {class_name(name)}, a name of llada-core; choose another name"
    if name.replace("-", "_") in sys.stdlib_module_names:
        return f"{name} is a module of Python's own; choose another name, such as llada-{name}"
    return None


def bound_on_core(version: str) -> str:
    """The requirement on llada-core of a plugin written against `version`.

    The next minor version may break it while the major version is 0, afterwards the next major one.
    """
    major, minor = Version(version).release[:2] if "." in version else (0, 1)
    ceiling = f"0.{minor + 1}" if major == 0 else str(major + 1)
    return f"llada-core>={major}.{minor},<{ceiling}"


def render(name: str, kind: str) -> dict[str, str]:
    """Every file of the package: its text by its path, relative to the package's folder."""
    words = WORDS[kind]
    short = short_name(name)
    values = {
        **words,
        "name": name,
        "module": name.replace("-", "_"),
        "short": short,
        "entry": short.replace("_", "-"),
        "cls": class_name(name),
        "summary": f"A plugin of llada-core with the {words['kind']} {short}.",
        "option": f"{words['flag']} {short} -o {words['parameter']}={words['default']}",
        "bound": bound_on_core(__version__),
        "year": str(datetime.date.today().year),
    }
    templates = importlib.resources.files(__package__) / "templates" / "new_plugin"
    return {
        Template(path).substitute(values): Template(
            (templates / f"{template}.template").read_text(encoding="utf-8")
        ).substitute(values)
        for path, template in (COMMON | OF_KIND[kind]).items()
    }


def write(files: dict[str, str], folder: Path) -> None:
    """Write files into a folder that must not exist yet.

    Raises:
        LladaError: it exists, or cannot be written.
    """
    try:
        folder.mkdir(parents=True)
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except FileExistsError:
        raise LladaError(f"{folder} exists already: choose another name or --directory") from None
    except OSError as error:
        raise LladaError(f"{folder} cannot be written: {error}") from error


def next_steps(name: str, kind: str, folder: Path) -> list[str]:
    """The commands from the new package to an answer over HTTP."""
    message = '"messages": [{"role": "user", "content": "What is 17 plus 25?"}]'
    words = WORDS[kind]
    own = f'"{words["field"]}": "{short_name(name)}", "{words["parameter"]}": {words["default"]}'
    body = f"{{{own}, {message}}}"
    return [
        f"pip install -e '{folder}[test]'",
        f"pytest {folder}",
        "llada serve",
        f"curl localhost:8000/v1/chat/completions --json '{body}'   # in another terminal",
    ]
