"""The law of the wall, and what it gives the cells beside walls: shear and production of turbulence."""

import numpy as np

from solvers._jit import kernel, parallel_kernel, prange
from solvers.air.closures import KAPPA, ROUGHNESS

OFFSET = np.log(ROUGHNESS / KAPPA) / KAPPA


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
def wall_viscosity(y_star, viscosity):
    """Viscosity that gives the wall's shear from the velocity at y* by a linear law [m2/s]."""
    if y_star < 0.1:
        return viscosity
    return viscosity * max(1.0, y_star / law_of_the_wall(y_star))


@kernel
def _entry(table, first, step, x):
    """A table at even places, linear between and beyond them; its first entry below."""
    place = max((x - first) / step, 0.0)
    # of a field that is no number any more, int() is anything
    i = max(min(int(place), table.size - 2), 0)
    return table[i] + (place - i) * (table[i + 1] - table[i])


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
    gain,
    first,
    step,
    shear,
    production,
):
    """Wall shear and production in the cells beside the walls of one direction, by the wall law.

    cell, drag, distance  flat index, wall area over distance to twice the centre [m], half a width [m]
    weight    share of this direction in the cell's walls; velocity_b, _c are parallel to the wall
    gain      solvers.air.wall_layer, with the place of its first entry and the step in ln y*
    shear     out: drag times the viscosity that stands for the wall law [m3/s]
    production  added: mean over the cell of turbulent stress times velocity gradient [m2/s3]
    """
    b = np.uint64(sb)
    c = np.uint64(sc)
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        y = distance[e]
        y_star = friction_reynolds(k[n], y, laminar, c_mu)
        effective = wall_viscosity(y_star, laminar)
        along_b = 0.5 * (velocity_b[n] + velocity_b[n + b])
        along_c = 0.5 * (velocity_c[n] + velocity_c[n + c])
        stress = effective * np.sqrt(along_b * along_b + along_c * along_c) / y
        shear[n] = drag[e] * effective
        share = _entry(gain, first, step, np.log(max(y_star, 1e-6))) / (2.0 * max(y_star, 0.1))
        production[n] += weight[e] * stress * stress / laminar * share


@parallel_kernel
def wall_losses(cell, distance, volume, k, epsilon, laminar, c_mu, loss, first, step, sink):
    """Add to the sink of k [m3/s] in cells beside walls what their mean dissipation is above the centre's."""
    for e in prange(cell.size):
        n = np.uint64(cell[e])
        y_star = friction_reynolds(k[n], distance[n], laminar, c_mu)
        ratio = _entry(loss, first, step, np.log(max(y_star, 1e-6)))
        sink[n] += (ratio - 1.0) * volume[n] * epsilon[n] / k[n]
