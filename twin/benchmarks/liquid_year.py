"""Benchmark of a year of hours: 100 pipes, flows and temperatures of every hour, stored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geometry.grid import Array
from solvers import fluids
from solvers.errors import SolverError
from solvers.fluids import Fluid
from solvers.liquid.heat.march import HeatRun, march
from solvers.liquid.heat.pipes import PipeHeat, ThermalNetwork, thermal_network
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.heat.steady import solve_heat
from solvers.liquid.hydraulics.network import Network
from solvers.liquid.hydraulics.solve import solve_hydraulics
from twin.benchmarks import peer_liquid
from twin.benchmarks.case import Setting, Timing, clock
from twin.benchmarks.peer_liquid import Peer
from twin.benchmarks.two_pipe import (
    DENSITY,
    HEAT_CAPACITY,
    VISCOSITY,
    TwoPipe,
    loads,
    random_two_pipe,
    two_pipe_network,
)

HOURS = 8760
PEER_HOURS = 12
CONSUMERS = 48
COOLED = 30.0  # by each consumer at its mean flow [K]
SUPPLY, GROUND = 343.15, 283.15  # [K]
LOSS = 1.0  # of the pipes, on their inner surface [W/(m2 K)]
WALL = 5e3  # heat capacity of the pipes' walls [J/(m K)]: DN 100 of steel
AGREE = 0.05  # [K] between the programs at rest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    network: Network
    thermal: ThermalNetwork
    heat: Array  # (nb,) given to the coolant [W]
    density: Array
    viscosity: Array


def year(setting: Setting) -> Sequence[Timing]:
    """Every load drawn anew each hour; hydraulics, implicit volumes with walls, audit, file."""
    case = random_two_pipe(CONSUMERS)
    rows = loads(case, 24 * 7 if setting.quick else HOURS)
    site = _site(case)
    drawn = HEAT_CAPACITY * COOLED * case.load
    setting.tell(f"{case.pipes} pipes, {len(rows):,} hours")
    peer = peer_liquid.solve(
        replace(setting, threads=1),
        case,
        rows[:PEER_HOURS],
        heat=drawn,
        u=LOSS,
        outside=GROUND,
        supply=SUPPLY,
    )
    apart = (
        "" if peer is None else f"; at rest, temperatures agree to {_compare(site, case, rows, peer):.0e} K"
    )
    _hours(site, rows[:2])  # compiles
    begin = time.process_time()
    with clock() as wall:
        flow, run = _hours(site, rows)
        solved = time.process_time() - begin
        setting.folder.mkdir(parents=True, exist_ok=True)
        file = setting.folder / "year.nc"
        _store(file, flow, run)
        seconds = time.process_time() - begin
    return [
        Timing(
            name=f"{len(rows):,} hours of {case.pipes} pipes, {case.consumers} consumers: flows, heat, file",
            ours_s=seconds,
            peer=None if peer is None else peer.name,
            peer_s=None if peer is None else float(np.median(peer.seconds)) * len(rows),
            note=f"processor time; {solved:.2f} s without the file of {file.stat().st_size / 1e6:.0f} MB, "
            f"{wall.seconds:.1f} s by the clock; energy closes to "
            f"{run.audit.residual:.0e}, the worst hour to {run.residual.max():.0e}"
            f"{'' if peer is None else f'; peer: {PEER_HOURS} steady hours, extrapolated{apart}'}",
        )
    ]


def _site(case: TwoPipe) -> _Site:
    network = two_pipe_network(case)
    walls = [
        PipeHeat(name=f"{side}{i}", surroundings=GROUND, loss=np.pi * d * LOSS, wall=WALL, film=np.inf)
        for side in "SR"
        for i, d in enumerate(case.diameter.tolist())
    ]
    heat = np.zeros(len(network.branches))
    heat[network.imposed] = -HEAT_CAPACITY * COOLED * case.load
    n = network.pipe.size
    return _Site(
        network=network,
        thermal=thermal_network(network, _water(), walls, reference=SUPPLY),
        heat=heat,
        density=np.full(n, DENSITY),
        viscosity=np.full(n, VISCOSITY),
    )


def _water() -> Fluid:
    return fluids.constant_fluid(
        "water at 60 degC", density=DENSITY, heat_capacity=HEAT_CAPACITY, viscosity=VISCOSITY
    )


def _hours(site: _Site, rows: Array) -> tuple[Array, HeatRun]:
    """Flows (hours, branches), each started from the last, and the temperatures they carry."""
    flow = np.empty((len(rows), len(site.network.branches)))
    last = None
    for hour, row in enumerate(rows):
        network = replace(site.network, imposed_flow=row)
        last = solve_hydraulics(network, site.density, site.viscosity, guess=last)
        flow[hour] = last.flow
    state = start(site.thermal, SUPPLY, scheme=Scheme.IMPLICIT)
    return flow, march(site.thermal, state, flow, dt=3600.0, feed={"S-0": SUPPLY}, heat=site.heat)


def _store(file: Path, flow: Array, run: HeatRun) -> None:
    import xarray as xr

    from twin.store import write_dataset

    write_dataset(
        file,
        xr.Dataset(
            {
                "flow": (("hour", "branch"), flow),
                "node_temperature": (("hour", "node"), run.temperature),
                "loss": (("hour", "pipe"), run.loss),
            }
        ),
    )


def _compare(site: _Site, case: TwoPipe, rows: Array, peer: Peer) -> float:
    """Largest difference of temperatures at rest [K]. Raises SolverError where they are not the same."""
    number = {name: i for i, name in enumerate(site.network.nodes)}
    at = [number[f"{side}-{i}"] for side in "SR" for i in range(case.consumers + 1)]
    apart = 0.0
    for row, theirs in zip(rows, peer.temperature, strict=False):
        network = replace(site.network, imposed_flow=row)
        flow = solve_hydraulics(network, site.density, site.viscosity).flow
        ours = solve_heat(site.thermal, flow, feed={"S-0": SUPPLY}, heat=site.heat).temperature
        apart = max(apart, float(np.max(np.abs(ours[at] - theirs))))
    if not apart <= AGREE:
        raise SolverError(f"a year of {case.pipes} pipes: temperatures differ by {apart:.3g} K at rest")
    return apart
