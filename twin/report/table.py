"""The results table that a run ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.units import KW, to_celsius

if TYPE_CHECKING:
    from rich.console import Console

    from solvers.air.unit_readings import UnitReading
    from solvers.liquid.hall.loop import LoopSolution
    from twin.assembly import HallModel
    from twin.halls.coupled import HallWater
    from twin.halls.grid_study import GridStudy
    from twin.results.records import HallResult, Results
    from twin.uncertainty.study import Uncertainty

# (section, [(label, key, unit, decimals)])
_ROWS = (
    ("it", (
        ("GPUs", "gpus", "", 0),
        ("Racks", "racks", "", 0),
        ("Halls", "halls", "", 0),
        ("IT power", "power_MW", "MW", 1),
    )),
    ("hall", (
        ("Air cells of a hall", "cells", "", 0),
        ("Rack inlet, mean", "rack_inlet_mean_C", "°C", 1),
        ("Rack inlet, hottest", "rack_inlet_max_C", "°C", 1),
        ("Heat to the air of the hall", "air_heat_kW", "kW", 0),
        ("RCI high", "rci_hi_pct", "%", 1),
        ("RTI", "rti_pct", "%", 1),
        ("SHI", "shi", "", 3),
    )),
    ("loop", (
        ("TCS supply", "tcs_supply_C", "°C", 1),
        ("TCS return", "tcs_return_C", "°C", 1),
        ("FWS supply", "fws_supply_C", "°C", 1),
        ("FWS return", "fws_return_C", "°C", 1),
        ("Coolant flow of the site", "flow_kg_s", "kg/s", 0),
        ("Pressure drop, worst loop", "pressure_drop_kPa", "kPa", 0),
        ("CDU pump power of the site", "pump_power_kW", "kW", 0),
        ("GPU junction, hottest", "gpu_junction_max_C", "°C", 1),
        ("Margin to the GPU limit", "margin_K", "K", 1),
    )),
    ("year", (
        ("IT energy", "it_GWh", "GWh", 1),
        ("PUE", "pue", "", 3),
        ("WUE", "wue_L_per_kWh", "L/kWh", 3),
        ("CUE", "cue_kg_per_kWh", "kg/kWh", 3),
        ("ERF", "erf", "", 3),
        ("ERE", "ere", "", 3),
    )),
    ("heat", (
        ("Heat offered", "available_GWh", "GWh", 1),
        ("  at", "offered_temperature_C", "°C", 1),
        ("Delivered to the network", "delivered_GWh", "GWh", 1),
        ("Vented", "vented_GWh", "GWh", 1),
        ("Heat-pump electricity", "heat_pump_GWh_el", "GWh", 1),
        ("Heat-pump COP", "heat_pump_cop", "", 2),
        ("Homes supplied", "homes", "", 0),
        ("CO2 avoided", "co2_avoided_t", "t", 0),
        ("Levelised cost of heat", "lcoh_EUR_per_MWh", "EUR/MWh", 1),
    )),
)  # fmt: skip

_TITLES = {
    "it": "Equipment",
    "hall": "Hall air, hottest hall",
    "loop": "Coolant loop",
    "year": "Year",
    "heat": "Heat for the city",
}


def print_results(summary: Mapping[str, Any], results: Results) -> None:
    """Print the table, the balances and what the reader must know, on stdout."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from twin.report.heat_words import reuse_words
    from twin.report.pipes import print_pipes
    from twin.results.hot_spot import hot_spot, worst_hall

    console = Console(highlight=False)
    conf = results.conf
    console.print(f"[bold]{results.site.title} · {conf.compute.title} · {conf.hall.title}[/bold]")
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    errors = _error_bars(worst_hall(results).grids)
    for section, rows in _ROWS:
        if all(summary[section][key] is None for _, key, _, _ in rows):
            continue
        title = _TITLES[section]
        if section == "hall" and len(results.halls) > 1:
            hall = worst_hall(results).model
            title += f": {len(hall.hall.populated)} of {len(hall.hall.racks)} racks, {hall.count} such"
        table.add_row(f"[bold]{title}[/bold]")
        for label, key, unit, decimals in rows:
            value = summary[section][key]
            if value is not None:
                table.add_row(f"  {label}", f"{value:,.{decimals}f}", unit + errors.get(key, ""))
    console.print(table)
    hall = summary["hall"]
    if hall["hotspot_C"] is not None:
        x, y, z = hall["hotspot_xyz_m"]
        rack = hot_spot(worst_hall(results)).rack
        console.print(
            f"Hot spot: {hall['hotspot_C']:.1f} °C before rack {rack} "
            f"at x {x:.1f}, y {y:.1f}, z {z:.1f} m; hall {summary['hall_status'].replace('_', ' ')}"
        )
    _print_grids(console, worst_hall(results))
    _print_readings(console, results)
    print_pipes(console, results)
    for line in reuse_words(summary["reuse"]):
        console.print(line)
    if results.uncertainty is not None:
        print_sample(console, results.uncertainty)
    shown = [f"{key} {value:.0e}" for key, value in summary["closure"].items() if value is not None]
    console.print("Balances close to: " + ", ".join(shown))
    for warning in results.warnings:
        console.print(f"[yellow]note[/yellow] {escape(warning)}")


def _error_bars(study: GridStudy | None) -> dict[str, str]:
    """What to set behind the unit of a temperature, by its key."""
    bands = {"rack_inlet_mean_C": study.mean, "rack_inlet_max_C": study.hottest} if study is not None else {}
    return {key: f"  ± {band.error:.2f} K" for key, band in bands.items() if band is not None}


def _print_grids(console: Console, hall: HallResult) -> None:
    """What a grid study of the hottest hall found, and what it cost."""
    study = hall.grids
    if study is None:
        return
    cells = " and ".join(f"{n:,}" for n in study.cells[:2])
    words = [f"return {to_celsius(study.returned.values[-1]):.1f} ± {study.returned.error:.2f} °C"]
    errors = study.errors("rack_inlet_mean")
    if np.isfinite(errors).any():
        at = int(np.nanargmax(errors))
        rack = hall.model.air.racks[at].name
        words.append(f"widest bar of a rack's mean inlet {errors[at]:.2f} K at {rack}")
        words.append(f"{study.oscillating} of {errors.size} racks oscillate")
    console.print(
        f"Grid study: two more grids, of {cells} cells in {sum(study.seconds[:2]):.1f} s "
        f"(the finest took {study.seconds[2]:.1f} s): " + ", ".join(words)
    )


def print_sample(console: Console, found: Uncertainty) -> None:
    """Percentiles of the sample, the result with every input at its mode, and what each follows most."""
    from rich.markup import escape
    from rich.table import Table

    from viz.charts.tornado import four_figures, in_words

    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    table.title = f"Uncertain inputs, {found.results.shape[1]} members"
    for heading in ("", *(f"P{p:g}" for p in found.probability), "at the modes", "follows most"):
        table.add_column(heading, justify="left" if heading in ("", "follows most") else "right")
    for i, name in enumerate(found.outputs):
        correlation = found.correlation[i]
        if not np.isfinite(correlation).any():
            continue
        strongest = int(np.nanargmax(np.abs(correlation)))
        cells = [four_figures(value) for value in (*found.percentiles[:, i], found.nominal[i])]
        follows = found.inputs[strongest].removesuffix("_K").replace("_", " ")
        table.add_row(escape(in_words(name)), *cells, f"{follows} ({correlation[strongest]:+.2f})")
    console.print(table)


def _print_readings(console: Console, results: Results) -> None:
    """Lines on the air's ways and units of the hottest hall, and the verdict of the checks of all halls."""
    from twin.metrics import rci_low
    from twin.report.trays import TRAYS_FILE, trays_in_words
    from twin.results.hot_spot import worst_hall

    hall = worst_hall(results)
    reading, air = hall.reading, hall.air
    if reading is not None and reading.traced is not None:
        cold = reading.traced.capture_cold
        probes = [*air.rack_inlet_bottom, *air.rack_inlet_middle, *air.rack_inlet_top]
        words = [
            f"{'units' if reading.units else 'supplies'} give {100 * cold.mean():.1f} % of what the racks "
            f"breathe, least {100 * cold.min():.1f} % at rack {reading.traced.racks[int(cold.argmin())]}",
            f"RCI low {rci_low(probes):.1f} %",
        ]
        if reading.age is not None:
            words.append(f"oldest intake air {reading.age.rack_inlet.max():.0f} s")
        console.print("Air paths: " + ", ".join(words))
    if reading is not None and reading.units:
        console.print("Cooling units: " + _units_in_words(reading.units))
    if hall.loop is not None and hall.model.plan is not None:
        console.print("Coolant among racks: " + _spread_in_words(hall.model, hall.loop))
        if hall.trays is not None:
            limit = hall.model.plan.design.limits.junction
            console.print(f"Coolant among trays: {trays_in_words(hall.trays, limit)} ({TRAYS_FILE})")
    if hall.water is not None:
        console.print("Coil water: " + _water_in_words(hall.water))
    judged = [(k, h.reading) for k, h in enumerate(results.halls) if h.reading is not None]
    failed = [(k, check) for k, each in judged for check in each.failed]
    total = sum(len(each.checks) for _, each in judged)
    console.print(f"Physics checks: {total - len(failed)} of {total} passed")
    for k, check in failed:
        console.print(f"[red]failed[/red] hall {k}, {check}; {check.meaning}")


def _spread_in_words(model: HallModel, loop: LoopSolution) -> str:
    """How evenly the loops of a hall feed their racks, in a line."""
    from solvers.liquid.hall.spread import rack_spread

    assert model.plan is not None
    found = rack_spread(model.plan, model.racks, loop)
    worst = max(found, key=lambda each: each.spread)
    least = min(found, key=lambda each: float(each.share.min()))
    words = (
        f"spread up to {100 * worst.spread:.1f} % within a loop, least "
        f"{100 * float(least.share.min()):.1f} % of what is asked for at rack {least.least}"
    )
    if least.junction == least.junction:  # a rack without GPUs has none
        words += f", junction {to_celsius(least.junction):.1f} °C"
    return words


def _water_in_words(water: HallWater) -> str:
    """The circuit of the hall's coils in a line, and how well its heat agrees with the air's."""
    circuit, consumers, words = water.circuit, water.consumers, []
    if circuit is not None:
        words = [
            f"{circuit.heat / KW:,.0f} kW to {circuit.flow:,.1f} kg/s",
            f"{to_celsius(circuit.supply):.1f} to {to_celsius(circuit.back):.1f} °C",
            f"pumps {circuit.pump_power / KW:.2f} kW at {100 * circuit.pump_speed:.0f} % speed",
        ]
        widest, valves = int(circuit.consumers.stroke.argmax()), circuit.consumers
        words.append(f"valves up to {100 * valves.stroke[widest]:.0f} % open ({valves.name[widest]})")
    if water.door_heat:
        words.append(f"rear doors on the CDUs {water.door_heat / KW:,.0f} kW")
    if consumers.starved.any():
        words.append(f"{int(consumers.starved.sum())} of {len(consumers.name)} starved")
    words.append(f"heat of air and water within {water.interface.closure:.0e}")
    return ", ".join(words)


def _units_in_words(units: Sequence[UnitReading]) -> str:
    """The units in a line: a hall that is even in the mean can hide one that is starved."""
    running = [unit for unit in units if unit.flow > 0.0]
    cooling = [unit for unit in running if unit.capacity > 0.0]
    if not cooling:
        return f"none of {len(units)} cools"
    words = [f"{len(running)} of {len(units)} run, {sum(u.heat for u in cooling) / KW:,.0f} kW"]
    back = sorted(to_celsius(unit.return_temperature) for unit in running)
    words.append(f"return {back[0]:.1f} to {back[-1]:.1f} °C")
    hardest = max(cooling, key=lambda unit: unit.utilisation)
    words.append(f"utilisation up to {100 * hardest.utilisation:.0f} % ({hardest.name})")
    floating = [unit for unit in cooling if unit.saturated]
    if floating:
        warmest = to_celsius(max(unit.supply_temperature for unit in floating))
        words.append(f"{len(floating)} cannot hold their set point, supply up to {warmest:.1f} °C")
    return ", ".join(words)
