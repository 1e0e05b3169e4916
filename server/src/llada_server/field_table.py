"""The table of chat fields for people; `python -m llada_server.field_table` prints it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from llada_core.params import SamplingParams

from .fields import BENIGN, REFUSED, ChatBody, StreamOptions


class Field(Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    use: Literal["implemented", "benign", "refused"]
    type: str = ""
    default: str = ""
    note: str = ""


def chat_fields() -> list[Field]:
    """The whole table: implemented fields first, each name once."""
    own = _implemented(ChatBody)
    taken = {field.name for field in own}
    shared = [field for field in _implemented(SamplingParams) if field.name not in taken]
    benign = [Field(name=name, use="benign", note=note) for name, note in BENIGN.items()]
    refused = [
        Field(name=name, use="refused", note=", ".join(_json(value) for value in ("null", *values)))
        for name, values in REFUSED.items()
    ]
    return [*own, *shared, *benign, *refused]


def _implemented(cls: type[Struct]) -> list[Field]:
    _, components = msgspec.json.schema_components([cls])
    schema = components[cls.__name__]
    return [
        Field(
            name=name,
            use="implemented",
            type=_type(rule),
            default="required" if name in schema.get("required", ()) else _json(rule.get("default")),
            note=rule.get("description", ""),
        )
        for name, rule in schema["properties"].items()
    ]


def _type(rule: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "anyOf" in rule:
        return " or ".join(word for word in map(_type, rule["anyOf"]) if word != "null")
    if "enum" in rule:
        return " or ".join(f"`{_json(value)}`" for value in rule["enum"])
    words = {
        "minimum": "≥ {}",
        "exclusiveMinimum": "> {}",
        "maximum": "≤ {}",
        "maxItems": "at most {}",
        "maxLength": "at most {} characters",
    }
    bounds = [text.format(_bound(rule[key])) for key, text in words.items() if key in rule]
    name = rule.get("type", "any")
    if name == "array" and "items" in rule:
        name = f"array of {rule['items'].get('type', 'any')}s"
    return ", ".join([name, *bounds])


def _bound(value: float) -> str:
    return {-(2**63): "-2^63", 2**63 - 1: "2^63 - 1"}.get(int(value)) or f"{value:g}"


def _json(value: Any) -> str:
    return value if value == "null" else msgspec.json.encode(value).decode()


def markdown() -> str:
    """The table as `docs/http.md` shows it."""
    rows = chat_fields()
    lines = ["| field | type | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{f.name}` | {f.type} | {f.default} | {f.note} |" for f in rows if f.use == "implemented"]
    lines += ["", "| member of `stream_options` | type | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{f.name}` | {f.type} | {f.default} | {f.note} |" for f in _implemented(StreamOptions)]
    lines += ["", "| accepted without effect | because |", "|---|---|"]
    lines += [f"| `{f.name}` | {f.note} |" for f in rows if f.use == "benign"]
    lines += ["", "| refused | except |", "|---|---|"]
    lines += [f"| `{f.name}` | {f.note} |" for f in rows if f.use == "refused"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
