"""Devices of a hall against balances worked by hand: fans, resistances, leakage, porous racks, heat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cases import ALL, raster_of, uniform_grid

from geometry.hall import Side
from geometry.raster import Port, Raster, Zone
from solvers.air.coils import Coil
from solvers.air.fans import FanCurve
from solvers.air.problem import (
    AirProblem,
    AirSolution,
    AirStatus,
    Convection,
    Exhaust,
    HeatSource,
    PorousRack,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
    flow_for_rise,
)
from solvers.air.recirculation import recirculation, thermal_response
from solvers.air.solve import solve_air
from solvers.air.tracers import freeze

pytestmark = pytest.mark.kernel

RHO = 1.19
RHO_CP = RHO * 1006.0  # J/m3/K
OUTSIDE = 293.15


def passage(raster: Raster, name: str, axis: int, inward: int, where: tuple[slice, slice, slice]) -> Port:
    """Faces named as a passage."""
    closed = (raster.closed_x, raster.closed_y, raster.closed_z)[axis]
    mask = np.zeros(closed.shape, dtype=bool)
    mask[where] = True
    k, j, i = np.nonzero(mask)
    grid = raster.grid
    sides = [grid.dx[np.minimum(i, grid.dx.size - 1)], grid.dy[np.minimum(j, grid.dy.size - 1)]]
    sides.append(grid.dz[np.minimum(k, grid.dz.size - 1)])
    area = np.prod([side for n, side in enumerate(sides) if n != axis], axis=0)
    return Port(name=name, axis=axis, inward=inward, k=k, j=j, i=i, area=area)


def zone(raster: Raster, name: str, where: tuple[slice, slice, slice]) -> Zone:
    mask = np.zeros(raster.solid.shape, dtype=bool)
    mask[where] = True
    k, j, i = np.nonzero(mask)
    return Zone(name=name, k=k, j=j, i=i, volume=raster.grid.volume[mask])


def flow_of(port: Port, solution: AirSolution) -> float:
    velocity = (solution.state.u, solution.state.v, solution.state.w)[port.axis]
    return float((port.inward * velocity[port.k, port.j, port.i] * port.area).sum())


# -- fans ------------------------------------------------------------------------------------------------

FAN = FanCurve(flow=(0.0, 1.0, 2.0), pressure=(100.0, 80.0, 0.0))


def fan_in_a_duct(fan: FanCurve, *, start: float = 0.5, loss: float = 200.0) -> AirProblem:
    """Open duct of 1 m2, without friction: a fan in its middle, a face of resistance K behind it."""
    raster = raster_of(
        uniform_grid((1, 1, 20), (4.0, 1.0, 1.0)),
        solids=[(ALL, ALL, slice(8, 10))],
        losses=[(0, (ALL, ALL, slice(15, 16)), loss)],
        ports=[
            ("a", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (ALL, ALL, slice(8, 9))),
            ("r.rear", 0, +1, (ALL, ALL, slice(10, 11))),
            ("b", 0, -1, (ALL, ALL, slice(20, 21))),
        ],
    )
    return AirProblem(
        raster=raster,
        supplies=(),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=OUTSIDE) for name in "ab"),
        racks=(ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=start, heat=1000.0, fan=fan),),
    )


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
    raster = raster_of(
        uniform_grid((4, 1, 10), (2.0, 1.0, 1.0)),
        panels=[(2, (slice(2, 3), ALL, slice(5, 10)))],
        losses=[
            (0, (slice(0, 2), ALL, slice(7, 8)), 4000.0),
            (0, (slice(2, 4), ALL, slice(7, 8)), 16000.0),
        ],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("low", 0, -1, (slice(0, 2), ALL, slice(10, 11))),
            ("high", 0, -1, (slice(2, 4), ALL, slice(10, 11))),
        ],
    )
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.3, temperature=OUTSIDE),),
        exhausts=tuple(Exhaust(port=name, backflow_temperature=OUTSIDE) for name in ("low", "high")),
        racks=(),
    )
    solution = solve_air(problem)
    assert solution.exhaust_flow["low"] == pytest.approx(0.2, rel=2e-3)
    assert solution.exhaust_flow["high"] == pytest.approx(0.1, rel=4e-3)


def test_surplus_leaks_past_a_rack() -> None:
    """1.2 m3/s supplied, 1.0 drawn by the rack that fills the aisle's side: 0.2 leak through the gap above.

    The gap of 0.2 m2 has K = 2.5: dp = 2.5 * 1.19 * 1 / 2 = 1.4875 Pa, and a hot aisle that mixes both:
    10000 / (1.19 * 1006 * 1.2) = 6.961 K above the supply.
    """
    raster = raster_of(
        uniform_grid((5, 1, 16), (3.2, 1.0, 1.0)),
        solids=[(slice(0, 4), ALL, slice(7, 9))],
        losses=[(0, (slice(4, 5), ALL, slice(8, 9)), 250.0)],
        ports=[
            ("in", 0, +1, (ALL, ALL, slice(0, 1))),
            ("r.front", 0, -1, (slice(0, 4), ALL, slice(7, 8))),
            ("r.rear", 0, +1, (slice(0, 4), ALL, slice(9, 10))),
            ("out", 0, -1, (ALL, ALL, slice(16, 17))),
        ],
    )
    raster = replace(raster, passages={"gap": passage(raster, "gap", 0, +1, (slice(4, 5), ALL, slice(8, 9)))})
    problem = AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=1.2, temperature=OUTSIDE),),
        exhausts=(Exhaust(port="out", backflow_temperature=OUTSIDE),),
        racks=(ThroughFlow(name="r", intake="r.front", exhaust="r.rear", flow=1.0, heat=10e3),),
    )
    solution = solve_air(problem)
    assert flow_of(raster.passages["gap"], solution) == pytest.approx(0.2, rel=1e-7)
    drop = solution.state.pressure[4, 0, 7] - solution.state.pressure[4, 0, 8]
    assert drop == pytest.approx(250.0 * RHO / 2.0, rel=0.03)  # 148.75 Pa at 1 m/s
    assert solution.rack_inlet_mean[0] == pytest.approx(OUTSIDE, abs=1e-6)
    assert solution.return_temperature == pytest.approx(OUTSIDE + 6.961, abs=1e-3)


# -- porous racks ----------------------------------------------------------------------------------------


def porous_duct(*, heat: float = 2000.0, flow: float = 0.4) -> AirProblem:
    """A duct of 1 m2 filled by a porous rack of three cells: K = 60 in all, heat in its cells."""
    raster = raster_of(
        uniform_grid((4, 3, 12), (2.4, 1.0, 1.0)),
        losses=[(0, (ALL, ALL, slice(5, 9)), 15.0)],
        ports=[("in", 0, +1, (ALL, ALL, slice(0, 1))), ("out", 0, -1, (ALL, ALL, slice(12, 13)))],
    )
    raster = replace(
        raster,
        zones={"p": zone(raster, "p", (ALL, ALL, slice(5, 8)))},
        passages={
            "p.front": passage(raster, "p.front", 0, -1, (ALL, ALL, slice(5, 6))),
            "p.rear": passage(raster, "p.rear", 0, +1, (ALL, ALL, slice(8, 9))),
        },
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=flow, temperature=OUTSIDE),),
        exhausts=(Exhaust(port="out", backflow_temperature=OUTSIDE),),
        racks=(PorousRack(name="p", zone="p", front="p.front", rear="p.rear", flow=0.5, heat=heat),),
    )


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
    problem = AirProblem(
        raster=raster_of(uniform_grid((1, 1, 10))),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(
            Wall(side=Side.X_LO, temperature=303.15, conductance=2.0),
            Wall(side=Side.X_HI, temperature=283.15, conductance=4.0),
        ),
        turbulence=Turbulence.LAMINAR,
    )
    problem = replace(problem, properties=replace(problem.properties, viscosity=0.01, prandtl=1.0))
    solution = solve_air(problem)
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
