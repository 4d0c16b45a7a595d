"""One hour of an energy transfer station, compiled: exchanger first, heat-pump units behind it.

    site  T_source --> [ exchanger ] --> [ evaporators ] --> T_back >= what the loop wants
    city  T_return --> [ exchanger ] --> [ condensers  ] --> T_out  <= what is asked, and what the machine can

Scalars in and out; `station.py` makes the records and checks them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geometry.grid import Array
from solvers._jit import kernel
from solvers.heat import conductance, effectiveness
from solvers.heat.conductance import TURBULENT, film_resistance
from solvers.heat.effectiveness import counterflow_effectiveness

MINIMUM_LIFT = 10.0  # between the mean temperatures of sink and source [K]; assumption: a compressor's least
# pressure ratio. Below it the Lorenz formula promises COPs no machine has been measured at.
MAXIMUM_LIFT = 90.0  # [K]; beyond, a single machine does not exist for water at these temperatures
_TRICKLE = 1e-9  # heat [W] or capacity rate [W/K] that counts as none
PASSES = 8  # of the fixed point COP <-> temperatures, a contraction of factor below 0.1

# values of solvers.heat.heat_pump.Limit, as constants a kernel can read
DEMAND, CAPACITY, TEMPERATURE, SOURCE, MINIMUM_LOAD, AVAILABILITY, ENVELOPE = 1, 2, 3, 4, 5, 6, 9


class MapLaw(NamedTuple):
    """A fitted heat-pump map: share of Carnot's COP over scaled inputs; empty for none."""

    low: Array  # (5,) source_in [K], sink_in [K], sink_out [K], source flow [-], load [-]
    high: Array
    coefficients: Array  # (11,): constant, five slopes, five curvatures; (0,): no map


class StationLaw(NamedTuple):
    """The compiled part of a station; made by `station.compiled`, which checks it."""

    capacity: float  # heat to the network by any way [W]
    exchanger_ua: float  # at rated flows [W/K]
    exchanger_rate: float  # rated capacity rate on either side [W/K]; 0: the conductance follows no flow
    units: int
    series: int  # 1: one after the other, against the source; 0: side by side
    unit_capacity: float  # heat of one unit [W]; 0: no heat pump
    efficiency: float  # Lorenz [-]
    terminal_difference: float  # at full load [K]
    source_drop: float  # at full load [K]
    maximum_supply: float  # [K]
    minimum_load: float  # of one unit [-]
    degradation: float  # 1 - Cc of EN 14825 [-]
    source_share: float  # of the site's flow that passes the station [-]
    map: MapLaw


class StationHour(NamedTuple):
    """Heat [W] through the exchanger, from the heat pump, its electricity; COP (0 at rest), limit, units."""

    direct: float
    pumped: float
    electricity: float
    cop: float
    limit: int
    running: int


@kernel
def entropic_mean_kernel(inlet, outlet):
    """Logarithmic mean of two absolute temperatures [K]."""
    x = (outlet - inlet) / inlet
    # a x / log1p(x); near zero the series 1 + x/2 - x^2/12 is exact to round-off
    if abs(x) < 1e-5:
        return inlet * (1.0 + 0.5 * x - x * x / 12.0)
    return inlet * x / np.log1p(x)


@kernel
def lorenz_kernel(efficiency, difference, sink_in, sink_out, source_in, source_out):
    """Lorenz COP [-] between two streams [K] with `difference` [K] to the refrigerant; 0: beyond any lift."""
    sink = entropic_mean_kernel(sink_in, sink_out) + difference
    lift = sink - entropic_mean_kernel(source_in, source_out) + difference
    if lift > MAXIMUM_LIFT:
        return 0.0
    return efficiency * sink / max(lift, MINIMUM_LIFT)


@kernel
def map_kernel(law, source_in, sink_in, sink_out, flow, load):
    """COP [-] of a fitted map; 0 outside the box it was fitted in."""
    c = law.coefficients
    share = c[0]
    for i in range(5):
        value = (
            source_in if i == 0 else sink_in if i == 1 else sink_out if i == 2 else flow if i == 3 else load
        )
        low, high = law.low[i], law.high[i]
        slack = 1e-6 * max(1.0, abs(high))
        if value < low - slack or value > high + slack:
            return 0.0
        x = (2.0 * value - low - high) / (high - low) if high > low else 0.0
        share += c[1 + i] * x + c[6 + i] * x * x
    lift = sink_out - source_in
    return share * sink_out / max(lift, MINIMUM_LIFT)


@kernel
def entropic_mean_array(inlet: Array, outlet: Array, out: Array) -> None:
    """Write the logarithmic means of n pairs of temperatures [K]."""
    for i in range(out.size):
        out[i] = entropic_mean_kernel(inlet[i], outlet[i])


@kernel
def lorenz_array(efficiency, difference, sink_in, sink_out, source_in, source_out, out):
    """Write n Lorenz COPs [-]; 0: beyond any lift. Arrays (n,) but for the first two."""
    for i in range(out.size):
        out[i] = lorenz_kernel(efficiency, difference, sink_in[i], sink_out[i], source_in[i], source_out[i])


@kernel
def map_array(law, source_in, sink_in, sink_out, flow, load, out):
    """Write n COPs [-] of a map; 0 outside its box."""
    for i in range(out.size):
        out[i] = map_kernel(law, source_in[i], sink_in[i], sink_out[i], flow[i], load[i])


@kernel
def _units_cop(law, running, heat, warmed, sink_out, source, source_out, flow):
    """COP [-] of the units at work, each with its own streams; 0 where one leaves its envelope."""
    load = heat / (running * law.unit_capacity)
    difference = law.terminal_difference * load
    part_load = load / (load + law.degradation * (1.0 - load)) if load > 0.0 else 1.0
    pieces = running if law.series == 1 else 1
    rise, drop = (sink_out - warmed) / pieces, (source - source_out) / pieces
    work = 0.0
    for i in range(pieces):
        sink_in, warm = warmed + i * rise, warmed + (i + 1) * rise
        # counterflow: the unit with the coldest sink has the coldest source
        source_in = source - (pieces - 1 - i) * drop
        if law.map.coefficients.size > 0:
            cop = map_kernel(law.map, source_in, sink_in, warm, flow, load)
        else:
            cop = part_load * lorenz_kernel(
                law.efficiency, difference, sink_in, warm, source_in, source_in - drop
            )
        if cop <= 1.0:
            return 0.0
        work += 1.0 / (pieces * cop)
    return 1.0 / work


@kernel(uses=(conductance,))
def exchanger_conductance(law, source_rate, rate):
    """UA [W/K] of the direct exchanger at these flows [W/K]: equal films, hA ~ flow^0.8.

    Of a larger flow than its rated one the site's water passes beside it.
    """
    if law.exchanger_rate <= 0.0 or source_rate <= 0.0:
        return law.exchanger_ua
    warm = min(source_rate / law.exchanger_rate, 1.0)
    resistance = film_resistance(0.5, warm, TURBULENT)
    return law.exchanger_ua / (resistance + film_resistance(0.5, rate / law.exchanger_rate, TURBULENT))


@kernel(uses=(effectiveness, conductance))
def station_hour(law, source_in, coldest, source_rate, heat, rate, back, target, available):
    """What a station gives to `rate` [W/K] of network water that enters at `back` [K] in one hour.

    source_in, coldest, source_rate   the site's water [K], what it wants back [K], its capacity rate [W/K]
    heat      wished, no more than rate (target - back) [W]
    target    temperature the network water may be heated to [K]

    The exchanger is counterflow effectiveness-NTU. Heat-pump units at work are the fewest that carry the
    load. Their evaporators' flow is the design one, so the drop of the source grows with the load; so do the
    differences to the refrigerant (Q / UA of exchangers with balanced flows).
    """
    if not available or heat <= _TRICKLE or rate <= _TRICKLE:
        return StationHour(0.0, 0.0, 0.0, 0.0, DEMAND if available else AVAILABILITY, 0)
    source_rate *= law.source_share
    offer = max(source_rate * (source_in - coldest), 0.0)
    direct, bound = 0.0, TEMPERATURE
    if source_in > back and offer > 0.0:
        c_min, c_max = min(source_rate, rate), max(source_rate, rate)
        ua = exchanger_conductance(law, source_rate, rate)
        # beyond 1e12 transfer units the formula does not change, but overflows
        eps = counterflow_effectiveness(min(ua / c_min, 1e12), c_min / c_max)
        by_temperature = eps * c_min * (source_in - back)
        direct = min(by_temperature, min(law.capacity, min(heat, offer)))
    if direct >= heat:
        bound = DEMAND
    elif direct >= offer:
        bound = SOURCE
    elif direct >= law.capacity:
        bound = CAPACITY
    if law.unit_capacity <= 0.0 or bound == DEMAND:
        return StationHour(direct, 0.0, 0.0, 0.0, bound, 0)

    warmed = back + direct / rate
    source_after = source_in - direct / source_rate if source_rate > 0.0 else source_in
    by_demand = heat - direct
    by_temperature = max(rate * (min(target, law.maximum_supply) - warmed), 0.0)
    by_capacity = min(law.units * law.unit_capacity, max(law.capacity - direct, 0.0))
    wish = min(by_demand, min(by_temperature, by_capacity))
    remaining = max(offer - direct, 0.0)
    pumped, cop, running = wish, 4.0, 1
    if wish > 0.0 and remaining > 0.0:
        for _ in range(PASSES):
            running = min(max(int(np.ceil(pumped / law.unit_capacity * (1.0 - 1e-12))), 1), law.units)
            fleet = (law.units if law.series == 1 else running) * law.unit_capacity
            designed = law.source_drop * pumped / fleet
            taken = pumped * (1.0 - 1.0 / cop) / source_rate
            drop = max(designed, taken)
            flow = 1.0 if drop <= 0.0 else designed / drop
            out = max(source_after - drop, min(coldest, source_after))
            cop = _units_cop(law, running, pumped, warmed, warmed + pumped / rate, source_after, out, flow)
            if cop <= 1.0:
                return StationHour(direct, 0.0, 0.0, 0.0, ENVELOPE, 0)
            pumped = min(wish, remaining / (1.0 - 1.0 / cop))
    else:
        pumped = 0.0
    by_source = remaining <= 0.0 or remaining / (1.0 - 1.0 / cop) < wish
    starts = pumped >= law.minimum_load * law.unit_capacity
    if wish > 0.0 and not starts and not by_source:
        return StationHour(direct, 0.0, 0.0, 0.0, MINIMUM_LOAD, 0)
    limit = DEMAND
    if by_source and wish > 0.0:
        limit = SOURCE
    elif by_temperature < by_demand * (1.0 - 1e-9) and by_temperature < by_capacity:
        limit = TEMPERATURE
    elif by_capacity < by_demand * (1.0 - 1e-9):
        limit = CAPACITY
    if not starts or pumped <= 0.0:
        return StationHour(direct, 0.0, 0.0, 0.0, limit, 0)
    return StationHour(direct, pumped, pumped / cop, cop, limit, running)
