"""`twin network FILE`: flows, pressures and temperatures of a network written in YAML."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers import fluids
from solvers.errors import SolverError
from solvers.fluids import Fluid, load_fluid
from solvers.liquid.heat.pipes import thermal_network
from solvers.liquid.heat.steady import solve_heat
from solvers.liquid.hydraulics.network import Network, build_network
from solvers.liquid.hydraulics.power import PumpPower, pump_power
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics
from twin.network.files import NetworkInput, described_keys, read_network
from twin.resources import data_dir

if TYPE_CHECKING:
    import xarray as xr

ROUNDS = 20  # at most, of flows at the temperatures of the last round
SETTLED = 1e-6  # largest change of a temperature from round to round [K]

HELP = """Solves a network of pipes and devices that a YAML file describes, and prints every branch and node.

  twin network loop.yaml                       flows, drops, velocities, temperatures
  twin network loop.yaml --csv FOLDER          also branches.csv and nodes.csv
  twin network loop.yaml --nc loop.nc          also netCDF (xarray)
  twin network --example > loop.yaml           a file to start from
  twin network --keys                          what a file may say: kinds of branches and their keys

Where the file speaks of heat, all hydraulic power of a pump warms the coolant in the pump, with the share of
its losses; outlet_C holds what leaves a branch, a pump's own heat included.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperatures:
    """Mixed in the nodes (nn,), into and out of each branch in the direction of its flow (nb,) [K].

    gained  (nb,) by the coolant on its way through each branch [W]
    energy  |in - out| / turnover [-]
    """

    node: Array
    inlet: Array
    outlet: Array
    gained: Array
    energy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkState:
    """A solved network."""

    given: NetworkInput
    network: Network
    hydraulics: Hydraulics
    velocity: Array  # (nb,) in pipes [m/s], nan elsewhere
    heat: Temperatures
    pumps: PumpPower


def main(argv: Sequence[str]) -> int:
    """Solve one file; the exit status."""
    parser = argparse.ArgumentParser(
        prog="twin network", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, help="the network, in YAML")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write branches.csv and nodes.csv")
    parser.add_argument("--nc", type=Path, metavar="FILE", help="write netCDF-4")
    parser.add_argument("--example", action="store_true", help="print a file to start from")
    parser.add_argument("--keys", action="store_true", help="list kinds of branches and their keys")
    options = parser.parse_args(argv)
    if options.keys:
        print(described_keys())
        return 0
    if options.example:
        print((data_dir() / "networks" / "two_racks.yaml").read_text(encoding="utf-8"), end="")
        return 0
    require(options.file is not None, "no network file", hint="twin network --example > loop.yaml")
    from twin.network.tables import print_tables, write_csv
    from twin.store import check_place, prepare_folder, write_dataset

    given = read_network(options.file)
    if options.csv is not None:
        prepare_folder(options.csv, named="--csv", hint="--csv ANOTHER_FOLDER")
    if options.nc is not None:
        check_place(options.nc, named="--nc")
    state = solve_network(given)
    print_tables(state)
    if options.csv is not None:
        write_csv(state, options.csv)
    if options.nc is not None:
        write_dataset(options.nc, to_xarray(state))
    return 0


def solve_network(given: NetworkInput) -> NetworkState:
    """Flows and temperatures that fit each other: properties at the mean temperature of each pipe.

    Raises InputError for a network that cannot be meant, SolverError for one that does not settle.
    """
    fluid = load_fluid(data_dir() / "coolants" / f"{given.coolant}.csv")
    network = build_network(
        given.branches,
        inflow=given.inflow,
        pressure=given.pressure,
        vessel=given.vessel,
        height=given.height,
        controls=given.controls,
        need_reference=True,
    )
    at_rest = float(fluids.density(fluid, given.temperature))
    temperature: Array = np.full(network.pipe.size, given.temperature)
    flows: Hydraulics | None = None
    for _ in range(ROUNDS):
        density = fluids.density(fluid, temperature)
        flows = solve_hydraulics(
            network,
            density,
            fluids.viscosity(fluid, temperature),
            guess=flows,
            device_density=at_rest,
        )
        power = pump_power(network, flows, at_rest)
        heat = _heat(given, fluid, network, flows.flow, power)
        middle = 0.5 * (heat.inlet + heat.outlet)[network.pipe]
        change = float(np.max(np.abs(middle - temperature), initial=0.0))
        temperature = middle
        if change <= SETTLED:
            break
    else:
        raise SolverError(f"temperatures of the network still change by {change:.2g} K after {ROUNDS} rounds")
    velocity = np.full(len(network.branches), np.nan)
    area = 0.25 * np.pi * network.diameter**2 * network.parallel
    velocity[network.pipe] = flows.flow[network.pipe] / density / area
    return NetworkState(
        given=given, network=network, hydraulics=flows, velocity=velocity, heat=heat, pumps=power
    )


def to_xarray(state: NetworkState) -> xr.Dataset:
    """Registered variables over `branch` and `node`, SI."""
    from twin.results.dataset import to_dataset

    network, hydraulics = state.network, state.hydraulics
    return to_dataset(
        "network",
        {
            "flow": hydraulics.flow,
            "drop": hydraulics.drop,
            "velocity": state.velocity,
            "inlet_temperature": state.heat.inlet,
            "outlet_temperature": state.heat.outlet,
            "heat": state.heat.gained,
            "pressure": hydraulics.pressure,
            "node_temperature": state.heat.node,
        },
        {
            "branch": list(network.branches),
            "node": list(network.nodes),
            "start": ("branch", [network.nodes[i] for i in network.start], {"long_name": "Where it starts"}),
            "end": ("branch", [network.nodes[i] for i in network.end], {"long_name": "Where it ends"}),
            "kind": ("branch", list(state.given.kinds), {"long_name": "Kind of the branch"}),
        },
        {"title": state.given.title, "coolant": state.given.coolant, "Conventions": "CF-1.11"},
    )


def _heat(given: NetworkInput, fluid: Fluid, network: Network, flow: Array, power: PumpPower) -> Temperatures:
    """Temperatures at these flows; one for all where the file says nothing of heat.

    All hydraulic power of a pump becomes heat, and warms the coolant in the pump with the share of its
    losses: in a circuit friction turns it into heat, only spread along the way. A pump with a held outlet
    lets the coolant out at that temperature, its own heat included.
    """
    upstream = np.where(flow >= 0.0, network.start, network.end)
    if not (given.heat or given.held or given.fed or given.pipes):
        even = np.full(len(network.nodes), given.temperature)
        return Temperatures(
            node=even, inlet=even[upstream], outlet=even[upstream], gained=np.zeros(flow.size), energy=0.0
        )
    number = {name: j for j, name in enumerate(network.branches)}
    heat, gain, lift = np.zeros(flow.size), np.ones(flow.size), np.zeros(flow.size)
    for name, value in given.heat.items():
        heat[number[name]] = value
    heat[network.pumps.branch] += power.heat + power.hydraulic
    for name, value in given.held.items():
        j = number[name]
        gain[j], lift[j], heat[j] = 0.0, float(fluids.enthalpy(fluid, value)), 0.0
    fed = dict.fromkeys((*given.pressure, *given.inflow), given.temperature)
    found = solve_heat(
        thermal_network(network, fluid, given.pipes, reference=given.temperature),
        flow,
        feed={**fed, **given.fed},
        gain=gain,
        lift=lift,
        heat=heat,
    )
    inlet = found.temperature[upstream]
    outlet = np.where(np.isnan(found.outlet), inlet, found.outlet)
    return Temperatures(
        node=found.temperature,
        inlet=inlet,
        outlet=outlet,
        gained=np.abs(flow) * (fluids.enthalpy(fluid, outlet) - fluids.enthalpy(fluid, inlet)),
        energy=found.audit.residual,
    )
