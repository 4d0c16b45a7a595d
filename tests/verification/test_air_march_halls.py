"""Marching sealed halls whose cooling changes; steps of changing length; threads."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest
from test_air_march import RHO_CP, WARMER, room
from unit_cases import UNIT, sealed_room

from geometry.errors import InputError
from solvers.air import runs
from solvers.air.courses import Course, Quantity
from solvers.air.fans import FanCurve
from solvers.air.march import march_air
from solvers.air.problem import AirControls, AirState, Control, Precision
from solvers.air.solve import solve_air
from solvers.air.transient import MarchState, TransientControls
from solvers.errors import DivergenceError
from twin.verification.device_boxes import fan_in_a_duct
from twin.verification.transients import duct, norm

pytestmark = pytest.mark.kernel

NO_WATER = Course(quantity=Quantity.WATER_FLOW, time=(0.0, 2.0), value=(0.6, 0.0))


@pytest.mark.parametrize("control", [Control.SUPPLY, Control.UNCONTROLLED, Control.RETURN])
def test_loss_of_chilled_water_warms_the_hall(control: Control) -> None:
    """Without water all heat stays: the mean of the air rises by 10 kW / (rho cp V)."""
    unit = replace(UNIT, control=control, set_point=301.15 if control is Control.RETURN else UNIT.set_point)
    problem = sealed_room(replace(unit, water_flow=0.6))
    steady = solve_air(problem)
    controls = TransientControls(
        duration=20.0, time_step=0.25, energy_tolerance=1e-8, precision=Precision.DOUBLE, mass_tolerance=1e-10
    )
    history = march_air(problem, controls, initial=steady, courses=(NO_WATER,))
    assert history.air_energy.max() <= 1e-8
    assert history.air_mass.max() <= 1e-10
    assert history.unit_supply[-1] == pytest.approx(history.unit_return[-1], abs=1e-9)
    late = history.time > 3.0
    assert history.storage[late] == pytest.approx(10e3, rel=1e-7)
    air = ~problem.raster.solid
    volume = float(problem.raster.grid.volume[air].sum())
    stored = history.storage.sum() * 0.25 - 0.125 * (history.storage[-1] - history.storage[0])
    mean = history.final.state.temperature[air] - steady.state.temperature[air]
    assert float((mean * problem.raster.grid.volume[air]).sum()) * RHO_CP == pytest.approx(stored, rel=1e-3)
    assert stored == pytest.approx(10e3 * 19.0, rel=0.06)
    assert volume * RHO_CP * 2.0 < stored  # it warms by more than 2 K


def test_a_panel_takes_its_drop_while_the_flow_doubles() -> None:
    """K = 40 across the duct, 0.25 to 0.5 m/s in a second: 40 * 1.19 * u^2 / 2 and the inertia of 3.2 m."""
    problem = duct()
    loss = problem.raster.loss_x.copy()
    loss[:, :, 16] = 40.0
    problem = replace(problem, raster=replace(problem.raster, loss_x=loss))
    start = solve_air(problem, AirControls(max_iterations=100)).state
    more = Course(quantity=Quantity.SUPPLY_FLOW, time=(1.0, 2.0), value=(1.0, 2.0), factor=True)

    def drop(duration: float) -> float:
        controls = TransientControls(duration=duration, time_step=0.05, pressure_tolerance=1e-5)
        history = march_air(problem, controls, initial=start, courses=(more,))
        assert history.air_mass.max() <= 1e-4
        pressure = history.final.state.pressure
        return float(pressure[:, :, 15].mean() - pressure[:, :, 16].mean())

    accelerating = 1.19 * 0.25 * 0.1  # density, acceleration, distance of the two centres
    # the projection answers for no convection: 0.0046 Pa of the 0.22 Pa that a step adds
    assert drop(1.5) == pytest.approx(40.0 * 1.19 * 0.375**2 / 2.0 + accelerating, abs=0.006)
    assert drop(4.0) == pytest.approx(40.0 * 1.19 * 0.5**2 / 2.0, rel=1e-4)


def test_a_fan_that_finds_its_flow_leaves_its_rack_its_heat() -> None:
    """From 0.5 m3/s to 0.8346 where fan and resistance agree (test_air_devices): 10 kW all the while."""
    problem = fan_in_a_duct(FanCurve(flow=(0.0, 1.0, 2.0), pressure=(100.0, 80.0, 0.0)))
    rack = replace(problem.racks[0], heat=10e3)
    start = solve_air(replace(problem, racks=(replace(rack, fan=None),)))
    assert start.rack_flow[0] == 0.5
    controls = TransientControls(duration=4.0, time_step=0.05)
    history = march_air(replace(problem, racks=(rack,)), controls, initial=start.state)
    assert history.heat_in == pytest.approx(10e3, rel=1e-9)
    rise = history.rack_outlet[-1, 0] - history.rack_inlet_mean[-1, 0]
    assert rise == pytest.approx(10e3 / (RHO_CP * 0.8346), rel=2e-3)


def test_steady_sealed_hall_stands_still() -> None:
    """Also with a fan on its curve and a valve that holds the return."""
    fan = FanCurve(flow=(0.0, 2.0), pressure=(4.0, 0.0))
    problem = sealed_room(replace(UNIT, control=Control.RETURN, set_point=301.15, fan=fan))
    steady = solve_air(problem, AirControls(temperature_tolerance=0.005, flow_tolerance=1e-4))
    history = march_air(problem, TransientControls(duration=10.0, time_step=0.25), initial=steady)
    assert np.abs(history.unit_flow - steady.unit_flow).max() < 0.02
    assert np.abs(history.unit_return - steady.unit_return).max() < 0.1
    assert np.abs(history.rack_inlet_mean - steady.rack_inlet_mean).max() < 0.2


def test_a_unit_fails() -> None:
    """Its fan stands still after 1 s: nothing is cooled any more."""
    problem = sealed_room(replace(UNIT, fan=FanCurve(flow=(0.0, 2.0), pressure=(4.0, 0.0))))
    steady = solve_air(problem, AirControls(max_iterations=100))
    stop = Course(quantity=Quantity.UNIT_RUNS, element="u", time=(0.9, 1.1), value=(1.0, 0.0))
    history = march_air(
        problem, TransientControls(duration=3.0, time_step=0.25), initial=steady, courses=(stop,)
    )
    assert history.unit_flow[:3, 0].min() > 0.5
    assert np.all(history.unit_flow[4:] == 0.0)
    assert history.storage[5:] == pytest.approx(10e3, rel=1e-3)
    assert history.heat_out[-1] == pytest.approx(0.0, abs=1.0)
    slower = replace(stop, quantity=Quantity.UNIT_FLOW)
    with pytest.raises(InputError, match="flow of u follows from the pressure"):
        march_air(problem, TransientControls(duration=1.0, time_step=0.5), initial=steady, courses=(slower,))


def test_flows_that_do_not_balance_are_refused() -> None:
    """Air that racks draw from a sealed region must be put back into it."""
    problem = duct()
    start = solve_air(problem, AirControls(max_iterations=5)).state
    sealed = replace(problem, exhausts=())
    with pytest.raises(InputError, match="imbalance"):
        march_air(sealed, TransientControls(duration=1.0, time_step=0.5), initial=start)


def test_courant_number_chooses_the_step() -> None:
    """Plug flow at 0.25 m/s through cells of 0.1 m: a step of 0.32 s at Courant number 0.8."""
    problem = duct()
    start = solve_air(problem, AirControls(max_iterations=40)).state
    controls = TransientControls(duration=3.0, time_step=10.0, courant=0.8)
    history = march_air(problem, controls, initial=start)
    assert np.diff(history.time)[:-2] == pytest.approx(0.32, rel=1e-3)
    assert history.time[-1] == pytest.approx(3.0)


def test_steps_of_changing_length_are_second_order() -> None:
    """Steps that grow by a third, again and again, from one march to the next."""
    problem = room()
    start = solve_air(problem, AirControls(max_iterations=30)).state

    def march(refinement: int) -> np.ndarray:
        state: MarchState = MarchState(state=start)
        for step in (0.15, 0.2, 0.15, 0.2):
            controls = TransientControls(
                duration=4 * step,
                time_step=step / refinement,
                sweeps=6,
                pressure_tolerance=1e-6,
                precision=Precision.DOUBLE,
                energy_tolerance=1e-8,
            )
            state = march_air(problem, controls, initial=state, courses=(WARMER,)).final
        return state.state.temperature

    exact = march(16)
    errors = [norm(march(refinement) - exact) for refinement in (1, 2)]
    assert np.log2(errors[0] / errors[1]) >= 1.7


def test_racks_and_k_epsilon_are_second_order_in_time() -> None:
    problem = room(k_epsilon=True)
    start = solve_air(problem, AirControls(max_iterations=40)).state

    def march(steps: int) -> AirState:
        controls = TransientControls(
            duration=4.0,
            time_step=4.0 / steps,
            sweeps=8,
            pressure_tolerance=1e-8,
            mass_tolerance=1e-10,
            energy_tolerance=1e-8,
            precision=Precision.DOUBLE,
        )
        return march_air(problem, controls, initial=start, courses=(WARMER,)).final.state

    exact, coarse, fine = march(240), march(40), march(80)
    for name in ("u", "temperature", "k"):
        target = getattr(exact, name)
        errors = [norm(getattr(state, name) - target) for state in (coarse, fine)]
        assert np.log2(errors[0] / errors[1]) >= 1.9


def test_too_long_a_step_is_named() -> None:
    problem = room()
    start = solve_air(problem, AirControls(max_iterations=40)).state
    with pytest.raises(DivergenceError, match=r"in steps of 30 s\n  try: a shorter step"):
        march_air(problem, TransientControls(duration=3000.0, time_step=30.0, sweeps=1), initial=start)


def test_result_does_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CELLS_PER_THREAD", 1)
    problem = room(k_epsilon=True)
    start = solve_air(problem, AirControls(max_iterations=10)).state
    states = []
    before = numba.get_num_threads()
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            controls = TransientControls(duration=0.5, time_step=0.1)
            states.append(march_air(problem, controls, initial=start, courses=(WARMER,)).final.state)
    finally:
        numba.set_num_threads(before)
    for name in ("u", "v", "w", "pressure", "temperature", "k", "epsilon"):
        assert np.array_equal(getattr(states[0], name), getattr(states[1], name))
