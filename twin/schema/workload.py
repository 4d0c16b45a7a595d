"""What the computers draw through the year (`conf/workload`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class WorkloadKind(Enum):
    constant = "constant"
    checkpoint = "checkpoint"
    inference = "inference"
    trace = "trace"


@dataclass
class WorkloadConf:
    name: str = MISSING
    title: str = MISSING
    kind: WorkloadKind = MISSING
    utilisation: float = 1.0  # mean share of the dynamic power in use [-]
    idle_share: float = 0.25  # idle power over design power [-]
    dip_share: float = 0.0  # power given up in a dip [-]
    dip_hours_per_day: float = 0.0
    night_share: float = 1.0  # of the daily peak [-]
    weekend_share: float = 1.0  # [-]
    file: Optional[str] = None  # CSV trace: 8,760 rows of utilisation


RANGES = (
    Range("workload.utilisation", 0, 1, "-"),
    Range("workload.idle_share", 0, 1, "-"),
    Range("workload.dip_share", 0, 1, "-"),
    Range("workload.dip_hours_per_day", 0, 24, "h"),
    Range("workload.night_share", 0, 1, "-"),
    Range("workload.weekend_share", 0, 1, "-"),
)
