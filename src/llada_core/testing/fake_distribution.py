"""Installed distributions without installing: a hand-written dist-info folder beside the files.

def test_my_plugin(tmp_path):
    make_plugin(tmp_path, "llada-mine", Path("src/llada_mine/plugin.py").read_text())
    with importable(tmp_path):
        assert registry_of(tmp_path).list_algorithms() == ["mine"]
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..plugins import GROUP, installed
from ..registry import GenerationRegistry


def make_distribution(
    folder: Path,
    name: str,
    *,
    version: str = "1.0",
    requires: Iterable[str] = (),
    entry_points: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    group: str = GROUP,
) -> Path:
    """Write a distribution into `folder`, as if it were installed there.

    Args:
        requires: requirements, as in a package's metadata.
        entry_points: entry points of `group`: from their names to "package.module".
        files: texts by path relative to `folder`; missing `__init__.py` files are made.

    Returns:
        Its dist-info folder.
    """
    for path, text in (files or {}).items():
        target = folder / path
        for package in reversed(target.relative_to(folder).parents[:-1]):
            (folder / package).mkdir(exist_ok=True)
            (folder / package / "__init__.py").touch()
        target.write_text(text, encoding="utf-8")
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    fields = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    fields += [f"Requires-Dist: {requirement}" for requirement in requires]
    (info / "METADATA").write_text("\n".join(fields) + "\n", encoding="utf-8")
    lines = [f"[{group}]", *(f"{entry} = {value}" for entry, value in (entry_points or {}).items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return info


def make_plugin(
    folder: Path,
    name: str,
    source: str,
    *,
    version: str = "1.0",
    requires: Iterable[str] = (),
    entry_point: str | None = None,
    package: str | None = None,
    files: Mapping[str, str] | None = None,
) -> Path:
    """Write a distribution with one plugin: the module `<package>.plugin`, whose text is `source`.

    Args:
        entry_point: its name; None: the distribution's, without "llada-".
        package: name of the import package; None: the distribution's, with underscores.
        files: more texts, by path relative to `folder`.

    Returns:
        Its dist-info folder.
    """
    package = package or name.replace("-", "_")
    return make_distribution(
        folder,
        name,
        version=version,
        requires=requires,
        entry_points={entry_point or name.removeprefix("llada-"): f"{package}.plugin"},
        files={f"{package}/plugin.py": source, **(files or {})},
    )


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Put `folder` on `sys.path`, and forget afterwards what was imported from it."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin is not None and Path(origin).is_relative_to(folder):
                del sys.modules[name]


def registry_of(
    *folders: Path,
    environ: Mapping[str, str] | None = None,
    strict: bool = False,
    required: Iterable[str] = (),
    availability_limit: float = 5.0,
) -> GenerationRegistry:
    """A registry with the plugins that are installed in `folders`, and no others.

    Args:
        environ: variables such as `LLADA_PLUGINS`; those of this process do not count.

    Raises:
        PluginError: as for `GenerationRegistry.load_plugins`.
    """
    registry = GenerationRegistry(strict=strict, availability_limit=availability_limit)
    registry.load_plugins(lambda: installed([str(folder) for folder in folders]), environ or {}, required)
    return registry
