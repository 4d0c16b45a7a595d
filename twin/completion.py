"""`twin completion SHELL`: tab completion of verbs, and of overrides by Hydra's own completion."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

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
    return _overrides(closed[1:], open_word)


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
