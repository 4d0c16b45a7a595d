"""Results -> run.nc and summary.json, the files other tools rely on."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin import __version__, metrics
from twin.assumptions import assumptions
from twin.dataset import to_dataset
from twin.grid_study_dataset import study_values
from twin.hall_reading_dataset import check_attributes, check_values, reading_values
from twin.identity import code_id, config_id
from twin.loop_dataset import loop_dataset
from twin.results_economics import economics_section, electricity_section
from twin.results_heat import reuse_section
from twin.store import RUN_FILE, SUMMARY_FILE, write_json, write_tree
from twin.uncertainty_dataset import sample_dataset, sample_summary
from twin.units import KPA, KW, MW, celsius, to_celsius
from twin.water_dataset import water_values
from twin.year_dataset import district_dataset, year_dataset

if TYPE_CHECKING:
    import xarray as xr

    from geometry.grid import Array
    from solvers.air.problem import AirSolution
    from twin.simulation import HallResult, Results

SCHEMA = "caloporteur-summary-1"
_WORST_FIRST = ("not_converged", "unsteady", "converged")


def write_results(
    folder: Path,
    results: Results,
    *,
    config_yaml: str,
    import_seconds: float,
    start: float,
    figures: Callable[[xr.DataTree], object] | None,
) -> dict[str, Any]:
    """Draw the figures, write run.nc and, last, summary.json: its presence says that the run is complete."""
    from twin.progress import stage

    begun = time.perf_counter()
    summary = summarise(results, folder.name)
    tree = to_tree(results)
    if figures is not None:
        with stage("figures", str(folder / "figures")):
            figures(tree)
    seconds = results.seconds
    timing = {
        "import": import_seconds,
        "compile": seconds["compile"],
        "hall": seconds["hall"],
        "loop": seconds["loop"],
        "year": seconds["year"],
    }
    with stage("write", str(folder / RUN_FILE)):
        tree.attrs.update(manifest(results, summary, config_yaml, timing))
        write_tree(folder / RUN_FILE, tree)
    now = time.perf_counter()
    summary["timing_s"] = timing | {"write": now - begun, "total": now - start}
    write_json(folder / SUMMARY_FILE, summary)
    return summary


def summarise(results: Results, run: str) -> dict[str, Any]:
    """The summary of the contract: numbers with their units in the names, None where a part is off."""
    worst = worst_hall(results)
    return {
        "schema": SCHEMA,
        "status": "complete",
        "hall_status": hall_status(results),
        "site": results.site.name,
        "run": run,
        "created": datetime.now().astimezone().isoformat(timespec="seconds"),
        "it": _it(results),
        "hall": _hall(results, worst),
        "loop": _loop(results),
        "year": asdict(results.summary.year),
        "heat": asdict(results.summary.heat),
        "electricity": electricity_section(results.electricity),
        "economics": economics_section(
            results.summary.ledger, results.summary.economics, results.conf.economics
        ),
        "reuse": reuse_section(results.year.dispatch, results.summary.limits, results.margins),
        "closure": _closure(results),
    } | ({"uncertainty": sample_summary(results.uncertainty)} if results.uncertainty else {})


def hall_status(results: Results) -> str:
    """The least settled status of all halls."""
    found = {hall.air.status.value for hall in results.halls}
    return next(status for status in _WORST_FIRST if status in found)


def worst_hall(results: Results) -> HallResult:
    """The hall with the hottest rack inlet: the one the summary describes."""
    return max(results.halls, key=lambda hall: float(np.max(hall.air.rack_inlet_max, initial=0.0)))


def _it(results: Results) -> dict[str, Any]:
    sizing = results.site.sizing
    return {
        "gpus": sizing.gpus,
        "racks": sizing.racks,
        "halls": sizing.halls,
        "power_MW": sizing.it_power / MW,
    }


def _hall(results: Results, hall: HallResult) -> dict[str, Any]:
    air, problem = hall.air, hall.model.air
    found: dict[str, Any] = dict.fromkeys(
        (
            "rack_inlet_mean_C", "rack_inlet_max_C", "hottest_rack", "hotspot_C", "hotspot_xyz_m",
            "air_heat_kW", "rci_hi_pct", "rti_pct", "shi",
        )
    )  # fmt: skip
    found = {"cells": problem.raster.grid.n_cells} | found
    if not problem.racks:
        return found
    flow = np.maximum(air.rack_flow, 0.0)
    heat = np.array([rack.heat for rack in problem.racks])
    supply = supplied_at(hall, celsius(results.conf.hall.supply_air_C))
    inlet = float(np.average(air.rack_inlet_mean, weights=flow))
    outlet = float(np.average(air.rack_outlet, weights=flow))
    hottest = int(np.argmax(air.rack_inlet_max))
    probes = np.concatenate((air.rack_inlet_bottom, air.rack_inlet_middle, air.rack_inlet_top))
    spot = hot_spot(hall)
    found |= {
        "rack_inlet_mean_C": to_celsius(inlet),
        "rack_inlet_max_C": to_celsius(float(air.rack_inlet_max[hottest])),
        "hottest_rack": problem.racks[hottest].name,
        "hotspot_C": to_celsius(spot.temperature),
        "hotspot_xyz_m": [spot.x, spot.y, spot.z],
        "air_heat_kW": float(heat.sum()) / KW,
        "rci_hi_pct": metrics.rci_high(probes),
    }
    if outlet > inlet:
        found["rti_pct"] = metrics.rti(air.return_temperature, supply, outlet - inlet)
        found["shi"] = metrics.shi(inlet, outlet, supply)
    return found


def supplied_at(hall: HallResult, set_point: float) -> float:
    """Temperature of the air blown into a hall [K]: the set point, or what its cooling units make of it."""
    air = hall.air
    if not air.unit_flow.sum() > 0.0:
        return set_point
    return float(np.average(air.unit_supply, weights=air.unit_flow))


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """The hottest air that a rack breathes: temperature [K], place [m], the rack behind it."""

    temperature: float
    x: float
    y: float
    z: float
    rack: str


def hot_spot(hall: HallResult) -> HotSpot:
    """The hottest cell of air before the racks of a hall, in the field as it is stored."""
    from solvers.air.problem import PorousRack

    raster, temperature = hall.model.air.raster, hall.air.state.temperature
    found = []
    for rack in hall.model.air.racks:
        front = raster.passages[rack.front] if isinstance(rack, PorousRack) else raster.ports[rack.intake]
        k, j, i = front.cells
        at = int(np.argmax(temperature[k, j, i]))
        found.append(
            HotSpot(
                temperature=float(temperature[k[at], j[at], i[at]]),
                x=float(raster.grid.x[i[at]]),
                y=float(raster.grid.y[j[at]]),
                z=float(raster.grid.z[k[at]]),
                rack=rack.name,
            )
        )
    return max(found, key=lambda spot: spot.temperature)


def _loop(results: Results) -> dict[str, Any]:
    """Mixed over the halls; flow and pump power are the site's, pressure drop and junction the worst."""
    keys = (
        "tcs_supply_C", "tcs_return_C", "fws_supply_C", "fws_return_C", "flow_kg_s", "pressure_drop_kPa",
        "pump_power_kW", "gpu_junction_max_C", "margin_K",
    )  # fmt: skip
    solved = [(hall.loop, hall.model.count) for hall in results.halls if hall.loop is not None]
    if not solved:
        return dict.fromkeys(keys)
    loops = [loop for loop, _ in solved]
    flow = np.array([loop.flow * count for loop, count in solved])
    fws_flow = np.array([loop.fws_flow * count for loop, count in solved])
    values = (
        to_celsius(float(np.average([loop.tcs_supply for loop in loops], weights=flow))),
        to_celsius(float(np.average([loop.tcs_return for loop in loops], weights=flow))),
        to_celsius(float(np.average([loop.fws_supply for loop in loops], weights=fws_flow))),
        to_celsius(float(np.average([loop.fws_return for loop in loops], weights=fws_flow))),
        float(flow.sum()),
        max(loop.pressure_drop for loop in loops) / KPA,
        sum(loop.pump_power * count for loop, count in solved) / KW,
        to_celsius(max(loop.junction_max for loop in loops)),
        min(loop.margin for loop in loops),
    )
    return dict(zip(keys, values, strict=True))


def _closure(results: Results) -> dict[str, Any]:
    loops = [hall.loop for hall in results.halls if hall.loop is not None]
    loops += [results.site_loop.solution] if results.site_loop is not None else []
    return {
        "air_mass": max(hall.air.air_mass for hall in results.halls),
        "air_energy": max(hall.air.air_energy for hall in results.halls),
        "loop_mass": max((loop.loop_mass for loop in loops), default=None),
        "loop_energy": max((loop.loop_energy for loop in loops), default=None),
        "year_energy": results.year.year_energy,
    }


def to_tree(results: Results) -> xr.DataTree:
    """The groups of run.nc."""
    import xarray as xr

    title, conf = results.site.title, results.conf
    groups = {
        "hall": hall_dataset(results),
        "year": year_dataset(results.year, title, results.electricity, results.summary.loop_error),
        "district": district_dataset(results.year, conf.district.title, results.plan),
    }
    if any(hall.loop is not None for hall in results.halls):
        groups["loop"] = loop_dataset(results)
    if results.uncertainty is not None:
        groups["uncertainty"] = sample_dataset(
            results.uncertainty, f"Uncertain inputs and results of {results.site.title}"
        )
    return xr.DataTree.from_dict(groups)


def hall_dataset(results: Results) -> xr.Dataset:
    """Fields and racks of the distinct halls; they share one grid."""
    grid = results.halls[0].model.air.raster.grid
    airs = [hall.air for hall in results.halls]
    solid = [hall.model.air.raster.solid for hall in results.halls]
    float32 = np.float32
    velocity = [cell_velocity(air) for air in airs]
    racks = [rack for hall in results.halls for rack in hall.model.hall.populated]
    kind = np.repeat(np.arange(len(airs)), [len(hall.model.hall.populated) for hall in results.halls])
    problems = [hall.model.air for hall in results.halls]
    flowing = bool(problems[0].racks)
    unheated = [0.0] * len(racks)

    def by_rack(name: str) -> Array:
        if not flowing:
            return np.full(len(racks), np.nan)
        return np.concatenate([getattr(air, name) for air in airs])

    values: dict[str, Any] = {
        "air_temperature": np.stack(
            [np.where(s, np.nan, air.state.temperature) for s, air in zip(solid, airs, strict=True)]
        ).astype(float32),
        "air_velocity_x": np.stack([v[0] for v in velocity]).astype(float32),
        "air_velocity_y": np.stack([v[1] for v in velocity]).astype(float32),
        "air_velocity_z": np.stack([v[2] for v in velocity]).astype(float32),
        "air_pressure": np.stack([air.state.pressure for air in airs]).astype(float32),
        "solid": np.stack(solid).astype(np.int8),
        "rack_heat_air": np.array([r.heat for p in problems for r in p.racks] if flowing else unheated),
        "rack_airflow": np.concatenate([air.rack_flow for air in airs]) if flowing else unheated,
        "rack_x": np.array([rack.box.centre[0] for rack in racks]),
        "rack_y": np.array([rack.box.centre[1] for rack in racks]),
        "iteration": np.concatenate([air.history["iteration"] for air in airs]),
        "inlet_drift": np.concatenate([air.history["inlet_drift"] for air in airs]),
        "air_energy_closure": np.concatenate([air.history["air_energy"] for air in airs]),
        "air_mass_closure": np.concatenate([air.history["air_mass"] for air in airs]),
        "kinetic_energy": np.concatenate(
            [p.properties.density * a.history["kinetic_energy"] for p, a in zip(problems, airs, strict=True)]
        ),
    }
    if flowing:
        values |= _inlet_histories(airs)
    for name in ("mean", "max", "bottom", "middle", "top"):
        values[f"rack_inlet_{name}"] = by_rack(f"rack_inlet_{name}")
    values["rack_outlet"] = by_rack("rack_outlet")
    read, read_coords = reading_values(results)
    studied, study_coords = study_values(results)
    checked, check_coords = check_values(results)
    wet, wet_coords = water_values(results)
    values |= read | studied | checked | wet
    coords = {
        "x": _axis("x", grid.x, "centre"),
        "y": _axis("y", grid.y, "centre"),
        "z": _axis("z", grid.z, "centre"),
        "x_face": _axis("x_face", grid.x_face, "face"),
        "y_face": _axis("y_face", grid.y_face, "face"),
        "z_face": _axis("z_face", grid.z_face, "face"),
        "rack": ("rack", [f"{k}:{rack.name}" for k, rack in zip(kind, racks, strict=True)]),
        "rack_name": ("rack", [rack.name for rack in racks], {"long_name": "Name of the rack in its hall"}),
        "rack_row": ("rack", [rack.row for rack in racks], {"long_name": "Row the rack stands in"}),
        "rack_kind": ("rack", kind, {"long_name": "Which distinct hall the rack stands in"}),
        "hall_count": ("kind", [h.model.count for h in results.halls], {"long_name": "Halls of this kind"}),
    }
    coords |= read_coords | study_coords | check_coords | wet_coords
    return to_dataset("hall", values, coords, {"title": f"Air of the halls of {results.site.title}"})


def _inlet_histories(airs: list[AirSolution]) -> dict[str, Array]:
    """How the racks' mean inlets came to rest: the halls one after the other, their own racks only."""
    from solvers.air.monitors import settling

    histories = [air.history["inlets"] for air in airs]
    settled = [settling(history, air.window) for history, air in zip(histories, airs, strict=True)]
    together = np.full(np.sum([history.shape for history in histories], axis=0), np.nan, dtype=np.float32)
    row = column = 0
    for history in histories:
        rows, columns = history.shape
        together[row : row + rows, column : column + columns] = history
        row, column = row + rows, column + columns
    return {
        "inlet_history": together,
        "rack_inlet_drift": np.concatenate([each.drift for each in settled]),
        "rack_inlet_swing": np.concatenate([each.swing for each in settled]),
    }


def cell_velocity(air: AirSolution) -> tuple[Array, Array, Array]:
    """Velocity at the cell centres [m/s]: the mean of the two faces, each (nz, ny, nx)."""
    state = air.state
    return (
        0.5 * (state.u[:, :, 1:] + state.u[:, :, :-1]),
        0.5 * (state.v[:, 1:, :] + state.v[:, :-1, :]),
        0.5 * (state.w[1:, :, :] + state.w[:-1, :, :]),
    )


def _axis(name: str, values: Array, where: str) -> tuple[str, Array, dict[str, str]]:
    along = {"x": "along the rows", "y": "across the aisles", "z": "upwards"}[name[0]]
    return name, values, {"units": "m", "axis": name[0].upper(), "long_name": f"Cell {where}, {along}"}


def manifest(
    results: Results, summary: Mapping[str, Any], config_yaml: str, timing: Mapping[str, float]
) -> dict[str, Any]:
    """Attributes of run.nc: what made it, how long it took, how well it closes."""
    packages = ("numpy", "numba", "scipy", "xarray", "h5netcdf", "hydra-core", "CoolProp")
    listed = [f"{a.key} = {a.value}: {a.text}" for a in assumptions(results.conf)]
    return {
        "Conventions": "CF-1.11",
        "title": f"{results.site.title}, {results.conf.compute.title}",
        "source": f"caloporteur {__version__}, code {code_id()}",
        "history": f"{summary['created']} twin run",
        "status": summary["status"],
        "hall_status": summary["hall_status"],
        "config": config_yaml,
        "config_id": config_id(config_yaml),
        "versions": ", ".join([f"python {platform.python_version()}", *map(_version, packages)]),
        "assumptions": "\n".join(listed),
        "warnings": "\n".join(results.warnings),
        **check_attributes(results),
        **{f"closure_{key}": np.nan if v is None else v for key, v in summary["closure"].items()},
        **{f"timing_{key}_s": value for key, value in timing.items()},
    }


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} ?"
