"""The energy transfer station: between a site's warm water and a district network.

The network's return is first warmed in a counterflow exchanger as far as temperatures allow; heat-pump units,
where there are any, lift the rest; a back-up boiler covers what they cannot. All sit in the network's return
line, ahead of its own producers: the usual place of a base-load producer, and the one in which it works
against the lowest sink temperature. On the site's side the station comes before the coolers.
"""

from __future__ import annotations

from dataclasses import dataclass

from geometry.errors import require, require_range
from solvers.heat.heat_pump import HeatPump, check_heat_pump
from solvers.heat.heat_pump_map import NO_MAP
from solvers.heat.station_kernels import StationLaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """capacity         largest heat to the network by exchanger and heat pump [W]
    exchanger_ua     conductance of the direct exchanger [W/K], at its rated flows
    exchanger_rate   rated capacity rate on either side [W/K]; 0: the conductance follows no flow
    heat_pump        behind it, or none
    boiler_capacity  heat of the back-up boiler [W]
    rejection_share  of the site's flow that keeps going to the coolers, past the station [-]: 0, recovery
                     comes first; the heat and the temperature of that share are never the network's
    """

    capacity: float
    exchanger_ua: float
    heat_pump: HeatPump | None
    boiler_capacity: float = 0.0
    rejection_share: float = 0.0
    exchanger_rate: float = 0.0


def compiled(station: Station) -> StationLaw:
    """The station as its kernels take it. Raises InputError for one that cannot be."""
    require(station.capacity > 0.0, f"capacity of the station = {station.capacity:g} W: must be positive")
    require(station.exchanger_ua >= 0.0, "conductance of the station's exchanger: must not be negative")
    require(station.exchanger_rate >= 0.0, "rated flow of the station's exchanger: must not be negative")
    require(station.boiler_capacity >= 0.0, "capacity of the station's boiler: must not be negative")
    require_range("share of the flow kept for the coolers", station.rejection_share, 0.0, 1.0, "-")
    pump = station.heat_pump
    if pump is not None:
        check_heat_pump(pump)
    return StationLaw(
        capacity=float(station.capacity),
        exchanger_ua=float(station.exchanger_ua),
        exchanger_rate=float(station.exchanger_rate),
        units=pump.units if pump else 1,
        series=int(pump.in_series) if pump else 0,
        unit_capacity=pump.capacity / pump.units if pump else 0.0,
        efficiency=float(pump.lorenz_efficiency) if pump else 1.0,
        terminal_difference=float(pump.terminal_difference) if pump else 0.0,
        source_drop=float(pump.source_drop) if pump else 0.0,
        maximum_supply=float(pump.maximum_supply) if pump else 1e3,
        minimum_load=float(pump.minimum_load) if pump else 0.0,
        degradation=float(pump.degradation) if pump else 0.0,
        source_share=1.0 - float(station.rejection_share),
        map=pump.map.law if pump and pump.map else NO_MAP,
    )
