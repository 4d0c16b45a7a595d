"""The nouns of a hall's coolant loop: what is asked, and what is answered. SI units throughout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from solvers.fluids import Fluid
from solvers.liquid.components.cdu import CduSpec
from solvers.liquid.components.cold_plate import ColdPlate
from solvers.liquid.hall.losses import PipeInsulation
from solvers.liquid.hall.pipes import PipeSizes, SizingRule

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RackLiquid:
    """What the loop sees of a rack, or of its rear door (`hall/doors.py`): a branch from supply to return.

    heat            to the coolant [W]; without GPUs it may be negative
    flow            asked for by the flow policy, at the supply temperature [m3/s]
    reference_flow  and
    reference_drop  of the rack's data sheet [m3/s], [Pa]: dp = reference_drop (V / reference_flow)^exponent
    exponent        1.89 fits the table of the GB300 NVL72 (Lenovo LP2357, table 27: 15.9 kPa at 59 l/min to
                    126.9 kPa at 177 l/min)
    gpus            packages, in parallel; gpu_power [W] each
    gpu_heat_share  of the rack's coolant that flows through the GPUs' plates [-]: in proportion to heat
    """

    name: str
    heat: float
    flow: float
    reference_flow: float
    reference_drop: float
    exponent: float = 1.89
    gpus: int = 0
    gpu_power: float = 0.0
    gpu_heat_share: float = 1.0

    def __post_init__(self) -> None:
        where = f"of rack {self.name}"
        require(
            self.heat >= 0.0 or (self.gpus == 0 and self.heat > -np.inf),
            f"heat {where} = {self.heat:g} W: must not be negative",
        )
        require(
            self.flow > 0.0,
            f"coolant flow {where} = {self.flow:g} m3/s: must be positive",
            hint="a flow policy that gives every liquid-cooled rack a flow",
        )
        require(self.gpus >= 0 and self.gpu_power >= 0.0, f"GPUs {where}: number or power is negative")
        require(
            0.0 < self.gpu_heat_share <= 1.0,
            f"share of coolant through the GPUs {where} = {self.gpu_heat_share:g}: outside 0..1",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopLimits:
    """What must not be passed; a breach is a warning in the solution. Temperatures in kelvin."""

    junction: float  # of a GPU
    rack_return: float  # coolant leaving a rack
    supply_min: float  # coolant to the racks
    supply_max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopDesign:
    """What a hall's loop is made of; one model of CDU and of cold plate throughout.

    insulation  of all pipes; None: they lose no heat
    """

    coolant: Fluid
    facility: Fluid
    cdu: CduSpec
    plate: ColdPlate
    sizes: PipeSizes
    rule: SizingRule
    limits: LoopLimits
    insulation: PipeInsulation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RackStates:
    """By rack, and by rear door where the units feed them, in the order they were given."""

    name: tuple[str, ...]
    heat: Array  # [W]
    flow: Array  # [kg/s]
    inlet: Array  # [K]
    outlet: Array  # [K]
    drop: Array  # [Pa]
    junction: Array  # hottest GPU package [K]; nan without GPUs
    plate_in_range: NDArray[np.bool_]  # flow per module within the cold plate's published range


@dataclass(frozen=True, slots=True, kw_only=True)
class CduStates:
    """By unit, in the order of the hall's pipe runs; temperatures of units that stand by are nan."""

    name: tuple[str, ...]
    flow: Array  # [kg/s]
    heat: Array  # to the facility water [W]
    tcs_supply: Array  # [K]
    tcs_return: Array  # at the unit's inlet, ahead of the pumps [K]
    fws_flow: Array  # [kg/s]
    fws_in: Array  # [K]
    fws_out: Array  # [K]
    approach: Array  # tcs_supply - fws_in [K]
    effectiveness: Array  # [-]
    valve_open: Array  # facility flow over that of the open valve [-]
    external_drop: Array  # of the racks' loop [Pa]
    available_head: Array  # for it [Pa]
    pump_power: Array  # [W]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeStates:
    """By pipe run."""

    name: tuple[str, ...]
    circuit: tuple[str, ...]  # value of geometry.piping.Circuit
    group: tuple[str, ...]  # part of the works, as geometry.piping names it
    nominal: NDArray[np.intp]  # DN
    parallel: NDArray[np.intp]  # lines
    length: Array  # [m]
    flow: Array  # all lines together [kg/s], positive in the direction of design flow
    velocity: Array  # [m/s]
    drop: Array  # [Pa]
    temperature: Array  # of what enters [K]
    loss: Array  # heat to the room [W]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSolution:
    """A hall's loop in steady state."""

    racks: RackStates
    cdus: CduStates
    pipes: PipeStates
    heat: float  # of all racks, and of the rear doors on the loop [W]
    heat_fws: float  # handed to the facility water: racks and pumps, less what the coolant's pipes lose [W]
    pipe_loss: float  # of all pipes, to the room [W]
    flow: float  # technology side [kg/s]
    fws_flow: float  # [kg/s]
    tcs_supply: float  # mixed over the units [K]
    tcs_return: float
    fws_supply: float  # at the hall's connection [K]
    fws_return: float
    pressure_drop: float  # worst racks' loop, unit included [Pa]
    fws_mains_drop: float  # worst way from the hall's connection to a unit and back [Pa]
    pump_power: float  # electric, of the units; ends as heat in the coolant [W]
    fws_pump_power: float  # electric, of the facility pumps, outside the closed loop [W]
    junction_max: float  # [K]; nan without GPUs
    margin: float  # limit less hottest junction [K]; nan without GPUs
    loop_mass: float  # closures, relative
    loop_energy: float
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"LoopSolution({len(self.racks.name)} racks, {self.heat / 1e3:.0f} kW, "
            f"TCS {self.tcs_supply - 273.15:.1f}/{self.tcs_return - 273.15:.1f} degC, "
            f"FWS {self.fws_supply - 273.15:.1f}/{self.fws_return - 273.15:.1f} degC, "
            f"pumps {self.pump_power / 1e3:.1f} kW)"
        )
