"""What a name means that was given in the wrong place."""

from __future__ import annotations

from typing import Any

from ..names import Names


def hint_for(name: str, names: Names[Any]) -> str:
    """That `name` belongs to the other kind, and the field that takes it; "" if nobody there has it."""
    if not names.find(name):
        return ""
    canonical = names.canonical(names.find(name)[0])
    article = "an" if names.kind[0] in "aeiou" else "a"
    return f'{canonical!r} is {article} {names.kind}: "{names.field}": "{canonical}"'


def owners_of(parameter: str, *tables: Names[Any]) -> str:
    """Whose a parameter is that the request's own algorithm and rule do not have; "" if it is nobody's.

    Reads the Structs that plugins described, so it imports nothing.
    """
    found = [
        (names, names.canonical(entry))
        for names in tables
        for entry in names.entries
        if entry.params is not None and parameter in entry.params.__struct_fields__
    ]
    if not found:
        return ""
    whose = " and of ".join(f"the {names.kind} {name!r}" for names, name in found)
    fields = " or ".join(f'"{names.field}": "{name}"' for names, name in found)
    return f"a parameter of {whose}, which this request does not use; add {fields}"
