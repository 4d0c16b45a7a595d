"""What the documents need of a finished run, read from its folder: nothing is simulated again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from twin.assumptions import Provenance, provenance
from twin.config import read_config
from twin.district.plan import DistrictPlan, read_plan
from twin.economics import OPEX_ITEMS
from twin.schema import TwinConf
from twin.store import CONFIG_FILE, RUN_FILE, read_summary, read_tree

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

# what an hour may hold: variable of run.nc and its group; the documents leave out what a run has not
_SERIES = {
    "dry_bulb": ("year", "dry_bulb"),
    "it_power": ("year", "it_power"),
    "facility_power": ("year", "facility_power"),
    "water": ("year", "water_flow"),
    "available": ("year", "heat_available"),
    "source": ("year", "fws_return"),
    "demand": ("district", "heat_demand"),
    "taken": ("district", "heat_taken"),
    "delivered": ("district", "heat_delivered"),
    "pump_power": ("district", "heat_pump_power"),
    "supply": ("district", "network_supply"),
    "back": ("district", "network_return"),
}
_OPTIONAL = {
    "charge": ("district", "storage_charge"),
    "discharge": ("district", "storage_discharge"),
    "content": ("district", "storage_content"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hourly series of a year (n,): powers and heat flows [W], temperatures [K], water [kg/s].

    limit      what keeps the hour from delivering more, as an index into `limits`
    month      0 = January
    charge, discharge [W], content [J]   of a storage, None without one
    """

    time: NDArray[np.datetime64]
    month: NDArray[np.int64]
    dry_bulb: Array
    it_power: Array
    facility_power: Array
    water: Array
    available: Array
    source: Array
    demand: Array
    taken: Array
    delivered: Array
    pump_power: Array
    supply: Array
    back: Array
    limit: NDArray[np.int64]
    limits: tuple[str, ...]
    charge: Array | None = None
    discharge: Array | None = None
    content: Array | None = None

    @property
    def vented(self) -> Array:
        return self.available - self.taken

    def by_month(self, values: Array) -> Array:
        """(12,) sums of an hourly series: [W h] of [W]."""
        return np.asarray(np.bincount(self.month, weights=values, minlength=12), dtype=np.float64)

    def limit_shares(self) -> dict[str, float]:
        """Share of the hours by what limits them, the largest first; none that never happens."""
        count = np.bincount(self.limit, minlength=len(self.limits)) / self.limit.size
        pairs = sorted(zip(count, self.limits, strict=True), reverse=True)
        return {name: float(share) for share, name in pairs if share > 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRun:
    """A finished run as the documents see it."""

    folder: Path
    summary: dict[str, Any]
    conf: TwinConf
    hours: Hours
    plan: DistrictPlan
    hypotheses: tuple[Provenance, ...]
    warnings: tuple[str, ...]
    program: str
    cascade: dict[str, tuple[float, float]]  # (hot, cold) of each circuit [K]

    @property
    def recovers(self) -> bool:
        """Whether heat reaches a network."""
        return bool(self.summary["heat"]["delivered_GWh"])

    @property
    def coverage(self) -> float:
        """Share of the year's demand delivered [-]; 0 without demand."""
        demand = float(self.hours.demand.sum())
        return float(self.hours.delivered.sum()) / demand if demand > 0.0 else 0.0

    @property
    def created(self) -> date:
        return datetime.fromisoformat(self.summary["created"]).date()


def read_run(folder: Path) -> HeatRun:
    """Read a run folder.

    Raises InputError where it holds no finished run, or one of a version that stored less.
    """
    require(folder.is_dir(), f"{folder} is no run folder", hint="`twin runs` lists the finished runs")
    summary = read_summary(folder)
    economics = summary.get("economics", {})
    if "pump_MWh" not in economics or not set(OPEX_ITEMS) <= set(economics.get("opex_EUR_a", {})):
        raise InputError(
            f"{folder} was made by an earlier version and lacks figures of the economics\n"
            "  try: run it again with the same run.name"
        )
    conf = read_config(folder / CONFIG_FILE)
    tree = read_tree(folder / RUN_FILE)
    for group in ("year", "district"):
        require(group in tree.children, f"{folder / RUN_FILE} holds no group {group!r}", hint="run it again")
    district = tree["district"].to_dataset()
    return HeatRun(
        folder=folder,
        summary=summary,
        conf=conf,
        hours=_hours(tree),
        plan=read_plan(district),
        hypotheses=provenance(conf),
        warnings=tuple(line for line in str(tree.attrs.get("warnings", "")).splitlines() if line),
        program=str(tree.attrs.get("source", "")),
        cascade=_cascade(tree),
    )


def _hours(tree: xr.DataTree) -> Hours:
    time = np.asarray(tree["year"]["time"].values)
    found = {
        name: np.asarray(tree[group][variable].values, float) for name, (group, variable) in _SERIES.items()
    }
    for name, (group, variable) in _OPTIONAL.items():
        if variable in tree[group].data_vars:
            found[name] = np.asarray(tree[group][variable].values, float)
    limit = tree["district"]["limit"]
    return Hours(
        time=time,
        month=time.astype("datetime64[M]").astype(np.int64) % 12,
        limit=np.asarray(limit.values, np.int64),
        limits=tuple(str(limit.attrs["flag_meanings"]).split()),
        **found,
    )


def _cascade(tree: xr.DataTree) -> dict[str, tuple[float, float]]:
    """(hot, cold) [K] on the way of the heat, means weighted by flow or heat delivered."""
    found: dict[str, tuple[float, float]] = {}
    if "loop" in tree.children:
        loop = tree["loop"].to_dataset()
        junction = np.asarray(loop["gpu_junction"].values, float)
        if np.isfinite(junction).any():
            found["junction"] = (float(np.nanmax(junction)), float(np.nanmin(junction)))
        for name, hot, cold, weight in (
            ("tcs", "rack_return", "rack_supply", "rack_flow"),
            ("fws", "cdu_fws_return", "cdu_fws_supply", "cdu_fws_flow"),
        ):
            found[name] = (_mean(loop[hot], loop[weight]), _mean(loop[cold], loop[weight]))
    district = tree["district"].to_dataset()
    delivered = district["heat_delivered"]
    if float(delivered.sum()) > 0.0:
        found["network"] = (
            _mean(district["network_supply"], delivered),
            _mean(district["network_return"], delivered),
        )
    return {name: pair for name, pair in found.items() if all(np.isfinite(pair))}


def _mean(values: xr.DataArray, weights: xr.DataArray) -> float:
    v, w = np.ravel(values.values).astype(float), np.ravel(weights.values).astype(float)
    good = np.isfinite(v) & np.isfinite(w) & (w > 0.0)
    return float(np.average(v[good], weights=w[good])) if good.any() else float("nan")
