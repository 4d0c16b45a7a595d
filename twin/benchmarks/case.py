"""The nouns of benchmarks: a timing sets our seconds beside another program's; a benchmark makes timings."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How benchmarks are to run.

    quick    coarse grids, seconds: shows that everything works, and no more
    peers    whether other programs may be run beside ours
    threads  of ours and processes of the others
    folder   where the others find their cases and leave their logs
    tell     called with what is being done
    """

    quick: bool
    peers: bool
    threads: int
    folder: Path
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of ours and of `peer` for the same work; None where nothing was timed."""

    name: str
    ours_s: float | None
    peer: str | None = None
    peer_s: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times faster ours is."""
        if self.ours_s is None or self.peer_s is None or not self.ours_s > 0.0:
            return None
        return self.peer_s / self.ours_s

    def as_json(self) -> dict[str, Any]:
        """The record of `twin bench --json`; numbers that are not finite become null."""
        return {
            "name": self.name,
            "ours_s": _finite(self.ours_s),
            "peer": self.peer,
            "peer_s": _finite(self.peer_s),
            "ratio": _finite(self.ratio),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A named piece of work: `about` says what is timed, `run` makes its timings."""

    name: str
    about: str
    run: Callable[[Setting], Sequence[Timing]]


class Clock:
    """Wall seconds of a block."""

    seconds = math.nan


@contextmanager
def clock() -> Iterator[Clock]:
    """Times its block."""
    measured = Clock()
    start = time.perf_counter()
    yield measured
    measured.seconds = time.perf_counter() - start


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
