"""Places on the map: checked, and projected to metres (RGF93 / Lambert-93, EPSG:2154).

Degrees are WGS 84, longitude first, as GeoJSON (RFC 7946) has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array

LAMBERT_93 = 2154  # EPSG


class Area(NamedTuple):
    """A box [deg]."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: Array, latitude: Array) -> np.ndarray:
        return (
            (longitude >= self.west)
            & (longitude <= self.east)
            & (latitude >= self.south)
            & (latitude <= self.north)
        )

    def __str__(self) -> str:
        return f"longitude {self.west:g}..{self.east:g}, latitude {self.south:g}..{self.north:g} deg"


FRANCE = Area(-5.5, 41.0, 10.0, 51.5)  # where Lambert-93 is the French projection


def area_of(degrees: Sequence[float]) -> Area:
    """The box declared as west, south, east, north; France where none is. InputError for another form."""
    if not degrees:
        return FRANCE
    require(
        len(degrees) == 4,
        f"district.area_deg has {len(degrees)} values: west, south, east, north are needed",
    )
    area = Area(*degrees)
    require(
        area.west < area.east and area.south < area.north,
        f"district.area_deg = {list(degrees)}: west < east and south < north are needed",
    )
    require(
        bool(FRANCE.holds(np.array(area[::2]), np.array(area[1::2])).all()),
        f"district.area_deg = {list(degrees)}: outside {FRANCE}, where lengths are measured in Lambert-93",
    )
    return area


def check_places(places: Array, area: Area, what: str) -> None:
    """Raise InputError unless all places (n, 2) [deg] are numbers inside the area; told which, and if the two
    coordinates look exchanged."""
    require(
        places.ndim == 2 and places.shape[1] == 2 and len(places) > 0,
        f"{what}: places must be pairs of longitude and latitude",
    )
    require(bool(np.isfinite(places).all()), f"{what}: a coordinate is no number")
    outside = np.flatnonzero(~area.holds(*places.T))
    if not outside.size:
        return
    lon, lat = places[outside[0]]
    if area.holds(*places.T[::-1]).all():
        raise InputError(
            f"{what}: its coordinates are in the wrong order ({lon:g}, {lat:g}): longitude comes first\n"
            f"  try: [{lat:g}, {lon:g}]"
        )
    raise InputError(
        f"{what}: place {outside[0] + 1} of {len(places)} ({lon:g}, {lat:g}) lies outside the declared area "
        f"({area})\n  try: a wider district.area_deg, or another place"
    )


def to_metres(places: Array) -> Array:
    """(n, 2) easting and northing in Lambert-93 [m] of longitude, latitude [deg]."""
    from pyproj import Transformer

    project = Transformer.from_crs(4326, LAMBERT_93, always_xy=True)
    return np.stack(project.transform(*np.asarray(places, dtype=np.float64).T), axis=1)


def to_degrees(metres: Array, epsg: int = LAMBERT_93) -> Array:
    """(n, 2) longitude, latitude [deg] of coordinates in a projected system [m]."""
    from pyproj import Transformer

    project = Transformer.from_crs(epsg, 4326, always_xy=True)
    return np.stack(project.transform(*np.asarray(metres, dtype=np.float64).T), axis=1)


def line_length(places: Array) -> float:
    """Length [m] of a line of places (n, 2) [deg], in Lambert-93: within 1 per mille of the ground."""
    return float(np.linalg.norm(np.diff(to_metres(places), axis=0), axis=1).sum())
