"""Heat that the pipes of a hall lose to its room.

    h_out = h_room + (h_in - h_room) exp(-G / (m cp))       G = L / (layer + surface)   [W/K]

in enthalpy, h_room that of the coolant at the room's temperature: what a pipe loses is exactly what its
coolant gives up. Insulated pipe: Incropera et al. 2011, eq. 3.33, with one coefficient at its surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers.fluids import Fluid, enthalpy, heat_capacity
from solvers.liquid.heat.losses import layer_resistance, loss_per_metre, surface_resistance
from solvers.liquid.hydraulics.network import Network

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeInsulation:
    """Insulation of all pipes of a hall, and the room around them.

    thickness     [m]; 0: bare
    conductivity  [W/(m K)]
    surface       coefficient of convection and radiation outside [W/(m2 K)]
    room          temperature around the pipes [K]
    """

    thickness: float
    conductivity: float = 0.036  # elastomeric foam at 20 to 40 degC (EN 14304 products: 0.033 to 0.040)
    surface: float = 9.0  # still air, convection and radiation (ISO 12241, indoor pipes: 8 to 10)
    room: float = 298.15

    def __post_init__(self) -> None:
        require_range("thickness of the pipes' insulation", 1e3 * self.thickness, 0.0, 300.0, "mm")
        require(
            self.conductivity > 0.0 and self.surface > 0.0,
            "conductivity and surface coefficient of the pipes' insulation must be positive",
        )
        require_range("room around the pipes", self.room - 273.15, 0.0, 60.0, "degC")


class Passage(NamedTuple):
    """What pipes do to the enthalpy that passes: h_out = gain h_in + lift; (n, pipes) or numbers."""

    gain: Array | float
    lift: Array | float


LOSSLESS = Passage(1.0, 0.0)


def conductance(network: Network, insulation: PipeInsulation) -> Array:
    """Between coolant and room, of every pipe with all its lines [W/K]. Bore for outer diameter."""
    found = np.empty(network.diameter.size)
    for i, d in enumerate(network.diameter.tolist()):
        outer = d + 2.0 * insulation.thickness
        layer = layer_resistance(d, outer, insulation.conductivity)
        found[i] = loss_per_metre(layer, surface_resistance(outer, insulation.surface))
    return found * network.length * network.parallel


def passage(
    network: Network, fluid: Fluid, insulation: PipeInsulation | None, flow: Array, temperature: Array
) -> Passage:
    """Gain and lift of the pipes at flows (n, nb) [kg/s] and temperatures (n, pipes) [K]."""
    if insulation is None:
        return LOSSLESS
    m = np.abs(flow[:, network.pipe])
    moves = m > 0.0
    at_room = enthalpy(fluid, insulation.room)
    above = temperature - insulation.room
    apart = np.abs(above) > 1e-3
    # the mean heat capacity from the room's temperature up, so that the loss is G times the difference
    mean = (enthalpy(fluid, temperature) - at_room) / np.where(apart, above, 1.0)
    rate = np.where(moves, m, 1.0) * np.where(apart, mean, heat_capacity(fluid, temperature))
    gain = np.where(moves, np.exp(-conductance(network, insulation) / rate), 1.0)
    return Passage(gain, (1.0 - gain) * at_room)


def lost(network: Network, through: Passage, flow: Array, node_enthalpy: Array) -> Array:
    """Heat to the room from every pipe [W], (n, pipes)."""
    m = flow[:, network.pipe]
    upstream = np.where(m >= 0.0, network.start[network.pipe], network.end[network.pipe])
    h = np.take_along_axis(node_enthalpy, upstream, axis=1)
    return np.abs(m) * ((1.0 - through.gain) * h - through.lift)
