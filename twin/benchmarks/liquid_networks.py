"""Benchmarks of the network solver: random two-pipe networks beside pandapipes, a cold network, growth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geometry.grid import Array
from solvers.errors import SolverError
from solvers.liquid.hydraulics.graph import graph_of
from solvers.liquid.hydraulics.network import Network, Pipe, build_network
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics
from twin.benchmarks import peer_liquid
from twin.benchmarks.case import Setting, Timing, clock
from twin.benchmarks.peer_liquid import Peer
from twin.benchmarks.two_pipe import (
    DENSITY,
    ROUGHNESS,
    SUPPLY_PRESSURE,
    VISCOSITY,
    TwoPipe,
    loads,
    random_two_pipe,
    two_pipe_network,
)

CONSUMERS = (48, 475, 4750)  # 100, 998 and 9,976 pipes
SOLVES = {48: 2000, 475: 400, 4750: 40}
PEER_SOLVES = {48: 20, 475: 10, 4750: 4}
BATCHES = 3  # the fastest counts
COLD = 1100  # consumers: 1,155 links
# [Pa] between the two programs' pressures: the peer stops at 1e-5 of 8e5 Pa, and its Colebrook holds no
# laminar flow, which a few pipes that close loops have
AGREE = 500.0


def networks(setting: Setting) -> Sequence[Timing]:
    """Every load drawn anew within 20 % before each solve, from the flows of the last one; one thread."""
    found = []
    for consumers in CONSUMERS[:1] if setting.quick else CONSUMERS:
        case = random_two_pipe(consumers)
        network = two_pipe_network(case)
        rows = loads(case, SOLVES[consumers])
        few = rows[: PEER_SOLVES[consumers]]
        setting.tell(f"{case.pipes} pipes")
        peer = peer_liquid.solve(replace(setting, threads=1), case, few)
        apart = "" if peer is None else f"; pressures agree to {_compare(network, case, few, peer):.0f} Pa"
        seconds, iterations = warm_seconds(network, rows)
        found.append(
            Timing(
                name=f"{case.pipes:,} pipes, {case.consumers:,} loads redrawn, flows and pressures",
                ours_s=seconds,
                peer=None if peer is None else peer.name,
                peer_s=None if peer is None else float(np.min(peer.seconds)),
                note=f"{1.0 / seconds:,.0f} solves a second, {iterations:.1f} iterations{apart}",
            )
        )
    return found


def cold_network(setting: Setting) -> Sequence[Timing]:
    """One circuit of mains with demands at its nodes, from no flows at all."""
    case = random_two_pipe(48 if setting.quick else COLD)
    network = one_pipe_network(case)
    got = solve(network)
    ordering, solving, building = [], [], []
    for _ in range(20):
        with clock() as timed:
            one_pipe_network(case)
        building.append(timed.seconds)
        with clock() as timed:
            _order(network)
        ordering.append(timed.seconds)
        with clock() as timed:
            got = solve(network)
        solving.append(timed.seconds)
    return [
        Timing(
            name=f"cold network, {len(network.branches):,} links: ordered and solved",
            ours_s=min(ordering) + min(solving),
            note=f"solved in {1e3 * min(solving):.2f} ms, {got.iterations} iterations; from records in "
            f"{1e3 * min(building):.1f} ms; EPANET 2.2 was measured at 3.6 ms for 1,158 links",
        )
    ]


def _order(network: Network) -> None:
    graph_of(
        network.start,
        network.end,
        network.imposed,
        network.fixed,
        network.part,
        network.graph.must_balance,
    )


def warm_seconds(network: Network, rows: Array) -> tuple[float, float]:
    """Processor seconds and iterations of a warm solve; the fastest of three batches."""
    properties = _properties(network)
    got = solve_hydraulics(replace(network, imposed_flow=rows[-1]), *properties)
    best, iterations = np.inf, 0.0
    for batch in np.array_split(rows, BATCHES):
        begin = time.process_time()
        count = 0
        for row in batch:
            got = solve_hydraulics(replace(network, imposed_flow=row), *properties, guess=got.flow)
            count += got.iterations
        seconds = (time.process_time() - begin) / len(batch)
        if seconds < best:
            best, iterations = seconds, count / len(batch)
    return float(best), iterations


def solve(network: Network) -> Hydraulics:
    return solve_hydraulics(network, *_properties(network))


def one_pipe_network(case: TwoPipe) -> Network:
    """The supply circuit alone, its loads drawn at the nodes, pressure given at the source."""
    pipes = [
        Pipe(name=f"{i}", start=f"{a}", end=f"{b}", length=length, diameter=diameter, roughness=ROUGHNESS)
        for i, (a, b, length, diameter) in enumerate(
            zip(case.start, case.end, case.length.tolist(), case.diameter.tolist(), strict=True)
        )
    ]
    drawn = {f"{i}": -load for i, load in enumerate(case.load.tolist(), 1)}
    return build_network(pipes, inflow=drawn, pressure={"0": SUPPLY_PRESSURE})


def _properties(network: Network) -> tuple[Array, Array]:
    n = network.pipe.size
    return np.full(n, DENSITY), np.full(n, VISCOSITY)


def _compare(network: Network, case: TwoPipe, rows: Array, peer: Peer) -> float:
    """Largest difference of pressures [Pa]. Raises SolverError where the two have not solved the same."""
    number = {name: i for i, name in enumerate(network.nodes)}
    at = [number[f"{side}-{i}"] for side in "SR" for i in range(case.consumers + 1)]
    apart = 0.0
    for row, theirs in zip(rows, peer.pressure, strict=True):
        ours = solve_hydraulics(replace(network, imposed_flow=row), *_properties(network))
        apart = max(apart, float(np.max(np.abs(ours.pressure[at] - theirs))))
    if not apart <= AGREE:
        raise SolverError(f"{case.pipes} pipes: pressures differ by {apart:.3g} Pa from {peer.name}'s")
    return apart
