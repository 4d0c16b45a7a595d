"""The nouns of a CDU loop in time: racks, pipes, pumps and exchanger, and the flat form of many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range
from solvers.fluids import Fluid, density, heat_capacity
from solvers.liquid.cdu_loop.kernels.step import Loops
from solvers.liquid.components.cdu import CduExchanger
from solvers.liquid.components.cold_plate import ColdPlate, plate_resistance
from solvers.liquid.control.pid import Pid

Array = NDArray[np.float64]

LARGEST = 0.95  # effectiveness of a plate's channels that its published resistance is believed to show
TABLE = 512  # entries of a plate's conductance; linear between them is within 1e-4 of the curve (test)


@dataclass(frozen=True, slots=True, kw_only=True)
class RackBranch:
    """One rack between the two manifolds.

    heat         design heat to the coolant [W]
    flow, drop   a point of its hydraulic resistance [kg/s], [Pa]; the exponent is the loop's
    modules      cold plates in parallel, all alike
    heat_share   share of the rack's heat, and of its coolant, that passes through them [-]
    capacity     heat capacity of plates and packages [J/K]
    coolant      mass of coolant in plates, hoses and manifolds [kg]
    """

    name: str
    heat: float
    flow: float
    drop: float
    modules: int
    heat_share: float = 1.0
    capacity: float
    coolant: float

    def __post_init__(self) -> None:
        of = f"of rack {self.name}"
        for name in ("heat", "flow", "drop", "capacity", "coolant"):
            value = getattr(self, name)
            require(value > 0.0 and np.isfinite(value), f"{name} {of} = {value:g}: must be positive")
        require(self.modules >= 1, f"cold plates {of} = {self.modules}: one at least")
        require_range(f"heat share of the cold plates {of}", self.heat_share, 1e-3, 1.0, "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class CduLoop:
    """One CDU, the racks it feeds, and its controllers.

    drop_exponent       of the racks: dp ~ flow^exponent
    supply, back        mass of coolant in the cells of the pipes, in flow order [kg]; a buffer is a cell.
                        The exchanger's own is the first of `supply`, the pumps stand in the last of `back`
    main_flow, main_drop  a point of the pipes and the unit itself [kg/s], [Pa]; square law
    pump_flow, pump_rated, pump_shutoff   head at full speed [kg/s], [Pa], [Pa]: quadratic fall, affinity laws
    pump_efficiency     wire to water [-]
    coast_down          time in which tripped pumps come to rest from full speed [s]
    exchanger           rated UA and capacity rates
    open_rate           facility capacity rate with the valve open [W/K]; flow goes with the opening
    valve, pump         controllers: supply temperature [K] (negative gain), racks' differential pressure [Pa]
    temperature         at which the coolant's properties are taken [K]
    """

    name: str
    racks: tuple[RackBranch, ...]
    drop_exponent: float = 1.89
    plate: ColdPlate
    coolant: Fluid
    temperature: float
    supply: tuple[float, ...]
    back: tuple[float, ...]
    main_flow: float
    main_drop: float
    pump_flow: float
    pump_rated: float
    pump_shutoff: float
    pump_efficiency: float
    coast_down: float = 10.0
    exchanger: CduExchanger
    open_rate: float
    valve: Pid
    pump: Pid

    def __post_init__(self) -> None:
        of = f"of the loop {self.name}"
        require(bool(self.racks), f"racks {of}: one at least")
        require_range(f"exponent of the racks' drop {of}", self.drop_exponent, 1.0, 3.0, "-")
        for cells, name in ((self.supply, "supply"), (self.back, "return")):
            require(bool(cells), f"cells of the {name} pipe {of}: one at least")
            require(min(cells) > 0.0, f"cells of the {name} pipe {of}: {min(cells):g} kg, must be positive")
        for name in ("main_flow", "main_drop", "pump_flow", "pump_rated", "coast_down", "open_rate"):
            value = getattr(self, name)
            require(value > 0.0 and np.isfinite(value), f"{name} {of} = {value:g}: must be positive")
        require(
            self.pump_shutoff > self.pump_rated,
            f"pumps {of}: shut-off {self.pump_shutoff:g} Pa must exceed the rated {self.pump_rated:g} Pa",
        )
        require_range(f"pump efficiency {of}", self.pump_efficiency, 0.01, 1.0, "-")
        require(self.valve.gain < 0.0, f"valve {of}: its gain must be negative, more water cools the supply")
        require(self.pump.gain > 0.0, f"pumps {of}: their gain must be positive")
        require(np.isfinite(self.exchanger.ua) and self.exchanger.ua > 0.0, f"UA {of}: must be positive")


def cells(mass: float, count: int) -> tuple[float, ...]:
    """A pipe's coolant [kg] in `count` equal cells."""
    require(mass > 0.0 and count >= 1, f"{mass:g} kg in {count} cells: both must be positive")
    return (mass / count,) * count


def flatten(loops: Sequence[CduLoop]) -> Loops:
    """The kernels' form of loops that share cold plate and numbers of cells; racks may differ in number.

    Raises InputError for loops that cannot stand side by side.
    """
    require(bool(loops), "no loop to march")
    first = loops[0]
    for loop in loops[1:]:
        alike = (len(loop.supply), len(loop.back)) == (len(first.supply), len(first.back))
        require(
            alike and loop.plate is first.plate,
            f"loops {first.name} and {loop.name} differ in their cells or cold plate",
            hint="an ensemble for each kind of loop",
        )
    racks = max(len(loop.racks) for loop in loops)
    rho = np.array([density(loop.coolant, loop.temperature) for loop in loops])
    cp = np.array([heat_capacity(loop.coolant, loop.temperature) for loop in loops])

    def by_rack(values: list[list[float]], none: float) -> Array:
        return np.array([row + [none] * (racks - len(row)) for row in values])

    capacity = np.concatenate(
        (
            by_rack([[rack.capacity for rack in loop.racks] for loop in loops], 1.0),
            by_rack([[rack.coolant for rack in loop.racks] for loop in loops], 1.0) * cp[:, None],
            np.array([[*loop.supply, *loop.back] for loop in loops]) * cp[:, None],
        ),
        axis=1,
    )
    table, width = conductance_table(first.plate)

    def each(name: str) -> Array:
        return np.array([getattr(loop, name) for loop in loops], dtype=np.float64)

    return Loops(
        admittance=by_rack(
            [[r.flow / r.drop ** (1.0 / loop.drop_exponent) for r in loop.racks] for loop in loops], 0.0
        ),
        heat=by_rack([[rack.heat for rack in loop.racks] for loop in loops], 0.0),
        exponent=each("drop_exponent"),
        mains=each("main_drop") / each("main_flow") ** 2,
        shutoff=each("pump_shutoff"),
        fall=(each("pump_shutoff") - each("pump_rated")) / each("pump_flow") ** 2,
        pump_work=1.0 / (rho * each("pump_efficiency")),
        heat_capacity=cp,
        capacity=capacity,
        supply_cells=len(first.supply),
        conductance=table,
        conductance_step=width,
        standing=standing_conductance(first.plate, float(rho[0] * cp[0])),
        lowest=float(first.plate.flow[0]),
        modules=by_rack([[r.modules / r.heat_share for r in loop.racks] for loop in loops], 0.0),
        module_flow=by_rack([[r.heat_share / r.modules for r in loop.racks] for loop in loops], 0.0)
        / rho[:, None],
        ua=np.array([loop.exchanger.ua for loop in loops]),
        c_tcs=np.array([loop.exchanger.c_tcs for loop in loops]),
        c_fws=np.array([loop.exchanger.c_fws for loop in loops]),
        c_open=each("open_rate"),
        valve=np.stack([loop.valve.row() for loop in loops]),
        pump=np.stack([loop.pump.row() for loop in loops]),
        coast=each("coast_down"),
    )


def conductance_table(plate: ColdPlate) -> tuple[Array, float]:
    """Conductance case to coolant inlet of one module [W/K] at even steps of flow from 0; the step [m3/s].

    The inverse of the published resistance: it rises from 0 in proportion to the flow, follows the curve and
    stays at its last value beyond, so that a loop at rest is an ordinary state.
    """
    flow = np.linspace(0.0, float(plate.flow[-1]), TABLE)
    table = np.zeros(TABLE)
    table[1:] = 1.0 / plate_resistance(plate, flow[1:]).resistance
    return table, float(flow[1])


def standing_conductance(plate: ColdPlate, heat_capacity: float) -> float:
    """Conductance of one module from its case to the coolant that stands in it [W/K].

    The channels' UA at the lowest published flow, from eps = 1 / (R C) = 1 - exp(-UA / C) of an even wall:
    the Nusselt number of developed laminar flow does not depend on the flow (Incropera et al. 2011, eq. 8.53
    and 8.55), so that a slower flow is like none (assumption: no free convection).
    heat_capacity  of the coolant by volume [J/(m3 K)]
    """
    flow = float(plate.flow[0])
    rate = heat_capacity * flow
    eps = min(1.0 / (float(plate_resistance(plate, flow).resistance) * rate), LARGEST)
    return float(-rate * np.log1p(-eps))
