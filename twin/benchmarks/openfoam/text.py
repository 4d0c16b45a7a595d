"""OpenFOAM's dictionaries from Python's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Value = str | int | float | bool | Sequence["Value"] | Mapping[str, "Value"]
ANY = ".*"  # every patch, every field
_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def entries(values: Mapping[str, Value], indent: str = "") -> str:
    """`key value;` and `key { ... }`, one a line; a key that is a pattern is quoted."""
    lines = []
    for key, value in values.items():
        # a pattern needs quotes; a formula of names, such as div(phi,U), stands bare
        name = f'"{key}"' if "|" in key or key == ANY else key
        if isinstance(value, Mapping):
            lines.append(f"{indent}{name}\n{indent}{{\n{entries(value, indent + '    ')}{indent}}}")
        else:
            lines.append(f"{indent}{name} {word(value)};")
    return "".join(line + "\n" for line in lines)


def word(value: Value) -> str:
    """A value as OpenFOAM reads it: yes and no, numbers to full precision, lists in brackets."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str | int):
        return str(value)
    assert not isinstance(value, Mapping), "a dictionary has no place in a list here"
    return "(" + " ".join(word(item) for item in value) + ")"


def header(kind: str, name: str) -> str:
    return entries({"FoamFile": {"version": "2.0", "format": "ascii", "class": kind, "object": name}})


def write(path: Path, values: Mapping[str, Value], kind: str = "dictionary") -> None:
    """Write the file `path` of class `kind`, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header(kind, path.name) + entries(values), encoding="utf-8")


def patch_name(port: str) -> str:
    """The name of a port as a word: 'A0.front' becomes A0_front."""
    return "".join(letter if letter in _PLAIN else "_" for letter in port)
