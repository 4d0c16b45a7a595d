"""A year of hours of a random two-pipe network: flows, temperatures, losses, balances, stored.

    python tests/benchmarks/liquid_year.py [CONSUMERS] [CELLS]

A closed loop. Every hour has its own loads (a year's swing, noise of 20 %, consumers that stand still) and
its own water on the primary side. A plate exchanger, whose UA follows the flow, warms the loop, as pumps do;
consumers draw their heat, pipes lose to the ground and hold heat in coolant and steel. One step of a large
network is timed too.
"""

from __future__ import annotations

import os

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import xarray as xr

from geometry.grid import Array
from solvers.fluids import enthalpy
from solvers.heat.exchangers import effectiveness
from solvers.liquid.heat.march import march
from solvers.liquid.heat.pipes import PipeHeat, ThermalNetwork, thermal_network
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.hydraulics.ensemble import solve_ensemble
from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Network, Pipe, build_network
from twin.benchmarks.two_pipe import DENSITY, VISCOSITY, TwoPipe, random_two_pipe, two_pipe_network
from twin.units import celsius
from twin.verification.liquid_halls import coolant

HOURS = 8760
SUPPLY, GROUND = celsius(70.0), celsius(10.0)
PUMPED = 5e5  # pump power over volume flow [Pa]
COOLED = 30.0  # of what consumers take out [K]


def buried(case: TwoPipe, network: Network, cells: int) -> ThermalNetwork:
    """Insulated steel pipes: 0.25 W/(m K), walls of 3 mm."""
    pipes = [
        PipeHeat(
            name=network.branches[branch],
            surroundings=GROUND,
            loss=0.25,
            wall=np.pi * diameter * 3e-3 * 7850.0 * 480.0,
            cells=cells,
        )
        for branch, diameter in zip(network.pipe, network.diameter, strict=True)
    ]
    return thermal_network(network, coolant("water"), pipes, reference=celsius(50.0))


def closed_loop(case: TwoPipe) -> Network:
    """The two circuits, the consumers between them, and the plant that takes in the return."""
    open_ = two_pipe_network(case)
    branches: list[Branch] = [
        Pipe(
            name=open_.branches[j],
            start=open_.nodes[open_.start[j]],
            end=open_.nodes[open_.end[j]],
            length=float(length),
            diameter=float(diameter),
            roughness=1e-4,
        )
        for j, length, diameter in zip(open_.pipe, open_.length, open_.diameter, strict=True)
    ]
    branches += [
        ImposedFlow(name=f"C{i}", start=f"S-{i}", end=f"R-{i}", flow=float(flow))
        for i, flow in enumerate(case.load, 1)
    ]
    plant = ImposedFlow(name="plant", start="R-0", end="pumped", flow=float(case.load.sum()))
    exchanger = ImposedFlow(name="exchanger", start="pumped", end="S-0", flow=plant.flow)
    return build_network([*branches, plant, exchanger])


def plate(flow: Array, primary: Array, rated: float) -> tuple[Array, Array]:
    """(gain, lift) of a balanced plate exchanger: 4 transfer units at its rated flow, UA as flow^0.8."""
    units = 4.0 * (flow / rated) ** -0.2
    share = effectiveness(units, np.ones_like(units))
    return 1.0 - share, share * enthalpy(coolant("water"), primary)


def year(consumers: int, cells: int) -> None:
    case = random_two_pipe(consumers)
    network = closed_loop(case)
    thermal = buried(case, network, cells)
    rng = np.random.default_rng(3)
    swing = 0.6 + 0.4 * np.cos(2.0 * np.pi * np.arange(HOURS) / HOURS)
    load = case.load * swing[:, None] * rng.uniform(0.8, 1.2, (HOURS, consumers))
    load[rng.random(load.shape) < 0.02] = 0.0
    total = load.sum(axis=1)
    imposed = np.column_stack((load, total, total))
    primary = celsius(75.0) - 5.0 * np.cos(2.0 * np.pi * np.arange(HOURS) / 24.0)
    at = celsius(60.0)
    cp = 4185.0

    for scheme in (Scheme.IMPLICIT, Scheme.PARCELS):
        best: list[float] = []
        for _ in range(3):
            marks = [time.process_time()]
            n = network.pipe.size
            flows = solve_ensemble(
                network, np.full(n, DENSITY), np.full(n, VISCOSITY), imposed_flow=imposed
            ).flow
            marks.append(time.process_time())
            heat = np.zeros_like(flows)
            heat[:, network.imposed[:-2]] = -COOLED * cp * load
            heat[:, network.imposed[-2]] = total * PUMPED / DENSITY
            gain, lift = np.ones_like(flows), np.zeros_like(flows)
            gain[:, -1], lift[:, -1] = plate(total, primary, case.load.sum())
            run = march(
                thermal,
                start(thermal, at, scheme=scheme),
                flows,
                dt=3600.0,
                gain=gain,
                lift=lift,
                heat=heat,
            )
            marks.append(time.process_time())
            with tempfile.TemporaryDirectory() as folder:
                xr.Dataset(
                    {
                        "flow": (("hour", "branch"), flows.astype(np.float32)),
                        "temperature": (("hour", "node"), run.temperature.astype(np.float32)),
                        "loss": (("hour", "pipe"), run.loss.astype(np.float32)),
                    }
                ).to_netcdf(Path(folder) / "year.nc", engine="h5netcdf")
            marks.append(time.process_time())
            took = np.diff(marks)
            if not best or took.sum() < sum(best):
                best = took.tolist()
        print(
            f"{case.pipes:,} pipes, {thermal.n_cells:,} cells, {scheme.name}: {sum(best):.2f} s "
            f"(flows {best[0]:.2f}, heat {best[1]:.2f}, writing {best[2]:.2f}); losses "
            f"{run.audit.loss / 3.6e12:.3f} GWh; worst hour closes to {run.residual.max():.0e}, the year to "
            f"{run.audit.residual:.0e}"
        )


def step(consumers: int, cells: int) -> None:
    case = random_two_pipe(consumers)
    network = two_pipe_network(case)
    thermal = buried(case, network, cells)
    n = network.pipe.size
    flow = solve_ensemble(network, np.full(n, DENSITY), np.full(n, VISCOSITY)).flow[0]
    heat = np.zeros_like(flow)
    heat[network.imposed] = -COOLED * 4185.0 * case.load
    seconds = []
    for steps in (1, 11):
        state, best = start(thermal, celsius(60.0)), np.inf
        for _ in range(5):
            begin = time.process_time()
            march(thermal, state, flow, dt=3600.0, feed={"S-0": SUPPLY}, heat=heat, steps=steps)
            best = min(best, time.process_time() - begin)
        seconds.append(best)
    print(
        f"{case.pipes:,} pipes, {thermal.n_cells:,} cells: a step alone {1e3 * seconds[0]:.1f} ms, "
        f"one of many {1e2 * (seconds[1] - seconds[0]):.1f} ms"
    )


if __name__ == "__main__":
    houses = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    per_pipe = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    year(houses, per_pipe)
    step(4750, 1)
    step(4750, per_pipe)
