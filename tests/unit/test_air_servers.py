"""Heat stored in servers: the exact step against its differential equation.

VanGilder, Pardey, Healey and Zhang, ASHRAE Trans. 119(2) (2013), table 1: 1U Dell R210, 17 l/s, 9.9 kg of
480 J/(kg K), effectiveness 0.81; PowerEdge 850, 7.6 l/s, 6.8 kg of 500 J/(kg K), 0.63; PowerEdge 2850,
28 l/s, 20.2 kg of 600 J/(kg K), 0.81.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from solvers.air.servers import Servers, server_step

RHO_CP = 1.19 * 1006.0  # J/m3/K
CAPACITY = np.array([9.9 * 480.0, 6.8 * 500.0, 20.2 * 600.0])
EFFECTIVENESS = np.array([0.81, 0.63, 0.81])
AIR = RHO_CP * np.array([0.017, 0.0076, 0.028])


def march(step: float, end: float, inlet, heat) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """(temperature of the servers, outlet) at `end`, for an inlet and heats that are functions of time."""
    servers = Servers(capacity=CAPACITY, effectiveness=EFFECTIVENESS)
    mass = inlet(0.0) + heat(0.0) / (EFFECTIVENESS * AIR)
    for number in range(round(end / step)):
        t = number * step
        ahead = server_step(
            servers,
            air=AIR,
            rise=(heat(t) / AIR, heat(t + step) / AIR),
            inlet=inlet(t) + np.zeros(3),
            mass=mass,
            step=step,
        )
        mass = ahead.known + ahead.share * inlet(t + step)
        outlet = ahead.rise + ahead.gain * inlet(t + step)
    return mass, outlet


def test_time_constant_is_the_published_formula() -> None:
    """A sudden warmer inlet: 1 - epsilon of it passes at once, the rest with M c / (epsilon m cp_air)."""
    constant = CAPACITY / (EFFECTIVENESS * AIR)
    assert constant == pytest.approx([288.3, 593.2, 446.4], rel=1e-3)
    step = 1.0
    mass = np.zeros(3)
    servers = Servers(capacity=CAPACITY, effectiveness=EFFECTIVENESS)
    for _ in range(600):
        ahead = server_step(
            servers, air=AIR, rise=(np.zeros(3), np.zeros(3)), inlet=np.ones(3), mass=mass, step=step
        )
        mass = ahead.known + ahead.share
    assert mass == pytest.approx(1.0 - np.exp(-600.0 / constant), abs=1e-12)
    assert ahead.rise + ahead.gain == pytest.approx(
        1.0 - EFFECTIVENESS * np.exp(-600.0 / constant), abs=1e-12
    )


@pytest.mark.parametrize("step", [1.0, 60.0, 300.0])
def test_exact_for_piecewise_linear_inlet_and_heat(step: float) -> None:
    """Steps as long as the time constant, and still within 1e-6 K of the differential equation."""

    def inlet(t: float) -> float:
        return 293.15 + 0.02 * min(t, 600.0)

    def heat(t: float) -> np.ndarray:
        return np.array([150.0, 120.0, 300.0]) * (1.0 - min(t, 900.0) / 1200.0)

    mass, outlet = march(step, 1800.0, inlet, heat)

    def slope(t: float, temperature: np.ndarray) -> np.ndarray:
        return (heat(t) - EFFECTIVENESS * AIR * (temperature - inlet(t))) / CAPACITY

    now = 293.15 + heat(0.0) / (EFFECTIVENESS * AIR)
    for begin, end in ((0.0, 600.0), (600.0, 900.0), (900.0, 1800.0)):
        now = solve_ivp(slope, (begin, end), now, rtol=1e-11, atol=1e-11).y[:, -1]
    assert mass == pytest.approx(now, abs=1e-6)
    assert outlet == pytest.approx(inlet(1800.0) + EFFECTIVENESS * (now - inlet(1800.0)), abs=1e-6)


def test_racks_without_mass_follow_their_inlet() -> None:
    step = server_step(
        Servers(capacity=np.zeros(2), effectiveness=np.ones(2)),
        air=np.array([100.0, 0.0]),
        rise=(np.array([5.0, 0.0]), np.array([7.0, 0.0])),
        inlet=np.zeros(2),
        mass=np.zeros(2),
        step=0.5,
    )
    assert np.array_equal(step.rise, [7.0, 0.0])
    assert np.array_equal(step.gain, [1.0, 1.0])
