"""Reading the peer's monitors, and the criteria that say at which iteration it was done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers.air.problem import AirProblem
from twin.benchmarks.openfoam.case import EVERY, side_patch
from twin.benchmarks.openfoam.text import patch_name

SHORTEST = 50  # iterations over which a change is judged
SUSTAINED = 50  # iterations for which a criterion has to go on holding


@dataclass(frozen=True, slots=True, kw_only=True)
class HallMonitors:
    """Every few iterations: mean and hottest inlet of each rack [K], and the balance of heat."""

    iteration: Array  # (n,)
    mean: Array  # (n, racks) [K]
    hottest: Array  # (n, racks) [K]
    return_temperature: Array  # (n,) [K]
    heat_error: Array  # (n,) (heat out - heat in) / heat in [-]


def read_hall(folder: Path, problem: AirProblem) -> HallMonitors:
    """The monitors that a hall's case has written so far."""
    fronts = [patch_name(rack.intake) for rack in problem.fan_racks]
    exhausts = [patch_name(exhaust.port) for exhaust in problem.exhausts]
    names = [f"{kind}_{front}" for kind in ("mean", "max") for front in fronts]
    names += [f"{kind}_{exhaust}" for kind in ("flow", "heat") for exhaust in exhausts]
    iteration, columns = _read(folder, names)
    n, m = len(fronts), len(exhausts)
    flow = columns[:, 2 * n : 2 * n + m].sum(axis=1)
    carried = columns[:, 2 * n + m :].sum(axis=1)
    air = problem.properties
    # above the supply: the peer's mass balance is open by 1e-3 between iterations, and kelvins are many
    supply = sum(s.flow * s.temperature for s in problem.supplies) / sum(s.flow for s in problem.supplies)
    heat = sum(r.heat for r in problem.racks) / (air.density * air.heat_capacity)
    return HallMonitors(
        iteration=iteration,
        mean=columns[:, :n],
        hottest=columns[:, n : 2 * n],
        return_temperature=carried / flow,
        heat_error=(carried - flow * supply - heat) / heat,
    )


def read_cavity(folder: Path, problem: AirProblem) -> tuple[Array, Array, Array]:
    """(iterations, mean temperature gradient of the first warm wall and of the second [K/m])."""
    names = [f"gradient_{side_patch(wall)}" for wall in problem.walls if wall.temperature is not None]
    require(len(names) == 2, f"a cavity has two walls of given temperature, not {len(names)}")
    iteration, columns = _read(folder, names)
    return iteration, columns[:, 0], columns[:, 1]


def hall_settled(seen: HallMonitors, *, change: float = 0.02, heat: float = 0.005) -> int | None:
    """First iteration at which no rack's mean inlet has changed by more than `change` [K] over the last fifth
    of the work, and heat balances to `heat`, and both go on to hold for 50 iterations; None if there is none.
    """
    good = []
    for n, iteration in enumerate(seen.iteration):
        back = max(SHORTEST, iteration / 5.0)
        before = int(np.searchsorted(seen.iteration, iteration - back, side="right")) - 1
        steady = before >= 0 and np.abs(seen.mean[n] - seen.mean[before]).max() < change
        good.append(bool(steady and abs(seen.heat_error[n]) < heat))
    return _sustained(seen.iteration, np.array(good, dtype=bool))


def cavity_settled(iteration: Array, hot: Array, cold: Array, *, change: float = 1e-4) -> int | None:
    """First iteration at which the hot wall's heat has changed by less than `change`, relative, over 50
    iterations, both walls agree to 1e-3, and both go on to hold for 50 more; None if there is none.
    """
    good = []
    for n, now in enumerate(iteration):
        before = int(np.searchsorted(iteration, now - SHORTEST, side="right")) - 1
        steady = before >= 0 and abs(hot[n] - hot[before]) < change * abs(hot[n])
        good.append(bool(steady and abs(hot[n] - cold[n]) < 1e-3 * abs(hot[n])))
    return _sustained(iteration, np.array(good, dtype=bool))


def within(iteration: Array, values: Array, tolerance: float) -> int:
    """First iteration from which on `values` stay within `tolerance`, relative, of their last entry."""
    far = np.flatnonzero(np.abs(values - values[-1]) > tolerance * abs(values[-1]))
    return int(iteration[far[-1] + 1 if far.size else 0])


def _sustained(iteration: Array, good: Array) -> int | None:
    entries = SUSTAINED // EVERY
    for n in range(good.size - entries):
        if good[n : n + entries + 1].all():
            return int(iteration[n])
    return None


def _read(folder: Path, names: list[str]) -> tuple[Array, Array]:
    """(iterations, one column a monitor) of the entries that all monitors have."""
    tables = [_table(folder, name) for name in names]
    length = min(len(table) for table in tables)
    if length == 0:
        return np.zeros(0), np.zeros((0, len(names)))
    return tables[0][:length, 0], np.column_stack([table[:length, 1] for table in tables])


def _table(folder: Path, name: str) -> Array:
    """(n, 2) of iteration and value; of a vector the first component. The last line may be half written."""
    rows = []
    for file in sorted((folder / "postProcessing" / name).glob("*/*.dat")):
        for line in file.read_text(encoding="utf-8").split("\n")[:-1]:
            if line and not line.startswith("#"):
                first, value, *_ = line.replace("(", " ").replace(")", " ").split()
                rows.append((float(first), float(value)))
    return np.array(rows).reshape(-1, 2)
