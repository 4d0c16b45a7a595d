"""How far the grid carries: the same hall on three grids, an error bar on every temperature read from it.

The finest grid is the one the configuration asks for; two coarser ones are solved before it, each answer the
first guess of the next. Bands are grid convergence indices (solvers.air.richardson), absolute, in kelvins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from geometry.errors import InputError
from solvers.air.richardson import LEAST_RATIO, GridConvergence, grid_convergence
from twin.progress import stage

if TYPE_CHECKING:
    from geometry.grid import Array, Grid
    from geometry.hall import Hall
    from solvers.air.problem import AirControls, AirProblem, AirSolution, AirState
    from twin.assembly import HallModel
    from twin.assembly.sizing import Sizing
    from twin.schema import TwinConf

T = TypeVar("T")

STEP = 1.35  # of the cell size asked for; the grid keeps the objects' faces, so that it changes by less
TRIES = 14
LARGEST_CELL = 5.0  # m
LARGEST_GROWTH = 3.0
VISIBLE = 0.01  # K; choice: below it a temperature is printed alike
NOTHING = GridConvergence(
    order=math.nan, order_used=math.nan, extrapolated=math.nan, index=math.nan, oscillatory=False
)
RACK_READINGS = (
    "rack_inlet_mean", "rack_inlet_max", "rack_inlet_bottom", "rack_inlet_middle", "rack_inlet_top",
    "rack_outlet",
)  # fmt: skip
UNIT_READINGS = ("unit_return", "unit_supply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A temperature on the coarse, the middle and the fine grid [K], and what the three tell."""

    values: tuple[float, float, float]
    convergence: GridConvergence

    @property
    def error(self) -> float:
        """Half width of the error bar about the value of the fine grid [K]."""
        return self.convergence.index


@dataclass(frozen=True, slots=True, kw_only=True)
class GridStudy:
    """A hall on three grids, coarse to fine.

    cells, sizes  of the grids, the size that of a cube of the mean cell [m]
    statuses, seconds  how each solve ended, and what it cost
    racks, units  bands by reading (`rack_inlet_mean`, `unit_return`, ...), in the order of the problem's own
    mean, hottest, returned  flow-weighted mean inlet, hottest inlet face, return temperature
    """

    cells: tuple[int, int, int]
    sizes: tuple[float, float, float]
    statuses: tuple[str, str, str]
    seconds: tuple[float, float, float]
    racks: dict[str, tuple[Band, ...]]
    units: dict[str, tuple[Band, ...]]
    mean: Band | None
    hottest: Band | None
    returned: Band

    def errors(self, reading: str) -> Array:
        """Error bars of a reading, rack by rack or unit by unit [K]."""
        return np.array([band.error for band in (self.racks | self.units)[reading]])

    @property
    def oscillating(self) -> int:
        """Racks whose mean inlet goes up and down, and visibly, as the grid is refined."""
        bands = self.racks["rack_inlet_mean"]
        return sum(band.convergence.oscillatory and band.error > VISIBLE for band in bands)


def study_problems(
    conf: TwinConf, sizing: Sizing, hall: Hall, fine: AirProblem
) -> tuple[AirProblem, AirProblem]:
    """The hall on a coarse and a middle grid below that of `fine`, cells 1.3 times as large or more each.

    Raises InputError where the objects of the hall leave no such grids.
    """
    middle, factor = _coarser(conf, sizing, hall, fine.raster.grid, 1.0)
    coarse, _ = _coarser(conf, sizing, hall, middle.raster.grid, factor)
    return coarse, middle


def _coarser(
    conf: TwinConf, sizing: Sizing, hall: Hall, than: Grid, factor: float
) -> tuple[AirProblem, float]:
    from twin.assembly.air import air_problem, hall_grid

    cells = []
    for _ in range(TRIES):
        factor *= STEP
        asked = coarsened(conf, factor)
        grid = hall_grid(asked, hall)
        if cell_size(grid) >= LEAST_RATIO * cell_size(than):
            return air_problem(asked, sizing, hall), factor
        cells.append(grid.n_cells)
        factor = factor / STEP * 1.12
    raise InputError(
        f"solver.grid_study: hall {hall.name} has no grid {LEAST_RATIO} times coarser than {than.n_cells:,} "
        f"cells, the faces of its objects alone ask for {min(cells):,}\n"
        f"  try: solver.cell_m={0.5 * conf.solver.cell_m:.2g}, so that three grids differ"
    )


def coarsened(conf: TwinConf, factor: float) -> TwinConf:
    """The configuration with cells `factor` times as large, graded accordingly."""
    solver = conf.solver

    def larger(size: float | None) -> float | None:
        return None if size is None else min(factor * size, LARGEST_CELL)

    return replace(
        conf,
        solver=replace(
            solver,
            cell_m=min(factor * solver.cell_m, LARGEST_CELL),
            cell_x_m=larger(solver.cell_x_m),
            cell_y_m=larger(solver.cell_y_m),
            cell_z_m=larger(solver.cell_z_m),
            growth=max(solver.growth, min(solver.growth**factor, LARGEST_GROWTH)),
        ),
    )


def cell_size(grid: Grid) -> float:
    """Edge of a cube of the mean cell [m] (Celik et al. 2008, eq. 1)."""
    return float((grid.volume.sum() / grid.n_cells) ** (1.0 / 3.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A hall solved on one of its grids."""

    problem: AirProblem
    air: AirSolution
    seconds: float


def solve_coarser(model: HallModel, controls: AirControls, text: str) -> list[Answer]:
    """The coarser grids of a study, coarsest first, each from the one before; none if none is asked for.

    Each has the water that its own air brings about, as the finest has.
    """
    from twin.halls.coupled import solve_hall_air

    answers: list[Answer] = []
    for number, problem in enumerate(model.coarser, start=1):
        guess = state_from(answers, problem) if answers else None
        with stage("grid", f"{text}, grid {number} of 3, {problem.raster.grid.n_cells:,} cells") as clock:
            solved, air, _ = solve_hall_air(replace(model, air=problem), controls, guess, clock.tell)
        answers.append(Answer(problem=solved.air, air=air, seconds=clock.seconds))
    return answers


def state_from(answers: Sequence[Answer], problem: AirProblem) -> AirState:
    """The last answer on the grid of `problem`."""
    from solvers.air.interpolate import state_on

    last = answers[-1]
    return state_on(last.problem.raster.grid, last.air.state, problem.raster.grid)


def telling(tell: Callable[[str], None]) -> Callable[[int, float, float], None]:
    """Progress of an air solve, told every tenth iteration."""

    def progress(iteration: int, drift: float, closure: float) -> None:
        if iteration % 10 == 0:
            tell(f"iteration {iteration}: inlets drift {drift:.3f} K, energy {closure:.1e}")

    return progress


def compare_grids(answers: Sequence[Answer]) -> GridStudy | None:
    """What three answers, coarse to fine, tell about the temperatures of the last; None for a single one."""
    from solvers.air.problem import Convection

    if len(answers) == 1:
        return None
    airs = [answer.air for answer in answers]
    problems = [answer.problem for answer in answers]
    sizes = _three([cell_size(problem.raster.grid) for problem in problems])
    formal = 1.0 if problems[-1].convection is Convection.UPWIND else 2.0

    def band(values: Sequence[float]) -> Band:
        three = _three([float(value) for value in values])
        if not np.isfinite(three).all():  # an idle rack draws no air
            return Band(values=three, convergence=NOTHING)
        return Band(values=three, convergence=grid_convergence(three, sizes, formal_order=formal))

    def bands(reading: str) -> tuple[Band, ...]:
        columns = zip(*(getattr(air, reading) for air in airs), strict=True)
        return tuple(band(values) for values in columns)

    racks = problems[-1].racks
    flow = [rack.flow for rack in racks]
    return GridStudy(
        cells=_three([problem.raster.grid.n_cells for problem in problems]),
        sizes=sizes,
        statuses=_three([air.status.value for air in airs]),
        seconds=_three([answer.seconds for answer in answers]),
        racks={reading: bands(reading) for reading in RACK_READINGS},
        units={reading: bands(reading) for reading in UNIT_READINGS},
        mean=band([np.average(air.rack_inlet_mean, weights=flow) for air in airs]) if racks else None,
        hottest=band([air.rack_inlet_max.max() for air in airs]) if racks else None,
        returned=band([air.return_temperature for air in airs]),
    )


def unsettled_grids(study: GridStudy) -> list[str]:
    """Grids whose flow did not come to rest, in words: their error bars hold more than the grid's."""
    names = zip(("coarse", "middle", "fine"), study.statuses, strict=True)
    unsettled = [f"{name} {status.replace('_', ' ')}" for name, status in names if status != "converged"]
    if not unsettled:
        return []
    return [f"grid study: {', '.join(unsettled)}; the error bars hold what the flow does in time as well"]


def _three(values: Sequence[T]) -> tuple[T, T, T]:
    coarse, middle, fine = values
    return coarse, middle, fine
