"""The wall laws and sources of k-epsilon by hand, and small rooms that are solved with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.hall import Side
from solvers.air.closures import ABE_KONDOH_NAGANO, JONES_LAUNDER, LAUNDER_SPALDING, YAKHOT, Closure
from solvers.air.kernels import k_epsilon, wall_law
from solvers.air.lattice import build_lattice
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirStatus,
    Exhaust,
    InflowTurbulence,
    Supply,
    Turbulence,
    Wall,
)
from solvers.air.solve import solve_air
from solvers.air.turbulence import inflow_turbulence
from solvers.air.wall_layer import OCTAVE, Y_STAR, wall_tables
from solvers.air.walls import beside_wall, build_near_walls, heat_diffusivity
from twin.verification.air_boxes import ALL, raster_of, uniform_grid
from twin.verification.ducts import contained_hall, rack_in_a_duct

NU = 1.5e-5


@pytest.mark.parametrize(
    ("y_plus", "u_plus", "tolerance"),
    [
        (1.0, 1.0, 0.05),  # sublayer
        (3.0, 3.0, 0.05),
        (100.0, np.log(9.8 * 100.0) / 0.41, 0.02),  # log layer, kappa 0.41, E 9.8
        (300.0, np.log(9.8 * 300.0) / 0.41, 0.01),
    ],
)
def test_the_law_of_the_wall_joins_sublayer_and_log_layer(
    y_plus: float, u_plus: float, tolerance: float
) -> None:
    assert wall_law.law_of_the_wall.py_func(y_plus) == pytest.approx(u_plus, rel=tolerance)


@pytest.mark.parametrize("y_plus", [5.0, 11.0, 30.0, 250.0])
def test_the_slope_is_the_derivative_of_the_law(y_plus: float) -> None:
    law, h = wall_law.law_of_the_wall.py_func, 1e-4 * y_plus
    numeric = (law(y_plus + h) - law(y_plus - h)) / (2.0 * h)
    assert wall_law.slope_of_the_wall_law.py_func(y_plus) == pytest.approx(numeric, rel=1e-5)


@pytest.mark.kernel
def test_the_viscosity_of_a_wall_is_molecular_in_the_sublayer_and_grows_outside() -> None:
    assert wall_law.wall_viscosity(0.5, 0.5002, NU) == NU
    # k 0.01, 0.05 m: y* = 0.3^1/2 0.1 0.05 / 1.5e-5 = 182.6; u+ = ln(9.8 x 182.6) / 0.41 = 18.27
    y_star = wall_law.friction_reynolds(0.01, 0.05, NU, 0.09)
    assert y_star == pytest.approx(182.574, rel=1e-5)
    tables = wall_tables()
    u_plus = wall_law.entry(tables.law, wall_law.place_of(y_star, tables))
    assert u_plus == pytest.approx(wall_law.law_of_the_wall(y_star), rel=1e-4)
    assert wall_law.wall_viscosity(y_star, u_plus, NU) == pytest.approx(NU * 182.574 / 18.272, rel=0.01)


@pytest.mark.kernel
def test_dissipation_near_a_wall_has_both_limits() -> None:
    c_length = 0.41 * 0.09**-0.75
    k, y = 1e-8, 1e-4
    assert k_epsilon.layer_epsilon(k, y, NU, c_length) == pytest.approx(2.0 * NU * k / y**2, rel=0.01)
    k, y = 0.01, 0.05  # the wall function's C_mu^3/4 k^3/2 / (kappa y)
    expected = 0.09**0.75 * 0.001 / (0.41 * 0.05)
    assert k_epsilon.layer_epsilon(k, y, NU, c_length) == pytest.approx(expected, rel=1e-6)


@pytest.mark.kernel
def test_low_reynolds_damping_by_hand_and_its_limits() -> None:
    """nu 1, epsilon 1: y in Kolmogorov's units is y itself, the turbulence Reynolds number k^2."""
    # y 14, k^2 100: (1 - 1/e)^2 (1 + 5 / 31.623 exp(-0.25)) = 0.399576 x 1.123139 = 0.448780
    # f_2: (1 - exp(-4.516129))^2 (1 - 0.3 exp(-236.7)) = 0.978257
    f_mu, f_2 = k_epsilon.low_reynolds_damping(10.0, 1.0, 14.0, 1.0)
    assert f_mu == pytest.approx(0.448780, rel=1e-5)
    assert f_2 == pytest.approx(0.978257, rel=1e-5)
    assert k_epsilon.low_reynolds_damping(100.0, 1.0, 200.0, 1.0) == (1.0, 1.0)
    # where the far field is cut short the terms left out are small
    f_mu, f_2 = k_epsilon.low_reynolds_damping(30.0, 1.0, 119.9, 1.0)
    assert f_mu == pytest.approx(1.0, abs=1e-3)
    assert f_2 == pytest.approx(1.0, abs=1e-6)


def _sources(closure: Closure) -> tuple[float, float]:
    """Source and sink of epsilon in one cell of 1 m3 far from walls: strain 4, k 0.5, epsilon 0.25."""
    size = 4 * 4 * 4
    arrays = {name: np.zeros(size) for name in ("u", "v", "w", "buoyancy", "source", "sink")}
    k_epsilon.epsilon_sources(
        (1, 1, 1),
        closure,
        np.ones(size, dtype=np.bool_),
        np.zeros(size, dtype=np.bool_),
        np.full(size, 10.0),
        np.ones(size),
        arrays["u"],
        arrays["v"],
        arrays["w"],
        NU,
        np.full(size, 4.0),
        np.full(size, 0.36),
        arrays["buoyancy"],
        False,
        np.full(size, 0.5),
        np.full(size, 0.25),
        np.zeros(size, dtype=np.bool_),
        arrays["source"],
        arrays["sink"],
    )
    cell = (1 * 4 + 1) * 4 + 1
    return float(arrays["source"][cell]), float(arrays["sink"][cell])


@pytest.mark.kernel
def test_sources_of_dissipation_of_the_models_by_hand() -> None:
    # C_1 C_mu k S^2 and C_2 epsilon / k
    assert _sources(LAUNDER_SPALDING) == pytest.approx((1.44 * 0.09 * 0.5 * 4.0, 1.92 * 0.5))
    # eta = 2 x 0.5 / 0.25 = 4: 0.0845 x 64 (1 - 4 / 4.38) / (1 + 0.012 x 64) = 0.265372, times epsilon / k
    source, sink = _sources(YAKHOT)
    assert source == pytest.approx(1.42 * 0.0845 * 0.5 * 4.0)
    assert sink == pytest.approx(1.68 * 0.5 + 0.265372 * 0.5, rel=1e-5)
    # C_1 P epsilon / k with the production that is handed over
    assert _sources(ABE_KONDOH_NAGANO) == pytest.approx((1.5 * 0.36 * 0.5, 1.9 * 0.5))
    assert _sources(JONES_LAUNDER) == pytest.approx((1.55 * 0.36 * 0.5, 2.0 * 0.5))


def test_means_of_a_wall_cell_balance_in_the_log_layer_and_vanish_in_the_sublayer() -> None:
    """In a layer of constant stress production and dissipation balance, and so do their means."""
    gain, loss = wall_tables().gain, wall_tables().loss
    y_star = Y_STAR
    far = (y_star > 60.0) & (y_star < 1000.0)
    # dissipation at the centre 1 / (kappa y)
    assert gain[far] / (2.0 * y_star[far]) == pytest.approx(loss[far] / (0.41 * y_star[far]), rel=0.2)
    at = int(np.searchsorted(y_star, 2000.0))
    assert gain[at] / (2.0 * y_star[at]) == pytest.approx(loss[at] / (0.41 * y_star[at]), rel=0.02)
    # each octave of y adds ln 2 / kappa of velocity defect to the production of the cell, to the last one
    for last in (at, gain.size - 1):
        assert gain[last] - gain[last - OCTAVE] == pytest.approx(np.log(2.0) / 0.41, rel=0.02)
    assert gain[0] < 1e-3
    assert loss[0] == pytest.approx(1.0, abs=0.01)
    # where production peaks, y* about 12, the centre is a third above the mean
    peak = int(np.argmin(np.abs(y_star - 12.0)))
    slope = wall_law.slope_of_the_wall_law.py_func(y_star[peak])
    assert gain[peak] / (2.0 * y_star[peak]) == pytest.approx(0.68 * slope * (1.0 - slope), rel=0.05)


def test_wall_heat_is_conduction_in_the_sublayer_and_kaders_law_outside() -> None:
    air = AirProperties(viscosity=NU)
    still = heat_diffusivity(np.array([1e-12]), np.array([0.05]), air)
    assert still[0] == pytest.approx(NU / 0.71)
    # y* 182.57: T+ = 2.12 ln(183.57) + (3.85 0.71^1/3 - 1.3)^2 + 2.12 ln 0.71 = 11.05 + 4.56 - 0.73 = 14.88
    lively = heat_diffusivity(np.array([0.01]), np.array([0.05]), air)
    assert lively[0] == pytest.approx(NU * 182.574 / 14.88, rel=0.02)


def test_turbulence_of_what_is_blown() -> None:
    """The figures of a published set-up: 10 % and 0.05 m at 1 m/s and at 0.35 m3/s through 1.32 m2."""
    k, epsilon = inflow_turbulence(InflowTurbulence(intensity=0.1, length=0.05), np.array([1.0, 0.35 / 1.32]))
    assert k == pytest.approx([0.015, 0.00105458], rel=1e-5)
    assert epsilon == pytest.approx([0.00603738, 0.000112546], rel=1e-5)


@pytest.mark.kernel
def test_shear_of_a_linear_flow_is_exact_inside() -> None:
    """u = 3 z + 2 x, w = 4 x - 2 z: 2 S_ij S_ij = 2 (2^2 + 2^2) + (3 + 4)^2 = 65."""
    lattice = build_lattice(raster_of(uniform_grid((5, 4, 6), (1.2, 0.8, 1.0))), ())
    velocity = [np.zeros(lattice.size) for _ in range(3)]
    x, z = lattice.centre[0], lattice.centre[2]
    shape = lattice.padded
    velocity[0][:] = np.broadcast_to(3.0 * z[:, None, None] + 2.0 * lattice.face[0], shape).ravel()
    velocity[2][:] = np.broadcast_to(4.0 * x - 2.0 * lattice.face[2][:, None, None], shape).ravel()
    kind = [(g > 0.0).astype(np.int8) for g in lattice.conductance]
    share, per = [], []
    for axis in range(3):
        face, centre = lattice.face[axis], lattice.centre[axis]
        share.append(np.append(1.0, (face[1:] - centre[:-1]) / np.diff(centre)))
        per.append(np.append(1.0 / np.diff(face), 1.0))
    out, production = np.zeros(lattice.size), np.zeros(lattice.size)
    beside = np.zeros(lattice.size, dtype=np.bool_)
    beside[lattice.index(0, 0, 0)] = True
    k_epsilon.shear_production(
        lattice.shape,
        *velocity,
        *kind,
        *share,
        *per,
        np.full(lattice.size, 3.0 * NU),
        NU,
        beside,
        out,
        production,
    )
    assert production[lattice.index(0, 0, 0)] == 0.0  # the wall law's
    inside = lattice.cells(out)[1:-1, 1:-1, 1:-1]
    assert inside == pytest.approx(np.full(inside.shape, 65.0))
    made = lattice.cells(production)[1:-1, 1:-1, 1:-1]
    assert made == pytest.approx(np.full(made.shape, 130.0 * NU))


def test_walls_are_seen_from_both_sides_of_a_panel_and_in_corners() -> None:
    raster = raster_of(uniform_grid((4, 4, 4)), panels=[(0, (ALL, ALL, slice(2, 3)))])
    lattice = build_lattice(raster, ())
    flags = lattice.cells(beside_wall(lattice))
    assert flags[1, 1].all()  # two cells between each wall and the panel
    near = build_near_walls(lattice)
    corner = int(lattice.index(0, 0, 0))
    for axis in range(3):
        entry = int(np.flatnonzero(near[axis].cell == corner)[0])
        assert near[axis].weight[entry] == pytest.approx(1.0 / 3.0)
        assert near[axis].distance[entry] == pytest.approx(0.125)


@pytest.mark.kernel
@pytest.mark.parametrize("model", [m for m in Turbulence if m.transported])
def test_a_rack_in_a_duct_keeps_its_heat_and_its_turbulence_positive(model: Turbulence) -> None:
    problem = replace(rack_in_a_duct(), turbulence=model)
    solution = solve_air(problem)
    air = problem.properties
    assert solution.status is AirStatus.CONVERGED
    rise = 1000.0 / (air.density * air.heat_capacity * 0.2)
    assert solution.return_temperature == pytest.approx(293.15 + rise, abs=1e-4)
    k, epsilon = solution.state.k, solution.state.epsilon
    assert k is not None
    assert epsilon is not None
    fluid = ~problem.raster.solid
    assert (k[fluid] > 0.0).all()
    assert (epsilon[fluid] > 0.0).all()
    assert (solution.viscosity[fluid] >= air.viscosity).all()
    assert (k[~fluid] == 0.0).all()


@pytest.mark.kernel
def test_a_warm_start_goes_on_with_k_and_epsilon() -> None:
    problem = replace(contained_hall(0.6), turbulence=Turbulence.K_EPSILON)
    cold = solve_air(problem)
    assert cold.status is not AirStatus.NOT_CONVERGED
    again = solve_air(problem, AirControls(max_iterations=1), initial=cold.state)
    without = solve_air(
        problem, AirControls(max_iterations=1), initial=replace(cold.state, k=None, epsilon=None)
    )
    assert cold.state.k is not None
    assert again.state.k is not None
    assert without.state.k is not None
    kept = np.abs(again.state.k - cold.state.k).max()
    assert kept < 0.1 * np.abs(without.state.k - cold.state.k).max()


@pytest.mark.kernel
def test_stable_layers_damp_turbulence_when_buoyancy_counts() -> None:
    """Warm lid, cold floor, a slow stream through: buoyancy takes energy from the eddies."""
    raster = raster_of(
        uniform_grid((8, 1, 12), (4.0, 0.1, 2.0)),
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(12, 13)))],
    )
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.04, temperature=293.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(),
        walls=(Wall(side=Side.Z_LO, temperature=283.15), Wall(side=Side.Z_HI, temperature=303.15)),
        turbulence=Turbulence.K_EPSILON,
    )
    controls = AirControls(max_iterations=150)
    damped = solve_air(problem, controls).state.k
    lively = solve_air(replace(problem, buoyancy_production=False), controls).state.k
    assert damped is not None
    assert lively is not None
    assert damped.mean() < lively.mean()


def test_moving_walls_and_negative_turbulence_are_refused() -> None:
    problem = replace(rack_in_a_duct(), turbulence=Turbulence.K_EPSILON)
    with pytest.raises(InputError, match="moving walls"):
        solve_air(replace(problem, walls=(Wall(side=Side.Z_HI, velocity=(1.0, 0.0, 0.0)),)))
    with pytest.raises(InputError, match="turbulence length"):
        solve_air(replace(problem, inflow=InflowTurbulence(length=-1.0)))
