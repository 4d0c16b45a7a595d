"""What engineers read from a hall's solved air: air paths, ages, openings, aisles, physics checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.schema import Recirculation as Detail

if TYPE_CHECKING:
    from solvers.air.age import AirAge
    from solvers.air.physics import PhysicsCheck
    from solvers.air.problem import AirSolution
    from solvers.air.readings import AisleBalance, OpeningReading
    from solvers.air.recirculation import Recirculation, ThermalResponse
    from solvers.air.unit_readings import PassageReading, RackReading, UnitReading
    from twin.assembly import HallModel
    from twin.results.records import HallResult

ROWS_TOLERANCE = 1e-5  # for a glance at every run: shares close to 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class HallReading:
    """Readings of one distinct hall.

    traced, age  None where nothing was asked, where the hall has no such thing, or where `notes` say why not
    """

    openings: tuple[OpeningReading, ...]
    aisles: tuple[AisleBalance, ...]
    units: tuple[UnitReading, ...]
    racks: tuple[RackReading, ...]
    passages: tuple[PassageReading, ...]
    checks: tuple[PhysicsCheck, ...]
    traced: Recirculation | None
    age: AirAge | None
    notes: tuple[str, ...]

    @property
    def failed(self) -> tuple[PhysicsCheck, ...]:
        return tuple(check for check in self.checks if not check.passed)


def read_hall(model: HallModel, air: AirSolution, *, detail: Detail, drift_tolerance: float) -> HallReading:
    """Everything read from `air`; `detail` says whose recirculation is traced."""
    from solvers.air.age import air_age
    from solvers.air.physics import physics_checks
    from solvers.air.readings import aisle_balances, read_openings
    from solvers.air.recirculation import recirculation
    from solvers.air.tracers import freeze
    from solvers.air.unit_readings import read_passages, read_racks, read_units
    from solvers.errors import SolverError

    problem = model.air
    frozen = freeze(problem, air)
    checks = physics_checks(problem, air, frozen, drift_tolerance=drift_tolerance)
    traced, age, notes = None, None, []
    if detail is not Detail.none and problem.racks and (problem.supplies or problem.units):
        rows = {rack.name: f"row {rack.row}" for rack in model.hall.populated}
        try:
            if detail is Detail.rows:
                traced = recirculation(frozen, groups=rows, tolerance=ROWS_TOLERANCE)
            else:
                traced = recirculation(frozen)
            age = air_age(frozen)
        except SolverError as error:  # the hall itself is solved; say what is missing
            notes.append(str(error))
    return HallReading(
        openings=read_openings(problem, air),
        aisles=aisle_balances(model.hall, problem, air),
        units=read_units(problem, air),
        racks=read_racks(problem, air),
        passages=read_passages(problem, air),
        checks=checks,
        traced=traced,
        age=age,
        notes=tuple(notes),
    )


def response_of(result: HallResult) -> ThermalResponse:
    """The linear answer of a solved hall to other heats and supply temperatures, rack by rack.

    Raises SolverError when the tracers do not settle.
    """
    from solvers.air.recirculation import recirculation, thermal_response
    from solvers.air.tracers import freeze

    problem, air = result.model.air, result.air
    traced = result.reading.traced if result.reading is not None else None
    if traced is None or not traced.per_rack:
        traced = recirculation(freeze(problem, air))
    return thermal_response(problem, air, traced)
