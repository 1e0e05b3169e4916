"""A checkpoint's chat template: the sandboxed Jinja dialect that Hugging Face tokenizers ship."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from llada_core.checkpoints.config_file import read_optional_json
from llada_core.errors import CheckpointError, ParameterError


def read_template(folder: Path) -> str | None:
    """The default template in `folder`: chat_template.jinja, else tokenizer_config.json's, else None."""
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    template = read_optional_json(folder / "tokenizer_config.json").get("chat_template")
    if isinstance(template, list):
        template = {entry["name"]: entry["template"] for entry in template}.get("default")
    return template if isinstance(template, str) else None


class ChatTemplate:
    """Conversations to text, up to where the reply begins."""

    def __init__(self, source: str, names: Mapping[str, str]) -> None:
        """`names` are the special tokens that a template may ask for, such as `bos_token`.

        Raises:
            CheckpointError: `source` is no valid template.
        """
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation]
        )
        environment.filters["tojson"] = _to_json
        environment.globals |= {"raise_exception": _refuse, "strftime_now": _now, **names}
        try:
            self._template = environment.from_string(source)
        except TemplateError as error:
            raise CheckpointError(f"the chat template is not valid: {error}") from None

    def render(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """
        Raises:
            ParameterError: the template refuses these messages, or fails on them.
        """
        try:
            return self._template.render(
                messages=list(messages), add_generation_prompt=True, tools=None, documents=None
            )
        except (TemplateError, TypeError, ValueError) as error:
            raise ParameterError(
                "messages", f"the checkpoint's chat template refuses them: {error}"
            ) from None


class _Generation(Extension):
    """`{% generation %}`, by which templates mark the text to train on: here it changes nothing."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _now(format: str) -> str:
    return datetime.now().strftime(format)


def _to_json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
