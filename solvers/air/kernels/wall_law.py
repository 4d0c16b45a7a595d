"""The law of the wall, and what it gives the cells beside walls: shear and production of turbulence.

In a layer of constant stress the velocity goes as the law of the wall, the eddy viscosity as its slope says,
epsilon as 1 / y. Between centres at y and 3 y a straight line makes half too much production in the farther
cell, a tenth too much shear and a third too much diffusion of epsilon.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers._jit import kernel, parallel_kernel, prange
from solvers.air.closures import KAPPA, ROUGHNESS

OFFSET = np.log(ROUGHNESS / KAPPA) / KAPPA
ONE = np.uint64(1)
LEAST = 0.05  # eddy over molecular viscosity by the law of the wall between two centres


@kernel
def law_of_the_wall(y_plus):
    """u+ of a smooth wall at y+, from the sublayer to the log layer (Reichardt, ZAMM 31 (1951) 208-219).

    The constant follows kappa and E, so that u+ -> ln(E y+) / kappa.
    """
    return np.log(1.0 + KAPPA * y_plus) / KAPPA + OFFSET * (
        1.0 - np.exp(-y_plus / 11.0) - y_plus / 11.0 * np.exp(-y_plus / 3.0)
    )


@kernel
def slope_of_the_wall_law(y_plus):
    """du+/dy+ of `law_of_the_wall`, at most 1: the viscous share of the stress."""
    slope = 1.0 / (1.0 + KAPPA * y_plus) + OFFSET / 11.0 * (
        np.exp(-y_plus / 11.0) - (1.0 - y_plus / 3.0) * np.exp(-y_plus / 3.0)
    )
    return np.minimum(slope, 1.0)


@kernel
def friction_reynolds(k, distance, viscosity, c_mu):
    """y* = C_mu^1/4 k^1/2 y / nu: the y+ that the turbulence near a wall stands for [-]."""
    return np.sqrt(np.sqrt(c_mu) * k) * distance / viscosity


@kernel
def wall_viscosity(y_star, u_plus, viscosity):
    """Viscosity that gives the wall's shear from the velocity u+ at y* by a linear law [m2/s]."""
    return viscosity * max(1.0, y_star / u_plus)


class WallTables(NamedTuple):
    """What a layer at a wall has at y* evenly spaced within each octave (solvers.air.wall_layer).

    origin    bits of the first y* as a float64; per_bit: entries a unit in the last place
    octave    entries of an octave; last: entry that has one octave more behind it
    law, bend   u+ and y+ du+/dy+ of the law of the wall
    gain, loss  means over a cell beside a wall, whose centre is at y*
    """

    origin: int
    per_bit: float
    octave: int
    last: int
    law: NDArray[np.float64]
    bend: NDArray[np.float64]
    gain: NDArray[np.float64]
    loss: NDArray[np.float64]


@kernel
def place_of(y_star, tables):
    """The entry of the tables at or below y*, and how far y* is from it to the next; the first below that.

    The bits of a number are its octave and, behind it, where it stands in that.
    """
    place = max(np.float64(np.float64(y_star).view(np.int64) - tables.origin) * tables.per_bit, 0.0)
    i = min(np.int64(place), tables.last)
    return np.uint64(i), place - i


@kernel
def entry(table, place):
    """A table at a place, linear between its entries and beyond the last that `place_of` gives."""
    i, part = place
    return table[i] + part * (table[i + ONE] - table[i])


@kernel
def between(y_star, place, ratio, tables):
    """What passes the face between the cell beside a wall and the next by the law of the wall.

    place  of y* in the tables; ratio: of the two centres' distances from the wall; the face is at 2 y*

    Returns the share of the velocity's rise between the centres that is below the face, and the eddy
    viscosity that takes the stress from one to the other, over the mean of theirs, at most 1.
    """
    if y_star * ratio < 1.0:  # a linear sublayer
        return 1.0 / (ratio - 1.0), 1.0
    beyond = place_of(y_star * ratio, tables)
    low = entry(tables.law, place)
    per_climb = 1.0 / (entry(tables.law, beyond) - low)
    i, part = place
    share = (entry(tables.law, (i + np.uint64(tables.octave), part)) - low) * per_climb
    here, there = entry(tables.bend, place), entry(tables.bend, beyond)
    # of y* / bend, the effective over the molecular viscosity, at both centres
    mean = 0.5 * y_star * (there + ratio * here) / (here * there) - 1.0
    if mean < LEAST:
        return share, 1.0
    return share, min(max((y_star * (ratio - 1.0) * per_climb - 1.0) / mean, 0.0), 1.0)


@parallel_kernel
def near_wall(
    cell,
    drag,
    distance,
    weight,
    velocity_b,
    velocity_c,
    sb,
    sc,
    k,
    laminar,
    c_mu,
    tables,
    shear,
    production,
    face,
    ratio,
    across,
    viscosity,
    g,
    slide,
    share,
    surplus,
):
    """Wall shear and production in the cells beside the walls of one direction, by the wall law.

    cell, drag, distance  flat index, wall area over distance to twice the centre [m], half a width [m]
    weight    share of this direction in the cell's walls; velocity_b, _c are parallel to the wall
    shear     out: drag times the viscosity that stands for the wall law [m3/s]
    production  added: mean over the cell of turbulent stress times velocity gradient [m2/s3]

    And what the inner faces, those to the next cells, do; none at all where that is left to straight lines.

    face          flat index; -1: none. ratio: as in `between`; across: stride of the direction
    viscosity     effective, of the cells [m2/s]; g: conductance of the low faces [m]
    slide         out: conductance for momentum [m], with the viscosity that the cells' mean stands for
    share         out: as in `between`
    surplus       out: turbulent diffusion of epsilon by a straight line less that of epsilon ~ 1 / y with an
                  eddy viscosity linear in y, nu_t y y_next / (2 y)^2; times its Prandtl number [m3/s]
    """
    b = np.uint64(sb)
    c = np.uint64(sc)
    layered = face.size > 0
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        y = distance[e]
        y_star = friction_reynolds(k[n], y, laminar, c_mu)
        place = place_of(y_star, tables)
        effective = wall_viscosity(y_star, entry(tables.law, place), laminar)
        along_b = 0.5 * (velocity_b[n] + velocity_b[n + b])
        along_c = 0.5 * (velocity_c[n] + velocity_c[n + c])
        shear[n] = drag[e] * effective
        # stress squared over the molecular viscosity, times the mean of its turbulent share and of the slope
        square = effective * effective * (along_b * along_b + along_c * along_c)
        width = 2.0 * max(y_star, 0.1)
        production[n] += weight[e] * entry(tables.gain, place) * square / (y * y * laminar * width)
        if layered and face[e] >= 0:
            at = np.uint64(face[e])
            behind = at - np.uint64(across) if at == n else at
            below, part = between(y_star, place, ratio[e], tables)
            low, high = viscosity[n] - laminar, viscosity[behind] - laminar
            mean = 0.5 * (low + high)
            at_face = low + (high - low) / (ratio[e] - 1.0)
            slide[at] = g[at] * (laminar + part * mean) / (laminar + mean)
            share[e] = below
            surplus[e] = g[at] * (mean - 0.25 * ratio[e] * at_face)


@parallel_kernel
def wall_losses(cell, distance, volume, k, epsilon, laminar, c_mu, tables, sink):
    """Add to the sink of k [m3/s] in cells beside walls what their mean dissipation is above the centre's."""
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        place = place_of(friction_reynolds(k[n], distance[n], laminar, c_mu), tables)
        sink[n] += (entry(tables.loss, place) - 1.0) * volume[n] * epsilon[n] / k[n]
