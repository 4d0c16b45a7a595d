"""Cases in time: a decaying vortex, natural convection as it starts, a front in a duct, heat in servers."""

from __future__ import annotations

import numpy as np

from geometry.grid import Array, Grid
from geometry.hall import Side
from solvers.air.courses import Course, Quantity
from solvers.air.march import march_air
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirState,
    Convection,
    Exhaust,
    Precision,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
)
from solvers.air.servers import ServerMass
from solvers.air.solve import solve_air
from solvers.air.transient import AirHistory, TransientControls
from twin.verification.air_boxes import ALL, raster_of, stretched, uniform_grid
from twin.verification.case import Rows, Tier, absolute, order, relative, worst_absolute

SUPPLY = 293.15  # K
# VanGilder, Pardey, Healey and Zhang, ASHRAE Trans. 119(2) (2013), table 1:
# air flow [m3/s], mass [kg], specific heat [J/(kg K)], effectiveness
SERVERS = {
    "Dell R210": (0.017, 9.9, 480.0, 0.81),
    "Dell PowerEdge 850": (0.0076, 6.8, 500.0, 0.63),
    "Dell PowerEdge 2850": (0.028, 20.2, 600.0, 0.81),
}


def exactly(duration: float, steps: int, sweeps: int) -> TransientControls:
    """Equal steps in float64, each solved to round-off beside the error in time."""
    return TransientControls(
        duration=duration,
        time_step=duration / steps,
        sweeps=sweeps,
        pressure_tolerance=1e-8,
        mass_tolerance=1e-10,
        energy_tolerance=1e-8,
        precision=Precision.DOUBLE,
    )


def norm(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


# -- set-ups ---------------------------------------------------------------------------------------------


def vortex(n: int, steps: int, convection: Convection) -> tuple[float, AirHistory]:
    """Taylor and Green's vortex in a frictionless box of pi x pi, nu = 0.05 m2/s, for 2 s.

    u = sin x cos z exp(-2 nu t), w = -cos x sin z exp(-2 nu t); returns the error of u (root mean square).
    """
    line = np.linspace(0.0, np.pi, n + 1)
    grid = Grid(x_face=line, y_face=np.array([0.0, 0.1]), z_face=line)
    viscosity, duration = 0.05, 2.0
    problem = AirProblem(
        raster=raster_of(grid),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=tuple(Wall(side=s, slip=True) for s in (Side.X_LO, Side.X_HI, Side.Z_LO, Side.Z_HI)),
        properties=AirProperties(viscosity=viscosity, density=1.0),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )
    wave = np.cos(2.0 * grid.x)
    state = AirState(
        u=(np.cos(grid.z)[:, None] * np.sin(line))[:, None, :],
        v=np.zeros((n, 2, n)),
        w=-(np.sin(line)[:, None] * np.cos(grid.x))[:, None, :],
        pressure=0.25 * (wave[:, None] + wave)[:, None, :],
        temperature=np.full((n, 1, n), SUPPLY),
    )
    history = march_air(problem, exactly(duration, steps, sweeps=40), initial=state)
    return norm(history.final.state.u - state.u * np.exp(-2.0 * viscosity * duration)), history


def convection_start(n: int, steps: int, convection: Convection, *, cold: bool = True) -> AirHistory:
    """Natural convection at Ra 1e5, Pr 0.71, from rest and theta = 5 K cos(pi x): 4 s, a turn of the vortex.

    cold  whether the wall x = 1 is at fixed temperature too, or adiabatic
    """
    viscosity = 0.01 / np.sqrt(10.0)
    line = stretched(n, strength=0.3)
    grid = Grid(x_face=line, y_face=np.array([0.0, 0.1]), z_face=line)
    problem = AirProblem(
        raster=raster_of(grid),
        supplies=(),
        exhausts=(),
        racks=(),
        walls=(
            Wall(side=Side.X_LO, temperature=298.15),
            Wall(side=Side.X_HI, temperature=288.15 if cold else None),
        ),
        properties=AirProperties(
            viscosity=viscosity, expansion=1e5 * viscosity**2 / 0.71 / (9.80665 * 10.0), temperature=SUPPLY
        ),
        turbulence=Turbulence.LAMINAR,
        convection=convection,
    )
    state = AirState(
        u=np.zeros((n, 1, n + 1)),
        v=np.zeros((n, 2, n)),
        w=np.zeros((n + 1, 1, n)),
        pressure=np.zeros((n, 1, n)),
        temperature=SUPPLY + 5.0 * np.cos(np.pi * grid.x) + np.zeros((n, 1, n)),
    )
    return march_air(problem, exactly(4.0, steps, sweeps=6), initial=state)


def duct(*, cells: int = 32, racks: tuple[ThroughFlow, ...] = (), flow: float = 0.2) -> AirProblem:
    """Frictionless duct of 3.2 x 0.8 x 1 m along x; the racks stand across its middle, side by side in y."""
    width = max(len(racks), 1)
    grid = uniform_grid((4, 4 * width, cells), (3.2, 0.8 * width, 1.0))
    middle, after = 7 * cells // 16, 9 * cells // 16
    ports = [
        ("in", 0, +1, (ALL, ALL, slice(0, 1))),
        ("out", 0, -1, (ALL, ALL, slice(cells, cells + 1))),
    ]
    for number, rack in enumerate(racks):
        own = slice(4 * number, 4 * number + 4)
        ports.append((rack.intake, 0, -1, (ALL, own, slice(middle, middle + 1))))
        ports.append((rack.exhaust, 0, +1, (ALL, own, slice(after, after + 1))))
    return AirProblem(
        raster=raster_of(grid, solids=[(ALL, ALL, slice(middle, after))] if racks else [], ports=ports),
        supplies=(Supply(port="in", flow=sum(r.flow for r in racks) or flow, temperature=SUPPLY),),
        exhausts=(Exhaust(port="out", backflow_temperature=SUPPLY),),
        racks=racks,
        walls=tuple(Wall(side=s, slip=True) for s in (Side.Y_LO, Side.Y_HI, Side.Z_LO, Side.Z_HI)),
        properties=AirProperties(expansion=0.0),
        turbulence=Turbulence.LAMINAR,
    )


# -- cases -----------------------------------------------------------------------------------------------


def decaying_vortex(tier: Tier) -> Rows:
    """Order in space and time together, and in time alone."""
    n = 16 if tier is Tier.QUICK else 32
    rows = []
    for convection, name, shortfall in ((Convection.CENTRAL, "central", 0.1), (Convection.TVD, "TVD", 0.4)):
        coarse, fine = (vortex(m, m // 2, convection)[0] for m in (n, 2 * n))
        rows.append(order(f"{name}: u", 2.0, coarse, fine, 2.0, shortfall))
    ends = [vortex(n, steps, Convection.CENTRAL)[1].final.state.u for steps in (10, 20, 160)]
    rows.append(order("time alone: u", 2.0, norm(ends[0] - ends[2]), norm(ends[1] - ends[2]), 2.0, 0.1))
    return rows


def convection_in_time(tier: Tier) -> Rows:
    """Order in time of a buoyant flow, and the closures of its steps."""
    n = 16 if tier is Tier.QUICK else 32
    rows = []
    for convection, name in ((Convection.CENTRAL, "central"), (Convection.TVD, "TVD")):
        coarse, fine, exact = (convection_start(n, steps, convection) for steps in (32, 64, 384))
        for field in ("u", "temperature"):
            target = getattr(exact.final.state, field)
            before, after = (norm(getattr(h.final.state, field) - target) for h in (coarse, fine))
            rows.append(order(f"{name}: {field}", 2.0, before, after, 2.0, 0.1))
        worst = float(fine.air_energy.max())
        rows.append(absolute(f"{name}: heat in - out - storage over heat in, any step", 0.0, worst, 1e-8))
    return rows


def front_in_a_duct(tier: Tier) -> Rows:
    """Supply air 10 K warmer within a second: when it leaves, and how sharp the front still is."""
    problem = duct(cells=32 if tier is Tier.QUICK else 96)
    start = solve_air(problem, AirControls(max_iterations=40)).state
    warmer = Course(quantity=Quantity.SUPPLY_TEMPERATURE, time=(1.0, 2.0), value=(SUPPLY, SUPPLY + 10.0))
    step = 0.1 if tier is Tier.QUICK else 0.1 / 3.0
    history = march_air(
        problem, TransientControls(duration=30.0, time_step=step), initial=start, courses=(warmer,)
    )
    leaving = (history.return_temperature - SUPPLY) / 10.0
    arrival = history.time[0] * (0.5 + float((1.0 - leaving).sum()))
    crossing = np.interp([0.1, 0.9], leaving, history.time)
    return [
        relative("mean arrival of the front [s]", 1.5 + 2.56 / 0.2, arrival, 1e-3),
        absolute("overshoot [-]", 1.0, float(leaving.max()), 0.02),
        absolute("10 to 90 % of the front [s]", 0.8, float(crossing[1] - crossing[0]), 1.8),
    ]


def server_mass(_: Tier) -> Rows:
    """Three servers' heat is doubled within 5 s: their outlets against the equation of their mass.

    M c dT/dt = q - eps rho cp Q (T - T_in), T_out = T_in + eps (T - T_in): exact for a ramp.
    """
    air = AirProperties()
    racks = []
    for name, (flow, *_rest) in SERVERS.items():
        racks.append(
            ThroughFlow(name=name, intake=f"{name}.front", exhaust=f"{name}.rear", flow=flow, heat=100.0)
        )
    problem = duct(racks=tuple(racks))
    start = solve_air(problem, AirControls(max_iterations=200)).state
    history = march_air(
        problem,
        TransientControls(duration=600.0, time_step=5.0, sweeps=6),
        initial=start,
        courses=(Course(quantity=Quantity.RACK_HEAT, time=(0.0, 5.0), value=(100.0, 200.0)),),
        servers={
            name: ServerMass(capacity=mass * heat, effectiveness=effectiveness)
            for name, (_, mass, heat, effectiveness) in SERVERS.items()
        },
    )
    worst, exact_at, ours_at = [], [], []
    for number, (flow, mass, heat, effectiveness) in enumerate(SERVERS.values()):
        rate = air.density * air.heat_capacity * flow
        constant = mass * heat / (effectiveness * rate)

        def ramp(t: Array, constant: float = constant) -> Array:
            late = np.maximum(t, 0.0)
            return late + constant * np.expm1(-late / constant)

        t = history.time
        exact = SUPPLY + 100.0 / rate * (1.0 + (ramp(t) - ramp(t - 5.0)) / 5.0)
        ours = history.rack_outlet[:, number]
        at = int(np.argmax(np.abs(ours - exact)))
        worst.append(at)
        exact_at.append(exact[at])
        ours_at.append(ours[at])
    labels = [f"{name}, {history.time[at]:.0f} s" for name, at in zip(SERVERS, worst, strict=True)]
    return [worst_absolute("outlet at its worst moment [K]", exact_at, ours_at, labels, 0.1)]
