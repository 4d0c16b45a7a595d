"""The assumptions of a run, read from the comments beside the numbers of its configuration files.

Every number in conf/ ends with a comment that says where it comes from: `source:`, `derived:`, `choice:` or
`assumption:`. The last kind is what a reader of the results has to know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

import yaml

from twin import resources
from twin.schema import TwinConf

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
        for line in text.splitlines():
            match = _LINE.match(line)
            if match and hasattr(section, match["key"]):
                value = getattr(section, match["key"])
                own = value != shipped.get(match["key"])
                found.append(
                    Assumption(
                        key=f"{group}.{match['key']}",
                        value=value,
                        text="set by the user" if own else match["text"],
                    )
                )
    return tuple(found)
