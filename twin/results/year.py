"""The year of a site as the groups `year` and `district` of run.nc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from solvers.heat.heat_pump import Limit
from solvers.liquid.hall.response import TableError
from twin.district.plan import DistrictPlan, plan_dataset, producers_heat
from twin.electricity import ElectricityMix
from twin.results.dataset import to_dataset
from twin.results.reuse import dispatch_variables, feed_variables
from twin.year import Year

if TYPE_CHECKING:
    import xarray as xr


def year_dataset(
    year: Year, title: str, mix: ElectricityMix | None = None, error: TableError | None = None
) -> xr.Dataset:
    """What the site does, by hour; contracted electricity where there is some; the bound of its loops' table
    in the attributes `loop_error_K` and `loop_error_pump_power` [-]."""
    values = {
        "dry_bulb": year.dry_bulb,
        "wet_bulb": year.wet_bulb,
        "it_power": year.it_power,
        "facility_power": year.facility_power,
        "plant_power": year.fan_power + year.chiller_power + year.pump_power,
        "water_flow": year.water,
        "tcs_supply": year.tcs_supply,
        "tcs_return": year.tcs_return,
        "fws_supply": year.fws_supply,
        "fws_return": year.fws_return,
        "heat_available": year.heat_available,
        "heat_vented": year.heat_vented,
        "it_throttled": year.throttled,
    }
    if np.isfinite(year.junction).any():
        values["gpu_hottest"] = year.junction
    if mix is not None and mix.renewable.any():
        values |= {
            "solar_power": mix.solar,
            "wind_power": mix.wind,
            "hydro_power": mix.hydro,
            "carbon_factor": mix.carbon / 3.6e6,
        }
    dataset = to_dataset("year", values, _hours(year), {"title": f"Year of {title}"})
    if error is not None:
        dataset.attrs |= {"loop_error_K": error.kelvin, "loop_error_pump_power": error.pump_power}
    return dataset


def district_dataset(year: Year, title: str, plan: DistrictPlan | None) -> xr.Dataset:
    """What the network takes, by hour, and its plan; storage and boiler where the station has them."""
    import xarray as xr

    values = {
        "heat_demand": year.demand,
        "network_supply": year.network_supply,
        "network_return": year.network_return,
        "heat_taken": year.site_heat,
        "heat_delivered": year.heat_delivered,
        "heat_pump_power": year.heat_pump_power,
        "limit": year.limit,
        **dispatch_variables(year),
    }
    feeds, names = feed_variables(year)
    dataset = to_dataset("district", values | feeds, _hours(year) | names, {"title": title})
    for name in ("limit", "feed_limit") if feeds else ("limit",):
        dataset[name].attrs |= {
            "flag_values": np.array([int(limit) for limit in Limit], dtype=np.int8),
            "flag_meanings": " ".join(limit.name.lower() for limit in Limit),
        }
    if plan is None:
        return dataset
    if plan.sources:
        heat = producers_heat(plan.sources, year.demand, year.handed_over).astype(np.float32)
        dataset = dataset.merge(to_dataset("district", {"producer_heat": heat}, {}))
    return xr.merge([dataset, plan_dataset(plan)], combine_attrs="override")


def _hours(year: Year) -> dict[str, Any]:
    # a year without a leap day that begins on a Monday, as the workload's week does
    start = np.datetime64("2018-01-01T00:30", "ns")
    hours = start + np.arange(year.hours) * np.timedelta64(3600, "s")
    return {"time": ("time", hours, {"long_name": "Middle of the hour of a typical year", "axis": "T"})}
