"""Cases of heat along pipes: two measured ones, the two-temperature solution, delays, orders of accuracy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from geometry.grid import Array
from solvers.fluids import Fluid, constant_fluid
from solvers.liquid.heat.losses import layer_resistance, loss_per_metre, surface_resistance, wall_per_metre
from solvers.liquid.heat.march import march
from solvers.liquid.heat.pipes import PipeHeat, thermal_network
from solvers.liquid.heat.state import Scheme, start
from solvers.liquid.hydraulics.network import Pipe, build_network
from twin.units import ZERO_CELSIUS, celsius
from twin.verification import liquid_halls as halls
from twin.verification.case import Row, Rows, Tier, absolute, orders, relative
from twin.verification.pipe_exact import schumann
from twin.verification.reference import Table, read_reference
from viz.charts.profiles import Curve

CELL = 0.5  # length of a cell in the measured pipes [m], and half of it
STEP = 0.5  # [s]


class Rig(NamedTuple):
    """A measured pipe: lengths [m], loss [W/(m K)] and capacity of the wall [J/(m K)]."""

    length: float
    diameter: float
    loss: float
    wall: float


def graz(_: Tier) -> Rows:
    table = read_reference("graz_pipe")
    inner, outer, foam = 0.020, 0.022, 0.013
    # the insulation is on average half-way between the water and the room
    mean = 0.5 * float(np.mean(table.numbers("inlet_C")) + np.mean(table.numbers("ambient_C")))
    conductivity = float(np.interp(mean, [14.4, 54.4], [0.0389, 0.0442]))
    rig = Rig(
        length=60.33,
        diameter=inner,
        loss=loss_per_metre(
            layer_resistance(outer, outer + 2.0 * foam, conductivity),
            surface_resistance(outer + 2.0 * foam, 8.4),
        ),
        wall=wall_per_metre(inner, outer, 8960.0, 385.0),
    )
    flow = table.numbers("flow_kg_h") / 3600.0
    return _measured("case 1", rig, table, flow, ZERO_CELSIUS + table.numbers("ambient_C"), rms=0.23)


def ulg(_: Tier) -> Rows:
    inner, outer, foam = 0.05248, 0.0603, 0.013
    rig = Rig(
        length=39.0,
        diameter=inner,
        loss=loss_per_metre(
            layer_resistance(outer, outer + 2.0 * foam, 0.04), surface_resistance(outer + 2.0 * foam, 5.0)
        ),
        wall=wall_per_metre(inner, outer, 7800.0, 480.0),
    )
    table, rows = read_reference("ulg_pipe"), []
    for name in dict.fromkeys(table.texts("experiment")):
        part = table.where("experiment", name)
        flow = part.numbers("flow_kg_s")
        rows += _measured(name, rig, part, flow, np.full(flow.size, celsius(18.0)), rms=0.7)
    return rows


def two_temperatures(tier: Tier) -> Rows:
    """A step into a pipe with a wall: a L/(m cp) = 2, C/(M cp) = 1/2."""
    cells = 800 if tier is Tier.FULL else 200
    film, wall = 8000.0, 200e3
    pipe = _Unit(Scheme.TVD, cells, 0.9, film=film, wall=wall)
    at, out = _unit_pipe(pipe, lambda t: np.ones(t.size), until=260.0)
    exact = schumann(film / _CP, film * (at - _DELAY) / wall)
    error = float(np.mean(np.abs(out - exact)))
    curve = Curve(
        title="a step into a pipe with a wall",
        place="time [s]",
        value="share of the step [-]",
        published=(at[:: cells // 50], exact[:: cells // 50]),
        ours=(at, out),
    )
    row = absolute(f"{cells} cells: mean difference from Schumann's solution [-]", 0.0, error, 1.5e-3)
    return [replace(row, curves=(curve,))]


def transport_orders(tier: Tier) -> Rows:
    """A smooth pulse through 100 s of pipe that loses exp(-1/2): three grids, Courant number 0.6."""
    finest = 800 if tier is Tier.FULL else 400
    rows = []
    for scheme, expected, shortfall in (
        (Scheme.UNLIMITED, 2.0, 0.1),
        (Scheme.TVD, 2.0, 0.3),
        (Scheme.IMPLICIT, 1.0, 0.2),
    ):
        errors = []
        for cells in (finest // 4, finest // 2, finest):
            at, out = _unit_pipe(_Unit(scheme, cells, 0.6, loss=0.5 * _CP), _pulse, until=240.0)
            errors.append(float(np.mean(np.abs(out - _pulse(at - _DELAY) * math.exp(-0.5)))))
        rows.append(orders(f"{scheme.name.lower()} cells, L1", expected, errors, 2.0, shortfall))
    return rows


def plug_flow(_: Tier) -> Rows:
    """Forty random temperatures through a pipe of five steps, in parcels and at Courant number 1."""
    sent = np.random.default_rng(1).uniform(0.0, 1.0, 40)
    exact = np.concatenate((np.zeros(5), sent[:-5]))
    found = []
    for scheme, cells in ((Scheme.PARCELS, 1), (Scheme.TVD, 5)):
        out = _unit_pipe(_Unit(scheme, cells, cells / 5.0), lambda t: sent, until=40.0 * _DELAY / 5.0)[1]
        worst = float(np.max(np.abs(out - exact)))
        found.append(
            absolute(f"{scheme.name.lower()}: worst difference from the delay [-]", 0.0, worst, 1e-9)
        )
    return found


# -- set-ups ---------------------------------------------------------------------------------------------


def _measured(name: str, rig: Rig, table: Table, flow: Array, ambient: Array, *, rms: float) -> list[Row]:
    time, measured = table.numbers("time_s"), table.numbers("outlet_C")
    inlet = ZERO_CELSIUS + table.numbers("inlet_C")
    cells = round(rig.length / CELL)
    coarse, fine = (
        _outlet(rig, n, time, flow, inlet, ambient, celsius(float(measured[0]))) for n in (cells, 2 * cells)
    )
    roots = [float(np.sqrt(np.mean((out - measured) ** 2))) for out in (coarse, fine)]
    energy, ours = (np.trapezoid(flow * (out - measured[0]), time) for out in (measured, coarse))
    curve = Curve(
        title=name,
        place="time [s]",
        value="outlet [degC]",
        published=(time[:: max(time.size // 90, 1)], measured[:: max(time.size // 90, 1)]),
        ours=(time, coarse),
    )
    root = absolute(f"{name}: RMS difference of the outlet [K]", 0.0, roots[0], rms)
    return [
        replace(root, curves=(curve,)),
        relative(f"{name}: that on a grid twice as fine [K]", roots[0], roots[1], 0.1),
        relative(f"{name}: integral of flow and outlet above the start [kg K]", energy, ours, 0.02),
    ]


def _outlet(rig: Rig, cells: int, time: Array, flow: Array, inlet: Array, ambient: Array, at: float) -> Array:
    """Outlet [degC] at the given times; between them all inputs are linear."""
    pipe = Pipe(
        name="pipe", start="in", end="out", length=rig.length, diameter=rig.diameter, roughness=1.5e-6
    )
    record = PipeHeat(name="pipe", surroundings=float(ambient[0]), loss=rig.loss, wall=rig.wall, cells=cells)
    network = build_network([pipe], inflow={"in": float(flow[0])}, pressure={"out": 0.0})
    thermal = thermal_network(network, halls.coolant("water"), [record], reference=at)
    middle = (np.arange(math.ceil(float(time[-1]) / STEP)) + 0.5) * STEP
    run = march(
        thermal,
        start(thermal, at, scheme=Scheme.TVD),
        np.interp(middle, time, flow)[:, None],
        dt=STEP,
        feed={"in": np.interp(middle, time, inlet)},
        surroundings=np.interp(middle, time, ambient)[:, None],
    )
    out = np.interp(time, np.append(0.0, middle), np.append(at, run.temperature[:, 1]))
    return np.asarray(out - ZERO_CELSIUS)


_CP = 4000.0  # [J/(kg K)]
_DELAY = 100.0  # 100 kg at 1 kg/s [s]
_COLD, _RISE = 290.0, 20.0  # [K]


class _Unit(NamedTuple):
    """A pipe of 1 m that holds 100 kg, at 1 kg/s; loss and film [W/K], wall [J/K]."""

    scheme: Scheme
    cells: int
    courant: float
    loss: float = 0.0
    wall: float = 0.0
    film: float = math.inf


def _unit_pipe(unit: _Unit, inlet: Callable[[Array], Array], *, until: float) -> tuple[Array, Array]:
    """(times, share of the rise that leaves) for an inlet of that share."""
    fluid: Fluid = constant_fluid("water", density=1000.0, heat_capacity=_CP, viscosity=1e-3)
    diameter = math.sqrt(0.4 / math.pi)
    pipe = Pipe(name="pipe", start="in", end="out", length=1.0, diameter=diameter, roughness=0.0)
    network = build_network([pipe], inflow={"in": 1.0}, pressure={"out": 0.0})
    record = PipeHeat(
        name="pipe", surroundings=_COLD, loss=unit.loss, wall=unit.wall, film=unit.film, cells=unit.cells
    )
    thermal = thermal_network(network, fluid, [record], reference=_COLD)
    dt = unit.courant * _DELAY / unit.cells
    n = round(until / dt)
    middle = np.asarray((np.arange(n) + 0.5) * dt, dtype=np.float64)
    got = march(
        thermal,
        start(thermal, _COLD, scheme=unit.scheme),
        np.ones(1),
        dt=dt,
        feed={"in": _COLD + _RISE * inlet(middle)},
        steps=n,
    )
    at = middle + (0.5 * dt if unit.scheme is Scheme.IMPLICIT else 0.0)
    return np.asarray(at), np.asarray((got.temperature[:, 1] - _COLD) / _RISE)


def _pulse(t: Array) -> Array:
    return np.asarray(np.cos(0.5 * np.pi * np.clip((t - 80.0) / 60.0, -1.0, 1.0)) ** 6)
