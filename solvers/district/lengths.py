"""Losses of a network of which only the length is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.district.buried import InsulatedPipe, Soil, pair_conductance


def mean_diameter(heat_per_metre: float) -> float:
    """Mean bore [m] of networks that sell this much in a year per metre of trench [J/m].

    Persson and Werner 2011 (Applied Energy 88, 568-576): 0.0486 ln(q) + 0.0007 with q in GJ/m, of 134 Swedish
    networks, 1.5 < q < 50. Raises InputError outside.
    """
    q = 1e-9 * heat_per_metre
    require(
        1.5 < q < 50.0,
        f"linear heat density = {q / 3.6:.3g} MWh/m: outside 0.42..13.9, where mean diameters were measured",
        hint="district.pipes.length_km of the trench, one way; or network_efficiency",
    )
    return 0.0486 * math.log(q) + 0.0007


def network_losses(
    pipes: Sequence[InsulatedPipe],
    *,
    length: float,
    annual_heat: float,
    soil: Soil,
    supply: Array,
    back: Array,
    ground: Array,
) -> Array:
    """(n,) heat that supply and return of a network of this length [m] lose by hour [W].

    Conductances are those of the mean diameter, between the sizes of `pipes` by interpolation; temperatures
    [K] are those at the plant, so the losses are high by what pipes cool on the way.
    """
    require(length > 0.0, f"length of the network = {length:g} m: must be positive")
    sizes = np.array([pipe.inner for pipe in pipes])
    both = np.array([pair_conductance(pipe, soil).both for pipe in pipes])
    per_metre = float(np.interp(mean_diameter(annual_heat / length), sizes, both))
    return np.asarray(length * per_metre * (supply + back - 2.0 * ground))
