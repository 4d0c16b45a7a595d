"""Ill-posed air problems are refused before any work, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.errors import InputError
from geometry.grid import Grid
from geometry.raster import Port, Raster
from solvers.air.problem import AirControls, AirProblem, AirState, Exhaust, Supply, ThroughFlow
from solvers.air.solve import solve_air

NX = 6


def x_port(name: str, face: int, inward: int) -> Port:
    """The whole cross-section of the duct at face `face` (2 x 2 cells of 0.5 x 0.5 m)."""
    k, j = (a.ravel() for a in np.meshgrid(np.arange(2), np.arange(2), indexing="ij"))
    i = np.full(4, face)
    return Port(name=name, axis=0, inward=inward, k=k, j=j, i=i, area=np.full(4, 0.25))


def duct() -> AirProblem:
    """in -> cells 0, 1 | rack in cells 2, 3 | cells 4, 5 -> out."""
    grid = Grid(x_face=np.linspace(0, 3, NX + 1), y_face=np.linspace(0, 1, 3), z_face=np.linspace(0, 1, 3))
    solid = np.zeros((2, 2, NX), dtype=bool)
    solid[:, :, 2:4] = True
    closed_x = np.ones((2, 2, NX + 1), dtype=bool)
    closed_x[:, :, [1, 5]] = False
    closed_y = np.ones((2, 3, NX), dtype=bool)
    closed_y[:, 1, [0, 1, 4, 5]] = False
    closed_z = np.ones((3, 2, NX), dtype=bool)
    closed_z[1][:, [0, 1, 4, 5]] = False
    ports = [x_port("in", 0, 1), x_port("r.front", 2, -1), x_port("r.rear", 4, 1), x_port("out", 6, -1)]
    raster = Raster(
        grid=grid,
        solid=solid,
        closed_x=closed_x,
        closed_y=closed_y,
        closed_z=closed_z,
        loss_x=np.zeros(closed_x.shape),
        loss_y=np.zeros(closed_y.shape),
        loss_z=np.zeros(closed_z.shape),
        ports={p.name: p for p in ports},
    )
    return AirProblem(
        raster=raster,
        supplies=(Supply(port="in", flow=0.5, temperature=293.15),),
        exhausts=(Exhaust(port="out", backflow_temperature=293.15),),
        racks=(ThroughFlow(name="A07", intake="r.front", exhaust="r.rear", flow=0.5, heat=2000.0),),
    )


def refused(problem: AirProblem, match: str, controls: AirControls | None = None) -> None:
    with pytest.raises(InputError, match=match):
        solve_air(problem, controls or AirControls())


def test_negative_and_missing_flows() -> None:
    problem = duct()
    refused(
        replace(problem, supplies=(replace(problem.supplies[0], flow=-0.5),)), "air flow of supply in = -0.5"
    )
    refused(replace(problem, racks=(replace(problem.racks[0], flow=0.0),)), "air flow of rack A07 = 0 m3/s")
    refused(replace(problem, racks=(replace(problem.racks[0], heat=-1.0),)), "air heat of rack A07 = -1 W")
    refused(replace(problem, racks=(replace(problem.racks[0], flow=float("nan")),)), "rack A07 = nan")


def test_celsius_in_place_of_kelvin() -> None:
    problem = duct()
    refused(
        replace(problem, supplies=(replace(problem.supplies[0], temperature=20.0),)), "20 degC is 293.15 K"
    )


def test_unknown_and_shared_ports() -> None:
    problem = duct()
    refused(replace(problem, supplies=(replace(problem.supplies[0], port="nowhere"),)), "no such port")
    refused(replace(problem, exhausts=(replace(problem.exhausts[0], port="in"),)), "used by supply in and by")


def test_region_without_exhaust_is_named_with_its_imbalance() -> None:
    problem = duct()
    # before the rack 0.6 m3/s enter and 0.5 leave; behind it nothing leaves
    unbalanced = replace(problem, supplies=(replace(problem.supplies[0], flow=0.6),))
    refused(unbalanced, r"without exhaust \(supply in, intake of rack A07\): 0.6 m3/s enter, 0.5 m3/s leave")
    refused(replace(problem, exhausts=()), r"without exhaust \(exhaust of rack A07\)")


def test_heat_without_a_way_out() -> None:
    problem = duct()
    rack = problem.racks[0]
    # a second device moves the air back, so that both regions are sealed but balanced
    back = ThroughFlow(name="A08", intake="out", exhaust="in", flow=rack.flow, heat=100.0)
    sealed = replace(problem, supplies=(), exhausts=(), racks=(rack, back))
    refused(sealed, "heat of rack A07 = 2000 W: its air has neither exhaust nor rear door")


def test_door_effectiveness_and_controls() -> None:
    problem = duct()
    refused(
        replace(problem, racks=(replace(problem.racks[0], door_effectiveness=1.2),)), "door effectiveness"
    )
    refused(problem, "max_iterations = 0", AirControls(max_iterations=0))
    refused(problem, "energy_tolerance", AirControls(energy_tolerance=-1.0))


def test_warm_start_of_another_grid() -> None:
    zeros = np.zeros((3, 3, 3))
    state = AirState(u=zeros, v=zeros, w=zeros, pressure=zeros, temperature=zeros)
    with pytest.raises(InputError, match="initial u: shape"):
        solve_air(duct(), initial=state)


@pytest.mark.kernel
def test_sealed_hall_with_rear_doors_keeps_its_balance() -> None:
    """Without any opening, heat leaves by the doors: the inlet settles where they take it all."""
    problem = duct()
    rack = replace(problem.racks[0], door_effectiveness=0.5, door_temperature=291.15)
    back = ThroughFlow(name="A08", intake="out", exhaust="in", flow=rack.flow, heat=0.0)
    sealed = replace(problem, supplies=(), exhausts=(), racks=(rack, back))
    solution = solve_air(sealed)
    # inlet T, rise r = 2000 / (1.19 * 1006 * 0.5) = 3.3413 K; 0.5 (T + r - T_door) = r  =>  T = T_door + r
    assert solution.rack_inlet_mean[0] == pytest.approx(291.15 + 3.3413, abs=1e-3)
    assert solution.door_heat[0] == pytest.approx(2000.0, rel=1e-4)
    assert solution.air_mass < 1e-10
