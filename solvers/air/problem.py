"""What the air solver is asked, and what it answers: frozen records of SI arrays.

geometry.raster says *where* (ports, solids, panels); the records here say *what* happens there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from geometry.errors import require
from geometry.grid import Array
from geometry.hall import Side
from geometry.raster import Raster
from solvers.air.coils import Coil
from solvers.air.fans import FanCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Air blown into the room through a port at a fixed volume flow [m3/s] and temperature [K]."""

    port: str
    flow: float
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhaust:
    """Air drawn from the room at an even static pressure (p = 0); the flow is found by the solver.

    Should air come back through it (reported as backflow), it has `backflow_temperature` [K].
    """

    port: str
    backflow_temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughFlow:
    """A rack: `flow` [m3/s] enters at `intake`, takes up `heat` [W] and leaves at `exhaust`.

    flow  fixed; with a `fan` curve the rated flow, from which the solver starts to look for the operating
          point. `flow_for_rise` gives the flow of a fixed temperature rise.

    A rear door cools the exhaust towards `door_temperature` [K], that of its water, with `door_effectiveness`
    (0: no door), or with what its `door_coil` has at the rack's flow and `door_water_flow` [kg/s] (None: that
    of its design point).
    """

    name: str
    intake: str
    exhaust: str
    flow: float
    heat: float
    door_effectiveness: float = 0.0
    door_temperature: float = 293.15
    fan: FanCurve | None = None
    door_coil: Coil | None = None
    door_water_flow: float | None = None

    @property
    def has_door(self) -> bool:
        return self.door_effectiveness > 0.0 or self.door_coil is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PorousRack:
    """A rack as a pure resistance: what its fans do is left to the pressure between `front` and `rear`.

    The air of `zone` takes up `heat` [W]: each cell in proportion to the air that passes it from front to
    rear, times its depth, so that all air through the rack warms alike. The resistance itself is in the
    raster. `flow` [m3/s] is the rated one, to be compared with.
    """

    name: str
    zone: str
    front: str  # passages
    rear: str
    flow: float
    heat: float


AirRack = ThroughFlow | PorousRack


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSource:
    """Heat [W] released evenly in the air of a zone: losses of power distribution, lights, people."""

    name: str
    zone: str
    heat: float


class Control(Enum):
    """What the valve of a cooling unit's coil holds."""

    SUPPLY = "supply"  # temperature of the air it blows
    RETURN = "return"  # temperature of the air it draws
    UNCONTROLLED = "uncontrolled"  # full water flow always


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingUnit:
    """A cooling unit in the room (CRAH, fan wall): draws at `intake`, cools, blows at `outlet`.

    flow               fixed volume flow [m3/s]; with a `fan` curve the rated one, to start from
    coil               None: the unit only moves air
    control            what the valve holds at `set_point` [K], as far as the coil can at this operating
                       point; beyond that the temperature floats up. A coil never heats
    water_temperature, water_flow  entering [K] and full flow [kg/s]; None: those of the design point
    fan_power          heat of its fans, added behind the coil [W]
    failed             its fans stand still behind a closed damper; see `fail_units`
    """

    name: str
    intake: str
    outlet: str
    flow: float
    coil: Coil | None
    control: Control = Control.SUPPLY
    set_point: float | None = None
    fan: FanCurve | None = None
    water_temperature: float | None = None
    water_flow: float | None = None
    fan_power: float = 0.0
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """What a part of the closed faces is, where it is not a plain adiabatic wall at rest.

    side, surface  one of them: a side of the grid's bounding box, or a surface of the raster by its name
    velocity       (x, y, z) [m/s]; of a surface also one for each face in its order, (n, 3). The part along
                   the wall is its motion. Through a surface the normal part blows or draws air, which carries
                   motion and temperature along: inlet profiles, verification
    temperature    [K]; None for an adiabatic wall
    conductance    [W/(m2 K)]: U value with both films included (ISO 6946); heat passes with it to the air
                   beside the wall from `temperature`, which then is that outside
    slip           a side without friction, as a plane of symmetry
    """

    side: Side | None = None
    surface: str = ""
    velocity: tuple[float, float, float] | Array = (0.0, 0.0, 0.0)
    temperature: float | None = None
    conductance: float | None = None
    slip: bool = False

    @property
    def name(self) -> str:
        return self.surface if self.side is None else self.side.name.lower()


class Convection(Enum):
    UPWIND = "upwind"
    TVD = "tvd"  # second order, bounded
    CENTRAL = "central"  # verification only


class Turbulence(Enum):
    LAMINAR = "laminar"
    ZERO_EQUATION = "zero_equation"  # Chen and Xu 1998
    K_EPSILON = "k_epsilon"  # Launder and Spalding 1974, two-layer wall treatment
    RNG_K_EPSILON = "rng_k_epsilon"  # Yakhot and others 1992, the same walls
    LOW_REYNOLDS_K_EPSILON = "low_reynolds_k_epsilon"  # Abe, Kondoh and Nagano 1994
    JONES_LAUNDER_K_EPSILON = "jones_launder_k_epsilon"  # 1972, with the length scales of Yap 1987

    @property
    def transported(self) -> bool:
        """Whether k and epsilon are solved for."""
        return self not in (Turbulence.LAMINAR, Turbulence.ZERO_EQUATION)


class FaceShear(Enum):
    """How the sideways velocity falls to zero at the faces of devices, with k-epsilon."""

    LAYER = "layer"  # exactly, as in a layer with suction or blowing
    # as codes that fix the velocity vector on a face: what is drawn leaves its sideways momentum in the room,
    # an error that fades only on fine grids; for comparisons with them
    FIXED_VECTOR = "fixed_vector"


@dataclass(frozen=True, slots=True, kw_only=True)
class AirProperties:
    """Boussinesq air about `temperature` [K]."""

    density: float = 1.19
    heat_capacity: float = 1006.0
    viscosity: float = 1.53e-5  # kinematic [m2/s]
    prandtl: float = 0.71
    prandtl_turbulent: float = 0.85
    expansion: float = 3.4e-3  # [1/K]
    temperature: float = 293.15
    gravity: float = 9.80665


def volume_from_mass(mass_flow: float, air: AirProperties) -> float:
    """Volume flow [m3/s] of a mass flow [kg/s] at the density of the problem.

    Fans move volumes and makers quote them at their own density: convert at theirs, then come here.
    """
    return mass_flow / air.density


def flow_for_rise(heat: float, rise: float, air: AirProperties) -> float:
    """Volume flow [m3/s] that `heat` [W] warms by `rise` [K].

    Raises InputError unless both are positive: a rack without heat has no such flow.
    """
    require(
        heat > 0.0 and rise > 0.0,
        f"flow for a rise of {rise:g} K at {heat:g} W: both must be positive",
        hint="give an idle rack a fixed flow",
    )
    return heat / (air.density * air.heat_capacity * rise)


@dataclass(frozen=True, slots=True, kw_only=True)
class InflowTurbulence:
    """Turbulence of the air that devices blow, for k-epsilon.

    k = 1.5 (intensity U)^2 with the velocity U of the face, epsilon = C_mu^3/4 k^3/2 / length.

    Defaults are assumptions: 10 %, and eddies as large as the openings of tiles and server fans allow.
    """

    intensity: float = 0.1  # [-]
    length: float = 0.05  # [m]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jets:
    """A perforated face, of which `open_fraction` [-] is holes: its air has the momentum of their jets.

    port  of a supply, or a passage; without such a record the air has that of the face's mean velocity
    """

    port: str
    open_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forcing:
    """What is given everywhere, for verification against manufactured solutions and for corrections."""

    acceleration: tuple[Array, Array, Array]  # on the faces normal to x, y, z, as AirState's u, v, w [m/s2]
    warming: Array  # (nz, ny, nx) [K/s]
    # (nz, ny, nx) effective kinematic [m2/s], instead of a turbulence model; None: the model finds it
    viscosity: Array | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AirProblem:
    """A hall's air: where (raster), what (devices), with which properties."""

    raster: Raster
    supplies: tuple[Supply, ...]
    exhausts: tuple[Exhaust, ...]
    racks: tuple[AirRack, ...]
    units: tuple[CoolingUnit, ...] = ()
    sources: tuple[HeatSource, ...] = ()
    properties: AirProperties = AirProperties()
    turbulence: Turbulence = Turbulence.ZERO_EQUATION
    inflow: InflowTurbulence = InflowTurbulence()
    buoyancy_production: bool = True  # of k and epsilon
    face_shear: FaceShear = FaceShear.LAYER
    convection: Convection = Convection.TVD
    walls: tuple[Wall, ...] = ()
    jets: tuple[Jets, ...] = ()
    forcing: Forcing | None = None

    @property
    def fan_racks(self) -> tuple[ThroughFlow, ...]:
        """Racks that draw and blow, without those that are pure resistances."""
        return tuple(rack for rack in self.racks if isinstance(rack, ThroughFlow))


class Precision(Enum):
    """Of the fields while they are iterated; balances, sums and the pressure solver use float64 in both."""

    SINGLE = "single"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True, kw_only=True)
class AirControls:
    """When to stop, and how exactly to compute."""

    max_iterations: int = 2000
    temperature_tolerance: float = 0.05  # drift of any rack's mean inlet over a window [K]
    energy_tolerance: float = 1e-3  # |heat in - heat out| / heat in
    mass_tolerance: float = 1e-6  # worst region imbalance / flow through it
    flow_tolerance: float = 0.01  # relative drift of the air's kinetic energy over a window
    precision: Precision = Precision.DOUBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class AirState:
    """Fields on the grid; the initial guess of a warm start."""

    u: Array  # (nz, ny, nx+1) [m/s]
    v: Array  # (nz, ny+1, nx) [m/s]
    w: Array  # (nz+1, ny, nx) [m/s]
    pressure: Array  # (nz, ny, nx) [Pa]
    temperature: Array  # (nz, ny, nx) [K]; NaN never, solids hold the reference temperature
    k: Array | None = None  # (nz, ny, nx) [m2/s2]; of k-epsilon only, 0 in solids
    epsilon: Array | None = None  # (nz, ny, nx) [m2/s3]


class AirStatus(Enum):
    CONVERGED = "converged"
    UNSTEADY = "unsteady"
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, slots=True, kw_only=True)
class AirSolution:
    """Fields, what engineers read from them, and the audit of both balances."""

    state: AirState
    viscosity: Array  # (nz, ny, nx) effective kinematic viscosity [m2/s]
    status: AirStatus
    iterations: int
    window: int  # last iterations, by which the status was judged
    rack_inlet_mean: Array  # (n_racks,) flow-weighted [K], in the order of problem.racks
    rack_inlet_max: Array  # (n_racks,) hottest face [K]
    rack_inlet_bottom: Array  # (n_racks,) at 1/6 of the rack's height [K]
    rack_inlet_middle: Array  # (n_racks,) at 1/2
    rack_inlet_top: Array  # (n_racks,) at 5/6
    rack_outlet: Array  # (n_racks,) [K], after a rear door
    rack_flow: Array  # (n_racks,) as solved [m3/s]
    door_heat: Array  # (n_racks,) taken by the rear door [W]
    unit_flow: Array  # (n_units,) as solved [m3/s], in the order of problem.units
    unit_return: Array  # (n_units,) flow-weighted, of the air it draws [K]
    unit_supply: Array  # (n_units,) of the air it blows, behind its fans [K]
    return_temperature: float  # flow-weighted over all exhausts; without any, over the cooling units [K]
    exhaust_flow: Mapping[str, float]  # by exhaust port [m3/s]
    heat_in: float  # released by racks net of doors, and by heat sources [W]
    heat_out: float  # carried off by exhausts above the supplies, and by units net of their fans [W]
    air_mass: float  # closure, relative (contract norm)
    air_energy: float  # closure, relative (contract norm)
    # 'iteration', 'inlet_drift', 'air_energy', 'air_mass', 'kinetic_energy'; 'inlets' (n, n_racks) [K]
    history: Mapping[str, Array]
