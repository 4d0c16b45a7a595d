"""The run itself: its folder, its figures, its threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


@dataclass
class RunConf:
    name: Optional[str] = None  # of the run folder; None: date and time
    folder: str = "runs"
    figures: bool = True
    threads: int = 0  # 0: all cores


RANGES = (Range("run.threads", 0, 1024, "threads"),)
