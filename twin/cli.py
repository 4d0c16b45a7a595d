"""The command line: verbs, errors in one block, exit status 0 done, 1 the run failed, 2 bad input.

Nothing heavy is imported before a verb needs it, so that `twin --help` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from geometry.errors import InputError


class Verb(NamedTuple):
    name: str
    module: str  # has main(argv) -> exit status
    summary: str


VERBS = (
    Verb("run", "twin.run", "model a site from the GPU to the city (bare: Valence)"),
    Verb(
        "sweep",
        "twin.sweep.verb",
        "run many configurations, e.g. study=gpu_density; resumes where it stopped",
    ),
    Verb("view", "twin.view", "show a run's hall in 3-D: a window, --png FILE, --html FILE or --vtr FILE"),
    Verb(
        "validate", "twin.validate", "check a configuration without running: sizing, grid, plan and sections"
    ),
    Verb(
        "export",
        "twin.export.verb",
        "PDF, workbook, maps and reporting figures of a run, in French or English",
    ),
    Verb("runs", "twin.runs", "list the finished runs of a folder"),
    Verb("compare", "twin.compare", "set the results of two runs side by side"),
    Verb("network", "twin.network.verb", "solve a network of pipes and devices written in YAML"),
    Verb("verify", "twin.verification.verb", "check the solvers against published and exact figures"),
    Verb(
        "bench",
        "twin.benchmarks.verb",
        "time the solvers, beside OpenFOAM, pyamg and pandapipes where installed",
    ),
    Verb(
        "completion", "twin.completion", 'print the shell\'s tab completion: eval "$(twin completion bash)"'
    ),
)

USAGE = """Caloporteur: follows the heat of an AI data centre from the GPU to the city.

usage: twin VERB [ARGUMENTS] [--debug]

{verbs}

examples:
  twin run                                       Valence: 40,000 GPUs, GB300 racks, its district network
  twin run site=south compute=h100_air hall=air_cooled
  twin run loop.supply_temperature_C=45 solver=draft run.name=warm
  twin sweep study=gpu_density site=valence      36 to 108 GPUs a rack
  twin validate hall.rows=10                     what would be built, before paying for a solve
  twin view runs/valence/warm --html hall.html
  twin export runs/valence/warm --to pdf,xlsx --lang fr

`twin VERB --help` says more; `twin run --info config` and `twin run --cfg job` show every group and key.
Exit status: 0 done, 1 the run failed, 2 bad input, 130 interrupted.
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the `twin` command: never returns."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    sys.exit(guarded(lambda: dispatch(words), debug=debug))


def dispatch(words: list[str]) -> int:
    """Run the verb that `words` begins with; the exit status."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage(), end="")
        return 0
    if words[0] in ("--version", "-V"):
        from twin import __version__

        print(f"caloporteur {__version__}")
        return 0
    verb = next((verb for verb in VERBS if verb.name == words[0]), None)
    if verb is None:
        known = ", ".join(verb.name for verb in VERBS)
        raise InputError(f"unknown verb {words[0]!r}: one of {known}\n  try: twin --help")
    from twin.caching import prepare_numba

    prepare_numba()
    status: int = import_module(verb.module).main(words[1:])
    return status


def usage() -> str:
    width = max(len(verb.name) for verb in VERBS)
    return USAGE.format(verbs="\n".join(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS))


def guarded(work: Callable[[], int], *, debug: bool) -> int:
    """Run `work`; turn whatever it raises into one readable block on stderr and an exit status."""
    try:
        return work()
    except KeyboardInterrupt:
        if debug:
            raise
        return _say("interrupted: finished results are kept, nothing half-written remains", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InputError as error:
        if debug:
            raise
        return _say(f"error: {error}", 2)
    except OSError as error:
        if debug:
            raise
        return _say(f"error: {_storage_words(error)}", 1)
    except Exception as error:
        if debug:
            raise
        return _say(_failure_words(error), 1)


def _storage_words(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            f"no space left to write{place}: nothing half-written remains\n"
            "  try: free some space, or write elsewhere (run.folder=ELSEWHERE; twin export: --folder)"
        )
    return f"{error.strerror or error}{place}\n  try: --debug shows where"


def _failure_words(error: Exception) -> str:
    from solvers.errors import SolverError

    if isinstance(error, SolverError):
        return f"error: the run failed: {error}"
    return (
        f"error: unexpected {type(error).__name__}: {error}\n"
        "  this is a defect of the program; --debug shows the traceback"
    )


def _say(message: str, status: int) -> int:
    print(f"\n{message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
