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
    """A network whose coolant and walls have a temperature [K]: one, (ns,) of each store, or (n_cells,).

    room: most parcels in a store; where more would be, the two neighbours that differ least become one
    Raises InputError for another shape and for temperatures outside the fluid's range.
    """
    stores, fluid = thermal.stores, thermal.fluid
    ns, cells = stores.branch.size, np.diff(stores.first)
    given = check_temperature(fluid, temperature)
    require(
        given.shape in ((), (ns,), (thermal.n_cells,)),
        f"temperatures at the start have the shape {given.shape}: one, ({ns},) or ({thermal.n_cells},)",
    )
    t = np.repeat(given, cells) if given.shape == (ns,) else np.full(thermal.n_cells, given)
    h = np.asarray(enthalpy(fluid, t)).reshape(t.shape)
    ends = np.stack((stores.first[:-1], stores.first[1:] - 1), axis=1)
    plug = scheme is Scheme.PARCELS
    most = int(cells.max(initial=1))
    require(not plug or most <= room <= 100_000, f"room for parcels = {room}: outside {most}..100000")
    mass, content = (np.zeros((ns, room if plug else 0)) for _ in range(2))
    if plug:
        cp = float(heat_capacity(fluid, thermal.reference))
        for s, (a, b) in enumerate(zip(stores.first[:-1], stores.first[1:], strict=True)):
            mass[s, : b - a] = (stores.mass[s] + stores.wall[s] / cp) / (b - a)
            content[s, : b - a] = h[a:b]
    return HeatState(
        scheme=scheme,
        time=0.0,
        node=np.full(len(thermal.network.nodes), float(enthalpy(fluid, thermal.reference))),
        cells=Cells(h, t, t.copy(), h[ends]),
        parcels=Parcels(mass, content, np.zeros(ns, dtype=np.intp), cells.astype(np.intp)),
    )
