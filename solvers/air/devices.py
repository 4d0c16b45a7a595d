"""Devices on the lattice: which faces blow or draw, with which velocity and at which temperature.

Temperatures here are `theta`, kelvin above a reference chosen by the solver: differences of small numbers
keep the energy balance exact to round-off. Everything that air enters and leaves has one number: the racks in
the order of the problem, then the cooling units. Flows of fans with a curve, and what valves have come to,
are arrays that `solvers.air.operation` renews in place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geometry.grid import Array
from geometry.raster import Port
from solvers.air.coils import air_effectiveness
from solvers.air.fans import FanCurve
from solvers.air.kernels import scatter
from solvers.air.lattice import Flags, Lattice, Triple
from solvers.air.problem import AirProblem, AirRack, AirSolution, PorousRack, ThroughFlow
from solvers.air.units import Units, build_units

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Faces of many ports, one entry a face.

    owner   which device of its list the face belongs to
    axis    the axis it is normal to; node: its flat index in the face arrays of that axis
    cell    flat index of the air cell before it; inward: +1 if air blown in has positive velocity
    by_axis places in these arrays of the faces normal to x, y, z
    """

    owner: Ints
    axis: Ints
    node: Ints
    cell: Ints
    inward: Array
    area: Array
    by_axis: tuple[NDArray[np.intp], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_axis", tuple(np.flatnonzero(self.axis == axis) for axis in range(3)))

    def on_axis(self, axis: int) -> NDArray[np.intp]:
        return self.by_axis[axis]

    def total_area(self, owners: int) -> Array:
        return np.bincount(self.owner, weights=self.area, minlength=owners).astype(np.float64)

    def share(self, owners: int) -> Array:
        """Of each face in the area of its owner [-]."""
        return self.area / self.total_area(owners)[self.owner]

    def inflow(self, flux: Triple) -> Array:
        """Volume flow through each face along `inward` [m3/s]."""
        flow = np.empty(self.node.size)
        scatter.read_faces(self.axis, self.node, *flux, flow)
        return self.inward * flow


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatedCells:
    """Cells of porous racks and heat sources, one entry a cell.

    owner   zone of the cell: the porous racks, then the sources
    heat    of each zone over rho cp [K m3/s]
    weight  depth along the rack's axis [m], or the cell's volume [m3]
    axis    of the rack, -1 for a source; stride: index distance along it
    """

    cell: Ints
    owner: Ints
    heat: Array
    weight: Array
    axis: Ints
    stride: Ints

    def given(self, flux: Triple) -> Array:
        """Heat of each cell over rho cp [K m3/s]: in a rack by what passes it, in a source evenly."""
        if not self.cell.size:
            return self.weight
        passing = self.weight.copy()
        for axis in range(3):
            on = np.flatnonzero(self.axis == axis)
            low = self.cell[on]
            passing[on] *= np.abs(flux[axis][low] + flux[axis][low + self.stride[on]])
        total = self._sum(passing)
        at_rest = (total == 0.0)[self.owner]
        weight = np.where(at_rest, self.weight, passing)
        total = self._sum(weight)
        result: Array = (self.heat / total)[self.owner] * weight
        return result

    def _sum(self, values: Array) -> Array:
        return np.bincount(self.owner, weights=values, minlength=self.heat.size).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """All devices of a problem as arrays; n counts racks, then cooling units."""

    supply: Faces
    supply_flow: Array  # of each face [m3/s]
    supply_theta: Array  # of each face [K]
    exhaust: Faces
    exhaust_theta: Array  # of air drawn back in, of each face [K]
    intake: Faces  # closed faces of racks with fans and of units
    outlet: Faces
    intake_flow: Array  # of each face [m3/s]
    outlet_flow: Array  # of each face [m3/s]
    read: Faces  # where the air that each draws is read: intakes, and fronts of porous racks
    read_share: Array  # of each face in the flow of its owner, where that is even [-]
    front: Faces  # of porous racks; owner is the rack
    rear: Faces
    flow: Array  # (n,) [m3/s]; of porous racks that of the last flux, from front to rear
    heat: Array  # (n,) taken up from the racks over rho cp [K m3/s]; 0 for units
    gain: Array  # (n,) how much of its inlet a rack's outlet follows; 1 unless servers store heat
    porous: NDArray[np.bool_]  # (n,)
    door_effectiveness: Array  # (n,)
    door_theta: Array  # (n,)
    doors: tuple[tuple[int, ThroughFlow], ...]  # racks whose rear door has a coil, which answers the flow
    fans: tuple[tuple[int, FanCurve], ...]  # number and curve of those that have one
    answer: Array  # (3, n) of fans: last flow [m3/s], static rise [Pa], the room's answer [Pa s/m3]
    units: Units
    zones: HeatedCells
    sealed: tuple[Flags, ...]  # by group of regions without exhaust, joined by devices: its cells
    racks: int
    capacity: float  # rho cp [J/m3/K]

    def weights(self, flux: Triple) -> Array:
        """Share of each face of `read` in what its owner draws [-]; sums to 1 for each owner."""
        if not self.front.node.size:
            return self.read_share
        entering = np.maximum(-self.front.inflow(flux), 0.0)
        total = np.bincount(self.front.owner, weights=entering, minlength=self.flow.size)[self.front.owner]
        share = self.read_share.copy()
        even = share[-entering.size :]
        share[-entering.size :] = np.divide(entering, total, out=even.copy(), where=total > 0.0)
        return share

    def inlet_theta(self, theta: Array, flux: Triple) -> Array:
        """(n,) flow-weighted mean temperature of the air each rack and unit draws [K]."""
        return self.mean_inlet(theta[self.read.cell], self.weights(flux))

    def mean_inlet(self, face_values: Array, weights: Array) -> Array:
        """(n,) means of values at the faces of `read`."""
        total = np.bincount(self.read.owner, weights=weights * face_values, minlength=self.flow.size)
        return total.astype(np.float64)

    def outlet_theta(self, inlet: Array) -> tuple[Array, Array]:
        """(n,) temperature each rack and unit blows out [K], and heat each rear door takes [W].

        The one place where this is decided: temperature, balances and tracers all ask here.
        """
        rise = np.divide(self.heat, self.flow, out=np.zeros_like(self.heat), where=self.flow > 0.0)
        hot = self.gain * inlet + rise
        out = hot - self.door_effectiveness * (hot - self.door_theta)
        door = self.capacity * self.flow * (hot - out)
        if self.units.records:
            out[self.racks :] = self.units.outlet(self.flow[self.racks :], inlet[self.racks :])
        return out, door

    def set_flow(self, flow: Array) -> None:
        """Take over flows (n,) [m3/s] of racks with fans and of units."""
        self.flow[:] = flow
        self.intake_flow[:] = flow[self.intake.owner] * self.intake.share(flow.size)
        self.outlet_flow[:] = flow[self.outlet.owner] * self.outlet.share(flow.size)
        self.units.follow_flow(self.flow[self.racks :])
        self._follow_doors()

    def _follow_doors(self) -> None:
        for number, rack in self.doors:
            self.door_effectiveness[number] = door_share(rack, float(self.flow[number]), self.capacity)

    def operate(self, solution: AirSolution, reference: float) -> None:
        """Take over the operating point of a solution; `reference` [K] is where theta is zero."""
        self.set_flow(np.concatenate([solution.rack_flow, solution.unit_flow]))
        hold = self.units.holds_return
        self.units.supply[hold] = (solution.unit_supply - reference)[hold]


def gather_faces(lattice: Lattice, ports: list[Port], owners: list[int] | None = None) -> Faces:
    """One record of all faces of `ports`; owner is the position in the list, or of `owners`."""
    if not ports:
        none = np.zeros(0, dtype=np.int64)
        return Faces(owner=none, axis=none, node=none, cell=none, inward=np.zeros(0), area=np.zeros(0))
    numbers = range(len(ports)) if owners is None else owners
    pairs = list(zip(numbers, ports, strict=True))
    return Faces(
        owner=np.concatenate([np.full(p.k.size, number, dtype=np.int64) for number, p in pairs]),
        axis=np.concatenate([np.full(p.k.size, p.axis, dtype=np.int64) for p in ports]),
        node=np.concatenate([lattice.index(p.k, p.j, p.i) for p in ports]),
        cell=np.concatenate([lattice.index(*p.cells) for p in ports]),
        inward=np.concatenate([np.full(p.k.size, float(p.inward)) for p in ports]),
        area=np.concatenate([p.area for p in ports]),
    )


def _joined(first: Faces, second: Faces) -> Faces:
    names = [each.name for each in fields(Faces) if each.init]
    parts = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in names}
    return Faces(**parts)


def build_devices(problem: AirProblem, lattice: Lattice, reference: float) -> Devices:
    """Arrays of the problem's devices at their rated flows; `reference` [K] is where theta is zero."""
    ports, passages = problem.raster.ports, problem.raster.passages
    supply = gather_faces(lattice, [ports[s.port] for s in problem.supplies])
    exhaust = gather_faces(lattice, [ports[e.port] for e in problem.exhausts])
    racks = problem.racks
    blowing = [(n, r.intake, r.exhaust) for n, r in enumerate(racks) if isinstance(r, ThroughFlow)]
    blowing += [(n, u.intake, u.outlet) for n, u in enumerate(problem.units, start=len(racks))]
    owners = [number for number, _, _ in blowing]
    intake = gather_faces(lattice, [ports[name] for _, name, _ in blowing], owners)
    outlet = gather_faces(lattice, [ports[name] for _, _, name in blowing], owners)
    porous = [(n, r) for n, r in enumerate(racks) if isinstance(r, PorousRack)]
    owners = [number for number, _ in porous]
    front = gather_faces(lattice, [passages[r.front] for _, r in porous], owners)
    rear = gather_faces(lattice, [passages[r.rear] for _, r in porous], owners)
    read = _joined(intake, front)
    capacity = problem.properties.density * problem.properties.heat_capacity

    def column(values: list[float]) -> Array:
        return np.array(values, dtype=np.float64)

    idle = [0.0] * len(problem.units)
    flow = column([r.flow for r in racks] + [0.0 if u.failed else u.flow for u in problem.units])
    supply_flow = column([s.flow for s in problem.supplies])
    doors = [(0.0, 0.0) if isinstance(r, PorousRack) else _door(r, reference) for r in racks]
    coiled = tuple(
        (number, r)
        for number, r in enumerate(racks)
        if isinstance(r, ThroughFlow) and r.door_coil is not None
    )
    n = flow.size
    devices = Devices(
        supply=supply,
        supply_flow=supply_flow[supply.owner] * supply.share(supply_flow.size),
        supply_theta=column([s.temperature - reference for s in problem.supplies])[supply.owner],
        exhaust=exhaust,
        exhaust_theta=column([e.backflow_temperature - reference for e in problem.exhausts])[exhaust.owner],
        intake=intake,
        outlet=outlet,
        intake_flow=flow[intake.owner] * intake.share(n),
        outlet_flow=flow[outlet.owner] * outlet.share(n),
        read=read,
        read_share=read.share(n),
        front=front,
        rear=rear,
        flow=flow,
        heat=column([r.heat / capacity for r in racks] + idle),
        gain=np.ones(n),
        porous=np.array([isinstance(r, PorousRack) for r in racks] + [False] * len(idle), dtype=bool),
        door_effectiveness=column([e for e, _ in doors] + idle),
        doors=coiled,
        door_theta=column([t for _, t in doors] + idle),
        fans=_fans(problem),
        answer=np.stack([flow, np.zeros(n), np.zeros(n)]),
        units=build_units(problem, reference),
        zones=_build_zones(problem, lattice, capacity),
        sealed=_sealed(lattice, exhaust, intake, outlet, n),
        racks=len(racks),
        capacity=capacity,
    )
    devices._follow_doors()
    return devices


def _fans(problem: AirProblem) -> tuple[tuple[int, FanCurve], ...]:
    found = [(n, r.fan) for n, r in enumerate(problem.racks) if isinstance(r, ThroughFlow)]
    found += [(n, u.fan) for n, u in enumerate(problem.units, start=len(problem.racks)) if not u.failed]
    return tuple((number, curve) for number, curve in found if curve is not None)


def _sealed(lattice: Lattice, exhaust: Faces, intake: Faces, outlet: Faces, n: int) -> tuple[Flags, ...]:
    """Cells of each group of regions that devices join, where none of the regions has an exhaust."""
    joins = coo_array((lattice.n_regions, lattice.n_regions), dtype=np.int8)
    for number in range(n):
        touched = [lattice.region[f.cell[f.owner == number]] for f in (intake, outlet)]
        regions = np.unique(np.concatenate(touched))
        if regions.size > 1:
            pairs = (np.full(regions.size - 1, regions[0]), regions[1:])
            joins += coo_array((np.ones(regions.size - 1, dtype=np.int8), pairs), shape=joins.shape)
    count, group = connected_components(joins, directed=False)
    open_ = set(group[lattice.region[exhaust.cell]].tolist())
    served = set(group[lattice.region[intake.cell]].tolist())
    closed = served - open_
    inside = lattice.region >= 0
    return tuple(inside & (group == n)[lattice.region] for n in range(count) if n in closed)


def door_share(rack: AirRack, flow: float, capacity: float) -> float:
    """Effectiveness of a rack's rear door at its `flow` [m3/s]; `capacity` is rho cp [J/(m3 K)]."""
    if isinstance(rack, PorousRack):
        return 0.0
    if rack.door_coil is None:
        return rack.door_effectiveness
    water = rack.door_coil.water_flow if rack.door_water_flow is None else rack.door_water_flow
    return air_effectiveness(rack.door_coil, capacity, flow, water)


def _door(rack: ThroughFlow, reference: float) -> tuple[float, float]:
    return rack.door_effectiveness, rack.door_temperature - reference


def _build_zones(problem: AirProblem, lattice: Lattice, capacity: float) -> HeatedCells:
    raster = problem.raster
    widths = (raster.grid.dx, raster.grid.dy, raster.grid.dz)
    racks = [rack for rack in problem.racks if isinstance(rack, PorousRack)]
    zones = [raster.zones[zone] for zone in (*(r.zone for r in racks), *(s.zone for s in problem.sources))]
    axes = [raster.passages[rack.front].axis for rack in racks] + [-1] * len(problem.sources)
    heat = [rack.heat for rack in racks] + [source.heat for source in problem.sources]
    cells, owners, weights, along, strides = _empty(), _empty(), [np.zeros(0)], _empty(), _empty()
    for number, (zone, axis) in enumerate(zip(zones, axes, strict=True)):
        size = zone.k.size
        cells.append(lattice.index(*zone.cells))
        owners.append(np.full(size, number))
        weights.append(zone.volume if axis < 0 else widths[axis][(zone.i, zone.j, zone.k)[axis]])
        along.append(np.full(size, axis))
        strides.append(np.full(size, lattice.stride[axis] if axis >= 0 else 0))
    return HeatedCells(
        cell=np.concatenate(cells),
        owner=np.concatenate(owners),
        heat=np.array(heat, dtype=np.float64) / capacity,
        weight=np.concatenate(weights),
        axis=np.concatenate(along),
        stride=np.concatenate(strides),
    )


def _empty() -> list[Ints]:
    return [np.zeros(0, dtype=np.int64)]


def impose_velocities(devices: Devices, velocity: Triple) -> None:
    """Write the face velocities of supplies, racks with fans and units into (u, v, w)."""
    for faces, flow, sign in (
        (devices.supply, devices.supply_flow, +1.0),
        (devices.outlet, devices.outlet_flow, +1.0),
        (devices.intake, devices.intake_flow, -1.0),
    ):
        scatter.write_faces(faces.axis, faces.node, sign * faces.inward * flow / faces.area, *velocity)


def exhaust_outflow(devices: Devices, flux: Triple) -> Array:
    """Volume flow leaving through each exhaust face [m3/s]; negative where air comes back."""
    outflow: Array = -devices.exhaust.inflow(flux)
    return outflow
