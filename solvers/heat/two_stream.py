"""Exchangers whose conductance follows the flows on both sides, with every derivative in closed form.

    Q = K (T_hot,in - T_cold,in)        K = eps C_min [W/K]
UA after the flows as in `conductance.py`. One law for plate exchangers of CDUs and heat recovery, coils, rear
doors and dry coolers: they differ in arrangement, exponents and shares. Flows enter as capacity rates
C = m cp [W/K].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from geometry.errors import require, require_range
from solvers._jit import kernel
from solvers.heat import conductance, effectiveness
from solvers.heat.conductance import AT_REST, TURBULENT, film_resistance
from solvers.heat.effectiveness import Arrangement, effectiveness_slopes
from solvers.heat.exchangers import ua_from_duty


class TwoStream(NamedTuple):
    """The compiled part of an exchanger; made by `rated_exchanger`, which checks it."""

    arrangement: int  # value of an Arrangement
    ua: float  # rated, clean [W/K]
    c_hot: float  # rated capacity rates [W/K]
    c_cold: float
    hot_share: float  # of the rated resistance [-]
    cold_share: float
    hot_exponent: float
    cold_exponent: float
    fouling: float  # [K/W]


class HeatSlopes(NamedTuple):
    """Heat from hot to cold [W] and its derivatives by inlet temperatures [W/K] and capacity rates [K]."""

    heat: Any
    by_hot_inlet: Any
    by_cold_inlet: Any
    by_hot_rate: Any
    by_cold_rate: Any


class OutletSlopes(NamedTuple):
    """One outlet temperature [K] and its derivatives by inlets [-] and capacity rates [K2/W]."""

    outlet: Any
    by_hot_inlet: Any
    by_cold_inlet: Any
    by_hot_rate: Any
    by_cold_rate: Any


# -- kernels ---------------------------------------------------------------------------------------------


@kernel(uses=(conductance,))
def conductance_slopes(exchanger, c_hot, c_cold):
    """UA [W/K] at capacity rates [W/K] > 0, and its derivatives by both."""
    e = exchanger
    hot = film_resistance(e.hot_share, c_hot / e.c_hot, e.hot_exponent)
    cold = film_resistance(e.cold_share, c_cold / e.c_cold, e.cold_exponent)
    ua = e.ua / (hot + cold + (1.0 - e.hot_share - e.cold_share) + e.ua * e.fouling)
    factor = ua * ua / e.ua
    return ua, factor * hot * e.hot_exponent / c_hot, factor * cold * e.cold_exponent / c_cold


@kernel(uses=(conductance, effectiveness))
def transmission_slopes(exchanger, c_hot, c_cold):
    """K = eps C_min [W/K] and its derivatives by both capacity rates [-].

    A stream at rest exchanges nothing; the first flow through it takes on the other's temperature: slope 1.
    """
    if c_hot <= AT_REST or c_cold <= AT_REST:
        return 0.0, 1.0 if c_cold > AT_REST else 0.0, 1.0 if c_hot > AT_REST else 0.0
    ua, ua_hot, ua_cold = conductance_slopes(exchanger, c_hot, c_cold)
    c_min, c_max = min(c_hot, c_cold), max(c_hot, c_cold)
    # a trickle has no bound to its transfer units; beyond 1e12 none of the formulas changes, but squares
    # overflow
    ntu, ratio = min(ua / c_min, 1e12), c_min / c_max
    eps, by_ntu, by_ratio = effectiveness_slopes(exchanger.arrangement, ntu, ratio)
    by_min = eps - ntu * by_ntu + ratio * by_ratio
    by_max = -ratio * ratio * by_ratio
    if c_hot <= c_cold:
        return eps * c_min, by_min + by_ntu * ua_hot, by_max + by_ntu * ua_cold
    return eps * c_min, by_max + by_ntu * ua_hot, by_min + by_ntu * ua_cold


@kernel(uses=(conductance, effectiveness))
def heat_slopes(exchanger, hot_inlet, cold_inlet, c_hot, c_cold):
    """Heat [W] from hot to cold and its derivatives; inlets [K], capacity rates [W/K] >= 0."""
    k, by_hot, by_cold = transmission_slopes(exchanger, c_hot, c_cold)
    difference = hot_inlet - cold_inlet
    return HeatSlopes(k * difference, k, -k, by_hot * difference, by_cold * difference)


@kernel(uses=(conductance, effectiveness))
def hot_outlet_slopes(exchanger, hot_inlet, cold_inlet, c_hot, c_cold):
    """Temperature [K] of the hot stream leaving and its derivatives; at rest it leaves as it enters."""
    q = heat_slopes(exchanger, hot_inlet, cold_inlet, c_hot, c_cold)
    if c_hot <= AT_REST:
        return OutletSlopes(hot_inlet, 1.0, 0.0, 0.0, 0.0)
    return OutletSlopes(
        hot_inlet - q.heat / c_hot,
        1.0 - q.by_hot_inlet / c_hot,
        -q.by_cold_inlet / c_hot,
        (q.heat / c_hot - q.by_hot_rate) / c_hot,
        -q.by_cold_rate / c_hot,
    )


@kernel(uses=(conductance, effectiveness))
def cold_outlet_slopes(exchanger, hot_inlet, cold_inlet, c_hot, c_cold):
    """Temperature [K] of the cold stream leaving and its derivatives; at rest it leaves as it enters."""
    q = heat_slopes(exchanger, hot_inlet, cold_inlet, c_hot, c_cold)
    if c_cold <= AT_REST:
        return OutletSlopes(cold_inlet, 0.0, 1.0, 0.0, 0.0)
    return OutletSlopes(
        cold_inlet + q.heat / c_cold,
        q.by_hot_inlet / c_cold,
        1.0 + q.by_cold_inlet / c_cold,
        q.by_hot_rate / c_cold,
        (q.by_cold_rate - q.heat / c_cold) / c_cold,
    )


# -- from a data sheet -----------------------------------------------------------------------------------


def rated_exchanger(
    *,
    heat: float,
    c_hot: float,
    c_cold: float,
    inlet_difference: float,
    arrangement: Arrangement = Arrangement.COUNTERFLOW,
    hot_share: float = 0.5,
    cold_share: float = 0.5,
    hot_exponent: float = TURBULENT,
    cold_exponent: float = TURBULENT,
    fouling: float = 0.0,
    element: str = "the exchanger",
) -> TwoStream:
    """The exchanger that moves `heat` [W] at one point of its data sheet, where it is clean.

    c_hot, c_cold     capacity rates there [W/K]
    inlet_difference  hot inlet less cold inlet there [K]
    shares            of the films in the resistance there [-]; the wall has the rest
    exponents         hA ~ flow^n
    fouling           added later to the clean resistance [K/W]

    Raises InputError when the point breaks the second law, or for values out of range.
    """
    for name, value, unit in (
        ("rated heat", heat, "W"),
        ("rated capacity rate of the hot side", c_hot, "W/K"),
        ("rated capacity rate of the cold side", c_cold, "W/K"),
        ("rated inlet difference", inlet_difference, "K"),
    ):
        require(
            bool(np.isfinite(value) and value > 0.0),
            f"{name} of {element} = {value:g} {unit}: must be positive",
        )
    for name, value in (("hot", hot_share), ("cold", cold_share)):
        require_range(f"share of the {name} film", value, 0.0, 1.0, "-", element=element)
    require_range("shares of both films", hot_share + cold_share, 0.0, 1.0 + 1e-12, "-", element=element)
    require_range("exponent of the hot film", hot_exponent, 0.0, 1.0, "-", element=element)
    require_range("exponent of the cold film", cold_exponent, 0.0, 1.0, "-", element=element)
    require(fouling >= 0.0, f"fouling of {element} = {fouling:g} K/W: must not be negative")
    ua = ua_from_duty(heat, c_hot, c_cold, inlet_difference, arrangement)
    return TwoStream(
        arrangement=arrangement.value,
        ua=ua,
        c_hot=c_hot,
        c_cold=c_cold,
        hot_share=hot_share,
        cold_share=cold_share,
        hot_exponent=hot_exponent,
        cold_exponent=cold_exponent,
        fouling=fouling,
    )
