"""Random networks: whatever the graph, mass balances, every law holds, and the numbering does not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.liquid.hydraulics.network import Branch, ImposedFlow, Pipe, Pump, Resistance, build_network
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics

pytestmark = pytest.mark.kernel

RHO, MU = 990.0, 6e-4
Case = tuple[list[Branch], dict[str, float], dict[str, float]]  # branches, inflow [kg/s], pressure [Pa]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A tree of 2 to 12 nodes and 0 to 5 further branches; demands some of them zero; one or two feeds."""
    n = draw(st.integers(2, 12))
    ends = [(draw(st.integers(0, node - 1)), node) for node in range(1, n)]
    for _ in range(draw(st.integers(0, 5))):
        a, b = draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))
        if a != b:
            ends.append((a, b))
    branches = [draw(_branch(f"b{j}", *pair, tree=j < n - 1)) for j, pair in enumerate(ends)]
    demand = st.sampled_from([0.0, 0.0, 0.05, 1.0, 8.0, -2.0])  # of -2: fed in
    inflow = {f"n{node}": -draw(demand) for node in range(1, n)}
    pressure = {"n0": 3e5}
    if n > 3 and draw(st.booleans()):
        pressure[f"n{n - 1}"] = draw(st.sampled_from([2.9e5, 3.1e5]))
    return branches, inflow, pressure


@st.composite
def _branch(draw: st.DrawFn, name: str, a: int, b: int, *, tree: bool) -> Branch:
    start, end = (f"n{a}", f"n{b}") if draw(st.booleans()) else (f"n{b}", f"n{a}")
    kind = draw(st.sampled_from(["pipe", "pipe", "pipe", "resistance"] + ([] if tree else ["pump", "flow"])))
    if kind == "pipe":
        return Pipe(
            name=name,
            start=start,
            end=end,
            length=draw(st.sampled_from([0.5, 20.0, 300.0])),
            diameter=draw(st.sampled_from([0.025, 0.08, 0.3])),
            roughness=draw(st.sampled_from([0.0, 4.5e-5, 5e-4])),
            minor=draw(st.sampled_from([0.0, 3.0])),
            parallel=draw(st.integers(1, 3)),
        )
    if kind == "resistance":
        return Resistance(
            name=name,
            start=start,
            end=end,
            flow=2.0,
            drop=5e4,
            exponent=draw(st.sampled_from([1.0, 1.89, 2.0])),
        )
    if kind == "pump":
        return Pump(name=name, start=start, end=end, flow=3.0, rated=4e4, shutoff=9e4)
    return ImposedFlow(name=name, start=start, end=end, flow=draw(st.sampled_from([0.0, 0.4, 3.0])))


def solve(case: Case) -> tuple[dict[str, float], dict[str, float], Hydraulics]:
    """Flows by branch, pressures by node."""
    branches, inflow, pressure = case
    network = build_network(branches, inflow=inflow, pressure=pressure)
    n = network.pipe.size
    got = solve_hydraulics(network, np.full(n, RHO), np.full(n, MU), idle_pumps=True)
    return (
        dict(zip(network.branches, got.flow.tolist(), strict=True)),
        dict(zip(network.nodes, got.pressure.tolist(), strict=True)),
        got,
    )


@settings(max_examples=60)
@given(cases())
def test_mass_balances_and_laws_hold(case: Case) -> None:
    """Each law is solved again by itself: one branch, its flow imposed."""
    branches, inflow, pressure = case
    flow, at, got = solve(case)
    largest = max(map(abs, flow.values()))
    assert got.mass <= 1e-10
    for node in at:
        if node in pressure:
            continue
        arrives = sum(flow[b.name] * ((b.end == node) - (b.start == node)) for b in branches)
        assert arrives + inflow[node] == pytest.approx(0.0, abs=1e-10 * max(largest, 1e-9))
    drops = [abs(at[b.start] - at[b.end]) for b in branches]
    for branch in branches:
        if isinstance(branch, ImposedFlow):
            assert flow[branch.name] == branch.flow
            continue
        if isinstance(branch, Pump) and flow[branch.name] <= 1e-9:  # its check valve is shut
            assert at[branch.end] - at[branch.start] >= branch.shutoff * (1.0 - 1e-6)
            continue
        feed = ImposedFlow(name="feed", start=branch.end, end=branch.start, flow=flow[branch.name])
        _, alone, _ = solve(([branch, feed], {}, {branch.start: 0.0}))
        drop = at[branch.start] - at[branch.end]
        assert drop == pytest.approx(-alone[branch.end], abs=1e-7 * max(*drops, 1.0))


@settings(max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_numbering(case: Case, luck) -> None:
    branches, inflow, pressure = case
    flow, at, _ = solve(case)
    names = list(at)
    others = [f"m{i}" for i in range(len(names))]
    luck.shuffle(others)
    new = dict(zip(names, others, strict=True))
    moved = [replace(b, start=new[b.start], end=new[b.end]) for b in branches]
    luck.shuffle(moved)
    again, there, _ = solve(
        (
            moved,
            {new[k]: v for k, v in reversed(inflow.items())},
            {new[k]: v for k, v in reversed(pressure.items())},
        )
    )
    scale = max(map(abs, flow.values()))
    for name, value in flow.items():
        assert again[name] == pytest.approx(value, abs=1e-7 * max(scale, 1e-2))
    spread = max(at.values()) - min(at.values())
    for name, value in at.items():
        assert there[new[name]] == pytest.approx(value, abs=1e-8 * max(spread, 1.0))


@settings(max_examples=30)
@given(cases())
def test_a_branch_written_the_other_way_round_flows_the_other_way(case: Case) -> None:
    branches, inflow, pressure = case
    flow, at, _ = solve(case)
    turned = [
        replace(b, start=b.end, end=b.start) if isinstance(b, Pipe | Resistance) else b for b in branches
    ]
    again, there, _ = solve((turned, inflow, pressure))
    scale = max(map(abs, flow.values()))
    for branch in branches:
        sign = -1.0 if isinstance(branch, Pipe | Resistance) else 1.0
        assert again[branch.name] == pytest.approx(sign * flow[branch.name], abs=1e-7 * max(scale, 1e-2))
    for name, value in at.items():
        assert there[name] == pytest.approx(value, abs=1e-8 * max(max(at.values()) - min(at.values()), 1.0))
