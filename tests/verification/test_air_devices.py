"""Devices of a hall against balances worked by hand: fans, resistances, leakage, porous racks, heat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid

from solvers.air.coils import Coil
from solvers.air.problem import (
    AirProblem,
    AirSolution,
    AirStatus,
    Convection,
    HeatSource,
    Supply,
    ThroughFlow,
    flow_for_rise,
)
from solvers.air.recirculation import recirculation, thermal_response
from solvers.air.solve import solve_air
from solvers.air.tracers import freeze
from twin.verification.device_boxes import (
    FAN,
    OUTSIDE,
    RHO,
    RHO_CP,
    fan_in_a_duct,
    flow_of,
    passage,
    past_a_rack,
    porous_duct,
    two_ways,
    walls_with_a_u_value,
    zone,
)

pytestmark = pytest.mark.kernel


# -- fans ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.05, 0.5, 2.0])
def test_fan_finds_its_operating_point(start: float) -> None:
    """100 - 20 q = (K + 1) rho q^2 / 2 with K = 200; the 1 is the air set into motion at the duct's mouth.

    q = (-20 + sqrt(400 + 4 * 119.595 * 100)) / (2 * 119.595) = 0.83462 m3/s.
    """
    solution = solve_air(fan_in_a_duct(FAN, start=start))
    assert solution.status is AirStatus.CONVERGED
    assert solution.rack_flow[0] == pytest.approx(0.83462, rel=1e-3)
    assert solution.exhaust_flow["b"] == pytest.approx(solution.rack_flow[0], rel=1e-8)
    rise = 1000.0 / (RHO_CP * 0.83462)  # 1.0008 K
    assert solution.rack_outlet[0] == pytest.approx(OUTSIDE + rise, abs=2e-3)


def test_two_fans_at_reduced_speed_behind_a_coil() -> None:
    """Two fans at 80 %: p = 64 - 8 q for q <= 1.6; coil R = 20 Pa s2/m6 and the duct's 119.595:

    64 - 8 q = 139.595 q^2, q = (-8 + sqrt(64 + 4 * 139.595 * 64)) / (2 * 139.595) = 0.64905 m3/s.
    """
    fan = replace(FAN, count=2, speed=0.8, resistance=20.0)
    assert solve_air(fan_in_a_duct(fan)).rack_flow[0] == pytest.approx(0.64905, rel=1e-3)


def test_fan_off_its_curve_ends_at_its_last_point() -> None:
    """An open duct offers less resistance than the curve reaches: free delivery."""
    solution = solve_air(fan_in_a_duct(replace(FAN, pressure=(100.0, 80.0, 40.0)), loss=0.0))
    assert solution.rack_flow[0] == pytest.approx(2.0, rel=1e-9)


def test_flow_of_a_fixed_rise() -> None:
    """10 kW by 12 K: 10000 / (1.19 * 1006 * 12) = 0.69610 m3/s."""
    problem = fan_in_a_duct(FAN)
    flow = flow_for_rise(10e3, 12.0, problem.properties)
    assert flow == pytest.approx(0.69610, rel=1e-4)
    rack = replace(problem.racks[0], flow=flow, heat=10e3, fan=None)
    solution = solve_air(replace(problem, racks=(rack,)))
    assert solution.rack_outlet[0] - solution.rack_inlet_mean[0] == pytest.approx(12.0, abs=1e-6)


def test_rear_door_with_a_coil_answers_the_flow() -> None:
    """Designed for 12 kW from 1.0 m3/s at 308.15 K to 0.6 kg/s at 291.15 K: half the air is cooled further.

    Design: eps 12000 / (1197.14 * 17) = 0.58964, c 0.47664, NTU ln((1 - c eps)/(1 - eps))/(1 - c) = 1.07147,
    UA 1282.70. Films at half the air flow: 0.6 * 0.5^-0.8 + 0.4 = 1.44466; UA 887.89, NTU 1.48335, c 0.23832;
    eps = (1 - x) / (1 - c x) with x = exp(-1.48335 * 0.76168) = 0.32309: 0.73338.
    """
    coil = Coil(air_flow=1.0, air_temperature=308.15, water_flow=0.6, water_temperature=291.15, capacity=12e3)
    problem = fan_in_a_duct(FAN)
    rack = replace(problem.racks[0], flow=0.5, heat=6000.0, fan=None, door_coil=coil, door_temperature=291.15)
    solution = solve_air(replace(problem, racks=(rack,)))
    hot = OUTSIDE + 6000.0 / (RHO_CP * 0.5)
    expected = hot - 0.73338 * (hot - 291.15)
    assert solution.rack_outlet[0] == pytest.approx(expected, abs=2e-3)
    assert solution.door_heat[0] == pytest.approx(RHO_CP * 0.5 * (hot - expected), rel=1e-3)


# -- resistances -----------------------------------------------------------------------------------------


def test_flow_splits_by_resistance() -> None:
    """Two ways of one area with K 4000 and 16000 from one plenum to the outside: 2 : 1."""
    solution = solve_air(two_ways())
    assert solution.exhaust_flow["low"] == pytest.approx(0.2, rel=2e-3)
    assert solution.exhaust_flow["high"] == pytest.approx(0.1, rel=4e-3)


def test_surplus_leaks_past_a_rack() -> None:
    """1.2 m3/s supplied, 1.0 drawn by the rack that fills the aisle's side: 0.2 leak through the gap above.

    The gap of 0.2 m2 has K = 2.5: dp = 2.5 * 1.19 * 1 / 2 = 1.4875 Pa, and a hot aisle that mixes both:
    10000 / (1.19 * 1006 * 1.2) = 6.961 K above the supply.
    """
    problem = past_a_rack()
    solution = solve_air(problem)
    assert flow_of(problem.raster.passages["gap"], solution) == pytest.approx(0.2, rel=1e-7)
    drop = solution.state.pressure[4, 0, 7] - solution.state.pressure[4, 0, 8]
    assert drop == pytest.approx(250.0 * RHO / 2.0, rel=0.03)  # 148.75 Pa at 1 m/s
    assert solution.rack_inlet_mean[0] == pytest.approx(OUTSIDE, abs=1e-6)
    assert solution.return_temperature == pytest.approx(OUTSIDE + 6.961, abs=1e-3)


# -- porous racks ----------------------------------------------------------------------------------------


def test_porous_rack_drops_pressure_and_warms_the_air() -> None:
    """4 faces of K = 15: 60 * 1.19 * 0.16 / 2 = 5.712 Pa; 2000 W in 0.4 m3/s: 4.1766 K."""
    solution = solve_air(porous_duct())
    plain = solve_air(
        replace(porous_duct(), raster=replace(porous_duct().raster, loss_x=np.zeros((4, 3, 13))))
    )
    assert solution.status is AirStatus.CONVERGED

    def drop(found: AirSolution) -> float:
        return float((found.state.pressure[:, :, 4] - found.state.pressure[:, :, 8]).mean())

    assert drop(solution) - drop(plain) == pytest.approx(5.712, rel=0.02)
    assert solution.rack_flow[0] == pytest.approx(0.4, rel=1e-9)
    assert solution.rack_inlet_mean[0] == pytest.approx(OUTSIDE, abs=0.01)  # a little diffuses upstream
    assert solution.rack_outlet[0] - solution.rack_inlet_mean[0] == pytest.approx(4.1766, abs=1e-4)
    assert solution.return_temperature == pytest.approx(OUTSIDE + 4.1766, abs=1e-3)
    assert solution.heat_in == pytest.approx(2000.0, rel=1e-12)
    # every stream warms alike, though the profile is not flat
    behind = solution.state.temperature[:, :, 9]
    assert np.ptp(behind) < 0.3


def test_heat_source_warms_its_air() -> None:
    """A power unit of 1.5 kW in the stream instead of a rack: 1500 / (1.19 * 1006 * 0.4) = 3.1325 K."""
    problem = porous_duct()
    problem = replace(problem, racks=(), sources=(HeatSource(name="pdu", zone="p", heat=1500.0),))
    solution = solve_air(problem)
    assert solution.return_temperature == pytest.approx(OUTSIDE + 3.1325, abs=1e-3)
    assert solution.heat_in == pytest.approx(1500.0, rel=1e-12)
    assert solution.air_energy < 1e-8


# -- walls -----------------------------------------------------------------------------------------------


def test_wall_with_a_u_value_conducts_steadily() -> None:
    """Still air between walls of U 2 and 4 W/m2K, outside at 303.15 and 283.15 K, in one dimension: they are
    in series with the air between the outer cells, RHO_CP 0.01 / 0.9 = 13.30 W/m2K:
    q = 20 / (1/2 + 1/4 + 1/13.302) = 24.2372 W/m2.
    """
    solution = solve_air(walls_with_a_u_value())
    left = 303.15 - solution.state.temperature[0, 0, 0]
    right = solution.state.temperature[0, 0, -1] - 283.15
    assert 2.0 * left == pytest.approx(24.2372, rel=1e-4)
    assert 4.0 * right == pytest.approx(24.2372, rel=1e-4)


# -- air paths through porous racks ----------------------------------------------------------------------


def recirculating_porous_rack() -> AirProblem:
    """The porous rack fills the lower half; a device without heat in the upper half takes 0.2 m3/s back."""
    plain = porous_duct()
    raster = raster_of(
        uniform_grid((2, 1, 12), (2.4, 1.0, 1.0)),
        solids=[(slice(1, 2), ALL, slice(5, 8))],
        losses=[
            (0, (slice(0, 1), ALL, slice(5, 9)), 15.0),
            (0, (ALL, ALL, slice(11, 12)), 50.0),  # evens the way out
        ],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("out", 0, -1, (ALL, ALL, slice(12, 13))),
            ("f.outlet", 0, -1, (slice(1, 2), ALL, slice(5, 6))),
            ("f.intake", 0, +1, (slice(1, 2), ALL, slice(8, 9))),
        ],
    )
    raster = replace(
        raster,
        zones={"p": zone(raster, "p", (slice(0, 1), ALL, slice(5, 8)))},
        passages={
            "p.front": passage(raster, "p.front", 0, -1, (slice(0, 1), ALL, slice(5, 6))),
            "p.rear": passage(raster, "p.rear", 0, +1, (slice(0, 1), ALL, slice(8, 9))),
        },
    )
    back = ThroughFlow(name="f", intake="f.intake", exhaust="f.outlet", flow=0.2, heat=0.0)
    supply = Supply(port="in", flow=0.3, temperature=OUTSIDE)
    return replace(plain, raster=raster, supplies=(supply,), racks=(*plain.racks, back))


def test_recirculation_of_a_porous_rack() -> None:
    """0.3 m3/s supplied and 0.2 taken back: of what the rack breathes 60 % are supply, 40 % came through f.

    Its rise is 2000 / (1.19 * 1006 * 0.5) = 3.3413 K, its inlet 0.4 / 0.6 of that above the supply. With half
    as much heat again, the inlet rises by 1.1138 K more.
    """
    problem = replace(recirculating_porous_rack(), convection=Convection.UPWIND)
    # nothing diffuses: the air alone carries heat and tracers through the front
    air = replace(problem.properties, prandtl=1e9, prandtl_turbulent=1e9)
    problem = replace(problem, properties=air)
    solution = solve_air(problem)
    assert solution.rack_flow == pytest.approx([0.5, 0.2], rel=1e-8)
    traced = recirculation(freeze(problem, solution), tolerance=1e-12)
    assert traced.names == ("in", "p", "f")
    assert traced.closure < 1e-9
    assert traced.inlet[0] == pytest.approx([0.6, 0.0, 0.4], abs=1e-3)
    assert traced.inlet[1, 1] == pytest.approx(1.0, abs=1e-3)  # f draws what the rack blew
    assert solution.rack_inlet_mean[0] == pytest.approx(OUTSIDE + 3.3413 * 0.4 / 0.6, abs=1e-3)
    response = thermal_response(problem, solution, traced)
    warmer = response.what_if({"p": 3000.0}) - response.what_if()
    assert warmer[0] == pytest.approx(1.1138, rel=1e-3)
