"""Small halls, fields and years that look like results: what the tests of viz draw. Not a solution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from geometry.grid import Grid
from geometry.gridding import make_grid
from geometry.hall import AisleKind, Hall
from geometry.layout import Containment, HallLayout, SupplyKind, generate_hall
from geometry.rasterise import rasterise

HOURS = 8760


def sample_hall(
    rows: int = 2,
    racks_per_row: int = 3,
    *,
    containment: Containment = Containment.HOT_AISLE,
    supply: SupplyKind = SupplyKind.FAN_WALLS,
    fan_walls: int = 2,
    cdus_per_row: int = 1,
    blanked: int = 0,
) -> Hall:
    layout = HallLayout(
        rows=rows, racks_per_row=racks_per_row, containment=containment, supply=supply, fan_walls=fan_walls
    )
    populated = rows * racks_per_row - blanked
    return generate_hall(layout, populated=populated, cdus_per_row=cdus_per_row, name="sample")


def sample_hall_group(hall: Hall, *, target: float = 0.4, kinds: int = 1) -> tuple[xr.Dataset, Grid]:
    """The group `hall` of a run: cold aisles at 24 °C, hot ones near 38 °C, hot air over the row ends."""
    grid = make_grid(hall, target=target)
    raster = rasterise(hall, grid)
    z, y, x = np.meshgrid(grid.z, grid.y, grid.x, indexing="ij")
    air = 24.0 + 0.35 * z + 0.0 * x
    for aisle in hall.aisles:
        box = aisle.box
        inside = (x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)
        if aisle.kind is AisleKind.HOT:
            air = np.where(inside, 34.0 + 1.2 * z + 0.15 * (x - box.x0), air)
        else:
            far = np.exp(-(((x - box.x1) / 1.5) ** 2) - ((z - 2.4) / 0.9) ** 2)
            air = np.where(inside, air + 6.0 * far * (1.0 + 0.05 * y), air)
    fields = np.stack([air + 0.5 * kind for kind in range(kinds)]) + 273.15
    racks = hall.populated
    centres = np.array([rack.box.centre for rack in racks]).reshape(-1, 3)
    mean = 297.5 + 2.0 * (centres[:, 0] / hall.room.x1) ** 2
    names = [f"{kind}:{rack.name}" for kind in range(kinds) for rack in racks]
    per_rack = {
        "rack_inlet_mean": np.tile(mean, kinds),
        "rack_inlet_max": np.tile(mean + 1.5, kinds),
        "rack_heat_air": np.full(len(names), 13.5e3),
    }
    steps = np.arange(1, 41) * 20.0
    history = {
        "iteration": steps,
        "inlet_drift": 8.0 * np.exp(-steps / 150.0),
        "air_energy_closure": 0.9 * np.exp(-steps / 90.0),
        "air_mass_closure": 1e-3 * np.exp(-steps / 60.0),
        "kinetic_energy": 3.0 - np.exp(-steps / 50.0),
    }
    cells = ("kind", "z", "y", "x")
    solid = np.broadcast_to(raster.solid, fields.shape).astype(np.int8)
    dataset = xr.Dataset(
        {
            "air_temperature": (cells, fields.astype(np.float32)),
            "solid": (cells, solid),
            **{name: ("rack", values) for name, values in per_rack.items()},
            **{name: ("step", values) for name, values in history.items()},
            "inlet_history": (("step", "rack"), per_rack["rack_inlet_mean"] + np.exp(-steps / 80.0)[:, None]),
        },
        coords={
            "x": grid.x,
            "y": grid.y,
            "z": grid.z,
            "x_face": grid.x_face,
            "y_face": grid.y_face,
            "z_face": grid.z_face,
            "rack": names,
            "rack_kind": ("rack", np.repeat(np.arange(kinds), len(racks))),
        },
    )
    return dataset, grid


def sample_loop(racks: int = 12, cdus: int = 2) -> xr.Dataset:
    """The group `loop` of a run with 40 °C supply."""
    ramp = np.linspace(0.0, 1.0, racks)
    rack = {
        "rack_heat_liquid": np.full(racks, 121.5e3),
        "rack_flow": np.full(racks, 2.0),
        "rack_supply": np.full(racks, 313.15),
        "rack_return": 328.15 + 0.4 * ramp,
        "gpu_junction": 347.0 + 3.0 * ramp,
    }
    cdu = {
        "cdu_heat": np.full(cdus, 730e3),
        "cdu_tcs_flow": np.full(cdus, 12.0),
        "cdu_fws_flow": np.full(cdus, 12.0),
        "cdu_tcs_supply": np.full(cdus, 313.15),
        "cdu_tcs_return": np.full(cdus, 328.3),
        "cdu_fws_supply": np.full(cdus, 308.15),
        "cdu_fws_return": np.full(cdus, 323.0),
    }
    return xr.Dataset(
        {**{n: ("rack", v) for n, v in rack.items()}, **{n: ("cdu", v) for n, v in cdu.items()}}
    )


def sample_year() -> tuple[xr.Dataset, xr.Dataset]:
    """Groups `year` and `district`: 68 MW offered to a network of a small town."""
    hour = np.arange(HOURS)
    season = 0.5 + 0.5 * np.cos(2.0 * np.pi * (hour / HOURS - 0.03))
    weather = 0.12 * np.sin(hour / 61.0) + 0.08 * np.sin(hour / 17.0)
    demand = 1e6 * np.maximum(1.4 + 0.5 * np.sin(2.0 * np.pi * hour / 24.0), 19.0 * (season + weather - 0.15))
    available = 66e6 + 1.5e6 * np.sin(hour / 300.0)
    delivered = np.minimum(demand, 16e6)
    pump = delivered / 4.6
    taken = delivered - pump
    time = np.datetime64("2025-01-01T00", "ns") + hour * np.timedelta64(1, "h")

    def group(values: dict[str, np.ndarray]) -> xr.Dataset:
        return xr.Dataset({n: ("time", v) for n, v in values.items()}, coords={"time": time})

    year = group(
        {
            "heat_available": available,
            "heat_vented": available - taken + 9e6,
            "it_power": np.full(HOURS, 75e6),
            "fws_supply": np.full(HOURS, 308.15),
            "fws_return": np.full(HOURS, 323.0),
        }
    )
    district = group(
        {
            "heat_demand": demand,
            "heat_taken": taken,
            "heat_delivered": delivered,
            "heat_pump_power": pump,
            "network_supply": 343.15 + 12.0 * season,
            "network_return": np.full(HOURS, 318.15),
        }
    )
    return year, district


def sample_sweep() -> xr.Dataset:
    """Eight points over two sites, one of which failed."""
    density = np.array([36.0, 72.0, 108.0, 144.0] * 2)
    junction = 60.0 + 0.14 * density
    junction[3] = np.nan
    pumps = np.where(np.isnan(junction), np.nan, 20.0 + (density / 20.0) ** 2)
    site = ["valence"] * 4 + ["south"] * 4
    junction[4:] += 3.0
    return xr.Dataset(
        {
            "gpus_per_rack": ("point", density),
            "site": ("point", site),
            "loop.gpu_junction_max_C": ("point", junction),
            "loop.pump_power_kW": ("point", pumps),
            "year.pue": ("point", np.where(np.isnan(junction), np.nan, 1.12 - 2e-4 * density)),
        }
    )
