"""Where the numbers of a run come from, read from the comments beside them in its configuration files.

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

USER = "user"  # status of a value that differs from the one shipped
_KEY = re.compile(r"^(?P<indent>\s*)(?P<key>\w+):")
_LINE = re.compile(
    r"^\s*(?P<key>\w+):[^#]*#\s*(?P<kind>source|derived|assumption|choice):\s*(?P<text>.+?)\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """A number of the configuration in a run: source, derived, assumption or choice, and its reason.

    A value that differs from the shipped one has the status `user`.
    """

    key: str  # group.key, as typed on the command line
    value: Any
    status: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    key: str  # group.key, as typed on the command line
    value: Any  # in this run
    text: str  # what is assumed, and why


def assumptions(conf: TwinConf) -> tuple[Assumption, ...]:
    """The assumptions behind the groups chosen in `conf`, in the order of the groups."""
    return tuple(
        Assumption(key=key, value=value, text=text if value == given else "set by the user")
        for key, value, given, kind, text in _explained(conf)
        if kind == "assumption"
    )


def provenance(conf: TwinConf) -> tuple[Provenance, ...]:
    """Every explained number of the groups chosen in `conf`, in the order of the groups."""
    return tuple(
        Provenance(key=key, value=value, status=kind, text=text)
        if value == given
        else Provenance(key=key, value=value, status=USER, text=f"instead of {given}")
        for key, value, given, kind, text in _explained(conf)
    )


def _explained(conf: TwinConf) -> Iterator[tuple[str, Any, Any, str, str]]:
    """(key, value in this run, value shipped, kind of reason, reason)."""
    for group in (field.name for field in fields(TwinConf) if field.name != "run"):
        section = getattr(conf, group)
        path = resources.conf_dir() / group / f"{section.name}.yaml"
        if not path.is_file():  # a configuration of the user's own (--config-dir)
            continue
        text = path.read_text(encoding="utf-8")
        shipped = yaml.safe_load(text)
        shipped = shipped.get(group, shipped)  # a site's file speaks of several groups
        for way, kind, comment in _commented(text):
            way = way[1:] if way[0] == group else way
            value, given = section, shipped
            for key in way:
                value = getattr(value, key, None)
                given = given.get(key) if isinstance(given, dict) else None
            if value is not None:
                yield ".".join((group, *way)), value, given, kind, comment


def _commented(text: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each reason of a file: the keys that lead to it, its kind and its text."""
    parents: list[tuple[int, str]] = []
    for line in text.splitlines():
        key = _KEY.match(line)
        if key is None:
            continue
        indent = len(key["indent"])
        parents = [parent for parent in parents if parent[0] < indent] + [(indent, key["key"])]
        match = _LINE.match(line)
        if match:
            yield tuple(name for _, name in parents), match["kind"], match["text"]
