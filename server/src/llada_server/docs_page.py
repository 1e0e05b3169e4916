"""The OpenAPI document as one HTML page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from .field_table import type_words

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font-family: ui-monospace, monospace }
table { border-collapse: collapse; margin: .5rem 0 1rem }
td, th { border-bottom: 1px solid #8886; padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
summary { cursor: pointer }
:root { color-scheme: light dark }
"""
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}


def page(document: dict[str, Any]) -> str:
    """HTML of an OpenAPI document that `llada_server.openapi` made."""
    info, schemas = document["info"], document["components"]["schemas"]
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    bodies = "".join(_schema(name, schema) for name, schema in sorted(schemas.items()))
    title = f"{escape(info['title'])} {escape(info['version'])}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1><p>{escape(info['description'])} For programs: "
        f'<a href="/openapi.json">openapi.json</a>.</p><h2>Endpoints</h2><table>{operations}</table>'
        f"<h2>Bodies</h2>{bodies}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    names = []
    if "requestBody" in operation:
        names.append(_link(operation["requestBody"]["content"]["application/json"]["schema"]))
    for kind in operation["responses"]["200"]["content"].values():
        schema = kind["schema"].get("properties", {}).get("data", {}).get("contentSchema", kind["schema"])
        names += [_link(schema)] if "$ref" in schema else []
    return (
        f"<tr><td><code>{method.upper()} {escape(path)}</code><td>{escape(operation['summary'])}"
        f"<td>{' → '.join(names)}"
    )


def _schema(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code><td>{_type(rule)}<td>"
        f"{'required' if field in required else _default(rule)}"
        f"<td>{escape(rule.get('description', ''))}"
        for field, rule in schema.get("properties", {}).items()
    )
    head = "<tr><th>member<th>type<th>default<th>meaning"
    return (
        f'<details open id="{escape(name)}"><summary><b>{escape(name)}</b> '
        f"{escape(schema.get('description', ''))}</summary><table>{head}{rows}</table></details>"
    )


def _default(rule: dict[str, Any]) -> str:
    return escape(msgspec.json.encode(rule["default"]).decode()) if "default" in rule else ""


def _type(rule: dict[str, Any]) -> str:
    """A member's type, with links to the bodies that it may hold."""
    if "$ref" in rule:
        return _link(rule)
    if "anyOf" in rule:
        return " or ".join(_type(each) for each in rule["anyOf"] if each != {"type": "null"})
    if rule.get("type") == "array" and "$ref" in rule.get("items", {}):
        return f"array of {_link(rule['items'])}"
    return escape(type_words(rule))


def _link(schema: dict[str, Any]) -> str:
    name = escape(schema["$ref"].rpartition("/")[2])
    return f'<a href="#{name}">{name}</a>'
