"""Stratified storage of hot water: tanks above ground and pits in it, as one-dimensional finite volumes.

    hot in/out  ==>  [ n-1 ]   layers of equal volume; charge pushes down, discharge pushes up
                     [ ... ]   losses through lid, wall and bottom to the air, or to shells of ground
    cold out/in <==  [  0  ]

Constant density and heat capacity (those of water at 60 degC). Everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.errors import require, require_range
from geometry.grid import Array
from solvers.heat.storage_kernels import StoreLaw, march_kernel

VOLUMETRIC = 983.2 * 4185.0  # of water at 60 degC [J/(m3 K)] (Incropera et al. 2011, table A.6)
CONDUCTIVITY = 0.654  # of water at 60 degC [W/(m K)] (same table)
EXPANSION = 5.2e-4  # of water at 60 degC [1/K] (same table)
GRAVITY = 9.81
GROUND_SHELLS = 8
COLDEST, HOTTEST = 277.15, 393.15  # water expands on warming above 4 degC; 2 bar keep 120 degC liquid
FROUDE_LIMIT = 1.0  # of an inlet that lays water down as a gravity current instead of mixing it


@dataclass(frozen=True, slots=True, kw_only=True)
class Insulation:
    """Heat-transfer coefficients [W/(m2 K)] of lid, wall and bottom."""

    lid: float
    wall: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diffuser:
    """Where water enters: length of its slot [m] and height of the slot above floor or below surface [m];
    temperature difference between inlet and storage it was made for [K]."""

    length: float
    height: float
    difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Soil around a pit: conductivity [W/(m K)], volumetric heat capacity [J/(m3 K)], undisturbed
    temperature [K], depth that takes part within years [m]."""

    conductivity: float
    volumetric: float
    temperature: float
    depth: float = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tank:
    """An upright cylinder in the air: volume [m3], height [m], layers; `mixing` multiplies the conductivity
    of water for what wall and diffusers stir. Ports: heights of the pipes' ends over the height [-]."""

    volume: float
    height: float
    insulation: Insulation
    layers: int = 20
    mixing: float = 1.0
    diffuser: Diffuser | None = None
    low_port: float = 0.0
    high_port: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pit:
    """An inverted truncated pyramid of square plan dug into the ground: volume [m3], depth [m], slope of the
    sides (run over rise) [-]. The lid loses to the air, sides and bottom to the ground."""

    volume: float
    height: float
    insulation: Insulation
    ground: Ground
    slope: float = 2.0
    layers: int = 20
    mixing: float = 1.0
    diffuser: Diffuser | None = None
    low_port: float = 0.0
    high_port: float = 1.0


Storage = Tank | Pit


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageState:
    """Temperatures of the layers (n,), bottom first, and of the shells of ground (m,), inner first [K]."""

    layers: Array
    shells: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Marched:
    """A storage after a march: its state, the temperature of the water that left by step [K] (nan where none
    moved), the heat lost by step [J] and the relative closure of its energy [-]."""

    state: StorageState
    leaving: Array
    loss: Array
    closure: float


def wall_coefficient(*, inside: float, thickness: float, conductivity: float, outside: float) -> float:
    """U [W/(m2 K)] of a plane insulated wall between films [W/(m2 K)]; thickness [m], [W/(m K)]."""
    require(min(inside, conductivity, outside) > 0.0, "films and conductivity of a wall must be positive")
    require(thickness >= 0.0, f"thickness of the insulation = {thickness:g} m: must not be negative")
    return 1.0 / (1.0 / inside + thickness / conductivity + 1.0 / outside)


def diffuser_flow(diffuser: Diffuser) -> float:
    """Largest volume flow [m3/s] of a slot that keeps the storage stratified.

    Froude number q / sqrt(g' h^3) <= 1 with q the flow by length of slot and g' = g beta dT (Yoo, Wildin and
    Truman 1986, ASHRAE Trans. 92(2A) 280-292; Dorgan and Elleson 1993, ASHRAE Design Guide for Cool Thermal
    Storage, ch. 4).
    """
    for name, value, unit in (
        ("length", diffuser.length, "m"),
        ("height", diffuser.height, "m"),
        ("temperature difference", diffuser.difference, "K"),
    ):
        require(value > 0.0, f"{name} of the diffuser = {value:g} {unit}: must be positive")
    reduced = GRAVITY * EXPANSION * diffuser.difference
    return float(FROUDE_LIMIT * diffuser.length * np.sqrt(reduced * diffuser.height**3))


def check_storage(storage: Storage) -> None:
    """Raise InputError for a storage that cannot be built."""
    require(storage.volume > 0.0, f"volume of the storage = {storage.volume:g} m3: must be positive")
    require(storage.height > 0.0, f"height of the storage = {storage.height:g} m: must be positive")
    require_range("layers of the storage", storage.layers, 2, 2000, "-")
    require_range("mixing factor of the storage", storage.mixing, 0.0, 1e4, "-")
    walls = storage.insulation
    require(min(walls.lid, walls.wall, walls.bottom) >= 0.0, "coefficients of losses must not be negative")
    require(
        0.0 <= storage.low_port < storage.high_port <= 1.0,
        f"ports of the storage at {storage.low_port:g} and {storage.high_port:g} of its height: must rise "
        "within 0..1",
    )
    if isinstance(storage, Pit):
        ground = storage.ground
        require_range("slope of the pit's sides", storage.slope, 0.0, 10.0, "-")
        require(
            min(ground.conductivity, ground.volumetric, ground.depth) > 0.0,
            "conductivity, heat capacity and depth of the ground must be positive",
        )
        run = storage.slope * storage.height
        require(
            storage.volume / storage.height > 4.0 / 3.0 * run * run,
            f"a pit of {storage.volume:g} m3, {storage.height:g} m deep, has no floor left between sides of "
            f"slope {storage.slope:g}",
            hint="a shallower pit, or steeper sides",
        )


def compiled(storage: Storage, *, sharp: bool = True) -> StoreLaw:
    """The storage as its kernels take it; `sharp` False: first-order upwind. Raises InputError."""
    check_storage(storage)
    n, walls = storage.layers, storage.insulation
    if isinstance(storage, Tank):
        plan = np.full(n + 1, storage.volume / storage.height)
        thickness = np.full(n, storage.height / n)
        wall_area = np.sqrt(4.0 * np.pi * plan[0]) * thickness
        to_ground, shells, conductances, ground = np.zeros(n), np.zeros(0), np.zeros(0), np.nan
    else:
        plan, thickness, wall_area = _pyramid(storage)
        to_ground = walls.wall * wall_area
        to_ground[0] += walls.bottom * plan[0]
        buried = float(wall_area.sum() + plan[0])
        shells, conductances = _shells(storage.ground, buried)
        ground = storage.ground.temperature
    to_air = np.zeros(n)
    if isinstance(storage, Tank):
        to_air += walls.wall * wall_area
        to_air[0] += walls.bottom * plan[0]
    to_air[-1] += walls.lid * plan[-1]
    middles = 0.5 * (thickness[1:] + thickness[:-1])
    flow = np.inf if storage.diffuser is None else diffuser_flow(storage.diffuser) * VOLUMETRIC
    low = min(int(storage.low_port * n), n - 1)
    high = max(min(int(np.ceil(storage.high_port * n)) - 1, n - 1), low + 1)
    require(high < n, f"ports of the storage leave no layer between them ({n} layers)", hint="more layers")
    return StoreLaw(
        layer_capacity=VOLUMETRIC * storage.volume / n,
        to_air=to_air,
        to_ground=to_ground,
        between=storage.mixing * CONDUCTIVITY * plan[1:-1] / middles,
        shell_capacity=shells,
        shell_conductance=conductances,
        ground=float(ground),
        flow_limit=float(flow),
        low_port=low,
        high_port=high,
        sharp=int(sharp),
    )


def filled(storage: Storage, temperature: float) -> StorageState:
    """A storage at one temperature [K], undisturbed ground around it."""
    require_range("temperature of the storage", temperature, COLDEST, HOTTEST, "K")
    shells = np.full(GROUND_SHELLS, storage.ground.temperature) if isinstance(storage, Pit) else np.zeros(0)
    return StorageState(layers=np.full(storage.layers, temperature), shells=shells)


def march(
    storage: Storage,
    state: StorageState,
    *,
    flow: Array,
    inlet_low: Array,
    inlet_high: Array,
    air: Array,
    seconds: float,
    sharp: bool = True,
) -> Marched:
    """The storage through `flow.size` steps of `seconds`.

    flow        (k,) volume flow [m3/s]: positive charges (in at the top), negative discharges
    inlet_low, inlet_high   (k,) temperature of what enters at the bottom, at the top [K]
    air         (k,) surroundings [K]

    Raises InputError where a step moves more than the storage holds between its ports, or the diffusers let
    through, or for temperatures at which water freezes, boils or expands on cooling.
    """
    law = compiled(storage, sharp=sharp)
    shift = flow * seconds * VOLUMETRIC / law.layer_capacity
    most, held = float(np.max(np.abs(shift))), law.high_port - law.low_port + 1
    require(
        most <= held,
        f"{most:.3g} layers of water move in one step, {held} lie between the ports of the storage",
        hint="shorter steps",
    )
    fastest = float(np.max(np.abs(flow)))
    require(
        fastest * VOLUMETRIC <= law.flow_limit * (1.0 + 1e-9),
        f"flow = {fastest:.4g} m3/s: above {law.flow_limit / VOLUMETRIC:.4g} m3/s, what the diffusers lay "
        "down without mixing",
        hint="longer or higher diffusers",
    )
    used = np.concatenate((inlet_high[flow > 0.0], inlet_low[flow < 0.0], state.layers))
    require(
        bool(np.all((used >= COLDEST) & (used <= HOTTEST))),
        f"water of {float(used.min()) - 273.15:.4g}..{float(used.max()) - 273.15:.4g} degC in the storage: "
        f"outside {COLDEST - 273.15:g}..{HOTTEST - 273.15:g} degC",
    )
    t, shells = state.layers.copy(), state.shells.copy()
    leaving, loss = np.empty(flow.size), np.empty(flow.size)
    work = np.empty((2, max(t.size, GROUND_SHELLS)))
    march_kernel(law, t, shells, shift, inlet_low, inlet_high, air, seconds, leaving, loss, work)
    c = law.layer_capacity
    moved = np.where(shift > 0.0, inlet_high - leaving, inlet_low - leaving)
    entered = c * np.where(shift == 0.0, 0.0, np.abs(shift) * moved)
    rest = float(c * (t - state.layers).sum()) - float(entered.sum()) + float(loss.sum())
    scale = float(np.abs(entered).sum() + np.abs(loss).sum())
    return Marched(
        state=StorageState(layers=t, shells=shells),
        leaving=leaving,
        loss=loss,
        closure=abs(rest) / max(scale, c * t.size),  # one kelvin of the storage, where nothing moved
    )


def _pyramid(pit: Pit) -> tuple[Array, Array, Array]:
    """Plan areas (n + 1,), thicknesses (n,) and wall areas (n,) of a pit cut into layers of equal volume."""
    s, h = pit.slope, pit.height
    # V = h (a^2 + 2 a s h + 4/3 s^2 h^2) for the side a of the floor
    floor = np.sqrt(pit.volume / h - s * s * h * h / 3.0) - s * h

    def below(z: Array) -> Array:
        return z * (floor**2 + 2.0 * floor * s * z + 4.0 / 3.0 * s * s * z * z)

    fine = np.linspace(0.0, h, 4001)
    faces = np.interp(np.linspace(0.0, pit.volume, pit.layers + 1), below(fine), fine)
    sides = floor + 2.0 * s * faces
    thickness = np.diff(faces)
    wall = 2.0 * (sides[1:] + sides[:-1]) * thickness * np.sqrt(1.0 + s * s)
    return sides**2, thickness, wall


def _shells(ground: Ground, area: float) -> tuple[Array, Array]:
    """Heat capacities and outward conductances of shells of ground, growing outwards, over a wetted area."""
    widths = ground.depth * 1.5 ** np.arange(GROUND_SHELLS)
    widths *= ground.depth / widths.sum()
    capacity = ground.volumetric * area * widths
    to_next = np.append(0.5 * (widths[1:] + widths[:-1]), 0.5 * widths[-1])
    return np.asarray(capacity), np.asarray(ground.conductivity * area / to_next)
