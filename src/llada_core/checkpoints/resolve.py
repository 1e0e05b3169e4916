"""From what a user calls a model to the folder where its checkpoint lies."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from llada_core.checkpoints.installed import installed_folder, installed_models
from llada_core.errors import CheckpointError

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def resolve(
    source: str | Path, revision: str | None = None, progress: bool = True, *, weights: bool = True
) -> Path:
    """The folder of the checkpoint called `source`.

    `source` is a local folder, the name of an installed checkpoint, or a hub id "owner/name", tried in this
    order; a folder without a config.json does not hide an installed name. `revision` is a branch, tag or
    commit on the hub. `progress` shows the download's progress bars. `weights=False` downloads no weights.

    Raises:
        CheckpointError: nothing of that name; the message lists the installed names and near ones.
    """
    if not str(source).strip():
        raise CheckpointError("no model named; give a folder, an installed checkpoint's name or a hub id")
    folder = Path(source).expanduser()
    found = None
    if (folder / "config.json").is_file():
        found = folder
    elif isinstance(source, str) and source in (installed := installed_models()):
        found = installed_folder(source, installed[source])
    elif folder.is_dir():
        found = folder
    if found is None:
        return _download(source, revision, progress, weights)
    if revision is not None:
        raise CheckpointError(
            f"{source}: revision {revision!r} means a version on the hub, and this is {found}"
        )
    return found


def _download(source: str | Path, revision: str | None, progress: bool, weights: bool) -> Path:
    if isinstance(source, Path) or not HUB_ID.fullmatch(source):
        raise CheckpointError(_unknown(str(source)))
    from llada_core.checkpoints.hub import download

    return download(source, revision, progress, weights)


def _unknown(source: str) -> str:
    names = sorted(installed_models())
    near = get_close_matches(source, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(names) or "none (pip install llada-demo brings one)"
    return (
        f"no model {source!r}: it is neither a local folder, nor an installed checkpoint, nor a hub id "
        f"'owner/name'.{hint} Installed: {listed}."
    )
