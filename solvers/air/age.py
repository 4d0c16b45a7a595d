"""Age of air: how long ago the air at a place was blown in by a supply.

The local mean age obeys the transport of a tracer that every volume of air emits at the rate 1 (Sandberg,
What is ventilation efficiency?, Building and Environment 16 (1981) 123). Racks pass on the age of the air
they draw; air that comes back through an exhaust counts as new.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air.tracers import FrozenFlow, Tracer, solve_tracers

TOLERANCE = 1e-4  # change in a sweep over the oldest air; at 300,000 cells ages are then within 0.1 %


@dataclass(frozen=True, slots=True, kw_only=True)
class AirAge:
    """Mean age of the air [s]."""

    field: Array  # (nz, ny, nx); 0 in solids
    rack_inlet: Array  # (racks,)
    leaving: Array  # (exhausts,) flow-weighted; NaN where nothing leaves


def air_age(frozen: FrozenFlow, *, tolerance: float = TOLERANCE) -> AirAge | None:
    """Age of the air of a hall; None where no supply renews it or a body of air is cut off from all devices.

    tolerance  change in a sweep at which to stop, over the oldest air

    Raises SolverError when it does not settle.
    """
    problem, lattice = frozen.problem, frozen.lattice
    fed = np.unique(lattice.region[np.flatnonzero(frozen.inflow > 0.0)])
    if not problem.supplies or not problem.exhausts or fed.size < lattice.n_regions:
        return None
    tracer = Tracer(
        supply=np.zeros(len(problem.supplies)),
        through=np.zeros(len(problem.racks) + len(problem.units)),
        exhaust=np.zeros(len(problem.exhausts)),
        wall=np.zeros(len(frozen.wall_cells)),
        emission=1.0,
        passed_on=True,
    )
    inlet, leaving, fields = solve_tracers(
        frozen, [tracer], tolerance=tolerance, through_walls=False, keep=(0,)
    )
    return AirAge(
        field=np.where(problem.raster.solid, 0.0, fields[0]),
        rack_inlet=inlet[: len(problem.racks), 0],
        leaving=leaving[:, 0],
    )
