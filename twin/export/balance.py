"""The balance by month that report, workbook and table share, and the scales tables are written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.export.record import Array, Hours
from twin.export.words import Words
from twin.units import ZERO_CELSIUS

ENERGIES = ("demand", "delivered", "others", "taken", "electricity", "vented")
HEADS = ("month", "outdoor", *ENERGIES, "coverage")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyBalance:
    """Twelve months: mean outdoor temperature (12,) [degC], energies (12,) [W h] by their names."""

    outdoor: Array
    energies: dict[str, Array]

    @property
    def coverage(self) -> Array:
        """(12,) share of the demand delivered [-], NaN in a month without demand."""
        demand = self.energies["demand"]
        known = demand > 0.0
        return np.where(known, self.energies["delivered"] / np.where(known, demand, 1.0), np.nan)

    def total(self, name: str) -> float:
        """Of the year [W h]."""
        return float(self.energies[name].sum())


def monthly_balance(hours: Hours) -> MonthlyBalance:
    """Sums of the hourly series by month; `others` is the demand less what the scheme delivers."""
    count = np.maximum(hours.by_month(np.ones(hours.time.size)), 1.0)
    series = {
        "demand": hours.demand, "delivered": hours.delivered, "others": hours.demand - hours.delivered,
        "taken": hours.taken, "electricity": hours.pump_power, "vented": hours.vented,
    }  # fmt: skip
    return MonthlyBalance(
        outdoor=hours.by_month(hours.dry_bulb - ZERO_CELSIUS) / count,
        energies={name: hours.by_month(series[name]) for name in ENERGIES},
    )


class Scale(NamedTuple):
    """In what a table writes its amounts: unit, what it is worth, decimals."""

    unit: str
    worth: float
    digits: int

    def text(self, words: Words, amount: float) -> str:
        return words.number(amount / self.worth, self.digits)


def energy_scale(largest: float) -> Scale:
    """For energies up to `largest` [W h]: GWh with a decimal from 100 GWh, else MWh."""
    return Scale("GWh", 1e9, 1) if largest >= 1e11 else Scale("MWh", 1e6, 0)


def money_scale(largest: float) -> Scale:
    """For amounts up to `largest` [EUR]: millions with two decimals from 20 million, else thousands."""
    return Scale("M EUR", 1e6, 2) if largest >= 2e7 else Scale("k EUR", 1e3, 0)
