"""What a run knows of its district: trunk and pipes on the map, substations, demand by class, heat sources.

Stored in the group `district` of run.nc by `plan_dataset`, read back by `read_plan`: maps and exports
need no second run. Places are WGS 84 degrees, everything else is SI.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from geometry.grid import Array
from twin.results.dataset import to_dataset

if TYPE_CHECKING:
    import xarray as xr


class SegmentKind(IntEnum):
    TRUNK = 0  # from the site to the network
    NETWORK = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A pair of pipes along a line on the map.

    longitude, latitude  (n,) of its vertices [deg]; the trunk's run from the site to the network
    length               along the ground [m]; may exceed that of the line drawn where only it is known
    nominal, lines       DN of each pipe, pairs in parallel
    supply, back         design temperatures [K]
    loss                 of supply and return together, mean of the hours in use [W]
    """

    name: str
    kind: SegmentKind
    longitude: Array
    latitude: Array
    length: float
    nominal: int
    lines: int
    supply: float
    back: float
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Substation:
    """Where a building takes its heat: place [deg], heat of the year [J], largest hourly power [W], use."""

    name: str
    longitude: float
    latitude: float
    annual_heat: float
    peak: float
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDemand:
    """Heat that a class of buildings takes at its substations, by hour (n,) [W]."""

    name: str
    use: str
    heat: Array

    @property
    def annual(self) -> float:
        """[J]"""
        return 3600.0 * float(self.heat.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSource:
    """A producer of the network: capacity [W], marginal cost [EUR/MWh], carbon [kg/J], place in the order.

    rank: 0 runs first; before_site: whether it runs before the heat of the site.
    """

    name: str
    kind: str
    capacity: float
    cost: float
    carbon: float
    rank: int
    before_site: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictPlan:
    """The district of a run.

    segments          trunk first
    perimeter         (n, 2) longitude, latitude [deg], or empty
    trunk_arrival     by hour: supply temperature behind the trunk [K]
    trunk_pump_power  by hour: electric power of its pumps [W]; None where the trunk was not modelled
    """

    segments: tuple[Segment, ...]
    substations: tuple[Substation, ...]
    classes: tuple[ClassDemand, ...]
    sources: tuple[PlannedSource, ...]
    perimeter: Array
    trunk_arrival: Array | None = None
    trunk_pump_power: Array | None = None

    @property
    def trunk(self) -> tuple[Segment, ...]:
        return tuple(s for s in self.segments if s.kind is SegmentKind.TRUNK)


def plan_dataset(plan: DistrictPlan) -> xr.Dataset:
    """Variables and coordinates of a plan, for the group `district` of run.nc."""
    parts: dict[str, tuple[Any, dict[str, Any]]] = {
        "segment": (plan.segments, _segments(plan.segments)),
        "substation": (
            plan.substations,
            {
                "substation_longitude": np.array([s.longitude for s in plan.substations]),
                "substation_latitude": np.array([s.latitude for s in plan.substations]),
                "substation_heat": np.array([s.annual_heat for s in plan.substations]),
                "substation_peak": np.array([s.peak for s in plan.substations]),
            },
        ),
        "class": (plan.classes, {"class_demand": np.array([c.heat for c in plan.classes], dtype=np.float32)}),
        "producer": (
            plan.sources,
            {
                "producer_capacity": np.array([s.capacity for s in plan.sources]),
                "producer_cost": np.array([s.cost for s in plan.sources]),
                "producer_carbon": np.array([s.carbon for s in plan.sources]),
                "producer_rank": np.array([s.rank for s in plan.sources]),
                "producer_before_site": np.array([int(s.before_site) for s in plan.sources], dtype=np.int8),
            },
        ),
    }
    values: dict[str, Any] = {}
    coords: dict[str, Any] = {}
    for dimension, (items, found) in parts.items():
        if items:
            values |= found
            coords[dimension] = (dimension, [item.name for item in items])
    for dimension, label, kinds in (
        ("substation", "substation_use", [s.use for s in plan.substations]),
        ("class", "class_use", [c.use for c in plan.classes]),
        ("producer", "producer_kind", [s.kind for s in plan.sources]),
    ):
        if kinds:
            coords[label] = (dimension, kinds)
    if plan.perimeter.size:
        values["perimeter_longitude"], values["perimeter_latitude"] = plan.perimeter.T
    if plan.trunk_arrival is not None and plan.trunk_pump_power is not None:
        values |= {"trunk_arrival": plan.trunk_arrival, "trunk_pump_power": plan.trunk_pump_power}
    return to_dataset("district", values, coords)


def producers_heat(sources: tuple[PlannedSource, ...], demand: Array, delivered: Array) -> Array:
    """(ns, n) heat of each producer by hour [W]: before the site those that run before it, then the others,
    each in merit order. demand, and what the site and its boiler deliver (n,) [W]."""
    heat = np.zeros((len(sources), demand.size))
    left = np.maximum(demand, 0.0)
    for before in (True, False):
        for i in sorted(range(len(sources)), key=lambda i: sources[i].rank):
            if sources[i].before_site is before:
                heat[i] = np.minimum(left, sources[i].capacity)
                left = left - heat[i]
        if before:
            left = np.maximum(left - delivered, 0.0)
    return heat


def _segments(segments: tuple[Segment, ...]) -> dict[str, Any]:
    if not segments:
        return {}
    return {
        "vertex_longitude": np.concatenate([s.longitude for s in segments]),
        "vertex_latitude": np.concatenate([s.latitude for s in segments]),
        "vertex_segment": np.repeat(np.arange(len(segments)), [s.longitude.size for s in segments]),
        "segment_kind": np.array([int(s.kind) for s in segments], dtype=np.int8),
        "segment_length": np.array([s.length for s in segments]),
        "segment_nominal": np.array([s.nominal for s in segments]),
        "segment_lines": np.array([s.lines for s in segments]),
        "segment_supply": np.array([s.supply for s in segments]),
        "segment_return": np.array([s.back for s in segments]),
        "segment_loss": np.array([s.loss for s in segments]),
    }


def read_plan(district: xr.Dataset) -> DistrictPlan:
    """The plan of a finished run, from the group `district` of its run.nc; empty parts where it has none."""
    sizes = district.sizes

    def rows(name: str, dimension: str) -> Array:
        return np.asarray(district[name].values) if dimension in sizes else np.empty(0)

    def names(label: str, dimension: str) -> list[str]:
        return [str(v) for v in district[label].values] if dimension in sizes else []

    of = rows("vertex_segment", "vertex")
    lon, lat = rows("vertex_longitude", "vertex"), rows("vertex_latitude", "vertex")
    columns = [
        rows(f"segment_{c}", "segment")
        for c in ("kind", "length", "nominal", "lines", "supply", "return", "loss")
    ]
    segments = tuple(
        Segment(
            name=name,
            kind=SegmentKind(int(kind)),
            longitude=lon[of == i],
            latitude=lat[of == i],
            length=float(length),
            nominal=int(nominal),
            lines=int(lines),
            supply=float(supply),
            back=float(back),
            loss=float(loss),
        )
        for i, (name, kind, length, nominal, lines, supply, back, loss) in enumerate(
            zip(names("segment", "segment"), *columns, strict=True)
        )
    )
    places = [rows(f"substation_{c}", "substation") for c in ("longitude", "latitude", "heat", "peak")]
    substations = tuple(
        Substation(
            name=name,
            use=use,
            longitude=float(x),
            latitude=float(y),
            annual_heat=float(heat),
            peak=float(peak),
        )
        for name, use, x, y, heat, peak in zip(
            names("substation", "substation"), names("substation_use", "substation"), *places, strict=True
        )
    )
    classes = tuple(
        ClassDemand(name=name, use=use, heat=np.asarray(heat, dtype=np.float64))
        for name, use, heat in zip(
            names("class", "class"), names("class_use", "class"), rows("class_demand", "class"), strict=True
        )
    )
    figures = [
        rows(f"producer_{c}", "producer") for c in ("capacity", "cost", "carbon", "rank", "before_site")
    ]
    sources = tuple(
        PlannedSource(
            name=name,
            kind=kind,
            capacity=float(capacity),
            cost=float(cost),
            carbon=float(carbon),
            rank=int(rank),
            before_site=bool(before),
        )
        for name, kind, capacity, cost, carbon, rank, before in zip(
            names("producer", "producer"), names("producer_kind", "producer"), *figures, strict=True
        )
    )
    hourly = {
        name: np.asarray(district[name].values) if name in district else None
        for name in ("trunk_arrival", "trunk_pump_power")
    }
    corners = [rows(f"perimeter_{c}", "corner") for c in ("longitude", "latitude")]
    return DistrictPlan(
        segments=segments,
        substations=substations,
        classes=classes,
        sources=sources,
        perimeter=np.stack(corners, axis=1) if corners[0].size else np.empty((0, 2)),
        trunk_arrival=hourly["trunk_arrival"],
        trunk_pump_power=hourly["trunk_pump_power"],
    )
