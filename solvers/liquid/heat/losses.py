"""What a metre of pipe loses and stores: resistances of layers, soil and surface, capacity of the wall.

loss per metre and kelvin = 1 / (sum of resistances)      [W/(m K)] from [m K/W]
"""

from __future__ import annotations

import math

from geometry.errors import require, require_range


def layer_resistance(inner: float, outer: float, conductivity: float) -> float:
    """Of a cylindrical layer between two diameters [m], ln(outer/inner) / (2 pi k) [m K/W].

    conductivity [W/(m K)]. Source: Incropera et al. 2011, eq. 3.33. InputError for a layer turned inside out.
    """
    require(0.0 < inner <= outer, f"layer of pipe from {inner:g} m to {outer:g} m: diameters must grow")
    require(conductivity > 0.0, f"conductivity of a layer = {conductivity:g} W/(m K): must be positive")
    return math.log(outer / inner) / (2.0 * math.pi * conductivity)


def surface_resistance(diameter: float, coefficient: float) -> float:
    """Between a surface of this diameter [m] and the air around it, 1 / (pi d h) [m K/W].

    coefficient of convection and radiation together [W/(m2 K)]
    """
    require(diameter > 0.0, f"diameter of a surface = {diameter:g} m: must be positive")
    require(coefficient > 0.0, f"coefficient at a surface = {coefficient:g} W/(m2 K): must be positive")
    return 1.0 / (math.pi * diameter * coefficient)


def soil_resistance(depth: float, diameter: float, conductivity: float) -> float:
    """From a buried cylinder to the surface of the ground, arcosh(2 z / d) / (2 pi k) [m K/W], steady.

    depth of the centre and outer diameter [m], conductivity of the soil [W/(m K)]: 1 dry sand to 2 wet clay.
    Source: Incropera et al. 2011, table 4.1, case 2.
    """
    require(conductivity > 0.0, f"conductivity of soil = {conductivity:g} W/(m K): must be positive")
    require(diameter > 0.0, f"outer diameter of a buried pipe = {diameter:g} m: must be positive")
    require_range("depth of a buried pipe", depth, 0.5 * diameter, 1e3, "m", hint="the depth of its centre")
    return math.acosh(max(2.0 * depth / diameter, 1.0)) / (2.0 * math.pi * conductivity)


def loss_per_metre(*resistances: float) -> float:
    """Conductance of layers in series [W/(m K)], from resistances [m K/W]."""
    total = math.fsum(resistances)
    require(total > 0.0, f"resistance between pipe and surroundings = {total:g} m K/W: must be positive")
    return 1.0 / total


def wall_per_metre(inner: float, outer: float, density: float, heat_capacity: float) -> float:
    """Heat capacity of a wall between two diameters [m], [J/(m K)]; density [kg/m3], capacity [J/(kg K)]."""
    require(0.0 < inner <= outer, f"wall of pipe from {inner:g} m to {outer:g} m: diameters must grow")
    require(density > 0.0 and heat_capacity > 0.0, "density and heat capacity of a wall must be positive")
    return 0.25 * math.pi * (outer**2 - inner**2) * density * heat_capacity
