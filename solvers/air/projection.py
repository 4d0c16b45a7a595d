"""Projection of the velocities of a step in time on those that leave no air in any cell.

As `flow.project`, with three differences that a step in time allows. What faces give way by is that of
their inertia and their losses alone, so coarse levels of the pressure solver stay until losses have moved
far; the pressure is found as a potential, its product with the step, so it stays for steps of any length.
The correction of the last step is the first guess. And the rounds of refinement close on the velocities
themselves: the imbalance they leave is the residual, taken in their precision, and conjugate gradients in
float32 reduce it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.air import flow
from solvers.air.kernels import marching
from solvers.air.kernels import projection as kernels
from solvers.air.lattice import Triple
from solvers.air.system import Fields, FlowSystem
from solvers.linear import krylov
from solvers.linear.hierarchy import Narrow

MOVED = 0.1  # change of a face's mobility at which the levels are made anew
CYCLE = 0.12  # of an imbalance, what one multigrid cycle leaves at most, as a rule
ROUND = 1e-4  # of the imbalance, what float32 can leave in one round
MOST_ITERATIONS = 200


@dataclass(slots=True, kw_only=True)
class Projection:
    """Mobility of the faces, velocity that a unit of potential over area gives [1/m3], and work arrays.

    held    by axis: mobilities of the faces with losses that the levels of the pressure solver were made for
    length  of the first step of the last conjugate gradients; 0: there were none on these levels
    """

    mobility: Triple
    held: list[Array]
    length: float


def new_projection(system: FlowSystem, length: float) -> Projection:
    """Faces without losses: they answer by their inertia. `length` as in `Projection`."""
    lattice = system.lattice
    mobility = [np.zeros_like(control) for control in lattice.control]
    for axis in range(3):
        np.divide(1.0, lattice.control[axis], out=mobility[axis], where=lattice.free[axis])
    return Projection(mobility=(mobility[0], mobility[1], mobility[2]), held=[], length=length)


def renew(projection: Projection, system: FlowSystem, velocity: Triple, inverse_step: float) -> None:
    """Follow the losses; where one has moved far, make the levels of the pressure solver anew."""
    lattice = system.lattice
    if projection.held and not any(loss.node.size for loss in system.losses):
        return
    found = []
    for axis, loss in enumerate(system.losses):
        sink = 2.0 * loss.factor * np.abs(velocity[axis][loss.node])
        found.append(1.0 / (lattice.control[axis][loss.node] + sink / inverse_step))
        projection.mobility[axis][loss.node] = found[axis]
    held = projection.held
    if not held or any((np.abs(f - h) > MOVED * h).any() for f, h in zip(found, held, strict=True)):
        flow.renew_pressure(system, projection.mobility)
        if held:
            projection.length = 0.0
        projection.held = found
        return
    for axis, loss in enumerate(system.losses):
        krylov.set_faces(system.poisson, axis, loss.node, lattice.area[axis][loss.node] ** 2 * found[axis])


def guess_potential(
    system: FlowSystem, fields: Fields, before: Array, ratio: float, inverse_step: float
) -> None:
    """Take the last step's change of the pressure for that of this one; `before` becomes the present."""
    marching.guess_potential(
        system.lattice.shape, ratio / inverse_step, fields.pressure, before, system.poisson.correction
    )


def project(
    projection: Projection,
    system: FlowSystem,
    fields: Fields,
    *,
    inverse_step: float,
    tolerance: float,
    mass_tolerance: float,
) -> tuple[float, int]:
    """Correct velocities, fluxes and pressure from the guess in `poisson.correction`, round by round.

    Until the imbalance is below `tolerance` of what it was and continuity holds to `mass_tolerance`, or
    rounding leaves no more to gain. Returns the closure of mass (`flow.mass_imbalance`) and the iterations.
    """
    poisson = system.poisson
    potential = poisson.correction
    first, mass, left = _start(system, fields)
    norm = first
    iterations = 0
    while True:
        share = 0.9 * tolerance * first / norm if norm > 0.0 else 1.0
        enough = min(share, mass_tolerance / mass) if mass > 0.0 else share
        # one cycle leaves less than that, most times; its residual is taken below in any case
        light = iterations == 0 and projection.length > 0.0 and CYCLE * left <= norm * enough < left
        if light:
            krylov.add_cycle(poisson, projection.length)
            iterations += 1
        else:
            if mass > 0.0:
                share = min(share, 0.3 * mass_tolerance / mass)
            done, length = krylov.reduce(poisson, left, norm * max(share, ROUND), MOST_ITERATIONS)
            iterations += done
            projection.length = length or projection.length
        krylov.project(poisson, potential)
        kernels.correct(
            system.lattice.shape,
            inverse_step,
            *system.lattice.area,
            *projection.mobility,
            potential,
            *fields.velocity,
            *fields.flux,
            fields.pressure,
        )
        last_norm, last_mass = norm, mass
        norm, mass = _imbalance(system, fields, krylov.right_side(poisson))
        left = norm
        settled = norm <= tolerance * first or (norm > 0.5 * last_norm and not light)
        closed = mass <= mass_tolerance or (mass > 0.5 * last_mass and not light)
        if (settled and closed) or iterations >= MOST_ITERATIONS:
            return mass, iterations
        potential[:] = 0.0


def _start(system: FlowSystem, fields: Fields) -> tuple[float, float, float]:
    """Norm of the imbalance, closure of mass, and the norm of what the guess leaves: the right side."""
    poisson, lattice = system.poisson, system.lattice
    right = krylov.right_side(poisson)
    if lattice.n_regions > 1:
        norm, mass = _imbalance(system, fields, poisson.q)
        left = krylov.take_guess(poisson, poisson.q)
    else:
        finest = poisson.hierarchy.levels[0]
        kernels.imbalance_left(
            lattice.shape,
            lattice.fluid,
            *lattice.area,
            *fields.velocity,
            *finest.faces,
            finest.sink,
            poisson.correction,
            right,
            system.scratch.squares,
            system.scratch.sizes,
            poisson.partial,
        )
        norm = float(np.sqrt(system.scratch.squares.sum()))
        mass = flow.over_through_flow(system, fields.flux, np.array([system.scratch.sizes.sum()]))
        left = float(np.sqrt(poisson.partial.sum()))
    if norm == 0.0:  # and so is what there is to correct
        poisson.correction[:] = 0.0
        right[:] = 0.0
        left = 0.0
    return norm, mass, left


def _imbalance(system: FlowSystem, fields: Fields, out: Narrow) -> tuple[float, float]:
    """Net inflow of the cells [m3/s]; its norm and the closure of mass."""
    norm, error = flow.find_imbalance(system, fields.velocity, out)
    return norm, flow.over_through_flow(system, fields.flux, error)
