"""Devices that cannot be modelled are refused before any work, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.grid import Grid
from geometry.hall import Side
from geometry.raster import Port, Raster, Zone
from solvers.air.checks import check_problem
from solvers.air.coils import Coil
from solvers.air.fans import FanCurve
from solvers.air.problem import (
    AirProblem,
    Control,
    CoolingUnit,
    Exhaust,
    HeatSource,
    PorousRack,
    Supply,
    ThroughFlow,
    Wall,
    flow_for_rise,
)

FAN = FanCurve(flow=(0.0, 1.0), pressure=(50.0, 0.0))
COIL = Coil(air_flow=1.0, air_temperature=308.15, water_flow=0.6, water_temperature=288.15, capacity=15e3)
UNIT = CoolingUnit(name="u", intake="u.in", outlet="u.out", flow=1.0, coil=COIL, set_point=293.15)
RACK = PorousRack(name="A01", zone="A01", front="A01.front", rear="A01.rear", flow=0.5, heat=1000.0)


def face(name: str, at: int, inward: int) -> Port:
    """One face of a row of eight cells of 0.5 x 1 x 1 m."""
    zero = np.array([0])
    return Port(name=name, axis=0, inward=inward, k=zero, j=zero, i=np.array([at]), area=np.array([1.0]))


def row() -> AirProblem:
    """in | cells 0, 1 | porous rack in cells 2, 3 | cells 4 to 7 | out."""
    closed_x = np.zeros((1, 1, 9), dtype=bool)
    closed_x[:, :, [0, 8]] = True
    zero = np.array([0, 0])
    raster = Raster(
        grid=Grid(x_face=np.linspace(0.0, 4.0, 9), y_face=np.array([0.0, 1.0]), z_face=np.array([0.0, 1.0])),
        solid=np.zeros((1, 1, 8), dtype=bool),
        closed_x=closed_x,
        closed_y=np.ones((1, 2, 8), dtype=bool),
        closed_z=np.ones((2, 1, 8), dtype=bool),
        loss_x=np.zeros((1, 1, 9)),
        loss_y=np.zeros((1, 2, 8)),
        loss_z=np.zeros((2, 1, 8)),
        ports={"in": face("in", 0, +1), "out": face("out", 8, -1)},
        zones={"A01": Zone(name="A01", k=zero, j=zero, i=np.array([2, 3]), volume=np.array([0.5, 0.5]))},
        passages={"A01.front": face("A01.front", 2, -1), "A01.rear": face("A01.rear", 4, +1)},
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.5, temperature=293.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(RACK,),
    )


def refused(problem: AirProblem, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_problem(problem)


def test_the_row_itself_is_well_posed() -> None:
    check_problem(row())


def test_porous_rack_without_an_airflow_path() -> None:
    problem = row()
    closed = problem.raster.closed_x.copy()
    closed[0, 0, 2] = True
    shut = replace(problem, raster=replace(problem.raster, closed_x=closed))
    refused(shut, r"A01.front of rack A01: no airflow path, its faces are closed")
    refused(
        replace(problem, racks=(replace(RACK, front="door"),)), "passage 'door' of rack A01: the hall has no"
    )
    refused(replace(problem, racks=(replace(RACK, rear="A01.front"),)), "front and rear must lie on opposite")


def test_zones_must_hold_air() -> None:
    problem = row()
    source = HeatSource(name="PDU-1", zone="PDU-1", heat=500.0)
    refused(
        replace(problem, sources=(source,)), "zone 'PDU-1' of heat source PDU-1: the hall has no such zone"
    )
    refused(
        replace(problem, sources=(replace(source, zone="A01", heat=-1.0),)),
        "heat of heat source PDU-1 = -1 W",
    )
    solid = problem.raster.solid.copy()
    solid[0, 0, 3] = True
    refused(
        replace(problem, raster=replace(problem.raster, solid=solid)), "zone 'A01' of rack A01: it must hold"
    )


def test_names_are_used_once() -> None:
    refused(replace(row(), racks=(RACK, RACK)), "2 racks or units are called 'A01'")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flow": -1.0}, "air flow of cooling unit u = -1 m3/s"),
        ({"fan_power": -5.0}, "fan power of cooling unit u = -5 W"),
        ({"set_point": 20.0}, "set point of cooling unit u = 20 K"),
        ({"water_temperature": 7.0}, "water temperature of cooling unit u = 7 K"),
        ({"water_flow": -1.0}, "water flow of cooling unit u = -1 kg/s"),
        ({"set_point": None, "control": Control.RETURN}, "holds its return: it needs a set point"),
        ({"fan": replace(FAN, pressure=(0.0, 50.0))}, "fan curve of cooling unit u: pressures"),
        ({"coil": replace(COIL, capacity=1e6)}, "design capacity of the coil of cooling unit u = 1000 kW"),
    ],
)
def test_impossible_units(change: dict, words: str) -> None:
    refused(replace(row(), units=(replace(UNIT, **change),)), words)


def test_impossible_doors_and_racks() -> None:
    rack = ThroughFlow(name="B", intake="in", exhaust="out", flow=0.5, heat=100.0, door_coil=COIL)
    base = replace(row(), racks=(), supplies=(), exhausts=())
    refused(replace(base, racks=(replace(rack, door_effectiveness=0.4),)), "rear door of rack B: both")
    refused(
        replace(base, racks=(replace(rack, fan=replace(FAN, resistance=-2.0)),)), "resistance of rack B = -2"
    )
    with pytest.raises(InputError, match="flow for a rise of 0 K at 1000 W"):
        flow_for_rise(1000.0, 0.0, row().properties)


def test_u_values_need_the_temperature_outside() -> None:
    problem = row()
    refused(replace(problem, walls=(Wall(side=Side.Y_LO, conductance=2.0),)), "needs the temperature outside")
    wall = Wall(side=Side.Y_LO, conductance=-2.0, temperature=280.0)
    refused(replace(problem, walls=(wall,)), "U value of wall y_lo = -2")
