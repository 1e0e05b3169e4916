"""Which of a tokenizer's tokens are special, and by which names a checkpoint calls them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers import AddedToken
from tokenizers import Tokenizer as Backend

from llada_core.checkpoints.config_file import read_optional_json


def token_names(folder: Path) -> dict[str, str]:
    """Special tokens by name, such as `bos_token`, from tokenizer_config.json and special_tokens_map.json."""
    settings = _settings(folder)
    named = {name: _text(value) for name, value in settings.items() if name.endswith("_token")}
    return {name: text for name, text in named.items() if text}


def special_ids(folder: Path, backend: Backend) -> dict[str, int]:
    """Every special token's id. Tokens that only the settings call special become so in `backend` too."""
    settings = _settings(folder)
    declared = set(token_names(folder).values())
    for name in ("additional_special_tokens", "extra_special_tokens"):
        value = settings.get(name) or []
        declared |= {_text(token) for token in (value.values() if isinstance(value, dict) else value)}
    decoder = settings.get("added_tokens_decoder") or {}
    declared |= {
        _text(token) for token in decoder.values() if isinstance(token, dict) and token.get("special")
    }
    known = [text for text in sorted(declared - {""}) if backend.token_to_id(text) is not None]
    flagged = {token.content for token in backend.get_added_tokens_decoder().values() if token.special}
    backend.add_special_tokens([AddedToken(text, special=True) for text in known if text not in flagged])
    return {token.content: id for id, token in backend.get_added_tokens_decoder().items() if token.special}


def _settings(folder: Path) -> dict[str, Any]:
    older = read_optional_json(folder / "special_tokens_map.json")
    return older | read_optional_json(folder / "tokenizer_config.json")


def _text(token: Any) -> str:
    """The text of a token that JSON gives as text or as an object; empty for anything else."""
    token = token.get("content") if isinstance(token, dict) else token
    return token if isinstance(token, str) else ""
