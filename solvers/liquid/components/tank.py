"""Buffer tanks: equal layers of water, from one (mixed) to many (stratified).

    C dT_i/dt = m cp (T_upstream - T_i) + k A/dz (T_i-1 - 2 T_i + T_i+1) + UA_i (T_room - T_i)

Layer 0 is the top. Flow m > 0 enters at the top and leaves at the bottom (charging), m < 0 the other way.
Upwind and implicit: any step is stable and conserves energy to round-off. Layers that end up warmer below
than above are mixed, which conserves energy too; the derivatives belong to the step before that mixing.

Upwinding spreads the thermocline like a conductivity of m cp dz / (2 A): more layers, less spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers._jit import kernel

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tank:
    """volume [m3], height [m], layers; conductivity of the water [W/(m K)], loss: U value of the hull [W/(m2
    K)].

    density [kg/m3] and heat_capacity [J/(kg K)] of the content.
    """

    name: str
    volume: float
    height: float
    layers: int
    loss: float = 0.0
    conductivity: float = 0.6
    density: float = 995.0
    heat_capacity: float = 4180.0

    def __post_init__(self) -> None:
        for what, value, unit in (
            ("volume", self.volume, "m3"),
            ("height", self.height, "m"),
            ("density", self.density, "kg/m3"),
            ("heat capacity", self.heat_capacity, "J/(kg K)"),
        ):
            require(value > 0.0, f"{what} of tank {self.name} = {value:g} {unit}: must be positive")
        require(1 <= self.layers <= 1000, f"layers of tank {self.name} = {self.layers}: outside 1..1000")
        require(
            self.loss >= 0.0 and self.conductivity >= 0.0,
            f"loss and conductivity of tank {self.name} must not be negative",
        )


class TankLaw(NamedTuple):
    """The compiled part of a `Tank`."""

    capacity: float  # of one layer [J/K]
    heat_capacity: float  # [J/(kg K)]
    between: float  # layer to layer [W/K]
    side: float  # layer to room [W/K]
    end: float  # added at top and bottom [W/K]


class TankStep(NamedTuple):
    """What leaves over the step: temperature at its end [K], heat carried out less in, heat lost [W]."""

    outlet: Any
    carried: Any
    lost: Any


def tank_law(tank: Tank) -> TankLaw:
    area = tank.volume / tank.height
    layer = tank.height / tank.layers
    perimeter = 2.0 * np.sqrt(np.pi * area)
    return TankLaw(
        capacity=tank.density * tank.heat_capacity * tank.volume / tank.layers,
        heat_capacity=tank.heat_capacity,
        between=tank.conductivity * area / layer,
        side=tank.loss * perimeter * layer,
        end=tank.loss * area,
    )


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def _solve(law, flow, duration, right, work):
    """Replace `right` (n,) by the solution of the step's tridiagonal system, by Thomas's elimination."""
    n = right.size
    carried = abs(flow) * law.heat_capacity
    down = law.between + (carried if flow > 0.0 else 0.0)  # what a layer takes from the one above, per kelvin
    up = law.between + (carried if flow < 0.0 else 0.0)
    for i in range(n):
        diagonal = law.capacity / duration + law.side + carried
        if n > 1:
            diagonal += law.between * (2.0 if 0 < i < n - 1 else 1.0)
        if i == 0:
            diagonal += law.end
        if i == n - 1:
            diagonal += law.end
        if i == 0:
            work[0] = up / diagonal
            right[0] = right[0] / diagonal
        else:
            pivot = diagonal - down * work[i - 1]
            work[i] = up / pivot
            right[i] = (right[i] + down * right[i - 1]) / pivot
    for i in range(n - 2, -1, -1):
        right[i] += work[i] * right[i + 1]


@kernel
def _load(law, temperature, flow, inlet, room, duration, right):
    n = temperature.size
    for i in range(n):
        right[i] = law.capacity / duration * temperature[i] + law.side * room
    right[0] += law.end * room
    right[n - 1] += law.end * room
    entry = 0 if flow >= 0.0 else n - 1
    right[entry] += abs(flow) * law.heat_capacity * inlet


@kernel
def mix(temperature):
    """Mix layers (n,), in place, until none is warmer than the one above; the mean stays."""
    n = temperature.size
    i = 1
    while i < n:
        if temperature[i] <= temperature[i - 1]:
            i += 1
            continue
        # the layers from `first` to `last` become one: grow it while a neighbour is out of order
        first, last = i - 1, i
        total = temperature[first] + temperature[last]
        while True:
            mean = total / (last - first + 1)
            if first > 0 and temperature[first - 1] < mean:
                first -= 1
                total += temperature[first]
            elif last < n - 1 and temperature[last + 1] > mean:
                last += 1
                total += temperature[last]
            else:
                break
        for k in range(first, last + 1):
            temperature[k] = mean
        i = last + 1


@kernel
def step(law, temperature, flow, inlet, room, duration, work):
    """Advance the layers (n,) [K] in place by `duration` [s] and return a `TankStep`; work (n,).

    flow [kg/s] of either sign, inlet and room temperature [K].
    """
    n = temperature.size
    before = 0.0
    for i in range(n):
        before += temperature[i]
    _load(law, temperature, flow, inlet, room, duration, temperature)
    _solve(law, flow, duration, temperature, work)
    outlet = temperature[n - 1] if flow >= 0.0 else temperature[0]
    lost = law.end * (temperature[0] + temperature[n - 1] - 2.0 * room)
    for i in range(n):
        lost += law.side * (temperature[i] - room)
    mix(temperature)
    return TankStep(outlet, abs(flow) * law.heat_capacity * (outlet - inlet), lost)


@kernel
def outlet_slopes(law, temperature, flow, inlet, room, duration, work, change):
    """(outlet [K], its derivatives by flow, inlet and room) of a step that leaves `temperature` as it is.

    work (2, n) is scratch; change (n,) receives the derivatives by the temperatures before the step.
    """
    n = temperature.size
    state, scratch = work[0], work[1]
    _load(law, temperature, flow, inlet, room, duration, state)
    _solve(law, flow, duration, state, scratch)
    leave = n - 1 if flow >= 0.0 else 0
    outlet = state[leave]
    cp = law.heat_capacity
    sign = 1.0 if flow >= 0.0 else -1.0
    # the outlet's row of the inverse: with the flow turned round the system is its own transpose
    for i in range(n):
        change[i] = 0.0
    change[leave] = 1.0
    _solve(law, -flow, duration, change, scratch)
    by_flow, by_room = 0.0, 0.0
    for i in range(n):
        upstream = inlet
        if flow >= 0.0 and i > 0:
            upstream = state[i - 1]
        elif flow < 0.0 and i < n - 1:
            upstream = state[i + 1]
        by_flow += change[i] * sign * cp * (upstream - state[i])
        by_room += change[i] * law.side
    by_room += (change[0] + change[n - 1]) * law.end
    by_inlet = change[0 if flow >= 0.0 else n - 1] * abs(flow) * cp
    for i in range(n):
        change[i] *= law.capacity / duration
    return outlet, by_flow, by_inlet, by_room
