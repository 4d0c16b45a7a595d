"""A hall's records -> its grid, and the question put to the air solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from geometry.checks import refuse
from geometry.errors import require
from geometry.grid import Grid
from geometry.gridding import estimate_cells, make_grid
from geometry.hall import Aisle, AisleKind, Hall, Opening, OpeningKind, Passage, Rack, Side
from geometry.rasterise import rasterise
from geometry.reach import raster_problems
from solvers.air.fans import FanCurve
from solvers.air.problem import (
    AirControls,
    AirProblem,
    AirProperties,
    AirRack,
    AirSolution,
    Convection,
    Exhaust,
    HeatSource,
    Jets,
    PorousRack,
    Precision,
    Supply,
    ThroughFlow,
    Turbulence,
    Wall,
)
from twin.assembly.doors import door_coil
from twin.assembly.halls import rack_ratios
from twin.assembly.memory import require_memory
from twin.assembly.sizing import AIR_HEAT_CAPACITY, Sizing
from twin.assembly.units import cooling_units
from twin.schema import RackAir, TwinConf
from twin.units import celsius

DYNAMIC_VISCOSITY = 1.85e-5  # of air at 25 degC [Pa s] (Incropera et al. 2011, table A.4)
MAX_CELLS = 500_000_000  # the memory decides before
OUTER_SIDES = (Side.X_LO, Side.X_HI, Side.Y_LO, Side.Y_HI, Side.Z_HI)  # the slab is left adiabatic


def air_problem(conf: TwinConf, sizing: Sizing, hall: Hall) -> AirProblem:
    """Grid the hall and state its air problem.

    Raises InputError for a rack that no supply air reaches, or a region that cannot breathe.
    """
    grid = hall_grid(conf, hall)
    raster = rasterise(hall, grid)
    refuse(hall, raster_problems(hall, raster))
    supply_temperature = celsius(conf.hall.supply_air_C)
    ratios = rack_ratios(conf, hall)
    racks = tuple(
        _rack(conf, sizing, rack, ratios[rack.name]) for rack in hall.populated if sizing.rack_airflow > 0.0
    )
    supplies = _supplies(conf, sizing, hall, ratios)
    return AirProblem(
        raster=raster,
        supplies=supplies,
        exhausts=tuple(
            Exhaust(port=opening.name, backflow_temperature=supply_temperature)
            for opening in hall.openings
            if opening.kind is OpeningKind.GRILLE
        ),
        racks=racks,
        units=cooling_units(conf, sizing, hall, racks),
        sources=_heat_sources(conf, sizing, hall, ratios),
        jets=_jets(hall, supplies) if conf.solver.tile_jets else (),
        walls=_walls(conf),
        properties=AirProperties(
            density=sizing.air_density,
            heat_capacity=AIR_HEAT_CAPACITY,
            viscosity=DYNAMIC_VISCOSITY / sizing.air_density,
            expansion=1.0 / supply_temperature,
            temperature=supply_temperature,
        ),
        turbulence=Turbulence(conf.solver.turbulence.value),
        convection=Convection(conf.solver.convection.value),
    )


def hall_grid(conf: TwinConf, hall: Hall) -> Grid:
    """The grid of a hall. Raises InputError, before it is made, where the memory would not suffice."""
    solver = conf.solver
    own = (solver.cell_x_m, solver.cell_y_m, solver.cell_z_m)
    x, y, z = (solver.cell_m if size is None else size for size in own)
    precision = Precision(solver.precision.value)
    require_memory(estimate_cells(hall, (x, y, z)), f"hall {hall.name}", precision=precision)
    grid = make_grid(hall, target=(x, y, z), growth=solver.growth, max_cells=MAX_CELLS)
    require_memory(grid.n_cells, f"hall {hall.name}", precision=precision)
    return grid


def air_controls(conf: TwinConf) -> AirControls:
    solver = conf.solver
    return AirControls(
        max_iterations=solver.max_iterations,
        temperature_tolerance=solver.temperature_tolerance_K,
        energy_tolerance=solver.energy_tolerance,
        mass_tolerance=solver.mass_tolerance,
        precision=Precision(solver.precision.value),
    )


def handled_flow(problem: AirProblem, solution: AirSolution | None = None) -> float:
    """Air that the hall's air handlers move [m3/s]: its supplies, and its cooling units at work.

    As rated, or as solved where fans found their own flow.
    """
    if solution is None:
        units = sum(u.flow for u in problem.units if not u.failed)
    else:
        units = float(solution.unit_flow.sum())
    return sum(s.flow for s in problem.supplies) + units


def fastest_supply(problem: AirProblem) -> float:
    """Largest speed on the faces of supplies and of units at work [m/s]; 0 without any."""
    ports = problem.raster.ports
    speeds = [s.flow / ports[s.port].total_area for s in problem.supplies]
    speeds += [u.flow / ports[u.outlet].total_area for u in problem.units if not u.failed]
    return max(speeds, default=0.0)


def _rack(conf: TwinConf, sizing: Sizing, rack: Rack, ratio: float) -> AirRack:
    hall = conf.hall
    flow, heat = sizing.rack_airflow * ratio, sizing.rack_heat_air * ratio
    front, rear = f"{rack.name}.front", f"{rack.name}.rear"
    if rack.loss_per_m is not None:
        return PorousRack(name=rack.name, zone=rack.name, front=front, rear=rear, flow=flow, heat=heat)
    curve = None
    if hall.rack_air is RackAir.fan_curve:
        curve = FanCurve(
            flow=tuple(0.01 * share * flow for share in hall.rack_fans.flow_pct),
            pressure=tuple(hall.rack_fans.pressure_Pa),
        )
    rate = sizing.air_density * AIR_HEAT_CAPACITY * flow
    coil = door_coil(conf, flow, rate) if rack.rear_door else None
    return ThroughFlow(
        name=rack.name,
        intake=front,
        exhaust=rear,
        flow=flow,
        heat=heat,
        fan=curve,
        door_effectiveness=hall.rear_door_effectiveness if rack.rear_door and coil is None else 0.0,
        door_coil=coil,
        door_temperature=celsius(hall.rear_door_water_C),
    )


def _heat_sources(
    conf: TwinConf, sizing: Sizing, hall: Hall, ratios: Mapping[str, float]
) -> tuple[HeatSource, ...]:
    """What is lost between the UPS and the racks, shared by the PDUs that stand in the hall."""
    if not hall.pdus:
        return ()
    power = sizing.rack_power * sum(ratios[rack.name] for rack in hall.populated)
    loss = power * (1.0 / conf.power.distribution_efficiency - 1.0) / len(hall.pdus)
    return tuple(HeatSource(name=pdu.name, zone=pdu.name, heat=loss) for pdu in hall.pdus)


def _jets(hall: Hall, supplies: tuple[Supply, ...]) -> tuple[Jets, ...]:
    """Of the perforated faces that air is blown through, and of those inside the room."""
    blown = {supply.port for supply in supplies}
    faces: list[Opening | Passage] = [each for each in hall.openings if each.name in blown]
    faces += hall.passages
    return tuple(
        Jets(port=each.name, open_fraction=each.open_fraction) for each in faces if each.open_fraction < 1.0
    )


def _walls(conf: TwinConf) -> tuple[Wall, ...]:
    if conf.hall.wall_W_m2K == 0.0:
        return ()
    outside, conductance = celsius(conf.hall.outside_C), conf.hall.wall_W_m2K
    return tuple(Wall(side=side, temperature=outside, conductance=conductance) for side in OUTER_SIDES)


def _supplies(conf: TwinConf, sizing: Sizing, hall: Hall, ratios: Mapping[str, float]) -> tuple[Supply, ...]:
    blowing = [opening.name for opening in hall.openings if opening.kind.supplies]
    require(
        not (blowing and hall.units),
        f"hall {hall.name}: both openings ({blowing[0] if blowing else ''}, ...) and cooling units blow air",
        hint="cooling units with passages (holes in panels) for tiles, or openings alone",
    )
    temperature = celsius(conf.hall.supply_air_C)
    flows = supply_flows(hall, sizing.rack_airflow * conf.hall.airflow_margin, ratios)
    return tuple(
        Supply(port=name, flow=flow, temperature=temperature) for name, flow in flows.items() if flow > 0.0
    )


def supply_flows(
    hall: Hall, flow_per_rack: float, ratios: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Volume flow of each supply opening [m3/s] for `flow_per_rack` [m3/s] on offer at every populated rack,
    times the rack's own of `ratios`.

    Tiles serve the racks that face their aisle; whatever has no tiles before it is served by all other
    supplies in proportion to their area.
    """
    flows = {opening.name: 0.0 for opening in hall.openings if opening.kind.supplies}
    tiles: dict[str, list[Opening]] = defaultdict(list)
    for opening in hall.openings:
        if opening.kind is OpeningKind.TILE:
            for aisle in hall.aisles:
                if aisle.kind is AisleKind.COLD and _holds(aisle, opening):
                    tiles[aisle.name].append(opening)
                    break
    common = 0.0
    for rack in hall.populated:
        asked = flow_per_rack * (ratios[rack.name] if ratios is not None else 1.0)
        own = next((a.name for a in hall.aisles if a.name in tiles and _faces(rack, a)), None)
        if own is None:
            common += asked
        else:
            _share(flows, tiles[own], asked)
    in_aisles = {opening.name for group in tiles.values() for opening in group}
    others = [o for o in hall.openings if o.kind.supplies and o.name not in in_aisles]
    _share(flows, others or [o for o in hall.openings if o.kind.supplies], common)
    return flows


def _share(flows: dict[str, float], openings: list[Opening], flow: float) -> None:
    total = sum(_area(opening) for opening in openings)
    for opening in openings:
        flows[opening.name] += flow * _area(opening) / total


def _area(opening: Opening) -> float:
    _, short, long = sorted(opening.box.size)
    return short * long


def _holds(aisle: Aisle, opening: Opening) -> bool:
    x, y, _ = opening.box.centre
    return aisle.box.x0 <= x <= aisle.box.x1 and aisle.box.y0 <= y <= aisle.box.y1


def _faces(rack: Rack, aisle: Aisle, slack: float = 0.05) -> bool:
    x, y, _ = rack.box.face(rack.front).centre
    box = aisle.box
    return box.x0 - slack <= x <= box.x1 + slack and box.y0 - slack <= y <= box.y1 + slack
