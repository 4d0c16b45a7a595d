"""The scheme on the map: GeoJSON (RFC 7946) and GeoPackage (Lambert-93), with French networks' field names.

Layers: `source` (the site), `trace` (pipes), `sous_stations`, `perimetre`, and `reseau`, one line of figures
by the names the open data of French heat networks use. Coordinates are longitude, latitude in WGS 84; the
GeoPackage is in RGF93 / Lambert-93 (EPSG:2154), in which French administrations work.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from twin.district.plan import SegmentKind
from twin.export.record import HeatRun
from twin.export.words import Language, words_of
from twin.store import whole_file, write_text
from twin.units import KW, MWH, to_celsius

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

Array = NDArray[np.float64]

WGS84, LAMBERT_93 = "EPSG:4326", "EPSG:2154"
GPKG_VERSION = "1.2"  # which older readers know too: QGIS 3.22 with its GDAL warns of 1.4
DIGITS = 7  # of a degree: 1 cm
MARGIN = 500.0  # assumption: of the perimeter around route and substations, where none is declared [m]
FRANCE = (-10.0, 12.0, 41.0, 52.0)  # longitudes and latitudes Lambert-93 is made for, with a margin [deg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A thing on the map: layer, shape in WGS 84, and its fields."""

    layer: str
    shape: BaseGeometry
    fields: dict[str, Any]


def features(run: HeatRun) -> tuple[Feature, ...]:
    """Everything a run can place. Raises InputError for places outside the area of Lambert-93."""
    from shapely.geometry import LineString, Point, Polygon

    conf, plan, hours, french = run.conf, run.plan, run.hours, words_of(Language.FR)
    site = conf.site
    found = [
        Feature(
            layer="source",
            shape=Point(site.longitude_deg, site.latitude_deg),
            fields={
                "nom": french.note(site.title),
                "p_th_kw": round(float(hours.available.mean()) / KW, 1),
                "p_th_max_kw": round(float(hours.available.max()) / KW, 1),
                "t_c": _rounded(run.summary["heat"]["offered_temperature_C"], 1),
                "gisement_mwh": round(float(hours.available.sum()) * 3600.0 / MWH, 1),
                "chaleur_prelevee_mwh": round(float(hours.taken.sum()) * 3600.0 / MWH, 1),
                "position": "approximative",
            },
        )
    ]
    for segment in plan.segments:
        found.append(
            Feature(
                layer="trace",
                shape=LineString(np.stack((segment.longitude, segment.latitude), axis=1)),
                fields={
                    "nom": french.pipe(segment.name),
                    "type": "liaison" if segment.kind is SegmentKind.TRUNK else "reseau",
                    "dn_mm": segment.nominal,
                    "nb_paires": segment.lines,
                    "longueur_m": round(segment.length, 1),
                    "t_depart_c": _rounded(to_celsius(segment.supply), 1),
                    "t_retour_c": _rounded(to_celsius(segment.back), 1),
                    "pertes_kw": _rounded(segment.loss / KW, 2),
                },
            )
        )
    for each in plan.substations:
        found.append(
            Feature(
                layer="sous_stations",
                shape=Point(each.longitude, each.latitude),
                fields={
                    "nom": each.name,
                    "mwh_an": round(each.annual_heat / MWH, 1),
                    "kw": round(each.peak / KW, 1),
                    "usage": french.known("uses", each.use),
                    "adresse": None,
                    "id_bdnb": None,
                },
            )
        )
    for feature in found:
        _check_place(feature)
    declared = plan.perimeter.size > 0
    shape = Polygon(plan.perimeter) if declared else _around([f.shape for f in found if f.layer != "source"])
    if shape is not None:
        fields = {
            "nom": french.note(conf.district.title),
            "origine": "declare" if declared else f"tampon de {MARGIN:.0f} m",
        }
        found.append(Feature(layer="perimetre", shape=shape, fields=fields))
    return tuple(found)


def network_fields(run: HeatRun) -> dict[str, Any]:
    """The network by the field names of the open data of French heat networks (France Chaleur Urbaine)."""
    heat, conf, plan, hours = run.summary["heat"], run.conf.district, run.plan, run.hours
    economics = run.summary["economics"]
    pipes = sum(s.length for s in plan.segments if s.kind is SegmentKind.NETWORK)
    sold = float(hours.demand.sum()) * 3600.0 / MWH * economics["network_efficiency"]
    return {
        "nom_reseau": words_of(Language.FR).note(conf.title),
        "longueur_reseau": round(pipes / 1e3, 3) if pipes else None,
        "longueur_liaison_km": round(economics["sizes"]["trunk_m"] / 1e3, 3),
        "nb_pdl": len(plan.substations) or None,
        "logements_equivalents": round(conf.dwellings),
        "livraisons_totale_MWh": round(sold, 1),
        "production_totale_MWh": round(float(hours.demand.sum()) * 3600.0 / MWH, 1),
        "prod_MWh_chaleur_recuperee": round(float(hours.delivered.sum()) * 3600.0 / MWH, 1),
        "electricite_PAC_MWh": round(float(hours.pump_power.sum()) * 3600.0 / MWH, 1),
        "Rend%": round(100.0 * economics["network_efficiency"], 1),
        "contenu_CO2_ACV_evite_t": _rounded(heat["co2_avoided_t"], 1),
    }


def write_geojson(run: HeatRun, path: Path) -> None:
    """All layers as one RFC 7946 collection: WGS 84, rings by the right-hand rule, 7 decimals; whole."""
    from shapely.geometry import mapping
    from shapely.geometry.polygon import orient

    found = []
    for number, feature in enumerate(features(run), start=1):
        shape: Any = feature.shape
        if shape.geom_type == "Polygon":
            shape = orient(shape, sign=1.0)  # exterior ring counter-clockwise
        geometry = mapping(shape)
        found.append(
            {
                "type": "Feature",
                "id": number,
                "geometry": {
                    "type": geometry["type"],
                    "coordinates": _round_all(geometry["coordinates"]),
                },
                "properties": {"couche": feature.layer, **feature.fields},
            }
        )
    bounds = np.array([feature.shape.bounds for feature in features(run)])
    content = {
        "type": "FeatureCollection",
        "bbox": [round(float(v), DIGITS) for v in (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))],
        "features": found,
        "reseau": network_fields(run),
    }
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_geopackage(run: HeatRun, path: Path) -> None:
    """One layer each, in Lambert-93, and `reseau` as a table on the site's point; whole."""
    import geopandas as gpd

    found = features(run)
    layers: dict[str, GeoDataFrame] = {}
    for layer in dict.fromkeys(feature.layer for feature in found):
        part = [feature for feature in found if feature.layer == layer]
        layers[layer] = gpd.GeoDataFrame(
            [feature.fields for feature in part], geometry=[f.shape for f in part], crs=WGS84
        ).to_crs(LAMBERT_93)
    layers["reseau"] = gpd.GeoDataFrame([network_fields(run)], geometry=[found[0].shape], crs=WGS84).to_crs(
        LAMBERT_93
    )
    with TemporaryDirectory() as folder, whole_file(path) as temporary:
        made = Path(folder) / "layers.gpkg"
        for name, frame in layers.items():
            options = {} if made.exists() else {"VERSION": GPKG_VERSION}
            frame.to_file(made, layer=name, driver="GPKG", engine="pyogrio", dataset_options=options)
        temporary.write_bytes(made.read_bytes())


def to_lambert(longitude: Any, latitude: Any) -> tuple[Array, Array]:
    """Easting and northing in Lambert-93 [m] of places in degrees."""
    from pyproj import Transformer

    change = Transformer.from_crs(WGS84, LAMBERT_93, always_xy=True)
    x, y = change.transform(np.asarray(longitude, float), np.asarray(latitude, float))
    return np.asarray(x), np.asarray(y)


def _around(shapes: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """The convex hull of shapes with a margin, in WGS 84; None where there is nothing to go round."""
    if not shapes:
        return None
    import geopandas as gpd

    flat = gpd.GeoSeries(list(shapes), crs=WGS84).to_crs(LAMBERT_93)
    hull = gpd.GeoSeries([flat.union_all().convex_hull.buffer(MARGIN, quad_segs=4)], crs=LAMBERT_93)
    shape: BaseGeometry = hull.to_crs(WGS84).iloc[0]
    return shape


def _check_place(feature: Feature) -> None:
    west, east, south, north = FRANCE
    x0, y0, x1, y1 = feature.shape.bounds
    inside = west <= x0 and x1 <= east and south <= y0 and y1 <= north
    swapped = west <= y0 and y1 <= east and south <= x0 and x1 <= north
    require(
        inside,
        f"{feature.layer} {feature.fields['nom']!r} at longitude {x0:g}, latitude {y0:g}: outside mainland "
        f"France ({west:g}..{east:g}, {south:g}..{north:g} deg), which Lambert-93 is made for",
        hint="longitude and latitude look swapped" if swapped else "--to pdf,xlsx,csv need no map",
    )


def _round_all(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    return [_round_all(item) for item in value]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits)
