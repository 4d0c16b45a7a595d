"""The year of station, storage and network, hour after hour, compiled. `dispatch.py` is its checked door."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers._jit import kernel
from solvers.heat import conductance, effectiveness, station_kernels, storage_kernels
from solvers.heat.station_kernels import (
    AVAILABILITY,
    CAPACITY,
    DEMAND,
    MINIMUM_LOAD,
    SOURCE,
    StationHour,
    station_hour,
)
from solvers.heat.storage_kernels import (
    displace,
    leaving_temperature,
    merge_unstable,
    room_for,
    stand,
)

HOUR = 3600.0  # [s]
MARGIN = (
    3.0  # least difference between water and return for which a storage is worth its pumps [K]; assumption
)
STORAGE_FULL, TRUNK = 7, 8  # values of solvers.heat.heat_pump.Limit

# rows of the hourly table, in this order
(
    _OFFERED, _DIRECT, _PUMPED, _ELECTRICITY, _SITE, _CHARGE, _DISCHARGE, _LOSS, _BOILER, _TRUNK_LOSS,
    _DELIVERED, _BOILER_DELIVERED, _OTHERS, _CONTENT, _COP, _NETWORK_OUT, _SOURCE_OUT, _TOP,
    _BOTTOM, _LIMIT, _RUNNING,
) = range(21)  # fmt: skip
ROWS = 21


class Series(NamedTuple):
    """Hourly inputs (n,): temperatures [K], flows of heat [W]."""

    source_in: Array
    coldest: Array
    source_rate: Array  # of the site's water [W/K]
    demand: Array
    supply: Array
    back: Array
    air: Array
    available: NDArray[np.bool_]
    trunk_loss: Array  # while heat flows
    trunk_capacity: Array  # inf: no limit
    want: Array  # useful heat the storage should hold at the end of the hour [J]; inf: what it can
    part: Array  # (k, n) what is short by who would make it, the dearest first
    reserve: Array  # (k, n) useful heat to leave for dearer ones [J]


class SiteLaw(NamedTuple):
    """What does not change by the hour."""

    boiler_capacity: float  # [W]
    charge_temperature: float  # storage is charged with water at least this hot [K]; 0: the supply's
    reference: float  # temperature from which the content counts [K]


class Storing(NamedTuple):
    """What the storage did in an hour: heat in, out [W]; the station's hour beside it; layers were short."""

    charge: float
    discharge: float
    hour: StationHour
    short: bool


@kernel(uses=(station_kernels, storage_kernels, effectiveness, conductance))
def _charge(station, store, t, hour, source_in, coldest, source_rate, need, back, target, wanted, work):
    """Let the station make more than the network needs and push it into the storage from the top.

    The station heats network and storage water to one temperature. Heat enters as the station gives it, so
    the balance holds whatever it is.
    """
    offer = max(station.source_share * source_rate * (source_in - coldest), 0.0)
    most_heat = station.capacity
    if station.unit_capacity > 0.0:
        most_heat = min(most_heat, hour.direct + station.units * station.unit_capacity)
        offer /= 1.0 - 1.0 / (hour.cop if hour.cop > 1.0 else 4.0)  # a guess, mended below
    surplus = min(most_heat, offer) - need
    if hour.limit != MINIMUM_LOAD:  # a machine that starts for the storage starts in earnest
        surplus = min(surplus, wanted)
    if surplus <= 1e-6 * most_heat:
        return Storing(0.0, 0.0, hour, False)
    most = min(float(store.high_port - store.low_port + 1), store.flow_limit * HOUR / store.layer_capacity)
    shift = charge = cold = rate_stored = 0.0
    more = hour
    for _ in range(3):
        shift = room_for(store, t, target, MARGIN, surplus * HOUR, most, True)
        if shift < 1e-6:
            return Storing(0.0, 0.0, hour, charge == 0.0)
        cold = leaving_temperature(store, t, shift, True, work[0])
        rate_stored = shift * store.layer_capacity / HOUR
        rate_sold = need / max(target - back, 1.0)
        rate = rate_sold + rate_stored
        mixed = (rate_sold * back + rate_stored * cold) / rate
        wish = need + rate_stored * (target - cold)
        more = station_hour(station, source_in, coldest, source_rate, wish, rate, mixed, target, True)
        charge = more.direct + more.pumped - need
        if charge <= 1e-9 * wish:
            return Storing(0.0, 0.0, hour, False)
        if charge > 0.98 * rate_stored * (target - cold):
            break
        surplus = charge  # less water, as hot as asked for
    if charge < rate_stored * MARGIN:
        return Storing(0.0, 0.0, hour, False)
    short = shift > 0.999 * most or rate_stored * (target - cold) < 0.98 * surplus
    displace(store, t, shift, True, cold + charge / rate_stored, work[0])
    merge_unstable(t, work[0], work[1])
    return Storing(charge, 0.0, more, short)


@kernel(uses=(station_kernels, storage_kernels, effectiveness, conductance))
def _discharge(
    station,
    store,
    t,
    hour,
    source_in,
    coldest,
    source_rate,
    need,
    rate,
    back,
    target,
    available,
    most_heat,
    work,
):
    """Give what the station lacks from the top of the storage, beside the station, in the network's flow."""
    made = hour.direct + hour.pumped
    lack = min(need - made, most_heat)
    spare = rate - made / max(min(target, station.maximum_supply) - back, 1.0) if made > 0.0 else rate
    most = min(
        float(store.high_port - store.low_port + 1),
        min(store.flow_limit, spare) * HOUR / store.layer_capacity,
    )
    if most <= 1e-6:
        return Storing(0.0, 0.0, hour, False)
    shift = room_for(store, t, back, MARGIN, lack * HOUR, most, False)
    if shift < 1e-6:
        return Storing(0.0, 0.0, hour, False)
    hot = leaving_temperature(store, t, shift, False, work[0])
    rate_stored = shift * store.layer_capacity / HOUR
    heat = min(rate_stored * (hot - back), need)
    if made > 0.0:
        # what is left of the flow passes the station and leaves it warmer
        rest = max(rate - rate_stored, 0.0)
        wish = min(need - heat, rest * (target - back))
        hour = station_hour(station, source_in, coldest, source_rate, wish, rest, back, target, available)
    displace(store, t, shift, False, hot - heat / rate_stored, work[0])
    merge_unstable(t, work[0], work[1])
    return Storing(0.0, heat, hour, False)


@kernel
def _useful(store, t, back):
    """Heat above the return of all water a discharge would take [J]."""
    heat = 0.0
    for i in range(t.size):
        if t[i] - back >= MARGIN:
            heat += t[i] - back
    return store.layer_capacity * heat


@kernel
def _released(series, k, useful):
    """What the storage may give in hour k [W]: for each source's heat down to what dearer ones will need."""
    given = 0.0
    for p in range(series.part.shape[0]):
        above = useful / HOUR - series.reserve[p, k] / HOUR - given
        given += max(min(series.part[p, k], above), 0.0)
    return given


@kernel(uses=(station_kernels, storage_kernels, effectiveness, conductance))
def dispatch_kernel(station, store, site, series, t, shells, work, out):
    """Write the (ROWS, n) table of a year; `t`, `shells` are the storage before, and after it.

    Rule: the station serves the network; where it could give more, it charges; where the network asks for
    more than the station gives, the storage discharges; then the boiler, then the network's other sources.
    """
    holds = t.size > 0
    before = 0.0
    for i in range(t.size):
        before += t[i] - site.reference
    for k in range(series.demand.size):
        source_in, coldest, back = series.source_in[k], series.coldest[k], series.back[k]
        source_rate = series.source_rate[k]
        asked = max(series.demand[k], 0.0)
        all_need = asked + series.trunk_loss[k] if asked > 0.0 else 0.0
        need = min(all_need, series.trunk_capacity[k])
        spread = max(series.supply[k] - back, 1.0)
        target = back + spread
        available = series.available[k]
        rate = need / spread
        hour = station_hour(station, source_in, coldest, source_rate, need, rate, back, target, available)
        lack = need - hour.direct - hour.pumped
        limit = hour.limit
        stored = Storing(0.0, 0.0, hour, False)
        if holds:
            useful = _useful(store, t, back)
            wanted = (series.want[k] - useful) / HOUR
            full = lack <= 1e-9 * need
            if available and (full or hour.limit == MINIMUM_LOAD):
                hot = max(target, site.charge_temperature)
                hot = min(hot, station.maximum_supply if station.unit_capacity > 0.0 else source_in)
                if wanted > 0.0 and hot > back + MARGIN and (need == 0.0 or hot >= target - 1e-9):
                    stored = _charge(
                        station,
                        store,
                        t,
                        hour,
                        source_in,
                        coldest,
                        source_rate,
                        need,
                        back,
                        hot,
                        wanted,
                        work,
                    )
                    if stored.charge > 0.0:
                        limit = stored.hour.limit if stored.hour.limit != DEMAND else CAPACITY
                        by_flow = station.source_share * source_rate * (source_in - coldest)
                        made = stored.hour.direct + stored.hour.pumped
                        if limit == CAPACITY and made < 0.999 * station.capacity:
                            limit = SOURCE if made - stored.hour.electricity > 0.9 * by_flow else CAPACITY
                    if stored.short:
                        limit = STORAGE_FULL
            if stored.charge == 0.0 and lack > 1e-9 * need:
                stored = _discharge(
                    station,
                    store,
                    t,
                    hour,
                    source_in,
                    coldest,
                    source_rate,
                    need,
                    rate,
                    back,
                    target,
                    available,
                    _released(series, k, useful),
                    work,
                )
        hour = stored.hour
        made = hour.direct + hour.pumped
        work_in = hour.electricity
        taken = hour.direct + (hour.pumped - work_in)
        supplied = made - stored.charge + stored.discharge
        if supplied >= need * (1.0 - 1e-9) and need < all_need:
            limit = TRUNK
        boiler = min(max(need - supplied, 0.0), site.boiler_capacity)
        lost = min(series.trunk_loss[k], supplied + boiler) if asked > 0.0 else 0.0
        delivered = max(supplied - lost, 0.0)
        by_boiler = supplied + boiler - lost - delivered
        loss = stand(store, t, shells, series.air[k], HOUR, work) / HOUR if holds else 0.0
        content = 0.0
        for i in range(t.size):
            content += t[i] - site.reference
        out[_OFFERED, k] = max(source_rate * (source_in - coldest), 0.0)
        out[_DIRECT, k], out[_PUMPED, k], out[_ELECTRICITY, k] = hour.direct, hour.pumped, work_in
        out[_SITE, k], out[_CHARGE, k], out[_DISCHARGE, k] = taken, stored.charge, stored.discharge
        out[_LOSS, k], out[_BOILER, k], out[_TRUNK_LOSS, k] = loss, boiler, lost
        out[_DELIVERED, k], out[_BOILER_DELIVERED, k] = delivered, by_boiler
        out[_OTHERS, k] = asked - delivered - by_boiler
        out[_CONTENT, k] = store.layer_capacity * content
        out[_COP, k] = hour.cop if hour.pumped > 0.0 else np.nan
        out[_NETWORK_OUT, k] = back + supplied / rate if rate > 0.0 else back
        out[_SOURCE_OUT, k] = source_in - taken / source_rate if taken > 0.0 else source_in
        out[_TOP, k] = t[-1] if holds else np.nan
        out[_BOTTOM, k] = t[0] if holds else np.nan
        out[_LIMIT, k] = limit if available else AVAILABILITY
        out[_RUNNING, k] = hour.running
    return store.layer_capacity * before
