"""Heat pumps and stratified storage against machines, another model, a measured tank and exact solutions."""

from __future__ import annotations

from math import erf

import numpy as np

from geometry.grid import Array
from solvers.heat.heat_pump import lorenz_cop
from solvers.heat.heat_pump_map import map_cop, read_map
from solvers.heat.storage import (
    VOLUMETRIC,
    Insulation,
    StorageState,
    Tank,
    filled,
    march,
    wall_coefficient,
)
from twin.config import compose, typed
from twin.resources import data_dir
from twin.units import celsius
from twin.verification.case import (
    Case,
    Rows,
    Tier,
    absolute,
    for_information,
    orders,
    relative,
    worst_absolute,
)
from twin.verification.reference import Table, read_reference

CITED_EFFICIENCY = 0.5  # Lorenz, no terminal difference: middle of 0.4 to 0.6 (Jensen et al. 2018)


def heat_pumps(_: Tier) -> Rows:
    """Kajaani with an efficiency that was chosen before; a simulated machine beside it."""
    table = read_reference("heat_pumps")
    machine = typed(compose(["recovery=heat_pump"])).recovery
    cited = cop_of(table, efficiency=CITED_EFFICIENCY, terminal_difference=0.0)
    ours = cop_of(
        table, efficiency=machine.lorenz_efficiency, terminal_difference=machine.terminal_difference_K
    )
    rows = []
    for name, expected, sourced, default in zip(
        table.texts("machine"), table.numbers("cop_1"), cited, ours, strict=True
    ):
        text = f"{name}: COP with Lorenz efficiency {CITED_EFFICIENCY:g}"
        if name == "Kajaani":
            rows.append(relative(text, expected, sourced, 0.15))
            rows.append(relative(f"{name}: COP of the default machine", expected, default, 0.15))
        else:
            rows.append(for_information(text, expected, sourced))
    return rows


def heat_pump_map(_: Tier) -> Rows:
    """Ten points of a simulated machine: what a fitted map and a plain Lorenz efficiency make of them."""
    table = read_reference("heat_pump_ebsilon")
    fitted = read_map(data_dir() / "reference" / "heat_pump_ebsilon.csv")
    temperatures = {
        key: celsius(0.0) + table.numbers(f"{key}_C") for key in ("source_in", "sink_in", "sink_out")
    }
    mapped = map_cop(
        fitted,
        **temperatures,
        source_flow=table.numbers("source_flow_1"),
        load=table.numbers("load_1"),
    )
    return [
        for_information(
            f"COP of the fitted map, sink {row['sink_out_C']} degC, source flow {row['source_flow_1']}",
            float(row["cop_1"]),
            float(ours),
        )
        for row, ours in zip(table, mapped, strict=True)
    ]


def loading(_: Tier) -> Rows:
    """Seven layers of one temperature each, as the model compared with; its supply turns every hour."""
    table = read_reference("stratified_tank")
    seconds = 4.0
    u = wall_coefficient(inside=1e6, thickness=0.3, conductivity=0.04, outside=10.0)
    tank = Tank(volume=0.1, height=3.0, layers=7, insulation=Insulation(lid=u, wall=u, bottom=u), mixing=0.0)
    state, now, closures = filled(tank, 293.15), 3600.0, []
    found, labels = [], []
    for time in table.numbers("time_s")[1:]:
        n = round((time - now) / seconds)
        turns = (now + seconds * np.arange(n)) // 3600.0 % 2.0
        one = np.ones(n)
        # 0.0694444 kg/s of water of 995.586 kg/m3
        after = march(
            tank,
            state,
            flow=np.where(turns == 1.0, 1.0, -1.0) * 0.0694444 / 995.586,
            inlet_low=293.15 * one,
            inlet_high=313.15 * one,
            air=293.15 * one,
            seconds=seconds,
            sharp=False,
        )
        state, now = after.state, time
        closures.append(after.closure)
        found.append(state.layers[::-1])
        labels += [f"layer {k + 1} after {time:.0f} s" for k in range(7)]
    expected = np.array([table.numbers(f"layer_{k + 1}_K")[1:] for k in range(7)]).T
    return [
        worst_absolute("temperature [K]", expected.ravel(), np.array(found).ravel(), labels, 0.3),
        absolute("closure of the energy", 0.0, max(closures), 1e-10),
    ]


def measured_tank(_: Tier) -> Rows:
    """Level after five hours at rest: (T_mean - 55) / (82 - 55), from 78.5 %."""
    row = read_reference("tank_standing").rows[0]
    hours, level = int(row["hours"]), float(row["level_start_pct"]) / 100.0
    hot, cold, around = (celsius(float(row[k])) for k in ("hot_C", "cold_C", "air_C"))
    u = wall_coefficient(
        inside=float(row["inside_W_m2K"]),
        thickness=float(row["insulation_m"]),
        conductivity=float(row["conductivity_W_mK"]),
        outside=float(row["outside_W_m2K"]),
    )
    height, width = float(row["height_m"]), float(row["diameter_m"])
    layers = 100
    tank = Tank(
        volume=0.25 * np.pi * width**2 * height,
        height=height,
        layers=layers,
        insulation=Insulation(lid=u, wall=u, bottom=u),
    )
    above = (np.arange(layers) + 1.0) / layers > 1.0 - level + 1e-9
    start = StorageState(layers=np.where(above, hot, cold), shells=np.zeros(0))
    nothing = np.zeros(hours)
    after = march(
        tank,
        start,
        flow=nothing,
        inlet_low=nothing + cold,
        inlet_high=nothing + hot,
        air=nothing + around,
        seconds=3600.0,
    )
    lost = (float(start.layers.mean()) - float(after.state.layers.mean())) / (hot - cold)
    end = 100.0 * (level - lost)
    return [absolute(f"level after {hours} h [%]", float(row["level_end_pct"]), end, 1.0)]


def standing(_: Tier) -> Rows:
    """A wall that loses alike over its height: T - T_air decays with U A / (m c)."""
    tank = Tank(volume=1000.0, height=16.0, layers=16, insulation=Insulation(lid=0.0, wall=0.5, bottom=0.0))
    days = 60
    still = np.zeros(24 * days)
    after = march(
        tank,
        filled(tank, celsius(80.0)),
        flow=still,
        inlet_low=still + 300.0,
        inlet_high=still + 300.0,
        air=still + celsius(10.0),
        seconds=3600.0,
    )
    wall = np.sqrt(4.0 * np.pi * 1000.0 / 16.0) * 16.0
    exact = 70.0 * (1.0 - np.exp(-0.5 * wall * days * 86400.0 / (1000.0 * VOLUMETRIC)))
    lost = float(after.loss.sum()) / (1000.0 * VOLUMETRIC)
    return [relative(f"cooling in {days} days [K]", exact, lost, 0.01)]


def thermocline(_: Tier) -> Rows:
    """A step that is pushed down while it diffuses: its thickness and shape on three grids."""
    spread = np.sqrt(4.0 * 20.0 * 0.654 / VOLUMETRIC * 90e3)
    thick = 2.0 * 0.906194 * spread  # erf(0.906194) = 0.8
    found = []
    z = t = np.zeros(0)
    for layers in (40, 80, 160):
        z, t = _pushed(layers)
        low, high = np.interp([celsius(49.0), celsius(81.0)], t, z)
        found.append(float(high - low))
    rows = [
        relative("thickness [m], 80 layers", thick, found[1], 0.06),
        relative("thickness [m], 160 layers", thick, found[2], 0.015),
        orders("thickness", 2.0, [abs(f - thick) for f in found], 2.0, 0.2),
    ]
    exact = np.array([celsius(65.0) + 20.0 * erf((x - 6.0) / spread) for x in z])
    rows.append(worst_absolute("temperature [K], 160 layers", exact, t, [f"{x:.2f} m" for x in z], 0.5))
    return rows


def _pushed(layers: int) -> tuple[Array, Array]:
    tank = Tank(
        volume=1000.0,
        height=16.0,
        layers=layers,
        insulation=Insulation(lid=0.0, wall=0.0, bottom=0.0),
        mixing=20.0,
    )
    z = (np.arange(layers) + 0.5) * 16.0 / layers
    start = StorageState(
        layers=np.where(z > 12.0, celsius(85.0), celsius(45.0)),
        shells=np.zeros(0),
    )
    steps = np.ones(100)
    after = march(
        tank,
        start,
        flow=6.0 * 62.5 / 90e3 * steps,
        inlet_low=celsius(45.0) * steps,
        inlet_high=celsius(85.0) * steps,
        air=celsius(10.0) * steps,
        seconds=900.0,
    )
    return z, after.state.layers


def cop_of(table: Table, *, efficiency: float, terminal_difference: float) -> Array:
    """Lorenz COP of every row of a table of inlets and outlets [degC]."""
    return lorenz_cop(
        sink_in=celsius(0.0) + table.numbers("sink_in_C"),
        sink_out=celsius(0.0) + table.numbers("sink_out_C"),
        source_in=celsius(0.0) + table.numbers("source_in_C"),
        source_out=celsius(0.0) + table.numbers("source_out_C"),
        efficiency=efficiency,
        terminal_difference=terminal_difference,
    )


CASES = (
    Case(
        name="heat pumps",
        source="Kajaani (Fenagy: 33.5 MW of heat from 25.8 MW of cold); efficiency: Jensen et al. 2018, "
        "measured plants 0.4 to 0.6 of Lorenz, middle taken; two-stage ammonia, EBSILON, in TESPy's tests",
        why="15 %: the outlet of the source is not published (5 K assumed) and plants spread by 20 %. The "
        "simulated machine, whose duties are partly open, is shown for information",
        run=heat_pumps,
    ),
    Case(
        name="heat-pump map",
        source="ten points computed with EBSILON Professional, in TESPy's tests (commit 97a7ee9)",
        why="for information: the map is fitted to these points, and their duties are not published",
        run=heat_pump_map,
    ),
    Case(
        name="tank loaded and unloaded",
        source="Modelica Buildings, Fluid.Storage.Validation.StratifiedLoadingUnloading, Dymola (c4117cc)",
        why="0.3 K a layer with the same first-order scheme: another model's result; energy to round-off",
        run=loading,
    ),
    Case(
        name="tank at rest, measured",
        source="Naturstrom AG, 3 m3 tank, in oemof-thermal (commit e4cc426): trend of the measured level",
        why="1 %-point of level, as published with the data",
        run=measured_tank,
    ),
    Case(
        name="tank at rest, exact",
        source="exponential decay of a wall that loses alike over its height",
        why="1 %",
        run=standing,
    ),
    Case(
        name="thermocline",
        source="diffusion of a step in an unbounded medium (Crank 1975, eq. 2.14)",
        why="the scheme is second order: 6 % on layers a tenth of the thickness, 1.5 % on half of these",
        run=thermocline,
    ),
)
