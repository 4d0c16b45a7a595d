"""Electric power of pumps and the heat they leave in the fluid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.outcome import Hydraulics, pump_rise

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpPower:
    """Of all running units of each pump [W], (n_pumps,).

    hydraulic: rise times volume flow, which friction turns into heat all along the loop; electric: hydraulic
    over the efficiency; heat: of the losses, what warms the fluid in the pump itself.
    """

    hydraulic: Array
    electric: Array
    heat: Array


def pump_power(network: Network, result: Hydraulics, density: float) -> PumpPower:
    """Power of the pumps of a solved network, for the density of its devices [kg/m3].

    The efficiency is that of the flow of one unit at full speed with the same ratio of flow to speed: losses
    follow the affinity laws. A pump at rest takes none, nor does one that others push beyond its curve: it
    is no turbine, and what it throttles is heat of their power.
    """
    pumps = network.pumps
    flow = result.flow[pumps.branch]
    rise = np.maximum(pump_rise(network, result.drop, density), 0.0)
    runs = flow > 0.0
    at = np.where(runs, flow / np.maximum(pumps.running * result.speed, 1e-12), 0.0)
    efficiency = np.array(
        [
            np.interp(q, *np.array(record.efficiency).T)
            if isinstance(record.efficiency, tuple)
            else record.efficiency
            for record, q in zip(network.pump_records, at, strict=True)
        ]
    )
    share = np.array([record.heat_share for record in network.pump_records])
    hydraulic = np.where(runs, rise * flow / density, 0.0)
    electric = hydraulic / efficiency
    return PumpPower(hydraulic=hydraulic, electric=electric, heat=share * (electric - hydraulic))
