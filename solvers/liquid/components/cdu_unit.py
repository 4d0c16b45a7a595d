"""A whole CDU: pumps in reserve, filter, exchanger and facility valve in one compiled law.

    return -> filter -> pumps (warm the coolant) -> exchanger, hot side -> supply
    facility water at a pressure difference -> valve -> exchanger, cold side -> facility return

The facility flow is the one at which valve and exchanger take up the pressure difference; it is found by
Newton, its derivatives by the implicit function theorem. Properties are constant, those of the design
temperatures: a solver that needs them to follow temperature passes other capacity rates to `two_stream`
itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from geometry.errors import require
from solvers import friction
from solvers._jit import kernel
from solvers.heat import conductance, effectiveness, two_stream
from solvers.heat.two_stream import TwoStream, heat_slopes
from solvers.liquid.components import curves, losses, pumps, strainer, valve
from solvers.liquid.components.losses import quadratic_drop_slopes
from solvers.liquid.components.pumps import PumpBank, PumpLaw, pump_law, rise_slopes
from solvers.liquid.components.strainer import Strainer, StrainerLaw, strainer_law
from solvers.liquid.components.strainer import drop_slopes as strainer_drop_slopes
from solvers.liquid.components.valve import Valve, ValveLaw, valve_law
from solvers.liquid.components.valve import drop_slopes as valve_drop_slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class CduUnit:
    """exchanger: `cdu.two_stream(rated_exchanger(...))` or `two_stream.rated_exchanger`, coolant hot.

    *_flow, *_drop           of the exchanger's sides, at its data sheet [kg/s], [Pa]
    *_density, *_capacity    of coolant (tcs) and facility water (fws) [kg/m3], [J/(kg K)]
    """

    name: str
    exchanger: TwoStream
    valve: Valve
    filter: Strainer
    pumps: PumpBank
    tcs_flow: float
    tcs_drop: float
    fws_flow: float
    fws_drop: float
    tcs_density: float
    tcs_capacity: float
    fws_density: float
    fws_capacity: float

    def __post_init__(self) -> None:
        for what in ("flow", "drop", "density", "capacity"):
            for side in ("tcs", "fws"):
                value = getattr(self, f"{side}_{what}")
                require(value > 0.0, f"{side}_{what} of CDU {self.name} = {value:g}: must be positive")


class CduLaw(NamedTuple):
    """The compiled part of a `CduUnit` with a number of running pumps and a state of its filter."""

    exchanger: TwoStream
    valve: ValveLaw
    filter: StrainerLaw
    pumps: PumpLaw
    running: int
    loading: float
    tcs_flow: float
    tcs_drop: float
    fws_flow: float
    fws_drop: float
    tcs_density: float
    tcs_capacity: float
    fws_density: float
    fws_capacity: float


class CduState(NamedTuple):
    """Supply to the racks [K], facility return [K], facility flow [kg/s], heat handed over [W], head left for
    the racks' loop [Pa], electric power of the pumps [W]."""

    supply: Any
    fws_return: Any
    fws_flow: Any
    heat: Any
    head: Any
    pump_power: Any


class CduPartials(NamedTuple):
    """Derivatives of one output by the inputs of `cdu_slopes`."""

    tcs_return: Any
    fws_supply: Any
    tcs_flow: Any
    speed: Any
    stroke: Any
    fws_difference: Any


class CduSlopes(NamedTuple):
    """A `CduState` and the derivatives of each of its entries."""

    state: CduState
    supply: CduPartials
    fws_return: CduPartials
    fws_flow: CduPartials
    heat: CduPartials
    head: CduPartials
    pump_power: CduPartials


def cdu_law(unit: CduUnit, *, failed_pumps: int = 0, loading: float = 0.0) -> CduLaw:
    """Raises InputError where no pump is left, or for a loading outside 0..1."""
    running = unit.pumps.running(failed_pumps)
    require(running > 0, f"CDU {unit.name}: none of its {unit.pumps.count} pumps is left")
    require(0.0 <= loading <= 1.0, f"loading of the filter of CDU {unit.name} = {loading:g}: outside 0..1")
    return CduLaw(
        exchanger=unit.exchanger,
        valve=valve_law(unit.valve),
        filter=strainer_law(unit.filter),
        pumps=pump_law(unit.pumps),
        running=running,
        loading=loading,
        tcs_flow=unit.tcs_flow,
        tcs_drop=unit.tcs_drop,
        fws_flow=unit.fws_flow,
        fws_drop=unit.fws_drop,
        tcs_density=unit.tcs_density,
        tcs_capacity=unit.tcs_capacity,
        fws_density=unit.fws_density,
        fws_capacity=unit.fws_capacity,
    )


# -- kernels ---------------------------------------------------------------------------------------------


@kernel(uses=(losses, friction, valve))
def fws_flow_slopes(law, stroke, difference):
    """(facility flow [kg/s], its derivatives by stroke and by the pressure difference [Pa] >= 0).

    The drop is all but quadratic in the flow: the first guess is nearly the answer.
    """
    flow = law.fws_flow if difference > 0.0 else 0.0
    for _ in range(40 if difference > 0.0 else 0):
        through, _, slope, _ = valve_drop_slopes(law.valve, stroke, flow, law.fws_density)
        plates, plates_slope = quadratic_drop_slopes(flow, law.fws_flow, law.fws_drop)
        drop, total = through + plates, slope + plates_slope
        # a square root ahead of Newton: exact for a quadratic from any flow
        new = flow * (difference / drop) ** 0.5
        if abs(new - flow) <= 1e-3 * new:
            new = flow - (drop - difference) / total
        change = new - flow
        flow = new
        if abs(change) <= 1e-14 * law.fws_flow:
            break
    _, by_stroke, slope, _ = valve_drop_slopes(law.valve, stroke, flow, law.fws_density)
    _, plates_slope = quadratic_drop_slopes(flow, law.fws_flow, law.fws_drop)
    return flow, -by_stroke / (slope + plates_slope), 1.0 / (slope + plates_slope)


@kernel(uses=(two_stream, conductance, effectiveness, losses, friction, valve, strainer, pumps, curves))
def cdu_slopes(law, tcs_return, fws_supply, tcs_flow, speed, stroke, fws_difference):
    """State and derivatives.

    tcs_return, fws_supply [K]; tcs_flow [kg/s] > 0; pump speed over the rated speed; valve stroke in 0..1;
    fws_difference: pressure held across the facility side [Pa] >= 0.
    """
    # technology side: filter, pumps, plates
    rise, rise_speed, rise_flow = rise_slopes(law.pumps, law.running, speed, tcs_flow, law.tcs_density)
    dirt, _, dirt_slope = strainer_drop_slopes(law.filter, law.loading, tcs_flow)
    plates, plates_slope = quadratic_drop_slopes(tcs_flow, law.tcs_flow, law.tcs_drop)
    head = rise - dirt - plates
    per_rise = tcs_flow / (law.tcs_density * law.pumps.efficiency)
    if rise <= 0.0:  # pushed beyond their curve, the pumps take no power
        per_rise = 0.0
    power = per_rise * rise
    power_flow = power / tcs_flow + per_rise * rise_flow
    power_speed = per_rise * rise_speed

    # the pumps' heat warms the coolant ahead of the exchanger
    c_tcs = tcs_flow * law.tcs_capacity
    share = law.pumps.to_coolant
    lift = share * power / c_tcs
    lift_flow = (share * power_flow - lift * law.tcs_capacity) / c_tcs
    lift_speed = share * power_speed / c_tcs
    hot = tcs_return + lift

    flow, flow_stroke, flow_difference = fws_flow_slopes(law, stroke, fws_difference)
    c_fws = flow * law.fws_capacity
    q = heat_slopes(law.exchanger, hot, fws_supply, c_tcs, c_fws)
    by_fws = q.by_cold_rate * law.fws_capacity
    heat = CduPartials(
        q.by_hot_inlet,
        q.by_cold_inlet,
        q.by_hot_inlet * lift_flow + q.by_hot_rate * law.tcs_capacity,
        q.by_hot_inlet * lift_speed,
        by_fws * flow_stroke,
        by_fws * flow_difference,
    )
    supply = CduPartials(
        1.0 - heat.tcs_return / c_tcs,
        -heat.fws_supply / c_tcs,
        lift_flow - (heat.tcs_flow - q.heat / tcs_flow) / c_tcs,
        lift_speed - heat.speed / c_tcs,
        -heat.stroke / c_tcs,
        -heat.fws_difference / c_tcs,
    )
    # with next to no facility flow its return is the coolant's inlet; the ratio below needs a divisor
    carried = max(c_fws, 1e-9 * law.exchanger.c_cold)
    warm = q.heat / carried
    back = CduPartials(
        heat.tcs_return / carried,
        1.0 + heat.fws_supply / carried,
        heat.tcs_flow / carried,
        heat.speed / carried,
        (heat.stroke - warm * law.fws_capacity * flow_stroke) / carried,
        (heat.fws_difference - warm * law.fws_capacity * flow_difference) / carried,
    )
    state = CduState(hot - q.heat / c_tcs, fws_supply + warm, flow, q.heat, head, power)
    return CduSlopes(
        state,
        supply,
        back,
        CduPartials(0.0, 0.0, 0.0, 0.0, flow_stroke, flow_difference),
        heat,
        CduPartials(0.0, 0.0, rise_flow - dirt_slope - plates_slope, rise_speed, 0.0, 0.0),
        CduPartials(0.0, 0.0, power_flow, power_speed, 0.0, 0.0),
    )
