"""Downloading a checkpoint from the Hugging Face hub: weights, configuration and tokenizer, never code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.tqdm import tqdm

from llada_core.errors import CheckpointError

DESCRIPTIONS = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
)
"""Everything of a checkpoint but its weights."""
WEIGHTS = ("*.safetensors", "model.safetensors.index.json")


def download(repo_id: str, revision: str | None, progress: bool, weights: bool = True) -> Path:
    """The folder of a snapshot in the local hub cache, downloaded where it is not there yet.

    Raises:
        CheckpointError: there is no such repository or revision, or no access to it, or no connection.
    """
    what = f"{repo_id}, revision {revision}" if revision else repo_id
    try:
        folder = snapshot_download(
            repo_id,
            revision=revision,
            allow_patterns=[*DESCRIPTIONS, *(WEIGHTS if weights else ())],
            ignore_patterns=["*/*"],
            tqdm_class=tqdm if progress else _Silent,
        )
    except GatedRepoError:
        raise CheckpointError(
            f"{what}: the hub asks for consent first; accept the terms on its page, then set HF_TOKEN"
        ) from None
    except RevisionNotFoundError:
        raise CheckpointError(f"{what}: the hub has the repository but no such revision") from None
    except RepositoryNotFoundError:
        raise CheckpointError(
            f"{what}: the hub has no such repository, or HF_TOKEN gives no access to it, "
            "and there is no local folder of that name"
        ) from None
    except (HfHubHTTPError, OSError) as error:
        raise CheckpointError(f"{what}: the download failed: {type(error).__name__}: {error}") from error
    return Path(folder)


class _Silent(tqdm):
    """A progress bar that shows nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "disable": True})  # type: ignore[no-untyped-call]
