"""Steady heat of two insulated pipes in the ground, to any accuracy: multipoles fitted at the rims.

Outside the casings the temperature is a sum of sources and multipoles at each pipe and of their images above
the surface; inside each insulation a sum of the harmonics that vanish on the steel. Temperature and heat flux
are matched on the rims by least squares (the method of Claesson and Bennet 1987, by collocation).
"""

from __future__ import annotations

import math

import numpy as np

from geometry.grid import Array


def pair_losses(
    *,
    steel: float,
    casing: float,
    apart: float,
    depth: float,
    insulation: float,
    soil: float,
    temperatures: tuple[float, float],
    orders: int = 16,
) -> tuple[float, float]:
    """Heat lost by each pipe [W/m] over ground at 0; `temperatures` above it [K].

    Diameters of steel and casing, distance of the centres, their depth below the surface of 0 [m];
    conductivities of insulation and soil [W/(m K)].
    """
    rim, pipe = 0.5 * casing, 0.5 * steel
    angle = 2.0 * np.pi * np.arange(8 * orders) / (8 * orders)
    outward = np.exp(1j * angle)
    centres = (-0.5 * apart - 1j * depth, 0.5 * apart - 1j * depth)
    own = 1 + 2 * orders
    rows: list[Array] = []
    right: list[Array] = []
    for p, centre in enumerate(centres):
        value, slope = _outside(centre + rim * outward, outward, centres, rim, orders)
        inner, rise = _inside(angle, pipe, rim, orders)
        held, flux = np.zeros((angle.size, 2 * own)), np.zeros((angle.size, 2 * own))
        held[:, p * own : (p + 1) * own] = -inner
        flux[:, p * own : (p + 1) * own] = -insulation * rim * rise
        rows += [np.hstack((value, held)), np.hstack((soil * rim * slope, flux))]
        right += [np.full(angle.size, temperatures[p]), np.zeros(angle.size)]
    found = np.linalg.lstsq(np.vstack(rows), np.concatenate(right), rcond=None)[0]
    return -2.0 * math.pi * soil * float(found[0]), -2.0 * math.pi * soil * float(found[own])


def _outside(
    at: np.ndarray, outward: np.ndarray, centres: tuple[complex, complex], rim: float, orders: int
) -> tuple[Array, Array]:
    """Each term and its slope along `outward` at points of the plane: sources less their images."""
    values: list[Array] = []
    slopes: list[Array] = []
    for centre in centres:
        here, mirrored = at - centre, np.conj(at) - centre
        values.append(np.log(np.abs(here)) - np.log(np.abs(mirrored)))
        slopes.append(np.real(outward / here) - np.real(np.conj(outward) / mirrored))
        for m in range(1, orders + 1):
            near, far = (rim / here) ** m, (rim / mirrored) ** m
            for part in (np.real, np.imag):
                values.append(part(near) - part(far))
                slopes.append(part(-m * near / here * outward) - part(-m * far / mirrored * np.conj(outward)))
    return np.stack(values, axis=1), np.stack(slopes, axis=1)


def _inside(angle: Array, pipe: float, rim: float, orders: int) -> tuple[Array, Array]:
    """Terms of the insulation and their slopes at its rim: all zero on the steel."""
    values, slopes = [np.full(angle.size, math.log(rim / pipe))], [np.full(angle.size, 1.0 / rim)]
    for m in range(1, orders + 1):
        shrink = (pipe / rim) ** (2 * m)
        for course in (np.cos(m * angle), np.sin(m * angle)):
            values.append((1.0 - shrink) * course)
            slopes.append(m * (1.0 + shrink) / rim * course)
    return np.stack(values, axis=1), np.stack(slopes, axis=1)
