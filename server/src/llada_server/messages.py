"""The conversation of a chat request: checked, and flattened to one text a message."""

from __future__ import annotations

from typing import Any, TypedDict

from .errors import bad_request, unsupported

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool"}
"""Accepted roles and the role that the chat template sees."""
MAX_MESSAGES = 2048
MAX_PARTS = 256


class ChatMessage(TypedDict):
    """One turn, as the tokenizer takes it."""

    role: str
    content: str


def read_messages(value: Any) -> list[ChatMessage]:
    """The turns of `messages`.

    Raises:
        ApiError: 400 naming the message, and part, at fault.
    """
    if not isinstance(value, list):
        raise bad_request(f"messages: expected an array, got {kind(value)}", "messages")
    if not value:
        raise bad_request("messages: expected at least one message, got an empty array", "messages")
    if len(value) > MAX_MESSAGES:
        raise bad_request(f"messages: at most {MAX_MESSAGES} messages, got {len(value)}", "messages")
    return [_message(message, f"messages[{index}]") for index, message in enumerate(value)]


def _message(value: Any, where: str) -> ChatMessage:
    if not isinstance(value, dict):
        raise bad_request(f"{where}: expected an object with role and content, got {kind(value)}", where)
    role = value.get("role")
    if not isinstance(role, str) or role not in ROLES:
        got = f"{role!r:.40}" if "role" in value else "nothing"
        raise bad_request(f"{where}.role: expected one of {', '.join(ROLES)}; got {got}", f"{where}.role")
    for name in ("tool_calls", "function_call", "audio"):
        if value.get(name):
            raise unsupported(f"{where}.{name}", f"{where}.{name}: this server takes text only; leave it out")
    return {"role": ROLES[role], "content": _content(value.get("content"), f"{where}.content")}


def _content(value: Any, where: str) -> str:
    if isinstance(value, str):
        return check_text(value, where)
    if not isinstance(value, list):
        raise bad_request(f"{where}: expected a string or an array of text parts, got {kind(value)}", where)
    if len(value) > MAX_PARTS:
        raise bad_request(f"{where}: at most {MAX_PARTS} parts, got {len(value)}", where)
    return "".join(_part(part, f"{where}[{index}]") for index, part in enumerate(value))


def _part(value: Any, where: str) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise bad_request(f"{where}: expected an object with a type, got {kind(value)}", where)
    if value["type"] != "text":
        raise unsupported(
            where,
            f"{where}: parts of type {value['type']!r:.40} are not supported, only parts of type 'text'",
        )
    if not isinstance(value.get("text"), str):
        raise bad_request(f"{where}.text: expected a string, got {kind(value.get('text'))}", f"{where}.text")
    return check_text(value["text"], f"{where}.text")


def check_text(value: str, where: str) -> str:
    """`value`, if it can be encoded.

    Raises:
        ApiError: 400.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad_request(f"{where}: holds half of a surrogate pair, which is no text", where) from None
    return value


def kind(value: Any) -> str:
    """The JSON word for a value's type."""
    words = {
        type(None): "null",
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        list: "array",
    }
    return words.get(type(value), "object")
