"""Coolant distribution units: a plate exchanger between facility water and technology coolant, and pumps.

    racks -> return -> pumps -> exchanger (hot side) -> supply -> racks
    facility water  -> control valve -> exchanger (cold side) -> facility return

Counterflow effectiveness-NTU. UA comes from the data sheet's approach (supply to the racks less facility
water in, at rated heat and flows) and follows both flows. The valve fully open, the facility flow keeps a
fixed ratio of heat-capacity rates to the technology side; a unit that would overcool closes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers._jit import kernel
from solvers.fluids import Fluid, density, heat_capacity
from solvers.heat import conductance
from solvers.heat import effectiveness as effectiveness_law
from solvers.heat import two_stream as exchanger_law
from solvers.heat.effectiveness import Arrangement
from solvers.heat.exchangers import effectiveness, ua_at_flow, ua_from_duty
from solvers.heat.two_stream import TwoStream, transmission_slopes

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CduSpec:
    """One model of CDU, by its data sheet.

    capacity         heat at the rated point [W]
    approach         technology supply less facility water in, rated [K]
    flow             rated flow to the racks [m3/s]
    fws_ratio        heat-capacity rate of facility water over technology coolant, valve open [-]
    rated_supply     technology supply temperature of the rated point [K]
    external_dp      head left for the racks' loop at rated flow [Pa]
    internal_dp      own pressure drop of the technology side at rated flow [Pa]; grows with flow squared
    fws_dp           pressure drop of the facility circuit at the pumps that feed it [Pa]
    pump_efficiency  wire to water [-]
    max_flow         most the pumps deliver [m3/s]; None: the rated flow
    """

    capacity: float
    approach: float
    flow: float
    fws_ratio: float
    rated_supply: float
    external_dp: float
    internal_dp: float
    fws_dp: float
    pump_efficiency: float
    max_flow: float | None = None

    def __post_init__(self) -> None:
        for name in ("capacity", "approach", "flow", "fws_ratio", "external_dp"):
            require(getattr(self, name) > 0.0, f"CDU {name} = {getattr(self, name):g}: must be positive")
        require(self.internal_dp >= 0.0 and self.fws_dp >= 0.0, "CDU pressure drops must not be negative")
        require_range("CDU pump efficiency", self.pump_efficiency, 0.01, 1.0, "-")
        require_range("CDU rated supply", self.rated_supply - 273.15, 0.0, 90.0, "degC")

    @property
    def largest_flow(self) -> float:
        """Most the pumps deliver [m3/s]."""
        return self.flow if self.max_flow is None else self.max_flow


@dataclass(frozen=True, slots=True, kw_only=True)
class CduExchanger:
    """The rated exchanger in the solver's terms: UA [W/K], rated capacity rates [W/K] of both sides."""

    ua: float
    c_tcs: float
    c_fws: float


def rated_exchanger(spec: CduSpec, coolant: Fluid) -> CduExchanger:
    """UA from the rated approach: eps = Q / (C_min (T_return + Q/C - T_fws,in)), counterflow.

    Raises InputError if the rated point breaks the second law, such as an approach too small for its flows.
    """
    # properties at the middle of the rated rise, found in two rounds
    middle = spec.rated_supply
    for _ in range(2):
        c_tcs = spec.flow * density(coolant, spec.rated_supply) * heat_capacity(coolant, middle)
        rise = spec.capacity / c_tcs
        require_range(
            "rated temperature rise of the CDU", rise, 0.0, 60.0, "K", hint="check capacity against flow"
        )
        middle = spec.rated_supply + 0.5 * rise
    c_fws = spec.fws_ratio * c_tcs
    ua = ua_from_duty(spec.capacity, c_tcs, c_fws, rise + spec.approach)
    return CduExchanger(ua=ua, c_tcs=float(c_tcs), c_fws=float(c_fws))


def two_stream(rated: CduExchanger, *, fouling: float = 0.0) -> TwoStream:
    """The rated exchanger for compiled solvers (`solvers.heat.two_stream`), hot side the technology coolant.

    fouling  added to the clean resistance of both sides together [K/W]; raises InputError if negative
    """
    require(fouling >= 0.0, f"fouling of the CDU's exchanger = {fouling:g} K/W: must not be negative")
    return TwoStream(
        arrangement=Arrangement.COUNTERFLOW.value,
        ua=rated.ua,
        c_hot=rated.c_tcs,
        c_cold=rated.c_fws,
        hot_share=0.5,
        cold_share=0.5,
        hot_exponent=0.8,
        cold_exponent=0.8,
        fouling=fouling,
    )


def available_head(spec: CduSpec, flow: Array) -> Array:
    """Head [Pa] left outside the unit at `flow` [m3/s] per unit.

    The pumps keep at least their rated head at part flow, so what the unit itself no longer takes is left.
    """
    return spec.external_dp + spec.internal_dp * (1.0 - (flow / spec.flow) ** 2)


def pump_power(spec: CduSpec, flow: Array, external_drop: Array) -> Array:
    """Electric power of the pumps [W] at `flow` [m3/s] against `external_drop` [Pa] and the unit's own."""
    drop = external_drop + spec.internal_dp * (flow / spec.flow) ** 2
    return flow * drop / spec.pump_efficiency


def inlet_difference(rated: CduExchanger, heat: Array, c_tcs: Array, c_fws: Array) -> Array:
    """Hot inlet less cold inlet [K] at which the exchanger moves `heat` [W] at given capacity rates [W/K].

    Units at rest (no flow) have 0.
    """
    run = c_tcs > 0.0
    hot, cold = np.where(run, c_tcs, rated.c_tcs), np.where(run, c_fws, rated.c_fws)
    eps = effectiveness_at(rated, hot, cold)
    return np.where(run, heat / (eps * np.minimum(hot, cold)), 0.0)


def effectiveness_at(rated: CduExchanger, c_tcs: Array, c_fws: Array) -> Array:
    """Effectiveness [-] at capacity rates [W/K] > 0 of both sides, UA following both flows."""
    ua = ua_at_flow(rated.ua, c_tcs / rated.c_tcs, c_fws / rated.c_fws)
    low, high = np.minimum(c_tcs, c_fws), np.maximum(c_tcs, c_fws)
    return np.asarray(effectiveness(ua / low, low / high), dtype=np.float64)


def throttled(rated: CduExchanger, heat: Array, c_tcs: Array, c_open: Array, difference: Array) -> Array:
    """Facility capacity rate [W/K] at which units move just `heat` [W] across inlets `difference` [K] apart.

    Between closed and `c_open`, the valve fully open, where it moves at least `heat`; the heat rises with the
    facility flow. All arrays (n,).
    """
    out = np.empty(c_open.size)
    _throttle(two_stream(rated), heat, c_tcs, c_open.astype(np.float64), difference, out)
    return out


@kernel(uses=(exchanger_law, conductance, effectiveness_law))
def _throttle(exchanger, heat, c_tcs, c_open, difference, out):
    """Newton within a bracket that every step narrows; a step that leaves it, or is slow, halves it."""
    for i in range(out.size):
        low, high = 0.0, c_open[i]
        c, last = high, high
        for _ in range(200):
            k, _, slope = transmission_slopes(exchanger, c_tcs[i], c)
            lack = heat[i] - k * difference[i]
            if lack > 0.0:
                low = c
            else:
                high = c
            step = lack / (slope * difference[i]) if slope * difference[i] > 0.0 else np.inf
            new = c + step
            if not low < new < high or abs(step) > 0.5 * last:
                new = 0.5 * (low + high)
            last = abs(new - c)
            c = new
            if last <= 1e-15 * c_open[i]:
                break
        out[i] = c if c < c_open[i] else c_open[i]
