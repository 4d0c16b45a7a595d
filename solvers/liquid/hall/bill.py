"""The bill of pipes: what to buy, and how hard it works; and what reaches each hall of a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.piping import Circuit
from solvers.liquid.hall.loop import LoopSolution, PipeStates
from solvers.liquid.hall.plan import LoopPlan

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillItem:
    """Pipes of one circuit, one part of the works and one size."""

    circuit: str  # value of geometry.piping.Circuit
    part: str  # such as `manifold` or `hoses`
    nominal: int  # DN
    number: int  # pipes, parallel lines counted
    length: float  # of all of them [m]
    velocity: float  # fastest [m/s]
    drop: float  # largest of one pipe, fittings included [Pa]
    gradient: float  # largest drop / length of one pipe, fittings included [Pa/m]


def bill_of_pipes(parts: Sequence[tuple[PipeStates, int]]) -> tuple[BillItem, ...]:
    """Bill of the pipes of several halls, each standing `count` times; by circuit, part and size."""
    rows: dict[tuple[str, str, int], list[tuple[float, float, float, float, float]]] = {}
    for pipes, count in parts:
        lines = pipes.parallel * count
        for i, (circuit, group) in enumerate(zip(pipes.circuit, pipes.group, strict=True)):
            key = (circuit, group.rpartition(".")[2], int(pipes.nominal[i]))
            drop = abs(float(pipes.drop[i]))
            gradient = drop / pipes.length[i] if pipes.length[i] > 0.0 else 0.0
            rows.setdefault(key, []).append(
                (lines[i], lines[i] * pipes.length[i], abs(pipes.velocity[i]), drop, gradient)
            )
    order = {circuit.value: i for i, circuit in enumerate(Circuit)}
    found = []
    for key in sorted(rows, key=lambda k: (order[k[0]], k[1], k[2])):
        table = np.array(rows[key])
        number, length = table[:, :2].sum(axis=0)
        velocity, drop, gradient = table[:, 2:].max(axis=0)
        found.append(
            BillItem(
                circuit=key[0],
                part=key[1],
                nominal=key[2],
                number=round(number),
                length=float(length),
                velocity=float(velocity),
                drop=float(drop),
                gradient=float(gradient),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class HallStates:
    """By hall of a site whose loop is solved as one; halls without a loop are absent."""

    name: tuple[str, ...]
    heat: Array  # of racks and doors, to the coolant [W]
    flow: Array  # of facility water [kg/s]
    fws_supply: Array  # at its connection [K]
    fws_return: Array  # [K]
    tcs_supply: Array  # warmest of its units [K]
    junction: Array  # hottest [K]; nan without GPUs
    mains_drop: Array  # from the plant to the connection and back [Pa]
    hall_drop: Array  # from the connection to its worst unit and back, the unit excluded [Pa]
    spare: Array  # head at the connection beyond what the hall needs, to be throttled [Pa]

    @property
    def worst(self) -> int:
        """The hall whose way from the plant takes most head."""
        return int(np.argmin(self.spare))


def hall_states(plan: LoopPlan, solution: LoopSolution) -> HallStates:
    """What reaches each hall, from the solution of a site planned by `geometry.campus.site_pipes`.

    Names of racks and units begin with the name of their hall and a dot.
    """
    first = len(plan.tcs_runs)
    pipes, cdus, racks = solution.pipes, solution.cdus, solution.racks
    lost = {plan.fws.nodes[plan.fws_supply]: 0.0, plan.fws.nodes[plan.fws_return]: 0.0}
    meets: dict[str, int] = {}  # the run between the mains and a node of a hall's connection
    for i, run in enumerate(plan.fws_runs, start=first):  # laid outwards from the plant
        goes = run.circuit is Circuit.FWS_SUPPLY
        near, far = (run.start, run.end) if goes else (run.end, run.start)
        lost[far] = lost[near] + float(pipes.drop[i])
        if far.endswith(f".{run.circuit.value}"):
            meets[far] = i
    units, housed = _members(cdus.name), _members(racks.name)
    ways = np.array([lost[f"{name}.fws_in"] + lost[f"{name}.fws_out"] for name in cdus.name])
    names = tuple(units)
    there = np.array([meets[f"{name}.fws_supply"] for name in names], dtype=np.intp)
    back = np.array([meets[f"{name}.fws_return"] for name in names], dtype=np.intp)
    mains = np.array([lost[f"{name}.fws_supply"] + lost[f"{name}.fws_return"] for name in names])
    whole = np.array([ways[units[name]].max() for name in names])
    return HallStates(
        name=names,
        heat=np.array([racks.heat[housed[name]].sum() for name in names]),
        flow=np.abs(pipes.flow[there]),
        fws_supply=pipes.temperature[there],
        fws_return=pipes.temperature[back],
        tcs_supply=np.array([np.nanmax(cdus.tcs_supply[units[name]]) for name in names]),
        junction=np.array([np.fmax.reduce(racks.junction[housed[name]]) for name in names]),
        mains_drop=mains,
        hall_drop=whole - mains,
        spare=whole.max() - whole,
    )


def _members(names: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Places of what belongs to each hall, halls in order of appearance."""
    found: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        found.setdefault(name.partition(".")[0], []).append(i)
    return {name: np.array(places, dtype=np.intp) for name, places in found.items()}
