"""What the plant rejects once the network has taken its heat, circuit by circuit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.heat.plant import Ambient, Rejection, reject
from twin.year.circuits import CoolWater, WarmWater
from twin.year.records import Circuit, YearSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantYear:
    """All coolers and chillers of the site by hour: electricity [W], heat to the air [W], water [kg/s]."""

    fan_power: Array
    chiller_power: Array
    to_ambient: Array
    water: Array


def rejected(
    spec: YearSpec, warm: WarmWater | None, cool: CoolWater, taken: Array, ambient: Ambient
) -> PlantYear:
    """The plant's hours. taken: heat the recovery took [W], from the warm circuit if there is one."""
    nothing = np.zeros_like(taken)
    from_cool = nothing if warm is not None else taken
    sides = [_side(spec.cool, cool.heat - from_cool, cool.rate, cool.supply, ambient)]
    if warm is not None and spec.warm is not None:
        sides.append(_side(spec.warm, warm.heat - taken, warm.rate, warm.fws_supply, ambient))
    return PlantYear(
        fan_power=_total([side.fan_power for side in sides]),
        chiller_power=_total([side.chiller_power for side in sides]),
        to_ambient=_total([side.to_ambient for side in sides]),
        water=_total([side.water for side in sides]),
    )


def _side(circuit: Circuit, heat: Array, rate: Array, wanted: Array, ambient: Ambient) -> Rejection:
    return reject(
        circuit.cooler,
        circuit.chiller,
        heat=np.maximum(heat, 0.0),
        fluid=rate,
        wanted=wanted,
        ambient=ambient,
    )


def _total(parts: list[Array]) -> Array:
    return np.sum(parts, axis=0)
