"""The assumptions of a run, read from the comments beside the numbers of its configuration files.

Every number in conf/ ends with a comment that says where it comes from: `source:`, `derived:`, `choice:` or
`assumption:`. The last kind is what a reader of the results has to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import yaml

from twin import resources
from twin.schema import TwinConf

_KEY = re.compile(r"^(?P<indent>\s*)(?P<key>\w+):")
_LINE = re.compile(r"^\s*(?P<key>\w+):[^#]*#\s*assumption:\s*(?P<text>.+?)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    key: str  # group.key, as typed on the command line
    value: Any  # in this run
    text: str  # what is assumed, and why


def assumptions(conf: TwinConf) -> tuple[Assumption, ...]:
    """The assumptions behind the groups chosen in `conf`, in the order of the groups."""
    found = []
    for group in (field.name for field in fields(TwinConf) if field.name != "run"):
        section = getattr(conf, group)
        path = resources.conf_dir() / group / f"{section.name}.yaml"
        if not path.is_file():  # a configuration of the user's own (--config-dir)
            continue
        text = path.read_text(encoding="utf-8")
        shipped = yaml.safe_load(text)
        shipped = shipped.get(group, shipped)  # a site's file speaks of several groups
        for way, comment in _commented(text):
            way = way[1:] if way[0] == group else way
            value, given = section, shipped
            for key in way:
                value = getattr(value, key, None)
                given = given.get(key) if isinstance(given, dict) else None
            if value is not None:
                found.append(
                    Assumption(
                        key=".".join((group, *way)),
                        value=value,
                        text=comment if value == given else "set by the user",
                    )
                )
    return tuple(found)


def _commented(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each assumption of a file: the keys that lead to it, and its text."""
    parents: list[tuple[int, str]] = []
    for line in text.splitlines():
        key = _KEY.match(line)
        if key is None:
            continue
        indent = len(key["indent"])
        parents = [parent for parent in parents if parent[0] < indent] + [(indent, key["key"])]
        match = _LINE.match(line)
        if match:
            yield tuple(name for _, name in parents), match["text"]
