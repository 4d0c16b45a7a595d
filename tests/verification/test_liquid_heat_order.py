"""Order of accuracy of heat along pipes, and the two-temperature solution, on the temperature that leaves."""

import math

import numpy as np
import pytest

from solvers.fluids import constant_fluid
from solvers.liquid.heat.march import march
from solvers.liquid.heat.pipes import PipeHeat, thermal_network
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.hydraulics.network import Pipe, build_network
from twin.verification.pipe_exact import schumann

pytestmark = pytest.mark.kernel

WATER = constant_fluid("water", density=1000.0, heat_capacity=4000.0, viscosity=1e-3)
AREA = 0.25 * math.pi * 0.1**2
LENGTH = 100.0 / (1000.0 * AREA)  # holds 100 kg
DELAY = 100.0  # at 1 kg/s [s]
AROUND = 290.0


def leaves(scheme, cells, courant, inlet, *, until, loss=0.0, wall=0.0, film=math.inf):
    """(middle of the steps, temperature that leaves) at 1 kg/s, from AROUND everywhere."""
    network = build_network(
        [Pipe(name="p", start="in", end="out", length=LENGTH, diameter=0.1, roughness=0.0)],
        inflow={"in": 1.0},
        pressure={"out": 0.0},
    )
    record = PipeHeat(
        name="p",
        surroundings=AROUND,
        loss=loss / LENGTH,
        wall=wall / LENGTH,
        film=film / LENGTH,
        cells=cells,
    )
    thermal = thermal_network(network, WATER, [record], reference=AROUND)
    dt = courant * DELAY / cells
    n = round(until / dt)
    middle = (np.arange(n) + 0.5) * dt
    state = start(thermal, AROUND, scheme=scheme)
    got = march(thermal, state, np.ones(1), dt=dt, feed={"in": inlet(middle)}, steps=n)
    at = middle if scheme is not Scheme.IMPLICIT else middle + 0.5 * dt
    return at, got.temperature[:, 1]


def bump(t):
    """A smooth pulse of 20 K, four times differentiable, centred at 80 s."""
    s = np.clip((t - 80.0) / 60.0, -1.0, 1.0)
    return AROUND + 20.0 * np.cos(0.5 * np.pi * s) ** 6


def orders(errors):
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


@pytest.mark.parametrize(
    ("scheme", "norm", "order"),
    [(Scheme.UNLIMITED, np.inf, 1.9), (Scheme.TVD, 1, 1.7), (Scheme.IMPLICIT, 1, 0.9)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_order_of_transport_with_loss(scheme, norm, order):
    """Exact: the pulse comes 100 s later and exp(-u/(m cp)) = exp(-1/2) lower; Courant number 0.6."""
    errors = []
    finest = 800 if scheme is Scheme.IMPLICIT else 400
    for cells in (finest // 4, finest // 2, finest):
        at, out = leaves(scheme, cells, 0.6, bump, until=240.0, loss=2000.0)
        exact = AROUND + (bump(at - DELAY) - AROUND) * math.exp(-0.5)
        error = np.abs(out - exact)
        errors.append(error.max() if norm == np.inf else error.mean())
    # with loss 0.5 in the implicit scheme the time of the cells counts too: what matters is the last rate
    assert orders(errors)[-1] >= order, (errors, orders(errors))


def test_order_with_a_wall():
    """No closed form for a pulse: each grid against one four times finer, wall, film and loss together."""
    wall = {"loss": 500.0, "wall": 200e3, "film": 8000.0}
    reference = leaves(Scheme.UNLIMITED, 1600, 0.5, bump, until=400.0, **wall)
    errors = []
    for cells in (100, 200, 400):
        at, out = leaves(Scheme.UNLIMITED, cells, 0.5, bump, until=400.0, **wall)
        errors.append(np.abs(out - np.interp(at, *reference)).max())
    assert orders(errors).min() >= 1.9, (errors, orders(errors))


def test_step_response_of_a_pipe_with_a_wall():
    """Schumann's solution, a L/(m cp) = 2 and C/(M cp) = 1/2: a jump of exp(-2), then the wall's."""
    film, wall = 8000.0, 200e3
    errors = []
    for cells in (50, 200):
        at, out = leaves(
            Scheme.TVD, cells, 0.9, lambda t: np.full(t.size, 330.0), until=260.0, film=film, wall=wall
        )
        exact = schumann(film / 4000.0, film * (at - DELAY) / wall)
        errors.append(np.mean(np.abs((out - AROUND) / 40.0 - exact)))
    assert errors[1] < 1.2e-3
    assert errors[1] < 0.4 * errors[0]  # a jump: about half an order a doubling more than first


def test_schumann_at_its_limits():
    """At the front exp(-y); long after, all of the step; y = z: 1/2 (1 + exp(-2y) I0(2y)) = 0.60350."""
    got = schumann(2.0, np.array([-1.0, 0.0, 2.0, 60.0]))
    assert got[:2] == pytest.approx([0.0, math.exp(-2.0)], rel=1e-10)
    # I0(4) = 11.301922 (Abramowitz and Stegun, table 9.8)
    assert got[2] == pytest.approx(0.5 * (1.0 + math.exp(-4.0) * 11.301922), rel=1e-7)
    assert got[3] == pytest.approx(1.0, abs=1e-9)
