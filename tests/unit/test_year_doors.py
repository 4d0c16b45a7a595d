"""Rear doors on the loops in the year: coolant and air that answer them, by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from solvers.errors import SolverError
from twin.year.doors import LoopDoors, with_doors

DOORS = LoopDoors(share=0.05, rate=10e3, air=297.15, rise=12.0)  # 10 kW/K: 60 kW at 303.15 K and full load
LOAD = np.array([1.0, 0.5, 1.0, 1.0, 1.0])
SET_POINT = np.full(5, 303.15)


@dataclass(frozen=True)
class Water:
    tcs_supply: np.ndarray
    air_above: np.ndarray


def answered(coolant: np.ndarray, air: np.ndarray, fixed: np.ndarray) -> tuple[np.ndarray, Water]:
    """Supply 303.15 K + coolant q + fixed; air warmer by `air` for every watt the doors leave of 60 kW."""
    heats = []

    def answer(q: np.ndarray) -> Water:
        heats.append(q)
        return Water(tcs_supply=SET_POINT + fixed + coolant * q, air_above=air * (60e3 - q))

    found = with_doors(DOORS, LOAD, SET_POINT, answer)
    return heats[-1], found


def test_each_hour_meets_its_own_equation() -> None:
    """q = 10e3 (6 - fixed - a q + b (60e3 - q)): 60e3; 0.5 K left of 6 K less 6: the least; 3 K warmer: 30e3;
    a = 1e-4 K/W: 60e3 / 2; a = 1e-4, b = 2e-4, 3 K warmer: (30e3 + 120e3) / 4 = 37.5e3."""
    coolant = np.array([0.0, 0.0, 0.0, 1e-4, 1e-4])
    air = np.array([0.0, 0.0, 0.0, 0.0, 2e-4])
    fixed = np.array([0.0, 0.0, 3.0, 0.0, 3.0])
    heat, found = answered(coolant, air, fixed)
    assert heat == pytest.approx([60e3, 0.05 * 10e3, 30e3, 30e3, 37.5e3], abs=100.0)
    assert DOORS.heat(LOAD, found.tcs_supply, found.air_above) == pytest.approx(heat, abs=100.0)


def test_circuits_that_never_agree_are_named() -> None:
    flip = iter(range(1000))
    with pytest.raises(SolverError, match="does not settle in 5 hours of the year"):
        with_doors(
            DOORS, LOAD, SET_POINT, lambda q: Water(SET_POINT - 20.0 * (next(flip) % 2) - 30.0, np.zeros(5))
        )
