"""What a reply has to look like."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from ..errors import ParameterError
from .schema_parts import refuse_unsupported

MOST_SCHEMA = 128 * 1024
MOST_REGEX = 4096
MOST_CHOICES = 1024
MOST_CHOICE = 64 * 1024
META = frozenset(r"\.+*?()|[]{}^$#&-~")
"""Characters that a regular expression gives a meaning."""


class Structure(msgspec.Struct, frozen=True):
    """A language that the whole text of a reply belongs to. Made by one of the functions below."""

    kind: Literal["json_schema", "regex"]
    source: str
    """The schema as JSON text, or the regular expression."""

    @property
    def field(self) -> str:
        """How errors name it."""
        return "schema" if self.kind == "json_schema" else "regex"

    @classmethod
    def json_schema(cls, schema: Mapping[str, Any] | bool) -> Structure:
        """JSON values that `schema` (draft 2020-12) takes, written as Python's `json.dumps` does.

        Raises:
            ParameterError: it is too large, or has a part that no grammar is made of; the message names it.
        """
        refuse_unsupported(schema)
        if schema is False:
            raise ParameterError("schema", "false takes no value at all")
        text = json.dumps({} if schema is True else schema, ensure_ascii=False)
        if len(text) > MOST_SCHEMA:
            raise ParameterError("schema", f"at most {MOST_SCHEMA} characters of JSON, got {len(text)}")
        return cls("json_schema", text)

    @classmethod
    def json_object(cls) -> Structure:
        """Any JSON object."""
        return cls("json_schema", '{"type": "object"}')

    @classmethod
    def choice(cls, texts: Sequence[str]) -> Structure:
        """One of `texts`.

        Raises:
            ParameterError: none, an empty one, or too many.
        """
        if not texts or not all(texts):
            raise ParameterError("choice", "expected at least one text, and no empty one")
        if len(texts) > MOST_CHOICES or sum(map(len, texts)) > MOST_CHOICE:
            raise ParameterError("choice", f"at most {MOST_CHOICES} texts of {MOST_CHOICE} characters in all")
        return cls("regex", "|".join(map(_literally, texts)))

    @classmethod
    def regex(cls, pattern: str) -> Structure:
        """Texts that the whole of `pattern` matches; Rust's syntax: no look-around, no backreferences.

        Raises:
            ParameterError: it is empty or too long.
        """
        if not 0 < len(pattern) <= MOST_REGEX:
            raise ParameterError("regex", f"expected 1 to {MOST_REGEX} characters, got {len(pattern)}")
        return cls("regex", pattern)


def _literally(text: str) -> str:
    return "".join(f"\\{c}" if c in META else c for c in text)
