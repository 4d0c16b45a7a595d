"""The fused step in time against assembly and sweep one after the other: the same to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solvers.air import flow, runs
from solvers.air.equation import Inertia, advance_cells
from solvers.air.problem import AirProblem, Convection, Exhaust, Precision, Supply, Turbulence
from solvers.air.runs import Run
from solvers.air.system import Step
from twin.verification.air_boxes import raster_of, uniform_grid

pytestmark = pytest.mark.kernel

ALL = slice(None)


@pytest.fixture(scope="module")
def run() -> Run:
    """A shaft of 26 layers over a tile, with a block and a panel in it; fields at random."""
    raster = raster_of(
        uniform_grid((26, 5, 7), (1.4, 1.0, 5.2)),
        solids=[(slice(8, 11), slice(1, 3), slice(2, 4))],
        panels=[(0, (slice(14, 20), ALL, slice(3, 4)))],
        ports=[
            ("tile", 2, +1, (slice(0, 1), slice(1, 4), slice(1, 3))),
            ("grille", 2, -1, (slice(26, 27), slice(1, 3), slice(2, 6))),
        ],
    )
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="tile", flow=0.2, temperature=291.15),),
        exhausts=(Exhaust(port="grille", backflow_temperature=291.15),),
        racks=(),
        turbulence=Turbulence.K_EPSILON,
    )
    made = runs.start_run(problem, None, Precision.SINGLE)
    rng = np.random.default_rng(5)
    lattice, fields = made.system.lattice, made.fields
    for axis in range(3):
        moving = lattice.free[axis]
        fields.velocity[axis][moving] = rng.normal(0.0, 0.3, int(moving.sum()))
    for values, low, high in ((fields.theta, 0.0, 9.0), (fields.viscosity, 1e-5, 1e-2)):
        values[lattice.fluid] = rng.uniform(low, high, int(lattice.fluid.sum()))
    flow.update_flux(made.system, fields)
    return made


@pytest.mark.parametrize("chunks", [1, 2, 3])
@pytest.mark.parametrize("scheme", [Convection.UPWIND, Convection.TVD])
def test_one_pass_is_assembly_and_sweep(run: Run, scheme: Convection, chunks: int) -> None:
    size = run.system.scratch.rows.shape[1]
    scratch = replace(run.system.scratch, rows=np.zeros((chunks, size), dtype=np.float32))
    system, fields, lattice = replace(run.system, scratch=scratch), run.fields, run.system.lattice
    step = Step(time_step=0.2, relaxation=0.0, sweeps=1, pressure_tolerance=0.05, in_time=True, lead=0.3)
    found: list[list[np.ndarray]] = []
    for fused in (False, True):
        answers = []
        for axis in range(3):
            guess = fields.velocity[axis].copy()
            # without a last level the guess itself is carried
            flow.component_step(system, fields, step, axis, scheme, guess.copy() if fused else None)
            answers.append(fields.velocity[axis].copy())
            fields.velocity[axis][:] = guess
        theta = fields.theta.copy()
        scratch.source[:], scratch.sink[:] = 0.0, 0.0
        inertia = Inertia(rate=5.0, share=0.0, before=theta.copy() if fused else None, lead=0.3)
        free = lattice.fluid
        advance_cells(
            system, fields, scheme, free, theta, inertia, prandtl=0.71, prandtl_turbulent=0.85, sweeps=1
        )
        found.append([*answers, theta])
    for one, other, before in zip(*found, [*fields.velocity, fields.theta], strict=True):
        assert np.abs(one - before).max() > 0.01
        np.testing.assert_array_equal(one, other)
