"""The pumps of a CDU: equal pumps in parallel, one or more in reserve, each behind a check valve.

    rise = s^2 H(q / s)        q = m / (rho n), n running, s speed over the rated speed

H is the maker's curve through its points, monotone between them; affinity laws for speed (flow ~ s).
Power is hydraulic power over the wire-to-water efficiency; a share of it warms the coolant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers._jit import kernel
from solvers.liquid.components import curves
from solvers.liquid.components.curves import Curve, curve_slopes, monotone_curve

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpBank:
    """flow (k,) [m3/s] rising from 0 and rise (k,) [Pa] falling, of one pump at its rated speed.

    count       installed
    needed      that the duty takes: count - needed are in reserve
    efficiency  wire to water [-]
    to_coolant  share of the electric power that warms the coolant [-]: 1 for canned motors
    """

    name: str
    flow: Array
    rise: Array
    count: int
    needed: int
    efficiency: float
    to_coolant: float = 1.0

    def __post_init__(self) -> None:
        require(
            self.flow.size == self.rise.size >= 2 and self.flow[0] == 0.0,
            f"pump curve of {self.name}: two or more points, the first at rest, as many of flow as of rise",
        )
        require(
            bool(np.all(np.diff(self.flow) > 0.0) and np.all(np.diff(self.rise) < 0.0)),
            f"pump curve of {self.name}: flow must rise and pressure fall from point to point",
            hint="leave out a part that rises: there one pressure has two flows",
        )
        require(
            1 <= self.needed <= self.count,
            f"pumps of {self.name}: {self.needed} needed of {self.count} installed",
        )
        require_range("efficiency of pumps", self.efficiency, 0.05, 1.0, "-", element=self.name)
        require_range("heat of pumps to the coolant", self.to_coolant, 0.0, 1.0, "-", element=self.name)

    def running(self, failed: int = 0) -> int:
        """Pumps that run when `failed` of them cannot: the reserve steps in as far as it goes."""
        require(0 <= failed <= self.count, f"{failed} failed pumps of {self.name}, which has {self.count}")
        return min(self.needed, self.count - failed)


class PumpLaw(NamedTuple):
    """The compiled part of a `PumpBank`."""

    curve: Curve  # rise [Pa] over flow [m3/s]
    efficiency: float
    to_coolant: float


class PumpPower(NamedTuple):
    """Electric power [W], the part that warms the coolant [W], and the power's derivative by mass flow."""

    electric: Any
    heat: Any
    by_flow: Any


def pump_law(bank: PumpBank) -> PumpLaw:
    return PumpLaw(monotone_curve(bank.flow, bank.rise, element=bank.name), bank.efficiency, bank.to_coolant)


@kernel(uses=(curves,))
def rise_slopes(law, running, speed, flow, density):
    """(rise [Pa], its derivatives by speed [Pa] and by mass flow [Pa s/kg]) of `running` pumps, speed >= 0.

    Beyond its last point the curve goes on straight; the check valves let nothing back: a negative flow meets
    the shut-off pressure and the steep slope of a closed valve.
    """
    speed = max(speed, 1e-9)  # at rest: a rise of nothing, and a slope
    one = 1.0 / (density * running)
    q = flow * one / speed
    if q < 0.0:
        h, slope = curve_slopes(law.curve, 0.0)
        last = law.curve.knot[law.curve.knot.size - 1]
        shut = -1e3 * h / last
        return speed * speed * (h + shut * q), speed * (2.0 * h + shut * q), speed * shut * one
    h, slope = curve_slopes(law.curve, q)
    return speed * speed * h, speed * (2.0 * h - q * slope), speed * slope * one


@kernel(uses=(curves,))
def speed_for(law, running, rise, flow, density):
    """Speed over the rated speed at which the bank gives `rise` [Pa] >= 0 at `flow` [kg/s] >= 0.

    The rise grows with speed at any flow: bisection from 0 to 4 times the rated speed, then two Newton steps.
    nan where even that is not enough.
    """
    low, high = 1e-6, 4.0
    if rise_slopes(law, running, high, flow, density)[0] < rise:
        return np.nan
    for _ in range(30):
        middle = 0.5 * (low + high)
        if rise_slopes(law, running, middle, flow, density)[0] < rise:
            low = middle
        else:
            high = middle
    speed = 0.5 * (low + high)
    for _ in range(2):
        got, by_speed, _ = rise_slopes(law, running, speed, flow, density)
        speed -= (got - rise) / by_speed
    return speed


@kernel(uses=(curves,))
def power_slopes(law, running, speed, flow, density):
    """`PumpPower` at a mass flow [kg/s] >= 0; none beyond the end of the curve, where others push."""
    rise, _, slope = rise_slopes(law, running, speed, flow, density)
    if rise <= 0.0:
        return PumpPower(0.0, 0.0, 0.0)
    electric = flow * rise / (density * law.efficiency)
    by_flow = (rise + flow * slope) / (density * law.efficiency)
    return PumpPower(electric, law.to_coolant * electric, by_flow)
