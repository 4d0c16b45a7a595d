"""The year's energy, closed in every hour and in sum."""

from __future__ import annotations

import numpy as np

from solvers.errors import BalanceError
from twin.year.records import Year

TOLERANCE = 1e-10  # of the year's energy audit, relative


def audit(year: Year) -> float:
    """Relative closure of the year's energy: the worst hour or the sum, whichever is larger.

    Three balances, each |in - out| / in: electricity of the site against heat to recovery and ambient; heat
    taken from the site against the cooling of the source water; heat into the network's return against heat
    from the site and the heat pump's work. Raises BalanceError above 1e-10.
    """
    in_, taken = year.facility_power, year.site_heat
    balances = {
        "site": (in_, taken + year.to_ambient, in_),
        "source water": (taken, year.source_rate * (year.source_in - year.source_out), in_),
        "recovery": (taken + year.heat_pump_power, year.heat_produced, in_),
    }
    worst = 0.0
    for name, (left, right, scale) in balances.items():
        floor = max(1e-12 * float(scale.max()), 1e-300)
        hourly = np.abs(left - right) / np.maximum(scale, floor)
        total = abs(float((left - right).sum())) / max(float(scale.sum()), floor)
        closure = max(float(hourly.max()), total)
        # a nan anywhere is a broken balance, not a closed one
        if not np.all(np.isfinite(hourly)) or not closure <= TOLERANCE:
            hour = int(np.argmax(np.where(np.isfinite(hourly), hourly, np.inf)))
            raise BalanceError(
                f"year energy, balance of the {name}: {closure:.2e} of the electricity is unaccounted for "
                f"(allowed {TOLERANCE:g}), worst in hour {hour}: {left[hour]:.6g} W in, "
                f"{right[hour]:.6g} W out"
            )
        worst = max(worst, closure)
    return worst
