"""Cases of what stands in a hall, against balances worked by hand: fans, resistances, coils, heat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solvers.air.coils import Coil, air_effectiveness
from solvers.air.failures import fail_units
from solvers.air.problem import AirSolution, Control, HeatSource
from solvers.air.solve import solve_air
from solvers.air.unit_readings import read_passages
from twin.verification.case import Rows, Tier, absolute, relative
from twin.verification.device_boxes import (
    COIL,
    FAN,
    OUTSIDE,
    RHO,
    RHO_CP,
    UNIT,
    WATER,
    fan_in_a_duct,
    flow_of,
    partition_of_three,
    past_a_rack,
    porous_duct,
    sealed_room,
    tile_in_a_shaft,
    two_ways,
    walls_with_a_u_value,
)

MOUTH = 201.0 * RHO / 2.0  # K = 200, and the air set into motion at the duct's mouth [Pa s2/m6]


def fans(_: Tier) -> Rows:
    """FAN gives 100 - 20 q Pa up to 1 m3/s; two of them at 80 % speed 64 - 8 q up to 1.6 m3/s."""
    one = solve_air(fan_in_a_duct(FAN))
    coil = replace(FAN, count=2, speed=0.8, resistance=20.0)
    two = solve_air(fan_in_a_duct(coil))
    # a curve that ends at 40 Pa, against nothing
    free = solve_air(fan_in_a_duct(replace(FAN, pressure=(100.0, 80.0, 40.0)), loss=0.0))
    flow = _crossing(100.0, 20.0, MOUTH)
    return [
        relative("one fan against K 200 in a duct [m3/s]", flow, float(one.rack_flow[0]), 1e-3),
        absolute(
            "outlet of its rack of 1 kW [K]",
            OUTSIDE + 1000.0 / (RHO_CP * flow),
            float(one.rack_outlet[0]),
            2e-3,
        ),
        relative(
            "two fans at 80 % behind a coil of 20 Pa s2/m6 [m3/s]",
            _crossing(64.0, 8.0, MOUTH + 20.0),
            float(two.rack_flow[0]),
            1e-3,
        ),
        relative("fan with nothing against it: end of its curve [m3/s]", 2.0, float(free.rack_flow[0]), 1e-6),
    ]


def resistances(_: Tier) -> Rows:
    split = solve_air(two_ways())
    leaking = past_a_rack()
    leak = solve_air(leaking)
    drop = leak.state.pressure[4, 0, 7] - leak.state.pressure[4, 0, 8]
    porous = porous_duct()
    rack = solve_air(porous)
    plain = solve_air(replace(porous, raster=replace(porous.raster, loss_x=np.zeros((4, 3, 13)))))
    tile = solve_air(tile_in_a_shaft()).state.pressure[:, 0, 0]
    gap = flow_of(leaking.raster.passages["gap"], leak)
    rise = float(rack.rack_outlet[0] - rack.rack_inlet_mean[0])
    return [
        relative("0.3 m3/s by K 4000 and 16000: easier way [m3/s]", 0.2, split.exhaust_flow["low"], 0.005),
        relative("the harder way [m3/s]", 0.1, split.exhaust_flow["high"], 0.005),
        relative("1.2 m3/s supplied, 1.0 drawn by a rack: past it [m3/s]", 0.2, gap, 1e-6),
        relative("pressure over its gap, K 250 at 1 m/s [Pa]", 250.0 * RHO / 2.0, float(drop), 0.005),
        absolute(
            "return air of rack and gap, 10 kW [K]",
            OUTSIDE + 10e3 / (RHO_CP * 1.2),
            leak.return_temperature,
            1e-3,
        ),
        relative(
            "porous rack, four faces of K 15 at 0.4 m/s [Pa]",
            60.0 * RHO * 0.16 / 2.0,
            _across_rack(rack) - _across_rack(plain),
            0.005,
        ),
        absolute("its rise, 2 kW in 0.4 m3/s [K]", 2000.0 / (RHO_CP * 0.4), rise, 1e-4),
        relative(
            "tile of K 30 at 0.5 m/s: to behind its jets' mixing [Pa]",
            15.0 * RHO * 0.25,
            tile[3] - tile[15],
            1e-3,
        ),
        relative(
            "tile of a quarter holes: to right above it [Pa]",
            (15.0 + 3.0) * RHO * 0.25,
            tile[7] - tile[8],
            1e-3,
        ),
    ]


def coils(_: Tier) -> Rows:
    """A sealed room of two racks of 5 kW and one unit of 1.2 m3/s.

    COIL's design point: eps 15000 / (rho cp 20) = 0.62649, c 0.47665, NTU ln((1 - c eps)/(1 - eps))/(1 - c) =
    1.2041, UA 1441.5 W/K. At 1.2 m3/s its films have 0.6 1.2^-0.8 + 0.4 = 0.91857 of their resistance: UA
    1569.3, NTU 1.0924, c 0.57198, eps 0.58203. The rear door likewise: 12 kW at 1 m3/s, eps 0.73338 at half.
    """
    rise = 10e3 / (RHO_CP * 1.2)
    held = solve_air(sealed_room())
    burdened = replace(UNIT, set_point=288.65, fan_power=500.0)  # 15.5 degC is beyond the coil
    saturated = solve_air(sealed_room(burdened))
    by_return = solve_air(sealed_room(replace(UNIT, control=Control.RETURN, set_point=301.15)))
    effect = air_effectiveness(COIL, RHO_CP, 1.2, 0.6)
    problem = fan_in_a_duct(FAN)
    coil = Coil(air_flow=1.0, air_temperature=308.15, water_flow=0.6, water_temperature=291.15, capacity=12e3)
    door = replace(
        problem.fan_racks[0], flow=0.5, heat=6e3, fan=None, door_coil=coil, door_temperature=291.15
    )
    behind = solve_air(replace(problem, racks=(door,)))
    hot = OUTSIDE + 6e3 / (RHO_CP * 0.5)
    return [
        absolute("supply held at 20 degC: return [K]", OUTSIDE + rise, float(held.unit_return[0]), 1e-3),
        relative("its heat [W]", 10e3, RHO_CP * 1.2 * _rise(held), 1e-4),
        relative("effectiveness off the design point", 0.58203, effect, 1e-4),
        absolute(
            "saturated, with fans of 500 W: return [K]",
            WATER + 10.5e3 / (0.58203 * RHO_CP * 1.2),
            float(saturated.unit_return[0]),
            2e-3,
        ),
        absolute("return held at 28 degC: supply [K]", 301.15 - rise, float(by_return.unit_supply[0]), 1e-3),
        absolute(
            "rear door at half its air flow: outlet [K]",
            hot - 0.73338 * (hot - 291.15),
            float(behind.rack_outlet[0]),
            2e-3,
        ),
    ]


def heat_and_failures(_: Tier) -> Rows:
    source = replace(porous_duct(), racks=(), sources=(HeatSource(name="pdu", zone="p", heat=1500.0),))
    pdu = solve_air(source)
    walls = walls_with_a_u_value()
    wall = 303.15 - float(solve_air(walls).state.temperature[0, 0, 0])
    failed = fail_units(partition_of_three(), ["v"], share_flow=True, leak=400.0)
    (leak,) = read_passages(failed, solve_air(failed))
    between = RHO_CP * 0.01 / 0.9  # air between the outer of ten cells
    return [
        absolute(
            "power unit of 1.5 kW in 0.4 m3/s: return [K]",
            OUTSIDE + 1500.0 / (RHO_CP * 0.4),
            pdu.return_temperature,
            1e-3,
        ),
        relative(
            "walls of U 2, 4 in series with air [W/m2]", 20.0 / (0.75 + 1.0 / between), 2.0 * wall, 1e-4
        ),
        # 0.6 m3/s come back through a slot of K 100 and the failed unit, in 2 : 1
        relative("failed unit of K 400: air through it [m3/s]", -0.2, leak.flow, 0.02),
        relative("pressure over it [Pa]", 400.0 * RHO * 0.04 / 2.0, leak.pressure, 0.05),
    ]


def _crossing(pressure: float, slope: float, resistance: float) -> float:
    """Flow where pressure - slope q = resistance q^2."""
    return (-slope + float(np.sqrt(slope**2 + 4.0 * resistance * pressure))) / (2.0 * resistance)


def _rise(solution: AirSolution) -> float:
    return float(solution.unit_return[0] - solution.unit_supply[0])


def _across_rack(solution: AirSolution) -> float:
    """Pressure before the porous rack over that behind it [Pa]."""
    return float((solution.state.pressure[:, :, 4] - solution.state.pressure[:, :, 8]).mean())
