"""Which air reaches which rack: the regions of a raster that air can cross."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geometry.hall import Hall
from geometry.problem import Problem, ProblemKind
from geometry.raster import Port, Raster

# Loss coefficient beyond which a face is a wall with gaps rather than a way for a rack's air: a panel of
# less than 15 % open area. An assumption, for messages only.
LEAK = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Air cells that are connected through open faces carry the same label."""

    label: NDArray[np.int32]  # (nz, ny, nx), -1 in solids
    count: int

    def of(self, port: Port) -> set[int]:
        """Labels of the air before a port."""
        return {int(label) for label in np.unique(self.label[port.cells])}


def regions(raster: Raster, *, leaks: bool = True) -> Regions:
    """The connected regions of air. Closed faces separate them, those of ports too, and `leaks` = False
    makes leaky panels separate as well."""
    number = np.arange(raster.solid.size).reshape(raster.solid.shape)
    walls = (raster.closed_x, raster.closed_y, raster.closed_z)
    if not leaks:
        losses = (raster.loss_x, raster.loss_y, raster.loss_z)
        x, y, z = (wall | (loss > LEAK) for wall, loss in zip(walls, losses, strict=True))
        walls = (x, y, z)
    pairs = (
        (number[:, :, :-1], number[:, :, 1:], walls[0][:, :, 1:-1]),
        (number[:, :-1, :], number[:, 1:, :], walls[1][:, 1:-1, :]),
        (number[:-1, :, :], number[1:, :, :], walls[2][1:-1, :, :]),
    )
    low = np.concatenate([below[~closed] for below, _, closed in pairs])
    high = np.concatenate([above[~closed] for _, above, closed in pairs])
    graph = coo_array((np.ones(low.size, dtype=np.bool_), (low, high)), shape=(number.size, number.size))
    _, component = connected_components(graph, directed=False)
    label = np.full(raster.solid.shape, -1, dtype=np.int32)
    air = ~raster.solid
    names, label[air] = np.unique(component.reshape(number.shape)[air], return_inverse=True)
    return Regions(label=label, count=int(names.size))


def raster_problems(hall: Hall, raster: Raster) -> tuple[Problem, ...]:
    """Racks that no supply air reaches, and regions that air enters but cannot leave.

    Racks and cooling units carry air from the region before them to the region behind them: a region without
    a grille is in order as long as one of them draws from it, or nothing blows into it.
    """
    found: list[Problem] = []
    where, ways = regions(raster), regions(raster, leaks=False)
    supplied: set[int] = set()
    inlets: dict[int, list[str]] = {}
    outlets: set[int] = set()
    for opening in hall.openings:
        port = raster.ports[opening.name]
        if opening.kind.supplies:
            supplied |= ways.of(port)
        for region in where.of(port):
            if opening.kind.supplies:
                inlets.setdefault(region, []).append(f"opening {opening.name}")
            else:
                outlets.add(region)
    for unit in hall.units:
        outlet = raster.ports[f"{unit.name}.outlet"]
        supplied |= ways.of(outlet)
        outlets |= where.of(raster.ports[f"{unit.name}.intake"])
        for region in where.of(outlet):
            inlets.setdefault(region, []).append(f"cooling unit {unit.name}")
    for rack in hall.populated:
        if rack.loss_per_m is not None:
            front = raster.passages[f"{rack.name}.front"]
        else:
            front = raster.ports[f"{rack.name}.front"]
            outlets |= where.of(front)
            for region in where.of(raster.ports[f"{rack.name}.rear"]):
                inlets.setdefault(region, []).append(f"rack {rack.name}")
        if not ways.of(front) & supplied:
            found.append(
                Problem(
                    kind=ProblemKind.RACK_WITHOUT_SUPPLY,
                    element=f"rack {rack.name}",
                    message="no tile, fan wall or cooling unit reaches the front of rack "
                    f"{rack.name} through open air",
                )
            )
    for region in sorted(set(inlets) - outlets):
        at = _extent(raster, where.label == region)
        found.append(
            Problem(
                kind=ProblemKind.SEALED,
                element=inlets[region][0],
                message=f"the air of {_shorten(inlets[region])} cannot leave: nothing draws from {at}",
            )
        )
    return tuple(found)


def _shorten(names: list[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _extent(raster: Raster, mask: NDArray[np.bool_]) -> str:
    """The region in words: 'the region x 1.2..4.8 m, y 0..2.4 m, z 0..4.5 m'."""
    grid = raster.grid
    parts = []
    for axis, (letter, lines) in enumerate(zip("xyz", (grid.x_face, grid.y_face, grid.z_face), strict=True)):
        along = np.flatnonzero(mask.any(axis=tuple(n for n in range(3) if n != 2 - axis)))
        parts.append(f"{letter} {lines[along[0]]:.3g}..{lines[along[-1] + 1]:.3g} m")
    return "the region " + ", ".join(parts)
