"""What pictures of a hall are made from: its records, its grid and the fields of one run, in SI units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from geometry.grid import Array, Grid
from geometry.hall import Hall, Rack
from geometry.piping import PipeRun

if TYPE_CHECKING:
    from xarray import Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class HallView:
    """What to look at: one hall of a run, as it was stored.

    hall   the records that this kind of hall was solved with
    data   the group `hall` of the run: variables of the registry (solvers.variables), air_temperature and
           solid (kind, z, y, x), rack_* (rack); coordinates x_face, y_face, z_face [m] and rack_kind (rack)
    kind   index along `kind`
    pipes  runs to draw in the scene
    """

    hall: Hall
    data: Dataset
    kind: int = 0
    pipes: tuple[PipeRun, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HallField:
    """One hall and its solution. Per-rack arrays follow `hall.populated`."""

    hall: Hall
    grid: Grid
    temperature: Array  # (nz, ny, nx) of the air [K], NaN in solids
    inlet_mean: Array  # (n_racks,) flow-weighted [K]
    inlet_max: Array  # (n_racks,) hottest face [K]
    heat_air: Array  # (n_racks,) released to the air [W]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """The hottest air that equipment breathes; `rack` is empty in a hall without racks."""

    x: float
    y: float
    z: float
    temperature: float  # [K]
    rack: str = ""


def read_hall_field(view: HallView) -> HallField:
    """The fields of the hall that `view` shows.

    Raises InputError where its kind does not exist, a variable is missing, or the racks are not the hall's.
    """
    dataset, hall, kind = view.data, view.hall, view.kind
    for name in ("air_temperature", "rack_inlet_mean", "rack_inlet_max", "x_face", "y_face", "z_face"):
        require(
            name in dataset, f"the run holds no {name!r} of its halls", hint="a run with the air solver on"
        )
    kinds = dataset.sizes["kind"]
    require(0 <= kind < kinds, f"hall kind = {kind}: the run holds {kinds} (0..{kinds - 1})")

    grid = Grid(**{name: _float64(dataset[name].values) for name in ("x_face", "y_face", "z_face")})
    temperature = _float64(dataset["air_temperature"].isel(kind=kind).transpose("z", "y", "x").values)
    require(
        temperature.shape == grid.shape,
        f"air_temperature of hall {hall.name!r} has the shape {temperature.shape}, its grid {grid.shape}",
    )
    if "solid" in dataset:
        solid = dataset["solid"].isel(kind=kind).transpose("z", "y", "x").values > 0.5
        temperature = np.where(solid, np.nan, temperature)

    mine = np.ones(dataset.sizes["rack"], dtype=bool)
    if "rack_kind" in dataset:
        mine = dataset["rack_kind"].values == kind
    racks = len(hall.populated)
    require(
        int(mine.sum()) == racks,
        f"hall {hall.name!r} has {racks} populated racks, the run {int(mine.sum())} of kind {kind}",
        hint="the configuration that was saved with the run",
    )
    heat = dataset["rack_heat_air"].values[mine] if "rack_heat_air" in dataset else np.full(racks, np.nan)
    return HallField(
        hall=hall,
        grid=grid,
        temperature=temperature,
        inlet_mean=_float64(dataset["rack_inlet_mean"].values[mine]),
        inlet_max=_float64(dataset["rack_inlet_max"].values[mine]),
        heat_air=_float64(heat),
    )


def find_hot_spot(field: HallField) -> HotSpot:
    """The hottest cell of air next to a rack's intake; without racks the hottest of the hall.

    The air behind the racks is hotter, but it is meant to be: what endangers equipment is hot air before it.
    Of equal values the first in the order of the racks counts.

    Raises InputError for a hall that holds no air.
    """
    require(bool(np.isfinite(field.temperature).any()), f"hall {field.hall.name!r} holds no air temperature")
    best: HotSpot | None = None
    for rack in field.hall.populated:
        block = _intake_cells(rack, field.grid)
        found = _hottest(field, block, rack.name)
        if found is not None and (best is None or found.temperature > best.temperature):
            best = found
    if best is None:
        best = _hottest(field, (slice(None), slice(None), slice(None)), "")
    assert best is not None  # the hall holds air
    return best


def layer(face: NDArray[np.float64], position: float) -> int:
    """Index of the cell of an axis that holds `position` [m]; the nearest one for a position outside."""
    return int(np.clip(np.searchsorted(face, position, side="right") - 1, 0, face.size - 2))


def _intake_cells(rack: Rack, grid: Grid) -> tuple[slice, slice, slice]:
    """(k, j, i) of the layer of cells before the rack's front."""
    ranges: list[slice] = []
    for axis, face in enumerate((grid.x_face, grid.y_face, grid.z_face)):
        low, high = rack.box.low[axis], rack.box.high[axis]
        if axis == rack.front.axis:
            at = high if rack.front.outward > 0 else low
            before = int(np.argmin(np.abs(face - at))) - (0 if rack.front.outward > 0 else 1)
            before = min(max(before, 0), face.size - 2)
            ranges.append(slice(before, before + 1))
        else:
            centre = 0.5 * (face[1:] + face[:-1])
            inside = np.flatnonzero((centre > low) & (centre < high))
            ranges.append(slice(int(inside[0]), int(inside[-1]) + 1) if inside.size else slice(0, 0))
    return (ranges[2], ranges[1], ranges[0])


def _hottest(field: HallField, block: tuple[slice, slice, slice], rack: str) -> HotSpot | None:
    values = field.temperature[block]
    if not np.isfinite(values).any():
        return None
    k, j, i = np.unravel_index(int(np.nanargmax(values)), values.shape)
    grid = field.grid
    return HotSpot(
        x=float(grid.x[block[2]][i]),
        y=float(grid.y[block[1]][j]),
        z=float(grid.z[block[0]][k]),
        temperature=float(values[k, j, i]),
        rack=rack,
    )


def _float64(values: NDArray[np.generic]) -> Array:
    return np.ascontiguousarray(values, dtype=np.float64)
