"""Cells beside walls, their drag on the air and their heat: by the half cell, or by the wall law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.grid import Array
from solvers.air.boundaries import WallCells
from solvers.air.closures import C_MU
from solvers.air.devices import Devices
from solvers.air.kernels import scatter, wall_law
from solvers.air.lattice import Flags, Lattice, Triple
from solvers.air.problem import AirProperties, FaceShear

WALL_SHARE = 0.5  # a leaky panel that is closed by less is no wall to turbulence


@dataclass(frozen=True, slots=True, kw_only=True)
class NearWall:
    """Cells with a closed face normal to one axis, one entry a cell.

    cell      flat index
    drag      half a cell's wall area over the distance to its centre [m]
    distance  from the wall to the cell's centre [m]
    weight    share of this axis in all the wall faces of the cell [-]
    """

    cell: NDArray[np.int64]
    drag: Array
    distance: Array
    weight: Array


def build_near_walls(lattice: Lattice) -> tuple[NearWall, NearWall, NearWall]:
    """The cells beside walls normal to x, y and z."""
    share = [
        drag.value / ratio[drag.cell] for drag, ratio in zip(lattice.drag, lattice.width_ratio, strict=True)
    ]
    total = np.zeros_like(lattice.volume)
    for axis in range(3):
        total[lattice.drag[axis].cell] += share[axis]
    walls = []
    for axis in range(3):
        cell = lattice.drag[axis].cell
        place = np.unravel_index(cell, lattice.padded)[2 - axis]
        width = lattice.face[axis][place + 1] - lattice.face[axis][place]
        walls.append(
            NearWall(
                cell=cell,
                drag=lattice.drag[axis].value,
                distance=0.5 * width,
                weight=share[axis] / total[cell],
            )
        )
    return (walls[0], walls[1], walls[2])


def beside_wall(lattice: Lattice) -> Flags:
    """Cells with a wall face."""
    flags: Flags = np.zeros(lattice.size, dtype=np.bool_)
    for axis in range(3):
        drag = lattice.drag[axis]
        flags[drag.cell[drag.value >= WALL_SHARE * lattice.width_ratio[axis][drag.cell]]] = True
    return flags


def half_cell_shear(walls: tuple[NearWall, NearWall, NearWall], viscosity: Array, shear: Triple) -> None:
    """Wall shear [m3/s] with the effective viscosity of the cells beside the walls."""
    for axis in range(3):
        wall = walls[axis]
        shear[axis][wall.cell] = wall.drag * viscosity[wall.cell]


def plate_shear(
    lattice: Lattice, devices: Devices, form: FaceShear, axis: int, viscosity: Array, shear: Array
) -> None:
    """Add the shear [m3/s] of the device faces normal to `axis`, where the sideways velocity is 0.

    Suction or blowing at V makes a layer in which u varies with exp(-V y / nu) (Schlichting, Boundary-Layer
    Theory, 7th ed. 1979, section XIV b). So, beside what convection carries, the face takes
    nu / y Pe / (exp(Pe) - 1) times the velocity at y, Pe = V y / nu. FIXED_VECTOR: nu / y times it.
    """
    for faces, flow in (
        (devices.supply, devices.supply_flow),
        (devices.outlet, devices.outlet_flow),
        (devices.intake, devices.intake_flow),
    ):
        on = faces.on_axis(axis)
        if not on.size:
            continue
        cell = faces.cell[on]
        # half a face's area over half a width is the face's over the width
        drag = lattice.width_ratio[axis][cell] * viscosity[cell]
        if form is FaceShear.LAYER:
            peclet = np.clip(0.5 * flow[on] / drag, 1e-6, 50.0)
            drag *= peclet / np.expm1(peclet)
        scatter.add_at(cell, drag, shear)


def keep_momentum(devices: Devices, normal: int, stride: int, velocity: Array, source: Array) -> None:
    """Give back what intake faces of a `normal` axis convect out of a component's sideways momentum [m4/s2].

    FaceShear.FIXED_VECTOR; `stride` is the component's own.
    """
    on = devices.intake.on_axis(normal)
    if on.size:
        scatter.add_sideways(devices.intake.cell[on], stride, devices.intake_flow[on], velocity, source)


def heat_diffusivity(k: Array, distance: Array, air: AirProperties) -> Array:
    """Diffusivity that gives a wall's heat from the temperature at `distance` by a linear law [m2/s].

    y* / T+(y*) with the wall law of temperature from the sublayer to the log layer, any Prandtl number
    (Kader, Int. J. Heat Mass Transfer 24 (1981) 1541-1544, eq. 4, 5 and 10).
    """
    pr = air.prandtl
    y = np.maximum(wall_law.friction_reynolds.py_func(k, distance, air.viscosity, C_MU), 1e-3)
    beta = (3.85 * pr ** (1.0 / 3.0) - 1.3) ** 2 + 2.12 * np.log(pr)
    gamma = 0.01 * (pr * y) ** 4 / (1.0 + 5.0 * pr**3 * y)
    t_plus = pr * y * np.exp(-gamma) + (2.12 * np.log(1.0 + y) + beta) * np.exp(-1.0 / gamma)
    result: Array = np.maximum(air.viscosity * y / t_plus, air.viscosity / pr)
    return result


def wall_conductance(viscosity: Array, k: Array, wall: WallCells, air: AirProperties) -> Array:
    """Conductance of a wall over rho cp [m3/s]: its U value, or that of the air to the centres of its cells.

    viscosity and k are flat arrays of the lattice; k is empty without the k-epsilon model.
    """
    if wall.transmittance is not None:
        return wall.transmittance
    if k.size:
        return 2.0 * wall.geometry * heat_diffusivity(k[wall.cell], wall.distance, air)
    turbulent = (viscosity[wall.cell] - air.viscosity) / air.prandtl_turbulent
    return 2.0 * wall.geometry * (air.viscosity / air.prandtl + turbulent)
