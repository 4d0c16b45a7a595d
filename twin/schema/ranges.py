"""An allowed range of one number of the configuration."""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    key: str  # as it is typed on the command line
    low: float
    high: float
    unit: str
