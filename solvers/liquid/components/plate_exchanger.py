"""Plate exchangers: between technology and facility water in a CDU, and to heat recovery.

Conductance as in `solvers.heat.two_stream` (both films, wall, fouling), stream 1 of `Passes` the hot one. In
one pass of counterflow, the usual case, `two_stream.heat_slopes` is the same law compiled.
"""

from __future__ import annotations

from dataclasses import dataclass

from geometry.errors import require
from solvers.heat.plate_passes import Passes, pass_effectiveness
from solvers.heat.two_stream import HeatSlopes, TwoStream, conductance_slopes, rated_exchanger
from solvers.liquid.components.losses import quadratic_drop_slopes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateExchanger:
    """films: what the plates conduct; passes: how the streams go; drops at the rated flows [kg/s], [Pa]."""

    name: str
    films: TwoStream
    passes: Passes
    hot_flow: float
    hot_drop: float
    cold_flow: float
    cold_drop: float

    def __post_init__(self) -> None:
        require(
            min(self.hot_flow, self.hot_drop, self.cold_flow, self.cold_drop) > 0.0,
            f"rated flows and pressure drops of {self.name} must be positive",
        )


def recovery_exchanger(
    *,
    name: str,
    heat: float,
    hot_inlet: float,
    hot_outlet: float,
    cold_inlet: float,
    cold_outlet: float,
    hot_flow: float,
    hot_drop: float,
    cold_flow: float,
    cold_drop: float,
    fouling: float = 0.0,
) -> PlateExchanger:
    """A single-pass counterflow exchanger by the four temperatures [K] of its design point; heat [W].

    Raises InputError where the temperatures cross.
    """
    require(
        hot_inlet > hot_outlet and cold_outlet > cold_inlet and hot_inlet > cold_outlet,
        f"design temperatures of {name}: {hot_inlet:g} to {hot_outlet:g} K against {cold_inlet:g} to "
        f"{cold_outlet:g} K cannot be met",
        hint="each stream must end short of where the other one starts",
    )
    films = rated_exchanger(
        heat=heat,
        c_hot=heat / (hot_inlet - hot_outlet),
        c_cold=heat / (cold_outlet - cold_inlet),
        inlet_difference=hot_inlet - cold_inlet,
        fouling=fouling,
        element=name,
    )
    return PlateExchanger(
        name=name,
        films=films,
        passes=Passes(),
        hot_flow=hot_flow,
        hot_drop=hot_drop,
        cold_flow=cold_flow,
        cold_drop=cold_drop,
    )


def heat_slopes(
    plates: PlateExchanger, hot_inlet: float, cold_inlet: float, c_hot: float, c_cold: float
) -> HeatSlopes:
    """Heat [W] and its derivatives for any passes; inlets [K], capacity rates [W/K] > 0."""
    ua, ua_hot, ua_cold = conductance_slopes(plates.films, c_hot, c_cold)
    p = pass_effectiveness(plates.passes, ua / c_hot, c_hot / c_cold)
    k, difference = p.effectiveness * c_hot, hot_inlet - cold_inlet
    by_hot = p.effectiveness + p.by_ntu * (ua_hot - ua / c_hot) + p.by_ratio * c_hot / c_cold
    by_cold = p.by_ntu * ua_cold - p.by_ratio * (c_hot / c_cold) ** 2
    return HeatSlopes(k * difference, k, -k, by_hot * difference, by_cold * difference)


def hot_drop_slopes(plates: PlateExchanger, flow: float) -> tuple[float, float]:
    """(Pa, Pa s/kg) of the hot side at a mass flow of either sign."""
    drop, slope = quadratic_drop_slopes(flow, plates.hot_flow, plates.hot_drop)
    return float(drop), float(slope)


def cold_drop_slopes(plates: PlateExchanger, flow: float) -> tuple[float, float]:
    """(Pa, Pa s/kg) of the cold side at a mass flow of either sign."""
    drop, slope = quadratic_drop_slopes(flow, plates.cold_flow, plates.cold_drop)
    return float(drop), float(slope)
