"""What a network that is marched in time remembers, and how it starts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import require
from solvers.fluids import check_temperature, enthalpy, heat_capacity
from solvers.liquid.heat.pipes import ThermalNetwork

Array = NDArray[np.float64]
Index = NDArray[np.intp]


class Scheme(Enum):
    """How heat moves along pipes in time."""

    IMPLICIT = 0  # upwind, any step: hours of a year
    TVD = 1  # second order, van Leer's limiter, sub-steps: fronts
    UNLIMITED = 2  # second order without limiter (Lax-Wendroff): smooth courses only
    PARCELS = 3  # plug flow: long mains, exact delays at any step


class Cells(NamedTuple):
    """Coolant and wall in cells, from start to end of each store.

    enthalpy     (n_cells,) [J/kg]; temperature: the same in [K]; wall (n_cells,) [K]
    beyond       (ns, 2) what left last, past start and end [J/kg]: a neighbour for the limiter, no store
    """

    enthalpy: Array
    temperature: Array
    wall: Array
    beyond: Array


class Parcels(NamedTuple):
    """Parcels of one enthalpy between start and end of each store, in rings of equal room.

    mass, enthalpy  (ns, room) [kg], [J/kg]; the wall counts as coolant of the same temperature
    first, number   (ns,) place of the parcel nearest to the start, number of parcels
    """

    mass: Array
    enthalpy: Array
    first: Index
    number: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatState:
    """The state of a `ThermalNetwork` at a time [s]; `march` writes into copies of it.

    node: (nn,) enthalpy of the nodes, kept where nothing flows [J/kg]
    """

    scheme: Scheme
    time: float
    node: Array
    cells: Cells
    parcels: Parcels


def start(
    thermal: ThermalNetwork, temperature: ArrayLike, *, scheme: Scheme = Scheme.IMPLICIT, room: int = 64
) -> HeatState:
    """A network whose coolant and walls have a temperature [K]: one, or one for each store (ns,).

    room: most parcels in a store; where more would be, the two neighbours that differ least become one
    Raises InputError outside the fluid's range.
    """
    stores, fluid = thermal.stores, thermal.fluid
    ns = stores.branch.size
    require(4 <= room <= 100_000, f"room for parcels = {room}: outside 4..100000")
    t = np.broadcast_to(check_temperature(fluid, temperature), (ns,)).astype(np.float64)
    h = np.asarray(enthalpy(fluid, t)).reshape(ns)
    cells = np.diff(stores.first)
    t_cells = np.repeat(t, cells)
    plug = scheme is Scheme.PARCELS
    rows = room if plug else 0
    mass, content = np.zeros((ns, rows)), np.zeros((ns, rows))
    if plug:
        cp = float(heat_capacity(fluid, thermal.reference))
        mass[:, 0], content[:, 0] = stores.mass + stores.wall / cp, h
    return HeatState(
        scheme=scheme,
        time=0.0,
        node=np.full(len(thermal.network.nodes), float(enthalpy(fluid, thermal.reference))),
        cells=Cells(np.repeat(h, cells), t_cells, t_cells.copy(), np.repeat(h[:, None], 2, axis=1)),
        parcels=Parcels(mass, content, np.zeros(ns, dtype=np.intp), np.ones(ns, dtype=np.intp)),
    )
