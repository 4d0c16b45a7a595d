"""A hall drawn onto a grid: what is solid, which faces are closed, which faces belong to which device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array, Grid

Mask = NDArray[np.bool_]
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A named set of grid faces through which a device exchanges air with the room.

    The faces lie normal to `axis` (0 x, 1 y, 2 z) and are indexed (k, j, i) in the face array of that
    axis. `inward` is +1 where the air cell lies on the high side of the face, -1 on the low side: a face
    velocity of sign `inward` blows into the air.
    """

    name: str
    axis: int
    inward: int
    k: Index
    j: Index
    i: Index
    area: Array  # of each face [m2]

    @property
    def total_area(self) -> float:
        return float(self.area.sum())

    @property
    def cells(self) -> tuple[Index, Index, Index]:
        """(k, j, i) of the air cell behind each face."""
        kji = [self.k, self.j, self.i]
        if self.inward < 0:
            kji[2 - self.axis] = kji[2 - self.axis] - 1
        return (kji[0], kji[1], kji[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Cells of air in which something sits that air passes: the servers of a porous rack, a power unit."""

    name: str
    k: Index
    j: Index
    i: Index
    volume: Array  # of each cell [m3]

    @property
    def cells(self) -> tuple[Index, Index, Index]:
        return (self.k, self.j, self.i)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """A hall on a grid.

    solid            (nz, ny, nx) cells without air
    closed_x, _y, _z face arrays: no air passes here (envelope, solid surfaces, panels). The faces of the
                     ports are closed too: a port's flow is given by its device, not found by the solver.
    loss_x, _y, _z   face arrays: quadratic loss coefficient K of the face [-], dp = K rho u^2 / 2, from
                     perforated panels and porous obstructions (loss per metre times the centre distance).
                     Such a face is open to the flow; of a leaky panel (K >> 1) only about 1.7 / sqrt(K)
                     is gap, and heat and momentum diffuse through no more than that
    ports            by name: '<rack>.front', '<rack>.rear' of populated racks, each opening's name, and
                     '<unit>.intake', '<unit>.outlet' of cooling units. A flat unit in a partition has
                     the same faces twice, with opposite `inward`
    zones            by name: cells of porous racks and of heat sources
    passages         by name: sets of OPEN faces whose flow the solver finds: '<rack>.front', '<rack>.rear' of
                     a porous rack, doors, grilles inside the room. Flow counts positive along `inward`;
                     at a rack's front and rear that is away from the rack
    surfaces         by name: closed faces that have a temperature or a velocity of their own
    """

    grid: Grid
    solid: Mask
    closed_x: Mask
    closed_y: Mask
    closed_z: Mask
    loss_x: Array
    loss_y: Array
    loss_z: Array
    ports: Mapping[str, Port]
    zones: Mapping[str, Zone] = field(default_factory=dict)
    passages: Mapping[str, Port] = field(default_factory=dict)
    surfaces: Mapping[str, Port] = field(default_factory=dict)
