"""Marching in time: order of accuracy, budgets of every step, and what stands still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cases import raster_of, stretched, uniform_grid

from solvers.air.courses import Course, Quantity
from solvers.air.march import march_air
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    Convection,
    Exhaust,
    Precision,
    Supply,
    ThroughFlow,
    Turbulence,
)
from solvers.air.servers import ServerMass
from solvers.air.solve import solve_air
from solvers.air.transient import AirHistory, TransientControls
from twin.verification.transients import convection_start, duct, norm, vortex

pytestmark = pytest.mark.kernel

RHO_CP = 1.19 * 1006.0  # J/m3/K
EXACT = {
    "pressure_tolerance": 1e-8,
    "mass_tolerance": 1e-10,
    "energy_tolerance": 1e-8,
    "precision": Precision.DOUBLE,
}


@pytest.mark.parametrize(("convection", "order"), [(Convection.CENTRAL, 1.9), (Convection.TVD, 1.6)])
def test_taylor_green_vortex_in_space_and_time(convection: Convection, order: float) -> None:
    coarse, fine = vortex(16, 8, convection)[0], vortex(32, 16, convection)[0]
    assert np.log2(coarse / fine) >= order
    assert fine < 0.001


def test_taylor_green_vortex_in_time() -> None:
    ends = (vortex(16, steps, Convection.CENTRAL)[1].final.state.u for steps in (10, 20, 160))
    coarse, fine, exact = ends
    assert np.log2(norm(coarse - exact) / norm(fine - exact)) >= 1.9


@pytest.mark.parametrize("convection", [Convection.CENTRAL, Convection.TVD])
def test_natural_convection_is_second_order_in_time(convection: Convection) -> None:
    exact = convection_start(16, 384, convection).final.state
    coarse, fine = (convection_start(16, steps, convection).final.state for steps in (32, 64))
    for name in ("u", "temperature"):
        target = getattr(exact, name)
        errors = [norm(getattr(state, name) - target) for state in (coarse, fine)]
        assert np.log2(errors[0] / errors[1]) >= 1.9


def integral(history: AirHistory) -> float:
    """Heat stored over a march [J]: rates of BDF2 after one first-order step add up like a trapezium's."""
    step, rate = history.time[0], history.storage
    return float(step * (rate.sum() - 0.5 * (rate[-1] - rate[0])))


def test_heat_of_a_closed_box_is_stored() -> None:
    history = convection_start(16, 64, Convection.TVD, cold=False)
    assert history.air_energy.max() <= 1e-8
    assert np.all(history.heat_out == 0.0)
    assert history.storage == pytest.approx(history.heat_in, rel=1e-8)
    line = stretched(16, strength=0.3)
    volume = np.diff(line)[:, None] * np.diff(line) * 0.1
    before = 293.15 + 5.0 * np.cos(np.pi * 0.5 * (line[1:] + line[:-1]))
    stored = RHO_CP * float((volume * (history.final.state.temperature[:, 0, :] - before)).sum())
    assert stored > 50.0
    assert integral(history) == pytest.approx(stored, rel=0.002)


def room(*, convection: Convection = Convection.TVD, k_epsilon: bool = False) -> AirProblem:
    """Two racks on either side of a hot aisle, tiles in the floor, a grille in the ceiling."""
    grid = uniform_grid((10, 18, 10), (2.0, 3.6, 2.5))
    blocks = (slice(0, 6), slice(4, 7), slice(3, 7)), (slice(0, 6), slice(11, 14), slice(3, 7))
    raster = raster_of(
        grid,
        solids=blocks,
        ports=[
            ("tile1", 2, +1, (slice(0, 1), slice(1, 3), slice(3, 7))),
            ("tile2", 2, +1, (slice(0, 1), slice(15, 17), slice(3, 7))),
            ("a.front", 1, -1, (slice(0, 6), slice(4, 5), slice(3, 7))),
            ("a.rear", 1, +1, (slice(0, 6), slice(7, 8), slice(3, 7))),
            ("b.front", 1, +1, (slice(0, 6), slice(14, 15), slice(3, 7))),
            ("b.rear", 1, -1, (slice(0, 6), slice(11, 12), slice(3, 7))),
            ("grille", 2, -1, (slice(10, 11), slice(8, 10), slice(2, 8))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=tuple(Supply(port=f"tile{n}", flow=0.3, temperature=291.15) for n in (1, 2)),
        exhausts=(Exhaust(port="grille", backflow_temperature=291.15),),
        racks=tuple(
            ThroughFlow(name=n, intake=f"{n}.front", exhaust=f"{n}.rear", flow=0.25, heat=4000.0)
            for n in "ab"
        ),
        convection=convection,
        turbulence=Turbulence.K_EPSILON if k_epsilon else Turbulence.ZERO_EQUATION,
    )


WARMER = Course(quantity=Quantity.SUPPLY_TEMPERATURE, time=(0.5, 3.0), value=(291.15, 297.15))
LESS = Course(quantity=Quantity.SUPPLY_FLOW, time=(1.0, 2.0), value=(1.0, 0.9), factor=True)


@pytest.mark.parametrize("k_epsilon", [False, True])
def test_every_step_closes_mass_and_energy(k_epsilon: bool) -> None:
    problem = room(k_epsilon=k_epsilon)
    start = solve_air(problem, AirControls(max_iterations=30)).state
    history = march_air(
        problem,
        TransientControls(duration=4.0, time_step=0.1, **EXACT),
        initial=start,
        courses=(WARMER, LESS),
        servers={"a": ServerMass(capacity=2e4, effectiveness=0.8)},
    )
    assert history.time == pytest.approx(0.1 * np.arange(1, 41))
    assert history.air_mass.max() <= 1e-10
    assert history.air_energy.max() <= 1e-8
    assert np.abs(history.heat_in - history.heat_out - history.storage).max() <= 1e-8 * 8000.0
    assert history.rack_inlet_mean[-1].min() > 291.25  # warm air has arrived


@pytest.mark.parametrize("k_epsilon", [False, True])
def test_a_march_goes_on_where_it_was_interrupted(k_epsilon: bool) -> None:
    problem = room(k_epsilon=k_epsilon)
    start = solve_air(problem, AirControls(max_iterations=30)).state
    servers = {"b": ServerMass(capacity=2e4, effectiveness=0.8)}

    def march(duration: float, initial) -> AirHistory:  # type: ignore[no-untyped-def]
        controls = TransientControls(duration=duration, time_step=0.1)
        return march_air(problem, controls, initial=initial, courses=(WARMER, LESS), servers=servers)

    whole = march(2.4, start)
    first = march(1.2, start)
    second = march(1.2, first.final)
    joined = np.concatenate([first.rack_inlet_mean, second.rack_inlet_mean])
    assert second.time[-1] == pytest.approx(2.4)
    assert np.abs(joined - whole.rack_inlet_mean).max() < 1e-9
    assert np.abs(second.servers - whole.servers[12:]).max() < 1e-9
    assert np.abs(second.final.state.u - whole.final.state.u).max() < 1e-9


def test_plug_flow_delays_by_volume_over_flow() -> None:
    problem = duct()
    start = solve_air(problem, AirControls(max_iterations=40)).state
    warmer = Course(quantity=Quantity.SUPPLY_TEMPERATURE, time=(1.0, 2.0), value=(293.15, 303.15))
    history = march_air(
        problem, TransientControls(duration=30.0, time_step=0.1), initial=start, courses=(warmer,)
    )
    leaving = (history.return_temperature - 293.15) / 10.0
    delay = 2.56 / 0.2  # s
    # mean arrival, and the width of the front: 10 to 90 %, of which the ramp itself is 0.8 s
    assert (0.5 + (1.0 - leaving).sum()) * 0.1 == pytest.approx(1.5 + delay, rel=1e-4)
    middle = np.interp([0.1, 0.5, 0.9], leaving, history.time)
    assert middle[1] == pytest.approx(1.5 + delay, rel=0.01)
    assert middle[2] - middle[0] < 2.5  # upwind: 5.8 s
    assert leaving.max() < 1.02
    assert leaving.min() > -0.001


def test_server_mass_delays_the_outlet() -> None:
    """Heat from 1 to 2 kW in 5 s: the outlet against its differential equation, tolerance 0.1 K."""
    capacity, effectiveness, air = 2e4, 0.8, RHO_CP * 0.2
    rack = ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=0.2, heat=1000.0)
    problem = duct(racks=(rack,))
    start = solve_air(problem, AirControls(max_iterations=60)).state
    more = Course(quantity=Quantity.RACK_HEAT, element="r", time=(0.0, 5.0), value=(1000.0, 2000.0))
    history = march_air(
        problem,
        TransientControls(duration=120.0, time_step=2.0, sweeps=6),
        initial=start,
        courses=(more,),
        servers={"r": ServerMass(capacity=capacity, effectiveness=effectiveness)},
    )
    constant = capacity / (effectiveness * air)
    assert constant == pytest.approx(104.4, abs=0.1)
    rise, t = 1000.0 / air, history.time

    def ramp(t: np.ndarray) -> np.ndarray:  # answer of the lag to a slope of 1 from time 0 on
        t = np.maximum(t, 0.0)
        return t - constant * -np.expm1(-t / constant)

    exact = 293.15 + rise + rise / 5.0 * (ramp(t) - ramp(t - 5.0))
    assert np.abs(history.rack_outlet[:, 0] - exact).max() < 0.1
    # away from the kink of the course, which lies inside a step, it is exact
    assert history.rack_inlet_mean[:, 0] == pytest.approx(293.15, abs=1e-6)
    assert np.abs(history.rack_outlet[-1, 0] - exact[-1]) < 0.01


def test_steady_answer_stands_still() -> None:
    problem = replace(room(convection=Convection.UPWIND), properties=AirProperties(expansion=0.0))
    steady = solve_air(problem, AirControls(temperature_tolerance=1e-4, flow_tolerance=1e-6))
    history = march_air(problem, TransientControls(duration=5.0, time_step=0.25), initial=steady.state)
    assert np.abs(history.rack_inlet_mean - steady.rack_inlet_mean).max() < 0.002
    assert np.abs(history.return_temperature - steady.return_temperature).max() < 0.01


def test_supplies_may_stop() -> None:
    """Fans stop within a second: the racks breathe their own air, and it warms by what does not leave."""
    problem = room()
    start = solve_air(problem, AirControls(max_iterations=100)).state
    off = Course(quantity=Quantity.SUPPLY_FLOW, time=(0.0, 1.0), value=(1.0, 0.0), factor=True)
    history = march_air(
        problem, TransientControls(duration=12.0, time_step=0.2), initial=start, courses=(off,)
    )
    volume = 2.5 * 3.6 * 2.0 - 2 * 1.0 * 0.6 * 1.2
    air = ~problem.raster.solid
    after = history.final.state.temperature[air].mean()
    stored = RHO_CP * volume * (after - start.temperature[air].mean())
    assert history.heat_in == pytest.approx(8000.0, rel=1e-3)
    assert history.heat_out[-1] < 4000.0  # what buoyancy exchanges through the grille
    assert integral(history) == pytest.approx(stored, rel=0.002)
    assert history.rack_inlet_mean[-1].min() > 293.15
