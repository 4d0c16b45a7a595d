"""Coolants, pipes, networks, CDUs, cold plates and the loop of a hall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from geometry.grid import Array
from solvers import fluids
from solvers.friction import friction_factor
from solvers.liquid import cdu
from solvers.liquid.cdu import CduExchanger, CduSpec
from solvers.liquid.cold_plate import ColdPlate, plate_resistance, read_cold_plate
from solvers.liquid.flow_policy import published
from solvers.liquid.hall_loop import lump, solve_hall_loop
from solvers.liquid.hydraulics import Hydraulics, solve_hydraulics
from solvers.liquid.loop import LoopSolution, RackLiquid
from solvers.liquid.lumped import loop_temperatures
from solvers.liquid.network import Branch, ImposedFlow, Network, Pipe, Resistance, build_network
from solvers.liquid.plan import LoopPlan, plan_loop
from twin.resources import data_dir
from twin.units import L_MIN, celsius, to_celsius
from twin.verification import liquid_halls as halls
from twin.verification.case import Case, Row, Rows, Tier, absolute, relative, worst_absolute, worst_relative
from twin.verification.exact import counterflow_ua, laminar_pipe_drop
from twin.verification.reference import Table, read_reference

BAR = 1e5  # [Pa]


# -- formulas and properties -----------------------------------------------------------------------------


def colebrook(_: Tier) -> Rows:
    table = read_reference("colebrook")
    re, e = table.numbers("reynolds_1"), table.numbers("relative_roughness_1")
    labels = [f"Re {a:g}, e {b:g}" for a, b in zip(re, e, strict=True)]
    ours = friction_factor(re, e)
    return [
        worst_relative("Darcy friction factor", table.numbers("friction_factor_1"), ours, labels, 1e-9),
    ]


def laminar(_: Tier) -> Rows:
    """A pipe of 10 m, 50 mm, in the network solver: a law the solver reaches through Re and f."""
    flows = np.array([0.002, 0.01, 0.05, 0.078])
    expected = [
        laminar_pipe_drop(flow=m, length=10.0, diameter=0.05, density=1000.0, viscosity=1e-3) for m in flows
    ]
    ours = [_one_pipe_drop(m) for m in flows]
    labels = [f"Re {4.0 * m / (np.pi * 0.05 * 1e-3):.0f}" for m in flows]
    return [worst_relative("pressure drop of a laminar pipe", expected, ours, labels, 1e-9)]


def coolants(_: Tier) -> Rows:
    table = read_reference("coolants")
    names = list(dict.fromkeys(table.texts("coolant")))
    found = {name: fluids.properties(halls.coolant(name), _kelvin(table, name)) for name in names}
    labels = [f"{row['coolant']} at {row['temperature_C']} degC" for row in table]
    rows = []
    for field, column, tolerance in (
        ("density", "density_kg_m3", 1e-4),
        ("heat_capacity", "heat_capacity_J_kgK", 1e-3),
        ("viscosity", "viscosity_Pa_s", 5e-3),
        ("conductivity", "conductivity_W_mK", 5e-3),
    ):
        ours = np.concatenate([getattr(found[name], field) for name in names])
        title = field.replace("_", " ")
        rows.append(worst_relative(title, table.numbers(column), ours, labels, tolerance))
    return rows


# -- networks --------------------------------------------------------------------------------------------


def stanet(_: Tier) -> Rows:
    pipes, nodes = read_reference("stanet_pipes"), read_reference("stanet_nodes")
    rows: list[Row] = []
    looser = {"pipe_1": 2e-3}
    for name in dict.fromkeys(pipes.texts("network")):
        lines, places = pipes.where("network", name), nodes.where("network", name)
        network = _stanet_network(lines, places)
        got = _solve(network, density=1000.0, viscosity=1.793e-3)
        at = [network.node(node) for node in places.texts("node")]
        area = 0.25 * np.pi * network.diameter**2
        rows += [
            worst_relative(
                f"{name}: pressure [Pa]",
                BAR * places.numbers("pressure_bar"),
                got.pressure[at],
                [f"node {node}" for node in places.texts("node")],
                looser.get(name, 1e-3),
            ),
            worst_absolute(
                f"{name}: velocity [m/s]",
                lines.numbers("velocity_m_s"),
                got.flow / 1000.0 / area,
                [f"pipe {row['start']}-{row['end']}" for row in lines],
                1e-3,
            ),
        ]
    return rows


def destest(_: Tier) -> Rows:
    pipes, drops = read_reference("destest_ce0_pipes"), read_reference("destest_ce0_drops")
    network = _destest_network(pipes)
    got = _solve(network, density=988.0, viscosity=5.434e-4)
    return [
        relative(
            f"drop of the {row['circuit']} from {row['start']} to {row['end']} [Pa]",
            float(row["median_Pa"]),
            float(
                got.pressure[network.node(f"{row['circuit']} {row['start']}")]
                - got.pressure[network.node(f"{row['circuit']} {row['end']}")]
            ),
            0.03,
        )
        for row in drops
    ]


# -- devices ---------------------------------------------------------------------------------------------


def gb300_drop(_: Tier) -> Rows:
    """One law through the first point of the table, in a network of rack and CDU."""
    table = read_reference("gb300_rack")
    flow, drop = table.numbers("flow_L_min"), 1e3 * table.numbers("drop_kPa")
    rack = Resistance(name="rack", start="x", end="y", flow=flow[0], drop=drop[0], exponent=1.89)
    ours = [
        _solve(build_network([rack, ImposedFlow(name="cdu", start="y", end="x", flow=v)])).drop[0] for v in flow
    ]
    return [worst_relative("pressure drop of the rack [Pa]", drop, ours, [f"{v:g} l/min" for v in flow], 0.03)]


def cdu_sheets(_: Tier) -> Rows:
    rows: list[Row] = []
    for row in read_reference("cdu_sheets"):
        name, heat, approach = row["unit"], float(row["heat_W"]), float(row["approach_K"])
        supply = celsius(float(row["tcs_supply_C"]))
        coolant, water = halls.coolant(row["coolant"]), halls.coolant("water")
        tcs, fws = float(row["tcs_flow_kg_s"]), float(row["fws_flow_kg_s"])
        hot_in = _warmed(coolant, supply, heat / tcs)
        cold_in = supply - approach
        cold_out = _warmed(water, cold_in, heat / fws)
        c_tcs, c_fws = heat / (hot_in - supply), heat / (cold_out - cold_in)
        spec = CduSpec(
            capacity=heat,
            approach=approach,
            flow=tcs / fluids.density(coolant, supply),
            fws_ratio=c_fws / c_tcs,
            rated_supply=supply,
            external_dp=1.0,
            internal_dp=0.0,
            fws_dp=0.0,
            pump_efficiency=1.0,
        )
        rated = cdu.rated_exchanger(spec, coolant)
        by_mean = counterflow_ua(
            heat=heat, hot_in=hot_in, hot_out=supply, cold_in=cold_in, cold_out=cold_out
        )
        difference = cdu.inlet_difference(
            replace(rated, ua=by_mean), np.array([heat]), np.array([c_tcs]), np.array([c_fws])
        )
        rows += [
            relative(f"{name}: UA [W/K] against the logarithmic mean difference", by_mean, rated.ua, 1e-3),
            absolute(f"{name}: approach with that UA [K]", approach, difference[0] - heat / c_tcs, 0.05),
        ]
    return rows


def cdu_part_load(_: Tier) -> Rows:
    rows = []
    nominal = 6.336e6 / 5.0  # rated capacity rate of both sides [W/K]
    for row in read_reference("cdu_part_load"):
        heat, c_tcs, c_fws = (float(row[k]) for k in ("heat_W", "tcs_capacity_W_K", "fws_capacity_W_K"))
        rated = CduExchanger(
            ua=nominal * 5.0 / 6.0,  # 47 -> 42 against 36 -> 41 degC: eps 5/11, balanced: NTU 5/6
            c_tcs=c_tcs / float(row["tcs_flow_1"]),
            c_fws=c_fws / float(row["fws_flow_1"]),
        )
        needed = cdu.inlet_difference(rated, np.array([heat]), np.array([c_tcs]), np.array([c_fws]))
        rows.append(
            absolute(
                f"{row['state']}: coolant into the exchanger [K]",
                float(row["hot_inlet_K"]),
                celsius(36.0) + float(needed[0]),
                0.3,
            )
        )
    return rows


def cold_plate(_: Tier) -> Rows:
    """Each inner point of the figure from its neighbours: the interpolation, not the table, is checked."""
    plate = read_cold_plate(data_dir() / "cold_plates" / "ocp_oam_2023.csv", "pg25")
    inner = range(1, plate.flow.size - 1)
    ours = [
        float(plate_resistance(_without(plate, i), plate.flow[i : i + 1]).resistance[0]) for i in inner
    ]
    labels = [f"{plate.flow[i] / L_MIN:.1f} l/min" for i in inner]
    return [
        worst_relative("case-to-inlet resistance [K/W] left out", plate.resistance[1:-1], ours, labels, 0.03)
    ]


# -- the loop of a hall ----------------------------------------------------------------------------------


def gb300_return(_: Tier) -> Rows:
    table = read_reference("gb300_rack")
    solutions = [_hall_loop(t).solution for t in table.numbers("supply_C")]
    ours = [to_celsius(s.tcs_return) for s in solutions]
    labels = [f"supply {t:g} degC" for t in table.numbers("supply_C")]
    # the band 54 to 56.5 degC as its middle and half its width
    return [worst_absolute("coolant returning to the CDUs [degC]", [55.25] * len(ours), ours, labels, 1.25)]


def cdu_in_the_loop(_: Tier) -> Rows:
    """CoolIT CHx2000 at 2 MW and 2125 l/min: 16 racks share heat and flow; the pumps add 9.5 kW."""
    names, runs = halls.hall_runs(1, 16)
    load = halls.racks(names, flow=2125.0 / 16 * L_MIN, heat=124.4e3)
    plan = plan_loop(runs, load, halls.loop_design(), supply=celsius(40.0))
    got = solve_hall_loop(plan, load, set_point=celsius(40.0))
    return [
        relative("CoolIT CHx2000: heat to the facility water [W]", 2.0e6, got.heat_fws, 1e-3),
        relative("CoolIT CHx2000: approach [K]", 5.0, float(got.cdus.approach[0]), 0.01),
    ]


def loop_balances(tier: Tier) -> Rows:
    names, runs = halls.hall_runs(16, 24, cdus_per_row=2) if tier is Tier.FULL else halls.hall_runs(2, 8)
    load = halls.racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, halls.loop_design(), supply=celsius(40.0))
    got = solve_hall_loop(plan, load, set_point=celsius(40.0))
    return [
        absolute(f"{len(names)} racks: node imbalance over the largest flow [-]", 0.0, got.loop_mass, 1e-9),
        absolute(f"{len(names)} racks: heat in less heat out over heat in [-]", 0.0, got.loop_energy, 1e-9),
    ]


def lumped_loop(_: Tier) -> Rows:
    """Reduced at full load, asked at 30 % load with water too warm for the set point: the year's worst use."""
    hall = _hall_loop(40.0)
    lumped = lump(hall.solution)
    part = [replace(rack, heat=0.3 * rack.heat, gpu_power=0.3 * rack.gpu_power) for rack in hall.load]
    water = celsius(42.0)
    full = solve_hall_loop(hall.plan, part, set_point=celsius(40.0), fws_supply=water)
    quick = loop_temperatures(
        lumped, np.array([full.heat]), tcs_set_point=celsius(40.0), fws_available=np.array([water])
    )
    return [
        absolute(f"{title} at 30 % load [K]", getattr(full, name), float(getattr(quick, name)[0]), 0.1)
        for title, name in (
            ("technology supply", "tcs_supply"),
            ("technology return", "tcs_return"),
            ("facility return", "fws_return"),
        )
    ]


# -- set-ups ---------------------------------------------------------------------------------------------


def _kelvin(table: Table, name: str) -> Array:
    return np.asarray(celsius(0.0) + table.where("coolant", name).numbers("temperature_C"))


def _pipe(name: str, start: str, end: str, *, length: float, diameter: float, roughness: float) -> Pipe:
    return Pipe(name=name, start=start, end=end, length=length, diameter=diameter, roughness=roughness)


def _solve(network: Network, *, density: float = 1000.0, viscosity: float = 1e-3) -> Hydraulics:
    n = network.pipe.size
    return solve_hydraulics(network, np.full(n, density), np.full(n, viscosity))


def _one_pipe_drop(flow: float) -> float:
    pipe = _pipe("pipe", "x", "y", length=10.0, diameter=0.05, roughness=4.5e-5)
    network = build_network([pipe, ImposedFlow(name="feed", start="y", end="x", flow=flow)])
    return float(_solve(network).drop[0])


def _stanet_network(pipes: Table, nodes: Table) -> Network:
    drawn: Mapping[str, float] = {
        row["node"]: -float(row["drawn_kg_s"]) for row in nodes if float(row["drawn_kg_s"]) > 0.0
    }
    fed = {row["node"]: BAR * float(row["pressure_bar"]) for row in nodes if row["fed"] == "1"}
    lines = [
        _pipe(
            f"{row['start']}-{row['end']}",
            row["start"],
            row["end"],
            length=float(row["length_m"]),
            diameter=float(row["diameter_m"]),
            roughness=float(row["roughness_m"]),
        )
        for row in pipes
    ]
    return build_network(lines, inflow=drawn, pressure=fed)


def _destest_network(pipes: Table) -> Network:
    """Supply and return as twins; each building takes its flow, the source closes the loop at node i."""
    flow = 553.0 / 3600.0
    branches: list[Branch] = []
    for row in pipes:
        inner, outer = row["end"], row["start"]
        for start, end in ((f"supply {inner}", f"supply {outer}"), (f"return {outer}", f"return {inner}")):
            branches.append(
                _pipe(
                    f"{start} to {end}",
                    start,
                    end,
                    length=float(row["length_m"]),
                    diameter=float(row["diameter_m"]),
                    roughness=7e-6,
                )
            )
    buildings: Sequence[str] = [b for b in pipes.texts("start") if b.startswith("SimpleDistrict")]
    branches += [
        ImposedFlow(name=b, start=f"supply {b}", end=f"return {b}", flow=flow) for b in buildings
    ]
    source = ImposedFlow(name="source", start="return i", end="supply i", flow=flow * len(buildings))
    return build_network([*branches, source])


def _warmed(fluid: fluids.Fluid, temperature: float, heat_per_mass: float) -> float:
    """Temperature [K] after taking up heat [J/kg]."""
    return float(fluids.temperature_of(fluid, fluids.enthalpy(fluid, temperature) + heat_per_mass))


def _without(plate: ColdPlate, i: int) -> ColdPlate:
    return replace(plate, flow=np.delete(plate.flow, i), resistance=np.delete(plate.resistance, i))


class _HallLoop(NamedTuple):
    """A hall of twelve GB300 racks, its plan and its solution."""

    load: list[RackLiquid]
    plan: LoopPlan
    solution: LoopSolution


def _hall_loop(supply_C: float) -> _HallLoop:
    names, runs = halls.hall_runs(2, 6)
    supply = celsius(supply_C)
    load = halls.racks(names, flow=float(published(halls.GB300_FLOW, supply, halls.GB300_HEAT)))
    plan = plan_loop(runs, load, halls.loop_design(), supply=supply)
    return _HallLoop(load, plan, solve_hall_loop(plan, load, set_point=supply))


CASES = (
    Case(
        name="colebrook",
        source="Colebrook 1939, J. Inst. Civ. Eng. 11, 133-156; 42 roots with 40 digits",
        why="the equation is solved to round-off",
        run=colebrook,
    ),
    Case(
        name="laminar pipe",
        source="Hagen 1839, Poiseuille 1840: 128 mu L m / (pi rho d^4)",
        why="closed form, met to round-off",
        run=laminar,
    ),
    Case(
        name="coolants",
        source="CoolProp 8.0.0: IAPWS-95 for water, Melinder 2010 for six glycol mixtures, 42 states",
        why="bars of the polynomial fits: below the scatter of makers' sheets by a factor of ten or more",
        run=coolants,
    ),
    Case(
        name="STANET",
        source="STANET network code, four water networks with Prandtl-Colebrook friction (pandapipes, BSD-3)",
        why="same friction law: 0.1 % of pressure, 1 mm/s. pipe_1 flows at Re 2,630, between the laws: STANET "
        "extends Colebrook, this program joins laminar and turbulent smoothly (a third less drop): 0.2 %",
        run=stanet,
    ),
    Case(
        name="DESTEST CE0",
        source="IBPSA Project 1 DESTEST, network common exercise 0: median of six submissions of other tools",
        why="the six submissions scatter by 2 to 13 %; 3 % of their median",
        run=destest,
    ),
    Case(
        name="GB300 rack drop",
        source="Lenovo Press LP2357, table 27, drops printed to 0.1 psi",
        why="one exponent for the whole table; printing alone is worth 2 % at the low end",
        run=gb300_drop,
    ),
    Case(
        name="CDU data sheets",
        source="Open Compute Project (Google Deschutes), Vertiv SL-70799 (XDU1350); logarithmic mean difference, "
        "Incropera et al. 2011, eq. 11.14",
        why="two forms of one law; heat capacities vary by 0.1 % along the exchanger",
        run=cdu_sheets,
    ),
    Case(
        name="CDU at part flow",
        source="Modelica Buildings library (LBNL), CDU simulated with Dymola, two steady states: another model",
        why="0.3 K: properties and the exponent of the films differ between the models",
        run=cdu_part_load,
    ),
    Case(
        name="OCP cold plate",
        source="Open Compute Project, OAI System Liquid Cooling Guidelines 2023, Fig. 7",
        why="3 %: reading of the figure",
        run=cold_plate,
    ),
    Case(
        name="GB300 return",
        source="Lenovo Press LP2357, table 27, and 90 % of 135 kW to liquid: 54 to 56.5 degC for water and PG25",
        why="half the width of that band",
        run=gb300_return,
    ),
    Case(
        name="CDU in a hall",
        source="CoolIT CHx2000 product sheet: 2 MW, 2125 l/min, 5 K",
        why="the rated point again, reached through racks, pipes and pumps",
        run=cdu_in_the_loop,
    ),
    Case(
        name="loop balances",
        source="conservation of mass and energy",
        why="what every run must meet",
        run=loop_balances,
    ),
    Case(
        name="lumped loop",
        source="the network itself: a check of the reduction used for the hours of a year, not an outside figure",
        why="0.1 K, a tenth of what sensors of a plant resolve",
        run=lumped_loop,
    ),
)
