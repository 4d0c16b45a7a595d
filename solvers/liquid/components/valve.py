"""Control valves: opening, characteristic, authority; two-way and three-way.

    m = a phi(y) sqrt(rho dp)        a = flow coefficient A_v [m2], phi(y) share of it at the stroke y in 0..1

A_v is the SI form of the trade's coefficients (IEC 60534-1): A_v = KV k_v = CV c_v. Equal percentage:
phi = R^(y - 1) with the rangeability R; near closure, where that law does not reach zero, the straight line
from the origin that touches it (the linear foot of VDI/VDE 2173), so that phi has no step and no kink.
Leakage l: phi -> l + (1 - l) phi.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers import friction
from solvers._jit import kernel
from solvers.liquid.components import losses
from solvers.liquid.components.losses import quadratic_drop_slopes

KV = 1.0 / 36000.0  # [m2] per k_v: 1 m3/h of 1000 kg/m3 at 1 bar (IEC 60534-1)
CV = KV / 1.156  # [m2] per c_v: 1 US gal/min at 1 psi (IEC 60534-1)


class Characteristic(Enum):
    LINEAR = 0
    EQUAL_PERCENTAGE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Valve:
    """A two-way valve, or one way of a three-way valve.

    flow_coefficient  A_v fully open [m2]
    rangeability      R of the equal-percentage law [-]; 30 to 50 of real valves
    leakage           share of the flow coefficient left when closed [-]
    """

    name: str
    flow_coefficient: float
    characteristic: Characteristic = Characteristic.EQUAL_PERCENTAGE
    rangeability: float = 50.0
    leakage: float = 1e-4

    def __post_init__(self) -> None:
        require(
            self.flow_coefficient > 0.0,
            f"flow coefficient of valve {self.name} = {self.flow_coefficient:g} m2: must be positive",
        )
        require_range("rangeability of valve", self.rangeability, 5.0, 1000.0, "-", element=self.name)
        # a valve that shuts to nothing has no derivative there: use a closed branch for one that is off
        require_range("leakage of valve", self.leakage, 1e-9, 0.1, "-", element=self.name)


class ValveLaw(NamedTuple):
    """The compiled part of a `Valve`."""

    flow_coefficient: float  # [m2]
    characteristic: int
    rangeability: float
    leakage: float


def valve_law(valve: Valve) -> ValveLaw:
    return ValveLaw(valve.flow_coefficient, valve.characteristic.value, valve.rangeability, valve.leakage)


def authority(valve: Valve, *, flow: float, density: float, circuit_drop: float) -> float:
    """Share of the open valve in the drop of its circuit at `flow` [kg/s]: 0.3 to 0.7 regulates well.

    circuit_drop [Pa] of everything else in the circuit whose pressure difference is held.
    """
    require(flow > 0.0 and density > 0.0, "authority of a valve needs a positive flow and density")
    require(circuit_drop >= 0.0, f"pressure drop of the circuit = {circuit_drop:g} Pa: must not be negative")
    open_drop = (flow / valve.flow_coefficient) ** 2 / density
    return open_drop / (open_drop + circuit_drop)


def stroke_of(valve: Valve, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stroke in 0..1 at which the valve has a `share` of its flow coefficient: undoes `opening_slopes`."""
    phi = np.clip((np.asarray(share) - valve.leakage) / (1.0 - valve.leakage), 0.0, 1.0)
    if valve.characteristic is Characteristic.LINEAR:
        return phi
    log_r = np.log(valve.rangeability)
    foot = np.exp(1.0 - log_r)  # phi where the straight line begins
    return np.where(phi < foot, phi / (log_r * foot), 1.0 + np.log(np.maximum(phi, foot)) / log_r)


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def opening_slopes(law, stroke):
    """(phi, d phi/d stroke) at a stroke, held within 0..1."""
    y = min(max(stroke, 0.0), 1.0)
    if law.characteristic == 0:
        phi, slope = y, 1.0
    else:
        log_r = np.log(law.rangeability)
        foot = 1.0 / log_r
        if y < foot:
            slope = log_r * np.exp(1.0 - log_r)
            phi = slope * y
        else:
            phi = np.exp(log_r * (y - 1.0))
            slope = log_r * phi
    if stroke < 0.0 or stroke > 1.0:
        slope = 0.0
    rest = 1.0 - law.leakage
    return law.leakage + rest * phi, rest * slope


@kernel(uses=(losses, friction))
def drop_slopes(law, stroke, flow, density):
    """(dp [Pa], its derivatives by stroke [Pa], flow [Pa s/kg] and density) at a mass flow of either sign."""
    phi, slope = opening_slopes(law, stroke)
    area = law.flow_coefficient * phi
    # the flow whose drop is 1 Pa sets the scale; the law is odd and smooth at rest
    unit = law.flow_coefficient * np.sqrt(1e5 * density)
    shape, by_flow = quadratic_drop_slopes(flow, unit, 1e5)
    closed = (law.flow_coefficient / area) ** 2
    drop = shape * closed
    return drop, -2.0 * drop / phi * slope, by_flow * closed, -0.5 * by_flow * closed * flow / density


@kernel
def installed_slopes(law, stroke, share):
    """(flow over that of the open valve, its derivative by stroke) in a circuit of given authority `share`.

    With dp held over valve and circuit: phi / sqrt(N + (1 - N) phi^2).
    """
    phi, slope = opening_slopes(law, stroke)
    below = share + (1.0 - share) * phi * phi
    return phi / np.sqrt(below), share * slope / (below * np.sqrt(below))


@kernel
def split_slopes(through, bypass, stroke):
    """Three-way valve: (share of the flow that takes the way `through`, its derivative by stroke).

    The ways open against each other (stroke and 1 - stroke) between the same two pressures.
    """
    a, a_slope = opening_slopes(through, stroke)
    b, b_slope = opening_slopes(bypass, 1.0 - stroke)
    a, a_slope = through.flow_coefficient * a, through.flow_coefficient * a_slope
    b, b_slope = bypass.flow_coefficient * b, bypass.flow_coefficient * b_slope
    total = a + b
    return a / total, (a_slope * b + a * b_slope) / (total * total)


@kernel
def mixed_slopes(first, second, c_first, c_second):
    """Temperature [K] where two streams join and its derivatives by both temperatures and capacity rates.

    Capacity rates [W/K] >= 0; with neither flowing the mean of both.
    """
    total = c_first + c_second
    if total <= 1e-200:
        return 0.5 * (first + second), 0.5, 0.5, 0.0, 0.0
    a = c_first / total
    mixed = second + a * (first - second)
    return mixed, a, 1.0 - a, (first - mixed) / total, (second - mixed) / total
