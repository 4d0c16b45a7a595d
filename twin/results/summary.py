"""summary.json: the figures of a run, units in the names."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from twin import metrics
from twin.results.economics import economics_section, electricity_section
from twin.results.hot_spot import hot_spot, worst_hall
from twin.results.reuse import reuse_section
from twin.results.uncertainty import sample_summary
from twin.units import KPA, KW, MW, celsius, to_celsius

if TYPE_CHECKING:
    from twin.results.records import HallResult, Results

SCHEMA = "caloporteur-summary-1"
_WORST_FIRST = ("not_converged", "unsteady", "converged")


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
        "reuse": reuse_section(results.year, results.summary.limits, results.margins),
        "closure": _closure(results),
    } | ({"uncertainty": sample_summary(results.uncertainty)} if results.uncertainty else {})


def hall_status(results: Results) -> str:
    """The least settled status of all halls."""
    found = {hall.air.status.value for hall in results.halls}
    return next(status for status in _WORST_FIRST if status in found)


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
