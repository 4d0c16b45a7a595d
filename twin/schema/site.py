"""What was announced of a site, and how its halls lie (`conf/site`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class Limit(Enum):
    gpus = "gpus"
    power = "power"


@dataclass
class CampusConf:
    """Halls along the mains of a site (geometry/campus.py), for loop.resolve=site; all assumptions."""

    halls_per_spine: int = 12  # that one main from the plant feeds
    lead_m: float = 100.0  # from the plant to the first halls
    street_m: float = 15.0  # between the halls on both sides of a main
    gap_m: float = 10.0  # between neighbouring halls


@dataclass
class SiteConf:
    name: str = MISSING
    title: str = MISSING
    quotation: str = MISSING  # what was announced, in its own words
    gpus: Optional[int] = None  # announced number of GPU packages
    power_MW: Optional[float] = None  # announced power, read as IT power
    limit: Limit = MISSING  # which of the two figures binds; the other one is reported
    latitude_deg: float = MISSING
    longitude_deg: float = MISSING
    altitude_m: float = MISSING
    campus: CampusConf = field(default_factory=CampusConf)


RANGES = (
    Range("site.gpus", 1, 1e8, "GPUs"),
    Range("site.power_MW", 0.01, 1e5, "MW"),
    Range("site.latitude_deg", -90, 90, "deg"),
    Range("site.longitude_deg", -180, 180, "deg"),
    Range("site.altitude_m", -400, 5000, "m"),
    Range("site.campus.halls_per_spine", 1, 1000, "halls"),
    Range("site.campus.lead_m", 0, 1e4, "m"),
    Range("site.campus.street_m", 1.2, 500, "m"),
    Range("site.campus.gap_m", 0, 500, "m"),
)
