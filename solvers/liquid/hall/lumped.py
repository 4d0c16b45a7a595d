"""The closed loop of a whole hall or site reduced to one rack, one CDU and two capacity rates.

At frozen flow and properties the loop is linear, so the year needs no network: the detailed network
(solvers.liquid.hall.solve) supplies the capacity rates, the effectiveness and the pump power, and a test
holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.grid import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class LumpedLoop:
    """All racks and CDUs in parallel; numbers, or arrays of one value an hour.

    c_tcs, c_fws    heat-capacity rates of the technology and the facility side [W/K], > 0
    effectiveness   of the CDU exchanger on the smaller of the two [-]
    pump_power      electric power of the CDU pumps, which ends as heat in the coolant [W]
    loss            heat from the pipes to the room [W]
    """

    c_tcs: Any
    c_fws: Any
    effectiveness: Any
    pump_power: Any
    loss: Any = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopTemperatures:
    """Temperatures around the loop [K], heat handed to the facility water [W]; arrays agree in shape."""

    tcs_supply: Array
    tcs_return: Array
    fws_supply: Array
    fws_return: Array
    heat_fws: Array


def reduced(
    *,
    heat: Any,
    pump_power: Any,
    loss: Any,
    tcs_supply: Any,
    tcs_return: Any,
    fws_supply: Any,
    fws_return: Any,
) -> LumpedLoop:
    """The loop whose `loop_temperatures` are these; heat [W], temperatures [K], numbers or arrays."""
    total = heat + pump_power - loss
    c_tcs = (total - pump_power) / (tcs_return - tcs_supply)
    c_fws = total / (fws_return - fws_supply)
    hot = tcs_supply + total / c_tcs
    c_min = np.minimum(c_tcs, c_fws)
    return LumpedLoop(
        c_tcs=c_tcs,
        c_fws=c_fws,
        effectiveness=total / (c_min * (hot - fws_supply)),
        pump_power=pump_power,
        loss=loss,
    )


def loop_temperatures(
    loop: LumpedLoop, heat: Array, *, tcs_set_point: Any, fws_available: Array
) -> LoopTemperatures:
    """Steady temperatures of the loop for the racks' `heat` [W] and the coldest facility water on offer [K].

    While the facility water is cold enough, the CDU valve holds the TCS supply at its set point and the
    plant delivers just the temperature that needs; otherwise the whole loop floats up with the water.
    The pumps sit between the racks and the exchanger: their heat enters ahead of it.
    """
    required = water_required(loop, heat, tcs_set_point)
    return temperatures_with(loop, heat, np.maximum(required, fws_available))


def water_required(loop: LumpedLoop, heat: Any, tcs_set_point: Any) -> Any:
    """Warmest facility water [K] with which the loop holds its set point."""
    total = heat + loop.pump_power - loop.loss
    c_min = np.minimum(loop.c_tcs, loop.c_fws)
    return tcs_set_point + total / loop.c_tcs - total / (loop.effectiveness * c_min)


def temperatures_with(loop: LumpedLoop, heat: Array, fws_supply: Array) -> LoopTemperatures:
    """Steady temperatures of the loop, its valves open, with facility water at `fws_supply` [K]."""
    total = heat + loop.pump_power - loop.loss
    hot_inlet = fws_supply + total / (loop.effectiveness * np.minimum(loop.c_tcs, loop.c_fws))
    return LoopTemperatures(
        tcs_supply=hot_inlet - total / loop.c_tcs,
        tcs_return=hot_inlet - loop.pump_power / loop.c_tcs,
        fws_supply=fws_supply,
        fws_return=fws_supply + total / loop.c_fws,
        heat_fws=total,
    )
