"""Cases of coolant properties, friction, and networks of pipes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geometry.grid import Array
from solvers import fluids
from solvers.friction import friction_factor
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Network, Pipe, build_network
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics
from twin.units import celsius
from twin.verification import liquid_halls as halls
from twin.verification.case import Rows, Tier, relative, worst_relative
from twin.verification.exact import laminar_pipe_drop
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


def destest(_: Tier) -> Rows:
    pipes, drops = read_reference("destest_ce0_pipes"), read_reference("destest_ce0_drops")
    network = destest_network(pipes)
    got = solve(network, density=988.0, viscosity=5.434e-4)
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


# -- set-ups ---------------------------------------------------------------------------------------------


def _kelvin(table: Table, name: str) -> Array:
    return np.asarray(celsius(0.0) + table.where("coolant", name).numbers("temperature_C"))


def _pipe(name: str, start: str, end: str, *, length: float, diameter: float, roughness: float) -> Pipe:
    return Pipe(name=name, start=start, end=end, length=length, diameter=diameter, roughness=roughness)


def solve(network: Network, *, density: float = 1000.0, viscosity: float = 1e-3) -> Hydraulics:
    """Flow in a network whose pipes all hold a fluid of this density [kg/m3] and viscosity [Pa s]."""
    n = network.pipe.size
    return solve_hydraulics(network, np.full(n, density), np.full(n, viscosity))


def _one_pipe_drop(flow: float) -> float:
    pipe = _pipe("pipe", "x", "y", length=10.0, diameter=0.05, roughness=4.5e-5)
    network = build_network([pipe, ImposedFlow(name="feed", start="y", end="x", flow=flow)])
    return float(solve(network).drop[0])


def destest_network(pipes: Table) -> Network:
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
    branches += [ImposedFlow(name=b, start=f"supply {b}", end=f"return {b}", flow=flow) for b in buildings]
    source = ImposedFlow(name="source", start="return i", end="supply i", flow=flow * len(buildings))
    return build_network([*branches, source])
