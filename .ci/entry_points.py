"""Compares the entry points of installed distributions with those that their folders declare; loads each one.

python entry_points.py FOLDER...
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

for folder in sys.argv[1:]:
    project = tomllib.loads(Path(folder, "pyproject.toml").read_text())["project"]
    name: str = project["name"]
    groups = project.get("entry-points", {}) | {"console_scripts": project.get("scripts", {})}
    declared = {(group, entry) for group, entries in groups.items() for entry in entries}
    installed = distribution(name).entry_points
    for entry in installed:
        entry.load()
    found = {(entry.group, entry.name) for entry in installed}
    if found != declared:
        sys.exit(f"{name}: entry points {sorted(found)}, declared {sorted(declared)}")
    print(name, *sorted(f"{group}:{entry}" for group, entry in found))
