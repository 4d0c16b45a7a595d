"""Cases of networks that lose heat: OpenModelica's pipes, the DESTEST network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers import fluids
from solvers.fluids import Fluid
from solvers.liquid.heat.losses import layer_resistance, loss_per_metre
from solvers.liquid.heat.pipes import PipeHeat, thermal_network
from solvers.liquid.heat.pressure import pressure_heat
from solvers.liquid.heat.steady import HeatSolution, solve_heat
from solvers.liquid.hydraulics.network import Network, Pipe, build_network
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics
from twin.units import celsius, to_celsius
from twin.verification import liquid_halls as halls
from twin.verification.case import Row, Rows, Tier, absolute, relative, worst_absolute, worst_relative
from twin.verification.networks import destest_network, solve
from twin.verification.reference import Table, read_reference

BAR = 1e5  # [Pa]
ATMOSPHERE = 1.01325 * BAR
FILLED = 3.0 * BAR  # of the table of water
COMPRESSIBILITY = 4.5e-10  # of water at 20 to 70 degC: 4.4 to 4.6e-10 (IAPWS-95) [1/Pa]
ROUNDS = 6  # of flows at the temperatures of the last round: below 1e-6 K from the fourth


def openmodelica(_: Tier) -> Rows:
    """Each section of a pipe is a pipe with one stirred cell: the scheme of the reference."""
    nodes, pipes = read_reference("openmodelica_nodes"), read_reference("openmodelica_pipes")
    sections = read_reference("openmodelica_sections")
    water = halls.coolant("water")
    rows: list[Row] = []
    for name in dict.fromkeys(pipes.texts("network")):
        at, lines, parts = (table.where("network", name) for table in (nodes, pipes, sections))
        case = _sectioned(at, lines, parts)
        flows, heat, density = _settled(case, water)
        number = {branch: j for j, branch in enumerate(case.network.branches)}
        labels = [f"{row['pipe']}.{row['section']}" for row in parts]
        order = [number[label] for label in labels]
        pipe = {int(branch): k for k, branch in enumerate(case.network.pipe)}
        at_pipe = [pipe[j] for j in order]
        area = 0.25 * np.pi * case.network.diameter[at_pipe] ** 2
        velocity = flows.flow[order] / density[at_pipe] / area
        where = [case.network.node(node) for node in at.texts("node")]
        rows += [
            worst_absolute(
                f"{name}: temperature of a section [K]",
                parts.numbers("temperature_K"),
                heat.outlet[order],
                labels,
                0.1,
            ),
            worst_absolute(
                f"{name}: velocity in a section [m/s]",
                parts.numbers("velocity_m_s"),
                velocity,
                labels,
                1e-3,
            ),
            worst_relative(
                f"{name}: pressure [Pa]",
                BAR * at.numbers("pressure_bar"),
                flows.pressure[where],
                at.texts("node"),
                5e-3,
            ),
        ]
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    network: Network
    heat: tuple[PipeHeat, ...]
    feed: dict[str, float]  # [K]
    start: float  # temperature to begin with [K]


def _sectioned(nodes: Table, pipes: Table, sections: Table) -> _Case:
    count = {name: len(sections.where("pipe", name).rows) for name in pipes.texts("pipe")}
    lines: list[Pipe] = []
    heat: list[PipeHeat] = []
    level = {row["node"]: float(row["height_m"]) for row in nodes}
    for row in pipes:
        n, diameter = count[row["pipe"]], float(row["diameter_m"])
        stops = [row["start"], *(f"{row['pipe']}:{k}" for k in range(1, n)), row["end"]]
        for k in range(n):
            name = f"{row['pipe']}.{k + 1}"
            lines.append(
                Pipe(
                    name=name,
                    start=stops[k],
                    end=stops[k + 1],
                    length=float(row["length_m"]) / n,
                    diameter=diameter,
                    roughness=float(row["roughness_m"]),
                )
            )
            for node, share in ((stops[k], k / n), (stops[k + 1], (k + 1) / n)):
                level[node] = (1.0 - share) * level[row["start"]] + share * level[row["end"]]
            heat.append(
                PipeHeat(
                    name=name,
                    surroundings=float(row["outside_K"]),
                    loss=np.pi * diameter * float(row["u_W_m2K"]),
                    film=np.inf,
                )
            )
    fed = next(row for row in nodes if row["fed_K"])
    around = float(pipes.rows[0]["outside_K"])
    feed = {row["node"]: float(row["fed_K"]) if row["fed_K"] else around for row in nodes}
    network = build_network(
        lines,
        inflow={row["node"]: -float(row["drawn_kg_s"]) for row in nodes if float(row["drawn_kg_s"])},
        pressure={fed["node"]: BAR * float(fed["pressure_bar"])},
        height=level,
    )
    return _Case(network=network, heat=tuple(heat), feed=feed, start=feed[fed["node"]])


def _settled(case: _Case, fluid: Fluid) -> tuple[Hydraulics, HeatSolution, Array]:
    """Flows at the temperatures they bring about, these, and the density of each pipe [kg/m3]."""
    thermal = thermal_network(case.network, fluid, case.heat, reference=case.start)
    temperature: Array = np.full(case.network.pipe.size, case.start)
    pressure: Array = np.full(case.network.pipe.size, FILLED)
    flows = None
    for _ in range(ROUNDS):
        density = fluids.density(fluid, temperature) * (1.0 + COMPRESSIBILITY * (pressure - FILLED))
        flows = solve_hydraulics(
            case.network,
            density,
            fluids.viscosity(fluid, temperature),
            guess=None if flows is None else flows.flow,
        )
        warmed = pressure_heat(
            case.network, fluid, flows.flow, flows.drop, temperature=temperature, density=density
        )
        heat = solve_heat(thermal, flows.flow, feed=case.feed, heat=warmed, sections=True)
        temperature = heat.outlet[case.network.pipe]
        ends = flows.pressure[case.network.start] + flows.pressure[case.network.end]
        pressure = 0.5 * ends[case.network.pipe] + ATMOSPHERE
    assert flows is not None
    return flows, heat, density


# -- DESTEST ---------------------------------------------------------------------------------------------

DESTEST_DROP = 30.0  # by which each building cools its water [K]
WALL, INSULATION, GROUND = 0.35, 0.026, 283.15  # conductivities [W/(m K)], around the insulation [K]


def destest_heat(_: Tier) -> Rows:
    water = fluids.constant_fluid(
        "water of the exercise",
        density=988.0,
        heat_capacity=4180.0,
        viscosity=5.434e-4,
        conductivity=0.64,
    )
    pipes = read_reference("destest_ce0_pipes")
    network = destest_network(pipes)
    flows = solve(network, density=988.0, viscosity=5.434e-4)
    thermal = thermal_network(network, water, _insulated(pipes), reference=celsius(50.0))
    gain, lift = np.ones(flows.flow.size), np.zeros(flows.flow.size)
    for j in network.imposed:
        lift[j] = -DESTEST_DROP * 4180.0
    source = network.branches.index("source")
    gain[source], lift[source] = 0.0, float(fluids.enthalpy(water, celsius(70.0)))
    heat = solve_heat(thermal, flows.flow, gain=gain, lift=lift)
    warmed = celsius(70.0) - float(heat.temperature[network.node("return i")])
    ours = {
        "power": float(flows.flow[source]) * 4180.0 * warmed,
        "loss": float(heat.loss[thermal.store("supply i to supply h")]),
    }
    rows: list[Row] = []
    for row in read_reference("destest_ce0_heat"):
        quantity, median = row["quantity"], float(row["median"])
        if quantity in ours:
            title = (
                "heat lost by the supply main i-h [W]" if quantity == "loss" else "power of the source [W]"
            )
            rows.append(relative(title, median, ours[quantity], 0.05 if quantity == "loss" else 0.01))
            continue
        found = to_celsius(float(heat.temperature[network.node(f"{quantity} {row['node']}")]))
        bar = 0.05 if quantity == "supply" else 0.1
        rows.append(absolute(f"{quantity} temperature at {row['node']} [degC]", median, found, bar))
    return rows


def _insulated(pipes: Table) -> list[PipeHeat]:
    """Wall and insulation of every pipe; the ground touches the insulation, as the exercise has it."""
    heat = []
    for row in pipes:
        inner, outer = float(row["diameter_m"]), float(row["outer_m"])
        casing = outer + 2.0 * float(row["insulation_m"])
        loss = loss_per_metre(
            layer_resistance(inner, outer, WALL), layer_resistance(outer, casing, INSULATION)
        )
        a, b = row["end"], row["start"]
        for name in (f"supply {a} to supply {b}", f"return {b} to return {a}"):
            heat.append(PipeHeat(name=name, surroundings=GROUND, loss=loss))
    return heat
