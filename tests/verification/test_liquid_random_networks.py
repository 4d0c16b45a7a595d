"""Random networks: whatever the graph, mass balances, every law holds, and the numbering does not matter.

Trees with loops, pumps, valves that are open, shut or act by themselves, shut pipes, heights, demands many
of which are zero. A network in which shut branches cut off a load is refused by name, and so it may be here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.errors import InputError
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.records import (
    Branch,
    CheckValve,
    FlowControl,
    Friction,
    ImposedFlow,
    Pipe,
    Pump,
    Resistance,
    Valve,
)
from solvers.liquid.hydraulics.solve import Hydraulics, solve_hydraulics
from solvers.liquid.hydraulics.states import CLOSED, LIMITING, SHUT

pytestmark = pytest.mark.kernel

RHO, MU, G = 990.0, 6e-4, 9.80665
Case = tuple[list[Branch], dict[str, float], dict[str, float], dict[str, float]]
# branches, inflow [kg/s], pressure [Pa], height [m]
Answer = tuple[dict[str, float], dict[str, float], Hydraulics]  # flow by branch, pressure by node


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A tree of 2 to 12 nodes and 0 to 5 further branches; one node or two of given pressure."""
    n = draw(st.integers(2, 12))
    ends = [(draw(st.integers(0, node - 1)), node) for node in range(1, n)]
    for _ in range(draw(st.integers(0, 5))):
        a, b = draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))
        if a != b:
            ends.append((a, b))
    branches = [draw(_branch(f"b{j}", *pair, tree=j < n - 1)) for j, pair in enumerate(ends)]
    demand = st.sampled_from([0.0, 0.0, 0.0, 0.05, 1.0, 8.0, -2.0])  # of -2: fed in
    inflow = {f"n{node}": -draw(demand) for node in range(1, n)}
    pressure = {"n0": 3e5}
    if n > 3 and draw(st.booleans()):
        pressure[f"n{n - 1}"] = draw(st.sampled_from([2.9e5, 3.1e5]))
    height = {f"n{node}": draw(st.sampled_from([0.0, 0.0, 5.0, -3.0])) for node in range(n)}
    return branches, inflow, pressure, height


@st.composite
def _branch(draw: st.DrawFn, name: str, a: int, b: int, *, tree: bool) -> Branch:
    start, end = (f"n{a}", f"n{b}") if draw(st.booleans()) else (f"n{b}", f"n{a}")
    ends = {"name": name, "start": start, "end": end}
    kinds = ["pipe", "pipe", "pipe", "resistance", "valve"]
    kind = draw(st.sampled_from(kinds if tree else [*kinds, "pump", "flow", "check", "limit", "shut"]))
    if kind == "resistance":
        return Resistance(**ends, flow=2.0, drop=5e4, exponent=draw(st.sampled_from([1.0, 1.89, 2.0])))
    if kind == "pump":
        return Pump(**ends, flow=3.0, rated=4e4, shutoff=9e4)
    if kind == "flow":
        return ImposedFlow(**ends, flow=draw(st.sampled_from([0.0, 0.4, 3.0])))
    if kind == "valve":
        return Valve(**ends, kv=40.0, opening=draw(st.sampled_from([0.2, 1.0] if tree else [0.0, 0.2, 1.0])))
    if kind == "check":
        return CheckValve(**ends, kv=60.0)
    if kind == "limit":
        return FlowControl(**ends, kv=60.0, flow=0.7)
    length = draw(st.sampled_from([0.0, 0.5, 20.0, 300.0]))
    return Pipe(
        **ends,
        length=length,
        diameter=draw(st.sampled_from([0.025, 0.08, 0.3])),
        roughness=draw(st.sampled_from([1e-6, 4.5e-5, 5e-4])),
        minor=draw(st.sampled_from([0.0, 3.0])) if length else 1.0,  # without any loss no flow is unique
        parallel=draw(st.integers(1, 3)),
        law=draw(st.sampled_from([Friction.COLEBROOK, Friction.EXPLICIT, Friction.SWAMEE_JAIN])),
        closed=kind == "shut",
    )


def solve(case: Case) -> Answer | None:
    """The answer; None where a load is cut off, which the error says by name."""
    branches, inflow, pressure, height = case
    network = build_network(branches, inflow=inflow, pressure=pressure, height=height)
    n = network.pipe.size
    said = ""
    try:
        got = solve_hydraulics(network, np.full(n, RHO), np.full(n, MU), device_density=RHO, idle_pumps=True)
    except InputError as error:
        said = str(error)
    if said:
        assert said.startswith("disconnected")
        assert any(f"'{branch.name}'" in said for branch in branches)
        return None
    return (
        dict(zip(network.branches, got.flow.tolist(), strict=True)),
        dict(zip(network.nodes, got.pressure.tolist(), strict=True)),
        got,
    )


def drive(branch: Branch, at: dict[str, float], height: dict[str, float]) -> float:
    """Pressure that drives a flow through a branch, less what its rise takes [Pa]."""
    rise = height.get(branch.end, 0.0) - height.get(branch.start, 0.0)
    return at[branch.start] - at[branch.end] - RHO * G * rise


def test_mass_balances_and_laws_hold() -> None:
    solved = 0

    @settings(max_examples=80)
    @given(cases())
    def check(case: Case) -> None:
        nonlocal solved
        solved += balanced(case)

    check()
    assert solved >= 60


def balanced(case: Case) -> bool:
    """Whether the case has an answer; asserts what must hold of it.

    The law of each branch is solved again by itself: its flow is imposed, its drop must be the same.
    """
    branches, inflow, pressure, height = case
    answer = solve(case)
    if answer is None:
        return False
    flow, at, got = answer
    largest = max(*map(abs, flow.values()), 1e-9)
    assert got.mass <= 1e-10
    for node in set(at) - set(pressure):
        arrives = sum(flow[b.name] * ((b.end == node) - (b.start == node)) for b in branches)
        assert arrives + inflow[node] == pytest.approx(0.0, abs=1e-10 * largest)
    scale = max(*(abs(drive(b, at, height)) for b in branches if not np.isnan(drive(b, at, height))), 1.0)
    for branch, state in zip(branches, got.state.tolist(), strict=True):
        m, push = flow[branch.name], drive(branch, at, height)
        if isinstance(branch, ImposedFlow):
            assert m == branch.flow
        elif state == SHUT:
            assert m == 0.0
        elif state == CLOSED:  # by itself: it stems what would flow backwards
            assert m == 0.0
            assert np.isnan(push) or push <= -getattr(branch, "shutoff", 0.0) + 1e-7 * scale
        elif state == LIMITING:
            assert isinstance(branch, FlowControl)
            assert m == pytest.approx(branch.flow, abs=1e-10 * largest)
            assert push >= -1e-7 * scale
        elif isinstance(branch, CheckValve | Pump) and m <= 0.0:
            assert m >= -1e-8 * max(largest, 1.0)  # open, and at rest
        elif not np.isnan(push):
            assert push == pytest.approx(_alone(branch, m), abs=1e-7 * scale)
            if isinstance(branch, FlowControl):
                assert m <= branch.flow * (1.0 + 1e-9)
    return True


def _alone(branch: Branch, flow: float) -> float:
    """Drop of a branch by itself at a flow, start less end [Pa]."""
    feed = ImposedFlow(name="feed", start=branch.end, end=branch.start, flow=flow)
    free = replace(branch, flow=1e9) if isinstance(branch, FlowControl) else branch
    network = build_network([free, feed], pressure={branch.start: 0.0})
    n = network.pipe.size
    got = solve_hydraulics(network, np.full(n, RHO), np.full(n, MU), device_density=RHO, idle_pumps=True)
    return -float(got.pressure[network.node(branch.end)])


def test_the_answer_does_not_depend_on_the_numbering() -> None:
    solved = 0

    @settings(max_examples=60)
    @given(cases(), st.randoms(use_true_random=False))
    def check(case: Case, luck: Random) -> None:
        nonlocal solved
        branches, *at_nodes = case
        names = sorted({end for branch in branches for end in (branch.start, branch.end)})
        others = [f"m{i}" for i in range(len(names))]
        luck.shuffle(others)
        new = dict(zip(names, others, strict=True))
        moved = [replace(b, start=new[b.start], end=new[b.end]) for b in branches]
        luck.shuffle(moved)
        inflow, pressure, height = ({new[k]: v for k, v in reversed(given.items())} for given in at_nodes)
        again = solve((moved, inflow, pressure, height))
        solved += same_answer(solve(case), again, lambda _: 1.0, lambda node: new[node])

    check()
    assert solved >= 45


def test_a_branch_written_the_other_way_round_flows_the_other_way() -> None:
    solved = 0

    @settings(max_examples=40)
    @given(cases())
    def check(case: Case) -> None:
        nonlocal solved
        branches, *rest = case
        both_ways = {b.name for b in branches if isinstance(b, Pipe | Resistance | Valve)}
        turned = [replace(b, start=b.end, end=b.start) if b.name in both_ways else b for b in branches]
        solved += same_answer(
            solve(case),
            solve((turned, *rest)),
            lambda branch: -1.0 if branch in both_ways else 1.0,
            lambda node: node,
        )

    check()
    assert solved >= 30


def same_answer(
    one: Answer | None,
    other: Answer | None,
    sign: Callable[[str], float],
    name: Callable[[str], str],
) -> bool:
    """Whether there is an answer at all; asserts that both are the same."""
    assert (one is None) == (other is None)
    if one is None or other is None:
        return False
    largest = max(*map(abs, one[0].values()), 1e-2)
    for branch, flow in one[0].items():
        assert other[0][branch] == pytest.approx(sign(branch) * flow, abs=1e-6 * largest)
    known = [value for value in one[1].values() if not np.isnan(value)]
    for node, value in one[1].items():
        assert other[1][name(node)] == pytest.approx(
            value, abs=1e-7 * max(max(known) - min(known), 1.0), nan_ok=True
        )
    return True


# -- networks that cannot be meant -----------------------------------------------------------------------


def pipe(name: str, start: str, end: str, *, length: float = 10.0, closed: bool = False) -> Pipe:
    return Pipe(
        name=name, start=start, end=end, length=length, diameter=0.05, roughness=4.5e-5, closed=closed
    )


def run(branches: list[Branch], **more: dict[str, float]) -> None:
    network = build_network(branches, need_reference=True, **more)
    n = network.pipe.size
    solve_hydraulics(network, np.full(n, RHO), np.full(n, MU))


def test_a_load_behind_a_shut_valve_is_named_with_the_valve() -> None:
    line: list[Branch] = [
        pipe("main", "plant", "street"),
        Valve(name="stop cock", start="street", end="house", kv=4.0, opening=0.0),
    ]
    with pytest.raises(InputError, match=r"(?s)disconnected.*'house' loses 0\.3 kg/s.*'stop cock'"):
        run(line, inflow={"house": -0.3}, pressure={"plant": 3e5})


def test_a_pump_against_a_shut_valve_is_named() -> None:
    loop: list[Branch] = [
        Pump(name="P1", start="vessel", end="out", flow=2.0, rated=1e5, shutoff=1.5e5),
        Valve(name="V1", start="out", end="back", kv=10.0, opening=0.0),
        pipe("return", "back", "vessel"),
    ]
    with pytest.raises(InputError, match=r"pump 'P1' runs but delivers nothing"):
        run(loop, vessel={"vessel": 2e5})


def test_a_loop_without_a_reference_is_named_by_its_nodes() -> None:
    loop: list[Branch] = [
        Pump(name="P1", start="a", end="b", flow=2.0, rated=1e5, shutoff=1.5e5),
        pipe("way", "b", "a"),
    ]
    with pytest.raises(InputError, match=r"(?s)no pressure reference.*'a', 'b'.*vessel"):
        run(loop)


def test_a_load_without_a_way_back_is_named() -> None:
    line: list[Branch] = [
        pipe("main", "plant", "street"),
        ImposedFlow(name="load", start="street", end="island", flow=1.0),
        pipe("shore", "island", "beach"),
    ]
    with pytest.raises(InputError, match=r"disconnected.*'island', 'beach' receives 1 kg/s"):
        run(line, pressure={"plant": 3e5})


def test_a_negative_length_is_named() -> None:
    with pytest.raises(InputError, match=r"length of pipe 'main' = -10 m"):
        pipe("main", "a", "b", length=-10.0)
