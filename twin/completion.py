"""`twin completion SHELL`: tab completion of verbs, and of overrides by Hydra's own completion."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import is_dataclass
from enum import Enum
from typing import get_args, get_type_hints

_HYDRA_VERBS = ("run", "sweep", "validate")

# The shell hands the line to `twin completion query`; Hydra answers for the verbs that take overrides.
_BASH = """_twin_complete() {
    COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
    local line="${COMP_LINE:0:$COMP_POINT}"
    mapfile -t COMPREPLY < <(command twin completion query -- "$line" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace
}
complete -o default -F _twin_complete twin
"""
_ZSH = "autoload -Uz bashcompinit && bashcompinit\n" + _BASH


def main(argv: Sequence[str]) -> int:
    """Print a shell's script, or answer its question; the exit status."""
    parser = argparse.ArgumentParser(
        prog="twin completion", description='Tab completion. In ~/.bashrc: eval "$(twin completion bash)"'
    )
    parser.add_argument("shell", choices=("bash", "zsh", "query"))
    parser.add_argument("line", nargs="?", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args([word for word in argv if word != "--"])
    if arguments.shell == "query":
        print("\n".join(candidates(arguments.line)))
    else:
        print(_BASH if arguments.shell == "bash" else _ZSH, end="")
    return 0


def candidates(line: str) -> list[str]:
    """What may stand at the end of `line`, the command line typed so far."""
    from twin.cli import VERBS

    words = line.split()[1:]
    open_word = "" if not line or line[-1].isspace() else (words[-1] if words else "")
    closed = words[: len(words) - bool(open_word)]
    if not closed:
        return [verb.name for verb in VERBS if verb.name.startswith(open_word)]
    if closed[0] not in _HYDRA_VERBS:
        return []
    key, given, value = open_word.partition("=")
    choices = choices_of(key) if given else ()
    if choices:  # Hydra would offer the present value alone
        return [f"{key}={choice}" for choice in choices if choice.startswith(value)]
    return _overrides(closed[1:], open_word)


def choices_of(key: str) -> tuple[str, ...]:
    """All values of a key such as `plant.kind`, where they can be listed; empty otherwise."""
    from twin.schema import TwinConf

    kind: object = TwinConf
    for name in key.split("."):
        kind = get_type_hints(kind).get(name) if isinstance(kind, type) and is_dataclass(kind) else None
        kinds = [part for part in get_args(kind) if part is not type(None)]  # Optional[...]
        kind = kinds[0] if len(kinds) == 1 and not isinstance(kind, type) else kind
    if kind is bool:
        return ("true", "false")
    return tuple(kind.__members__) if isinstance(kind, type) and issubclass(kind, Enum) else ()


def _overrides(closed: Sequence[str], open_word: str) -> list[str]:
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra._internal.core_plugins.bash_completion import BashCompletion
    from hydra._internal.utils import create_config_search_path

    from twin import resources
    from twin.config import register_schema

    register_schema()
    loader = ConfigLoaderImpl(create_config_search_path(str(resources.conf_dir())))
    line = " ".join([*closed, open_word])
    found = BashCompletion(loader)._query(config_name="config", line=line)
    return [str(option) for option in found]
