"""The table of request fields for people; `python -m llada_server.field_table` prints it."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from llada_core.logit_control import LogitControl
from llada_core.params import SamplingParams

from .fields import BENIGN, ENDPOINTS, REFUSED, StreamOptions, Use


class Field(Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    use: Use
    endpoints: tuple[str, ...]
    """Where it is of this use; a name may be implemented at one endpoint and refused at another."""
    type: str = ""
    default: str = ""
    note: str = ""
    harmless: str = ""
    """Values of a refused field that pass."""


def field_table() -> list[Field]:
    """The whole table: implemented fields first, then benign and refused ones."""
    own = {field.name: field for endpoint in ENDPOINTS for field in _implemented(endpoint.body)}
    shared = {field.name: field for cls in (SamplingParams, LogitControl) for field in _implemented(cls)}
    implemented = (shared | own).values()
    first = sorted(implemented, key=lambda field: _where(field.name, "implemented") == _everywhere())
    benign = [Field(name=name, use="benign", endpoints=(), note=note) for name, note in BENIGN.items()]
    refused = [
        Field(
            name=name,
            use="refused",
            endpoints=(),
            note=row.why,
            harmless=", ".join(_json(value) for value in ("null", *row.harmless)),
        )
        for name, row in REFUSED.items()
    ]
    rows = [*first, *benign, *refused]
    return [msgspec.structs.replace(row, endpoints=_where(row.name, row.use)) for row in rows]


def _where(name: str, use: Use) -> tuple[str, ...]:
    return tuple(endpoint.name for endpoint in ENDPOINTS if endpoint.use(name) == use)


def _everywhere() -> tuple[str, ...]:
    return tuple(endpoint.name for endpoint in ENDPOINTS)


def _implemented(cls: type[Struct]) -> list[Field]:
    _, components = msgspec.json.schema_components([cls])
    schema = components[cls.__name__]
    return [
        Field(
            name=name,
            use="implemented",
            endpoints=(),
            type=type_words(rule),
            default="required" if name in schema.get("required", ()) else _json(rule.get("default")),
            note=rule.get("description", ""),
        )
        for name, rule in schema["properties"].items()
    ]


def type_words(rule: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "anyOf" in rule:
        return " or ".join(word for word in map(type_words, rule["anyOf"]) if word != "null")
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
    rows = field_table()
    lines = ["| field | endpoint | type | default | meaning |", "|---|---|---|---|---|"]
    lines += [
        f"| `{f.name}` | {_shown(f)} | {f.type} | {f.default} | {f.note} |"
        for f in rows
        if f.use == "implemented"
    ]
    lines += ["", "| member of `stream_options` | type | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{f.name}` | {f.type} | {f.default} | {f.note} |" for f in _implemented(StreamOptions)]
    lines += ["", "| accepted without effect | because |", "|---|---|"]
    lines += [f"| `{f.name}` | {f.note} |" for f in rows if f.use == "benign"]
    lines += ["", "| refused | endpoint | because | except |", "|---|---|---|---|"]
    lines += [f"| `{f.name}` | {_shown(f)} | {f.note} | {f.harmless} |" for f in rows if f.use == "refused"]
    return "\n".join(lines) + "\n"


def _shown(field: Field) -> str:
    return "all" if field.endpoints == _everywhere() else ", ".join(field.endpoints)


if __name__ == "__main__":
    print(markdown(), end="")
