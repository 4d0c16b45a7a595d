"""The same room mirrored, with x and y exchanged, or with its devices listed in another order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solvers.air.problem import AirControls, AirProblem, Exhaust, Precision, Supply, ThroughFlow
from solvers.air.solve import solve_air
from twin.verification.air_boxes import raster_of, uniform_grid

pytestmark = pytest.mark.kernel

CELLS = (10, 8, 6)  # x, y, z; 0.3 m each
CONTROLS = AirControls(
    temperature_tolerance=0.005, flow_tolerance=1e-3, energy_tolerance=1e-4, precision=Precision.SINGLE
)
Span = tuple[int, int]


class Room:
    """Two racks of unlike heat beside a floor grille; as they are, mirrored along x, or x and y swapped."""

    def __init__(self, *, mirrored: bool = False, swapped: bool = False) -> None:
        self.mirrored, self.swapped = mirrored, swapped

    def cells(self, x: Span, y: Span, z: Span) -> tuple[slice, slice, slice]:
        if self.mirrored:
            x = (CELLS[0] - x[1], CELLS[0] - x[0])
        if self.swapped:
            x, y = y, x
        return (slice(*z), slice(*y), slice(*x))

    def port(
        self, name: str, axis: int, inward: int, at: int, a: Span, b: Span
    ) -> tuple[str, int, int, tuple[slice, slice, slice]]:
        """Faces at line `at` of an axis; a, b are the spans along the two others in the order x, y, z."""
        spans = [a, b]
        spans.insert(axis, (at, at))
        k, j, i = self.cells(*spans)
        if axis == 0 and self.mirrored:
            inward = -inward
        if self.swapped and axis < 2:
            axis = 1 - axis
        where = [k, j, i]
        start = where[2 - axis].start
        where[2 - axis] = slice(start, start + 1)
        return (name, axis, inward, (where[0], where[1], where[2]))

    def problem(self) -> AirProblem:
        shape = (CELLS[2], CELLS[1], CELLS[0])
        if self.swapped:
            shape = (CELLS[2], CELLS[0], CELLS[1])
        racks = {"hot": (1, 4), "cool": (4, 7)}
        ports = [
            self.port("floor", 2, +1, 0, (1, 3), (2, 6)),
            self.port("ceiling", 2, -1, CELLS[2], (7, 9), (1, 5)),
        ]
        for name, y in racks.items():
            ports.append(self.port(f"{name}.front", 0, -1, 4, y, (0, 4)))
            ports.append(self.port(f"{name}.rear", 0, +1, 6, y, (0, 4)))
        raster = raster_of(
            uniform_grid(shape, tuple(0.3 * n for n in reversed(shape))),
            solids=[self.cells((4, 6), (1, 7), (0, 4))],
            ports=ports,
        )
        return AirProblem(
            raster=raster,
            supplies=(Supply(port="floor", flow=0.5, temperature=291.15),),
            exhausts=(Exhaust(port="ceiling", backflow_temperature=291.15),),
            racks=tuple(
                ThroughFlow(name=n, intake=f"{n}.front", exhaust=f"{n}.rear", flow=0.3, heat=heat)
                for n, heat in (("hot", 3000.0), ("cool", 1500.0))
            ),
        )


@pytest.fixture(scope="module")
def inlets() -> np.ndarray:
    return solve_air(Room().problem(), CONTROLS).rack_inlet_mean


@pytest.mark.parametrize("change", ["mirrored", "swapped"])
def test_mirrored_and_swapped_rooms_agree(inlets: np.ndarray, change: str) -> None:
    """Sweeps prefer a direction, answers must not: within four times the tolerance of the windows."""
    other = solve_air(Room(**{change: True}).problem(), CONTROLS)
    assert inlets.max() - 291.15 > 1.0  # both racks breathe warm air
    np.testing.assert_allclose(other.rack_inlet_mean, inlets, atol=0.02)


def test_order_of_devices_does_not_matter(inlets: np.ndarray) -> None:
    problem = Room().problem()
    other = solve_air(replace(problem, racks=problem.racks[::-1]), CONTROLS)
    np.testing.assert_allclose(other.rack_inlet_mean[::-1], inlets, atol=1e-3)


def test_precision_does_not_matter(inlets: np.ndarray) -> None:
    double = solve_air(Room().problem(), replace(CONTROLS, precision=Precision.DOUBLE))
    np.testing.assert_allclose(double.rack_inlet_mean, inlets, atol=0.005)
    assert double.air_mass < 1e-10
    assert double.air_energy < 1e-8


def test_single_precision_closes_the_balances() -> None:
    solution = solve_air(Room().problem(), CONTROLS)
    assert solution.air_mass < 1e-6
    assert solution.air_energy < 1e-4
    out = solution.exhaust_flow["ceiling"]
    assert out == pytest.approx(0.5, rel=1e-6)
