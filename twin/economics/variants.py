"""Sizes and prices at once: every member dispatches its own station and pays its own prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.district.demand import Demand
from solvers.district.dispatch import Variant, dispatch_variants
from twin.economics.heat import HeatLedger, prices_of, unit_cost
from twin.economics.sensitivity import DECIDED, SEED, draw, ranges_of
from twin.units import MWH
from twin.year import Year, YearSpec
from twin.year.reuse import variant_of

if TYPE_CHECKING:
    from twin.schema import EconomicsConf

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedSample:
    """By member: heat-pump (or exchanger) capacity [kW], storage [m3], heat delivered and electricity [MWh],
    levelised cost [EUR/MWh], nan where nothing is delivered, and net present value [EUR]."""

    capacity_kW: Array
    storage_m3: Array
    delivered_MWh: Array
    electricity_MWh: Array
    lcoh: Array
    npv: Array


def sized_sample(
    spec: YearSpec,
    year: Year,
    ledger: HeatLedger,
    economics: EconomicsConf,
    *,
    capacity: tuple[float, float] = (0.5, 1.5),
    storage_m3: tuple[float, float] = (0.0, 0.0),
    workers: int = 1,
) -> SizedSample:
    """`economics.members` schemes: sizes evenly between their ends, prices from `economics.ranges`.

    capacity    of the station over that of `spec` [-], its exchanger and heat pump alike
    storage_m3  of a storage of the kind of `spec`; any but (0, 0) needs one there
    workers     threads

    The trunk keeps its size. Raises InputError without recovery, and for ends that are none.
    """
    # what the site was asked for, behind other sources and beside other data centres
    demand = Demand(heat=year.dispatch.demand, supply=year.network_supply, back=year.network_return)
    base = variant_of(spec, demand)
    require(base is not None, "no heat is recovered: there are no sizes to vary", hint="recovery=heat_pump")
    assert base is not None
    low, high = capacity
    require(0.0 < low <= high, f"capacity = {low:g}..{high:g}: wanted rising shares above 0")
    least, most = storage_m3
    require(0.0 <= least <= most, f"storage_m3 = {least:g}..{most:g}: wanted rising volumes")
    require(
        most == 0.0 or base.storage is not None,
        f"storage_m3 = {least:g}..{most:g}, but the scheme has no storage to vary",
        hint="recovery.storage_m3=1000",
    )
    n = economics.members
    rng = np.random.default_rng(SEED + 1)
    share, volume = (
        a + (b - a) * (rng.permutation(n) + rng.random(n)) / n for a, b in ((low, high), (least, most))
    )
    totals = dispatch_variants(
        [_sized(base, float(s), float(v)) for s, v in zip(share, volume, strict=True)],
        year.offer,
        workers=workers,
    )

    def sums(name: str) -> Array:
        return np.array([getattr(each, name) for each in totals]) / MWH

    boiler_MWh = sums("boiler_delivered")
    sized = replace(
        ledger,
        delivered_MWh=sums("delivered"),
        site_heat_MWh=sums("site_heat"),
        electricity_MWh=sums("electricity"),
        heat_pump_kW=ledger.heat_pump_kW * share,
        exchanger_kW=ledger.exchanger_kW * share,
        storage_m3=volume if most > 0.0 else ledger.storage_m3,
        boiler_MWh=boiler_MWh,
        gas_MWh=sums("boiler") / economics.boiler_efficiency,
        # the pumps move what is delivered over one spread of temperatures
        pump_MWh=ledger.pump_MWh * sums("delivered") / max(float(ledger.delivered_MWh), 1e-300),
    )
    held = (*DECIDED, "delivered_factor")  # the heat delivered is computed here, not guessed
    ranges = {name: each for name, each in ranges_of(economics).items() if name not in held}
    prices = replace(prices_of(economics), **draw(ranges, n))  # type: ignore[arg-type]
    cost = unit_cost(sized, prices)
    sold = np.asarray(sized.sold_MWh)
    lcoh = np.where(sold > 0.0, np.asarray(cost.annual) / np.maximum(sold, 1e-300), np.nan)
    return SizedSample(
        capacity_kW=np.asarray(sized.heat_pump_kW) + np.asarray(sized.exchanger_kW),
        storage_m3=np.broadcast_to(np.asarray(sized.storage_m3, dtype=np.float64), (n,)),
        delivered_MWh=np.asarray(sized.delivered_MWh),
        electricity_MWh=np.asarray(sized.electricity_MWh),
        lcoh=lcoh,
        npv=np.asarray(cost.npv),
    )


def _sized(base: Variant, share: float, volume: float) -> Variant:
    station, pump = base.station, base.station.heat_pump
    storage = base.storage
    return replace(
        base,
        station=replace(
            station,
            capacity=station.capacity * share,
            exchanger_ua=station.exchanger_ua * share,
            exchanger_rate=station.exchanger_rate * share,
            heat_pump=None if pump is None else replace(pump, capacity=pump.capacity * share),
        ),
        storage=replace(storage, volume=volume) if storage is not None and volume > 0.0 else storage,
    )
