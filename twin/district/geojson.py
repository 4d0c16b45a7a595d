"""GeoJSON (RFC 7946) in: lines and points of a network, as the open French traces have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geometry.errors import InputError, require
from geometry.grid import Array
from twin.district.places import LAMBERT_93, Area, check_places, to_degrees

_DEGREES = ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326")
_METRES = ("EPSG:2154", "urn:ogc:def:crs:EPSG::2154")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a trace: places (n, 2) longitude, latitude [deg]; name and properties of its feature."""

    name: str
    places: Array
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of a trace [deg]: a substation, a source."""

    name: str
    longitude: float
    latitude: float
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    lines: tuple[Line, ...]
    points: tuple[Point, ...]


def read_trace(path: str | Path, area: Area) -> Trace:
    """Lines (LineString, MultiLineString) and points of a GeoJSON file, inside an area.

    Heights are dropped; files of the older format in Lambert-93 are turned into degrees. Raises InputError,
    naming the file and the feature, for what is no GeoJSON, for an unknown coordinate system, coordinates
    that are no numbers, exchanged, or outside the area, and for lines of one place or of no length.
    """
    file = Path(path)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"network trace {file}: {getattr(error, 'strerror', None) or error}") from error
    except json.JSONDecodeError as error:
        raise InputError(f"network trace {file}: not JSON, line {error.lineno}: {error.msg}") from error
    try:
        return _trace(content, area)
    except InputError as error:
        raise InputError(f"network trace {file}: {error}") from error


def _trace(content: Any, area: Area) -> Trace:
    kinds = "FeatureCollection, Feature or a geometry"
    require(isinstance(content, dict) and "type" in content, f"no GeoJSON object: {kinds} is needed")
    metres = _in_metres(content.get("crs"))
    features = content.get("features") if content["type"] == "FeatureCollection" else [content]
    require(isinstance(features, list) and bool(features), "no features in it")
    lines: list[Line] = []
    points: list[Point] = []
    for number, feature in enumerate(features, start=1):
        require(isinstance(feature, dict), f"feature {number} is no object")
        bare = feature.get("type") != "Feature"
        geometry = feature if bare else feature.get("geometry")
        if geometry is None:  # networks without a trace are features without geometry
            continue
        found = {} if bare else (feature.get("properties") or {})
        name = str(found.get("nom") or found.get("name") or found.get("nom_reseau") or f"feature {number}")
        for part, places in enumerate(_parts(geometry, f"feature {number}"), start=1):
            label = name if part == 1 else f"{name}, part {part}"
            degrees = to_degrees(places) if metres else places
            check_places(degrees, area, label)
            if geometry["type"] in ("Point", "MultiPoint"):
                lon, lat = map(float, degrees[0])
                points.append(Point(name=label, longitude=lon, latitude=lat, properties=found))
                continue
            require(len(degrees) > 1, f"{label}: a line of one place")
            require(bool(np.any(degrees != degrees[0])), f"{label}: a line of no length")
            lines.append(Line(name=label, places=degrees, properties=found))
    return Trace(lines=tuple(lines), points=tuple(points))


def _in_metres(crs: Any) -> bool:
    """Whether coordinates are metres of Lambert-93; InputError for one that is not known."""
    if crs is None:
        return False
    name = str(crs.get("properties", {}).get("name", crs)) if isinstance(crs, dict) else str(crs)
    require(
        name in (*_DEGREES, *_METRES),
        f"unknown coordinate system '{name}'",
        hint=f"WGS 84, or Lambert-93 (EPSG:{LAMBERT_93}); ogr2ogr -t_srs EPSG:4326 out.json in.json",
    )
    return name in _METRES


def _parts(geometry: Any, where: str) -> list[Array]:
    """Places (n, 2) of every line or point of a geometry."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    given = geometry.get("coordinates") if isinstance(geometry, dict) else None
    wrap: dict[str, Any] = {"Point": [[given]], "LineString": [given], "MultiLineString": given}
    if kind == "MultiPoint":
        wrap["MultiPoint"] = [[place] for place in given or []]
    require(kind in wrap, f"{where}: geometry {kind!r}: a line or a point is needed")
    try:
        return [np.array([[float(v) for v in place[:2]] for place in part]) for part in wrap[str(kind)]]
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: coordinates that are no numbers ({error})") from error
