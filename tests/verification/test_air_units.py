"""Cooling units in the room: sealed halls whose temperatures follow by hand from heats, flows and coils."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid
from unit_cases import COIL, RHO_CP, UNIT, WATER, partition_of_three, sealed_room

from geometry.errors import InputError
from geometry.raster import Port
from solvers.air.coils import air_effectiveness
from solvers.air.failures import fail_units
from solvers.air.fans import FanCurve
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirSolution,
    AirStatus,
    Control,
    ThroughFlow,
    Turbulence,
    volume_from_mass,
)
from solvers.air.solve import solve_air
from solvers.air.unit_readings import read_passages, read_units

pytestmark = pytest.mark.kernel


def closes(solution: AirSolution) -> None:
    assert solution.status is AirStatus.CONVERGED
    assert solution.air_mass < 1e-10
    assert solution.air_energy < 1e-8


def test_sealed_hall_with_supply_control() -> None:
    """Two racks of 5 kW, 1.2 m3/s at 20 degC: return 20 + 10000 / (1.19 * 1006 * 1.2) = 20 + 6.9610 K."""
    solution = solve_air(sealed_room())
    closes(solution)
    assert solution.unit_supply[0] == pytest.approx(293.15, abs=1e-9)
    assert solution.unit_return[0] == pytest.approx(293.15 + 6.9610, abs=1e-3)
    assert solution.return_temperature == pytest.approx(solution.unit_return[0], abs=1e-9)
    assert solution.rack_outlet - solution.rack_inlet_mean == pytest.approx([8.3532] * 2, abs=1e-3)
    assert (solution.heat_in, solution.heat_out) == pytest.approx((10e3, 10e3), rel=1e-7)
    # the level of the pressure is fixed at the mean of the air
    fluid = ~sealed_room().raster.solid
    assert solution.state.pressure[fluid].mean() == pytest.approx(0.0, abs=1e-9)


def test_fans_are_part_of_the_load() -> None:
    """A supply set to 23 degC and fans of 500 W: the coil takes 10.5 kW, the air between them 10 kW."""
    solution = solve_air(sealed_room(replace(UNIT, set_point=296.15, fan_power=500.0)))
    closes(solution)
    assert solution.unit_supply[0] == pytest.approx(296.15, abs=1e-9)
    assert solution.unit_return[0] == pytest.approx(296.15 + 6.9610, abs=1e-3)


@pytest.mark.parametrize("control", [Control.UNCONTROLLED, Control.SUPPLY])
def test_saturated_unit_lets_the_hall_float(control: Control) -> None:
    """All the coil can do is eps rho cp Q (T_return - T_water) = 10.5 kW; 15.5 degC supply is beyond it.

    Design point: eps 0.62649, c 0.47665, NTU 1.2041, UA 1441.5 W/K. At 1.2 m3/s the films have 0.91857 of
    their resistance: UA 1569.3, NTU 1.0924, c 0.57198, eps 0.58203. T_return = 288.15 + 12.558 = 300.708 K.
    """
    unit = replace(UNIT, control=control, set_point=288.65, fan_power=500.0)
    solution = solve_air(sealed_room(unit))
    closes(solution)
    effect = air_effectiveness(COIL, RHO_CP, 1.2, 0.6)
    assert effect == pytest.approx(0.58203, abs=2e-5)
    assert solution.unit_return[0] == pytest.approx(300.708, abs=2e-3)
    assert solution.unit_supply[0] == pytest.approx(300.708 - 6.9610, abs=2e-3)


def test_weak_coil_finds_its_level() -> None:
    """A coil that takes 5 % a pass: 500 W need 500 / (0.05 rho cp) = 8.3532 K above the water."""
    weak = replace(COIL, capacity=0.05 * RHO_CP * 20.0)
    unit = replace(UNIT, coil=weak, control=Control.UNCONTROLLED, set_point=None, flow=1.0)
    solution = solve_air(sealed_room(unit, heat=250.0))
    closes(solution)
    assert solution.unit_return[0] == pytest.approx(WATER + 8.3532, abs=1e-3)


def test_return_control() -> None:
    """The return is held at 28 degC; the supply follows: 28 - 6.9610."""
    solution = solve_air(sealed_room(replace(UNIT, control=Control.RETURN, set_point=301.15)))
    closes(solution)
    assert solution.unit_return[0] == pytest.approx(301.15, abs=1e-4)
    assert solution.unit_supply[0] == pytest.approx(301.15 - 6.9610, abs=1e-3)


def test_unit_with_fan_curve_in_a_sealed_hall() -> None:
    """The static rise of the unit is what its curve gives at its flow."""
    fan = FanCurve(flow=(0.0, 2.0), pressure=(4.0, 0.0))
    problem = sealed_room(replace(UNIT, fan=fan))
    solution = solve_air(problem)
    closes(solution)
    ports, pressure = problem.raster.ports, solution.state.pressure
    rise = pressure[ports["u.outlet"].cells].mean() - pressure[ports["u.intake"].cells].mean()
    assert solution.unit_flow[0] == pytest.approx(2.0 - 0.5 * rise, rel=2e-3)
    assert abs(solution.unit_flow[0] - 1.2) > 0.1  # the rated flow it started from
    assert solution.unit_return[0] - solution.unit_supply[0] == pytest.approx(
        10e3 / (RHO_CP * solution.unit_flow[0]), abs=1e-3
    )


def fan_wall(*, failed: bool = False) -> AirProblem:
    """Ring of air: a partition with a flat unit, and the way back over it through an open slot."""
    where = (slice(0, 4), ALL, slice(5, 6))
    raster = raster_of(
        uniform_grid((6, 2, 10), (3.0, 1.0, 2.0)),
        solids=[(slice(0, 3), ALL, slice(7, 8))],
        ports=[
            ("u.intake", 0, -1, where),
            ("u.outlet", 0, +1, where),
            ("r.front", 0, -1, (slice(0, 3), ALL, slice(7, 8))),
            ("r.rear", 0, +1, (slice(0, 3), ALL, slice(8, 9))),
        ],
    )
    rack = ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=0.4, heat=2000.0)
    return AirProblem(
        raster=raster,
        supplies=(),
        exhausts=(),
        racks=(rack,),
        units=(replace(UNIT, flow=0.6, failed=failed),),
        turbulence=Turbulence.ZERO_EQUATION,
    )


def test_flat_unit_in_a_partition() -> None:
    """2000 W in 0.6 m3/s: 2.7844 K between intake and outlet, which are the two sides of the same faces."""
    solution = solve_air(fan_wall())
    assert solution.status is not AirStatus.NOT_CONVERGED
    assert solution.unit_return[0] == pytest.approx(293.15 + 2.7844, abs=1e-3)
    assert solution.state.u[:4, :, 5].mean() == pytest.approx(0.6 / (1.0 * 4 * 2.0 / 6), rel=1e-9)


def test_hall_whose_only_unit_failed_is_refused() -> None:
    with pytest.raises(InputError, match="heat of rack r = 2000 W: its air has neither"):
        solve_air(fan_wall(failed=True), AirControls(max_iterations=1))


def test_overlapping_and_unset_units_are_refused() -> None:
    problem = sealed_room()
    again = replace(UNIT, name="v", intake="a.front")
    with pytest.raises(InputError, match=r"port 'a\.front': used by rack a and by cooling unit v"):
        solve_air(replace(problem, units=(UNIT, again)))
    with pytest.raises(InputError, match="cooling unit u holds its supply: it needs a set point"):
        solve_air(sealed_room(replace(UNIT, set_point=None)))
    ports = dict(problem.raster.ports)
    ports["v.intake"] = replace(ports["a.front"], name="v.intake")
    ports["v.outlet"] = replace(ports["b.rear"], name="v.outlet")
    raster = replace(problem.raster, ports=ports)
    second = replace(UNIT, name="v", intake="v.intake", outlet="v.outlet")
    with pytest.raises(InputError, match=r"v.intake of cooling unit v and a.front of rack a overlap"):
        solve_air(replace(problem, raster=raster, units=(UNIT, second)))


def test_fan_between_sealed_bodies_of_air_is_refused() -> None:
    """The way back is shut: rack and unit join two bodies of air that no open face joins."""
    problem = fan_wall()
    closed = problem.raster.closed_x.copy()
    closed[:, :, 5] = True
    closed[3:, :, 7] = True
    fan = FanCurve(flow=(0.0, 2.0), pressure=(4.0, 0.0))
    sealed = replace(
        problem,
        raster=replace(problem.raster, closed_x=closed),
        racks=(replace(problem.racks[0], fan=fan),),
        units=(replace(UNIT, flow=0.4),),
    )
    with pytest.raises(InputError, match="rack r has a fan curve and moves air between bodies of air"):
        solve_air(sealed)


def test_failed_unit_leaks_backwards() -> None:
    """The other moves all 0.6 m3/s; back through the slot of K 100 and the failed unit of K 400 in 2 : 1."""
    problem = fail_units(partition_of_three(), ["v"], share_flow=True, leak=400.0)
    assert [(u.name, u.flow) for u in problem.units] == [("u", 0.6)]
    solution = solve_air(problem)
    (leak,) = read_passages(problem, solution)
    assert leak.name == "v"
    assert leak.flow == pytest.approx(-0.2, rel=0.02)
    # 400 * 1.19 * 0.2^2 / 2 on the face velocity: 9.52 Pa from outlet to intake
    assert leak.pressure == pytest.approx(9.52, rel=0.05)


def test_failed_unit_with_its_damper_shut() -> None:
    problem = fail_units(partition_of_three(), ["v"])
    assert [(u.flow, u.failed) for u in problem.units] == [(0.3, False), (0.3, True)]
    solution = solve_air(problem)
    assert solution.unit_flow.tolist() == [0.3, 0.0]
    assert np.abs(solution.state.u[2:4, :, 5]).max() == 0.0


def test_two_units_share_what_a_third_one_dropped() -> None:
    """Each of two units of 0.6 m3/s takes half of 10 kW; one lost, the other moves and takes all of it."""
    raster = sealed_room().raster
    intake, outlet = raster.ports["u.intake"], raster.ports["u.outlet"]

    def part(port: Port, name: str, rows: np.ndarray) -> Port:
        return replace(port, name=name, k=port.k[rows], j=port.j[rows], i=port.i[rows], area=port.area[rows])

    ports = {name: port for name, port in raster.ports.items() if not name.startswith("u.")}
    for name, low in (("u1", True), ("u2", False)):
        for end, port in (("intake", intake), ("outlet", outlet)):
            ports[f"{name}.{end}"] = part(port, f"{name}.{end}", (port.j < 5) == low)
    units = tuple(
        replace(UNIT, name=n, intake=f"{n}.intake", outlet=f"{n}.outlet", flow=0.6, set_point=298.15)
        for n in ("u1", "u2")
    )
    problem = replace(sealed_room(), raster=replace(raster, ports=ports), units=units)
    both = solve_air(problem)
    one = solve_air(fail_units(problem, ["u2"], share_flow=True))
    for solution in (both, one):
        closes(solution)
        mixed = (solution.unit_flow * solution.unit_return).sum() / solution.unit_flow.sum()
        assert mixed == pytest.approx(298.15 + 6.9610, abs=2e-3)
    assert one.unit_flow.tolist() == pytest.approx([1.2, 0.0])
    heats = [reading.heat for reading in read_units(problem, both)]
    assert heats == pytest.approx([5000.0, 5000.0], rel=0.05)
    with pytest.raises(InputError, match="none is left"):
        fail_units(problem, ["u1", "u2"])
    with pytest.raises(InputError, match="cooling unit 'u3': not in this hall"):
        fail_units(problem, ["u3"])
    with pytest.raises(InputError, match="only a flat unit"):
        fail_units(problem, ["u1"], leak=10.0)


def test_mass_flows_become_volumes_at_the_density_of_the_site() -> None:
    """1.19 kg/s: 1 m3/s at sea level, 1.2268 m3/s in air of 0.97 kg/m3 at 1,900 m."""
    assert volume_from_mass(1.19, AirProperties()) == pytest.approx(1.0)
    assert volume_from_mass(1.19, AirProperties(density=0.97)) == pytest.approx(1.22680, rel=1e-5)
