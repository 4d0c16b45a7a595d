"""The group `hall` of run.nc: fields and racks of the distinct halls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.results.dataset import to_dataset
from twin.results.grids import study_values
from twin.results.reading import check_values, reading_values
from twin.results.water import water_values

if TYPE_CHECKING:
    import xarray as xr

    from geometry.grid import Array
    from solvers.air.problem import AirSolution
    from twin.results.records import Results


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
