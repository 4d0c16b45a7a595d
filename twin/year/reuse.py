"""Heat reuse in the year: what the network asks for, what the recovery plant takes and what arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.district.demand import Demand, hourly_demand, trunk_heat_loss
from solvers.heat.heat_pump import Limit, Recovered, planned_outage, recover
from twin.weather import Weather
from twin.year.circuits import Source
from twin.year.records import YearSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """The network's demand, what the recovery plant does, and the heat that arrives behind the trunk [W]."""

    demand: Demand
    recovered: Recovered
    delivered: Array


def reuse(spec: YearSpec, weather: Weather, source: Source) -> Reuse:
    """What the network takes from the water on offer."""
    nothing = np.zeros_like(source.offered)
    if spec.network is None:
        missing = np.full_like(source.offered, np.nan)
        demand = Demand(heat=nothing, supply=missing, back=missing)
    else:
        demand = hourly_demand(spec.network, weather.dry_bulb)
    if spec.recovery is None or spec.network is None:
        none = Recovered(
            direct=nothing,
            heat_pump=nothing,
            electricity=nothing,
            site_heat=nothing,
            cop=np.full_like(nothing, np.nan),
            network_out=demand.back,
            source_out=source.offered,
            limit=np.full(nothing.size, Limit.OFF, dtype=np.int8),
        )
        return Reuse(demand=demand, recovered=none, delivered=nothing)
    trunk = trunk_heat_loss(spec.network)
    recovered = recover(
        spec.recovery,
        source_in=source.offered,
        source_coldest=source.coldest,
        source_capacity=source.rate,
        demand=demand.heat + trunk,
        network_supply=demand.supply,
        network_return=demand.back,
        available=planned_outage(demand.heat, spec.availability),
    )
    arrived = np.maximum(recovered.produced - trunk, 0.0)
    return Reuse(demand=demand, recovered=recovered, delivered=arrived)


def left_over(heat: Array, taken: Array) -> Array:
    """What is not taken; where all of it is, the rounding of the two is not heat."""
    rest = heat - taken
    return np.where(np.abs(rest) <= 1e-12 * heat, 0.0, rest)
