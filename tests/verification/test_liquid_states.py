"""Random networks full of valves that act by themselves: the states found fit pressures and flows."""

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import SolverError
from solvers.liquid.hydraulics.network import build_network
from solvers.liquid.hydraulics.records import (
    CheckValve,
    FlowControl,
    Friction,
    ImposedFlow,
    Pipe,
    PressureReducer,
    Pump,
    Resistance,
    Valve,
)
from solvers.liquid.hydraulics.solve import solve_hydraulics
from solvers.liquid.hydraulics.states import CLOSED, HOLDING, LIMITING, OPEN

pytestmark = pytest.mark.kernel

KINDS = ("pipe", "flap", "load", "valve", "shut", "check", "reducer", "limit", "pump", "feed")
SHARE = (0.32, 0.04, 0.23, 0.1, 0.05, 0.08, 0.05, 0.05, 0.05, 0.03)


def random_case(seed):
    """A tree of 2..24 nodes with chords; one or two given pressures; loads drawn and fed at the nodes."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 25))
    ends = [(int(rng.integers(0, i)), i) for i in range(1, n)]
    for _ in range(rng.integers(0, n // 2 + 2)):
        a, b = (int(i) for i in rng.integers(0, n, 2))
        if a != b:
            ends.append((a, b))
    branches = []
    for j, (a, b) in enumerate(ends):
        if rng.random() < 0.5:
            a, b = b, a
        kind = str(rng.choice(KINDS, p=SHARE))
        if (kind == "reducer" and b in (0, n - 1)) or (kind == "feed" and j < n - 1):
            kind = "load"
        branches.append(_branch(kind, f"{kind}{j}", f"n{a}", f"n{b}", rng))
    inflow = {f"n{i}": -float(rng.choice([0.0, 0.0, 0.0, 0.05, 1.0, -1.0])) for i in range(1, n)}
    pressure = {"n0": 3e5}
    if rng.random() < 0.6:
        pressure[f"n{n - 1}"] = float(rng.choice([1e5, 2.9e5, 3.1e5, 5e5]))
    return branches, inflow, pressure


def _branch(kind, name, start, end, rng):
    at = {"name": name, "start": start, "end": end}
    if kind in ("pipe", "flap"):
        return Pipe(
            **at,
            length=float(rng.choice([0.05, 0.5, 20.0, 300.0])),
            diameter=float(rng.choice([0.025, 0.08, 0.3])),
            roughness=4.5e-5,
            one_way=kind == "flap",
            law=Friction(int(rng.integers(0, 3))),
        )
    if kind == "valve":
        return Valve(**at, kv=10.0 ** rng.uniform(-1, 3), opening=float(rng.choice([0.05, 1.0])))
    if kind == "shut":
        return Valve(**at, kv=10.0, opening=0.0)
    if kind == "check":
        return CheckValve(**at, kv=10.0 ** rng.uniform(0, 2))
    if kind == "reducer":
        return PressureReducer(**at, kv=20.0, pressure=float(rng.uniform(1e5, 4e5)))
    if kind == "limit":
        return FlowControl(**at, kv=20.0, flow=float(rng.uniform(0.0, 2.0)))
    if kind == "pump":
        return Pump(**at, flow=3.0, rated=4e4, shutoff=9e4)
    if kind == "feed":
        return ImposedFlow(**at, flow=float(rng.choice([0.0, 0.4, 2.0])))
    return Resistance(**at, flow=2.0, drop=5e4, exponent=float(rng.choice([1.0, 1.89, 2.0])))


def solve(network, **more):
    n = network.pipe.size
    return solve_hydraulics(
        network, np.full(n, 990.0), np.full(n, 6e-4), device_density=990.0, idle_pumps=True, **more
    )


def check_states(branches, network, got):
    tol = 1e-6 * max(float(np.nanmax(np.abs(got.pressure))), 1e5)
    little = 1e-7 * max(float(np.max(np.abs(got.flow))), 1.0)
    for branch, m, state in zip(branches, got.flow, got.state, strict=True):
        before, behind = (got.pressure[network.node(name)] for name in (branch.start, branch.end))
        if isinstance(branch, CheckValve) or (isinstance(branch, Pipe) and branch.one_way):
            assert m >= -little
            assert state != CLOSED or not before > behind + tol
        elif isinstance(branch, FlowControl):
            assert m <= branch.flow + little
            assert state != LIMITING or not before < behind - tol
        elif isinstance(branch, Pump):
            assert m >= -little
            assert state != CLOSED or not before + branch.shutoff > behind + tol
        elif isinstance(branch, PressureReducer):
            assert m >= -little
            assert state != OPEN or not behind > branch.pressure + tol
            assert state != HOLDING or abs(behind - branch.pressure) <= tol
            assert state != HOLDING or before >= behind - tol
            assert state != CLOSED or not (before > behind + tol and behind < branch.pressure - tol)


def test_states_fit_the_solution():
    """Refused are loads without a way, named; and flows imposed on the wrong side of a reducer."""
    solved = 0
    messages: list[str] = []
    impossible: list[str] = []
    for seed in range(200):
        branches, inflow, pressure = random_case(seed)
        try:
            network = build_network(branches, inflow=inflow, pressure=pressure)
            got = solve(network)
        except InputError as error:
            messages.append(str(error))
            continue
        except SolverError as error:
            impossible.append(str(error))
            continue
        solved += 1
        assert got.mass <= 1e-10
        check_states(branches, network, got)
        check_states(branches, network, solve(network, guess=got))
    assert solved >= 100
    assert len(impossible) <= 6
    assert all("disconnected" in text for text in messages)
    assert all("'reducer" in text for text in impossible)
