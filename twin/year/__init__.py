"""The hourly year of a site: its records, the water up to the source, heat reuse, the plant, the audit."""

from twin.year.audit import audit
from twin.year.loops import SiteLoops
from twin.year.records import HOUR, Circuit, PowerTrain, Priority, Year, YearSpec
from twin.year.simulate import simulate_year

__all__ = [
    "HOUR",
    "Circuit",
    "PowerTrain",
    "Priority",
    "SiteLoops",
    "Year",
    "YearSpec",
    "audit",
    "simulate_year",
]
