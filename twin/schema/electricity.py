"""Contracts of the site for renewable electricity (`conf/electricity`)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.schema.ranges import Range


@dataclass
class ElectricityConf:
    """Contracts of the site for electricity from renewable plants; shares of its electricity of a year."""

    name: str = "grid"
    title: str = "The public grid alone"
    solar_share: float = 0.0
    wind_share: float = 0.0
    hydro_share: float = 0.0
    solar_kgCO2_kWh: float = 0.044  # assumption: as conf/electricity says
    wind_kgCO2_kWh: float = 0.014  # assumption
    hydro_kgCO2_kWh: float = 0.006  # assumption


RANGES = (
    Range("electricity.solar_share", 0, 1, "-"),
    Range("electricity.wind_share", 0, 1, "-"),
    Range("electricity.hydro_share", 0, 1, "-"),
    Range("electricity.solar_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("electricity.wind_kgCO2_kWh", 0, 2, "kg/kWh"),
    Range("electricity.hydro_kgCO2_kWh", 0, 2, "kg/kWh"),
)
