"""Heat rejection: coolers that follow the weather, their fans and water, and the chiller behind them.

A cooler is an exchanger between a water circuit and ambient air (effectiveness-NTU): across a dry coil
the air is at its dry bulb, behind wetted pads nearer to its wet bulb, and in a tower the driving difference
is that of the enthalpy of saturated air (Braun, Klein and Mitchell 1989, Effectiveness models for cooling
towers and cooling coils, ASHRAE Trans. 95(2) 164-174), which makes it an exchanger with the wet bulb.
Fans slow down until the water just has the wanted temperature; when full speed is not enough, a chiller
makes up for it or, without one, the water floats up. Arrays are hours (any one shape); everything is SI.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from geometry.errors import require
from geometry.grid import Array
from solvers import psychrometrics as air
from solvers.heat.effectiveness import Arrangement
from solvers.heat.exchangers import effectiveness, transfer_units

_LOWEST_AIR_FLOW = 1e-4  # share of the design air flow below which a cooler is at rest [-]
_TABLE = 129  # points of a dry coil's effectiveness over its air flow


class CoolerKind(Enum):
    DRY = "dry"
    ADIABATIC = "adiabatic"  # dry coil behind pads that are wetted on warm hours
    WET = "wet"  # evaporative tower


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient:
    """Outdoor air by hour: dry_bulb, wet_bulb [K], humidity ratio [kg/kg], pressure [Pa]."""

    dry_bulb: Array
    wet_bulb: Array
    humidity: Array
    pressure: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooler:
    """All coolers of one circuit, in parallel.

    ua             conductance at design air flow [W/K] (for a tower: referred to the water's temperature)
    air_capacity   heat-capacity rate of the design air flow [W/K]; a tower's is at `saturation_slope`
    air_flow       dry air at design [kg/s]
    ua_exponent    UA ~ (air flow)^exponent [-]
    fan_power      at design air flow [W]
    fan_minimum    share of design flow below which fans cycle instead of slowing further [-]
    pad_effectiveness, wet_above   pads, for ADIABATIC: saturation effectiveness [-], first dry bulb [K]
    cycles         concentration of the circulating water [-]: blow-down = evaporation / (cycles - 1)
    """

    kind: CoolerKind
    ua: float
    air_capacity: float
    air_flow: float
    ua_exponent: float
    fan_power: float
    fan_minimum: float
    pad_effectiveness: float = 0.0
    wet_above: float = np.inf
    cycles: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chiller:
    """Vapour-compression chiller: COP = efficiency x Carnot between evaporating and condensing temperature.

    carnot_efficiency      [-]; 0.4..0.6 of real machines
    evaporator_approach    evaporating below the leaving chilled water [K]
    condenser_approach     condensing above dry bulb, or wet bulb behind a tower [K]
    minimum_lift           the machine keeps at least this difference (head pressure control) [K]
    fan_power_ratio        condenser fans over heat rejected [-]
    """

    carnot_efficiency: float
    evaporator_approach: float
    condenser_approach: float
    minimum_lift: float
    fan_power_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One circuit by hour: water temperatures [K], heat taken from the water by cooler and chiller [W],
    fan and chiller electricity [W], heat handed to the ambient air [W], make-up water [kg/s], and the
    coolers' air flow over design [-]."""

    supply: Array
    entering: Array
    cooler_heat: Array
    chiller_heat: Array
    fan_power: Array
    chiller_power: Array
    to_ambient: Array
    water: Array
    air_flow_ratio: Array


def size_cooler(
    kind: CoolerKind,
    *,
    heat: float,
    design_air: float,
    approach: float,
    fluid_range: float,
    fan_power_ratio: float,
    fan_minimum: float,
    design_pressure: float = 101325.0,
    pad_effectiveness: float = 0.0,
    wet_above: float = np.inf,
    cycles: float = 5.0,
) -> Cooler:
    """The cooler that sheds `heat` [W]: water leaves at `design_air` + `approach` after `fluid_range` [K].

    design_air is the dry bulb of the air that meets the coil (behind the pads for ADIABATIC), or the wet bulb
    for WET [K]. Air and water have equal capacity rates at the design point (assumption: usual for coils of
    about 1 m3/s per 20 kW, and a water/air ratio near one for towers). UA follows the air flow to the power
    0.8 (dry: all resistance on the air side) or 0.6 (wet: Braun et al. 1989, n = -0.6).

    Raises InputError for non-positive values.
    """
    for name, value in (("design heat", heat), ("approach", approach), ("design range", fluid_range)):
        require(value > 0.0, f"{name} of the {kind.value} cooler = {value:g}: must be positive")
    require(cycles > 1.0, f"cycles of concentration = {cycles:g}: must exceed 1")
    capacity = heat / fluid_range
    arrangement = _arrangement(kind)
    ua = capacity * float(transfer_units(fluid_range / (fluid_range + approach), 1.0, arrangement))
    if kind is CoolerKind.WET:
        water = design_air + approach + 0.5 * fluid_range
        slope = _saturation_slope(np.asarray(design_air), np.asarray(water), np.asarray(design_pressure))
        flow = capacity / float(slope)
    else:
        flow = capacity / air.CP_DRY_AIR
    return Cooler(
        kind=kind,
        ua=ua,
        air_capacity=capacity,
        air_flow=flow,
        ua_exponent=0.6 if kind is CoolerKind.WET else 0.8,
        fan_power=fan_power_ratio * heat,
        fan_minimum=fan_minimum,
        pad_effectiveness=pad_effectiveness,
        wet_above=wet_above,
        cycles=cycles,
    )


def entering_air(cooler: Cooler, ambient: Ambient) -> Array:
    """Temperature the cooler works against [K]: dry bulb, air behind wetted pads, or wet bulb."""
    if cooler.kind is CoolerKind.WET:
        return ambient.wet_bulb
    if cooler.kind is CoolerKind.ADIABATIC:
        depression = ambient.dry_bulb - ambient.wet_bulb
        wetted = ambient.dry_bulb > cooler.wet_above
        return ambient.dry_bulb - np.where(wetted, cooler.pad_effectiveness * depression, 0.0)
    return ambient.dry_bulb


def water_effectiveness(
    cooler: Cooler, air_flow_ratio: Array, fluid: Array | float, slope_ratio: Array
) -> Array:
    """Cooling of the water over its inlet difference to the air [-], for a share of the design air flow.

    fluid        capacity rate of the water [W/K], of every hour or of all
    slope_ratio  saturation slope of the hour over the design's [-]; 1 for dry coils
    """
    flow = np.maximum(air_flow_ratio, _LOWEST_AIR_FLOW)
    c_air = cooler.air_capacity * flow * slope_ratio
    ua = cooler.ua * flow**cooler.ua_exponent * slope_ratio
    c_min, c_max = np.minimum(c_air, fluid), np.maximum(c_air, fluid)
    return effectiveness(ua / c_min, c_min / c_max, _arrangement(cooler.kind)) * c_min / fluid


def coldest_supply(cooler: Cooler, heat: Array, fluid: Array | float, ambient: Ambient) -> Array:
    """Coldest water [K] the cooler can return while it sheds all of `heat` [W] at full air flow.

    With T_in = T_out + Q/C and T_in - T_out = e (T_in - T_air): T_out = T_air + (Q/C)(1 - e)/e.
    """
    sink = entering_air(cooler, ambient)
    # the tower's saturation slope depends on the temperatures found: three passes settle it to 0.01 K
    supply = sink + heat / fluid
    for _ in range(4 if cooler.kind is CoolerKind.WET else 1):
        slope = _slope_ratio(cooler, sink, supply + 0.5 * heat / fluid, ambient.pressure)
        full = water_effectiveness(cooler, np.ones_like(sink), fluid, slope)
        supply = sink + heat / fluid * (1.0 - full) / full
    return supply


def free_cooling(cooler: Cooler, heat: Array, fluid: Array | float, supply: Array, ambient: Ambient) -> Array:
    """Most of `heat` [W] that the cooler alone sheds from water that it hands back at `supply` [K]."""
    sink = entering_air(cooler, ambient)
    entering = supply + heat / fluid
    slope = _slope_ratio(cooler, sink, 0.5 * (supply + entering), ambient.pressure)
    full = water_effectiveness(cooler, np.ones_like(sink), fluid, slope)
    return np.minimum(np.maximum(full * fluid * (entering - sink), 0.0), heat)


def reject(
    cooler: Cooler,
    chiller: Chiller | None,
    *,
    heat: Array,
    fluid: Array | float,
    wanted: Array,
    ambient: Ambient,
) -> Rejection:
    """Shed `heat` [W] from water of capacity rate `fluid` [W/K], to supply it at `wanted` [K] if possible.

    The air flow is the least that holds `wanted`; where full air flow is not enough, the chiller takes the
    rest, or without one the supply floats up to what the cooler can do. Fan power follows the cube of the
    air flow (affinity law) down to the minimum speed, below which fans cycle and power follows the flow.
    """
    heat, wanted = np.broadcast_arrays(heat, wanted)
    sink = entering_air(cooler, ambient)
    supply = wanted
    if chiller is None:
        supply = np.maximum(wanted, coldest_supply(cooler, heat, fluid, ambient))
    entering = supply + heat / fluid
    slope = _slope_ratio(cooler, sink, 0.5 * (supply + entering), ambient.pressure)
    cooler_heat = free_cooling(cooler, heat, fluid, supply, ambient)
    ratio = _least_air_flow(cooler, cooler_heat, fluid, entering - sink, slope)
    fans = cooler.fan_power * ratio * np.maximum(ratio, cooler.fan_minimum) ** 2
    # with no chiller the cooler does it all: the difference is round-off of the floating temperature
    rest = heat - cooler_heat if chiller is not None else np.zeros_like(heat)
    cooler_heat = heat - rest
    chiller_power, condenser_fans = np.zeros_like(heat), np.zeros_like(heat)
    if chiller is not None:
        behind_tower = cooler.kind is CoolerKind.WET
        air_side = ambient.wet_bulb if behind_tower else ambient.dry_bulb
        chiller_power = rest / chiller_cop(chiller, wanted, air_side)
        condenser_fans = chiller.fan_power_ratio * (rest + chiller_power)
    return Rejection(
        supply=supply,
        entering=entering,
        cooler_heat=cooler_heat,
        chiller_heat=rest,
        fan_power=fans + condenser_fans,
        chiller_power=chiller_power,
        to_ambient=heat + chiller_power + fans + condenser_fans,
        water=_make_up(cooler, cooler_heat, rest + chiller_power, ratio, ambient),
        air_flow_ratio=ratio,
    )


def chiller_cop(chiller: Chiller, leaving_water: Array, air_side: Array) -> Array:
    """Coefficient of performance [-] for chilled water leaving at and air at [K]; Carnot times efficiency."""
    evaporating = leaving_water - chiller.evaporator_approach
    condensing = np.maximum(air_side + chiller.condenser_approach, evaporating + chiller.minimum_lift)
    return chiller.carnot_efficiency * evaporating / (condensing - evaporating)


def _arrangement(kind: CoolerKind) -> Arrangement:
    return Arrangement.COUNTERFLOW if kind is CoolerKind.WET else Arrangement.CROSSFLOW


def _slope_ratio(cooler: Cooler, sink: Array, water: Array, pressure: Array) -> Array:
    """Saturation slope between the wet bulb and the mean water over that of the design [-]; 1 when dry."""
    if cooler.kind is not CoolerKind.WET:
        return np.ones_like(sink)
    slope = _saturation_slope(sink, np.clip(water, sink + 0.5, 360.0), pressure)
    return slope / (cooler.air_capacity / cooler.air_flow)


def _saturation_slope(wet_bulb: Array, water: Array, pressure: Array) -> Array:
    """Rise of saturated air's enthalpy from the wet bulb to the mean water temperature [J/(kg K)]."""
    rise = air.enthalpy(water, air.saturation_humidity(water, pressure))
    rise = rise - air.enthalpy(wet_bulb, air.saturation_humidity(wet_bulb, pressure))
    return rise / (water - wet_bulb)


def _least_air_flow(cooler: Cooler, heat: Array, fluid: Array | float, drive: Array, slope: Array) -> Array:
    """Share of the design air flow that sheds `heat` with `drive` = water in - air in [K]."""
    needed = heat / (fluid * np.maximum(drive, 1e-9))
    if cooler.kind is not CoolerKind.WET:
        return np.where(heat > 0.0, _dry_air_flow(cooler, needed, fluid), 0.0)
    low, high = np.zeros_like(needed), np.ones_like(needed)
    for _ in range(30):
        middle = 0.5 * (low + high)
        enough = water_effectiveness(cooler, middle, fluid, slope) >= needed
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(heat > 0.0, high, 0.0)


def _dry_air_flow(cooler: Cooler, needed: Array, fluid: Array | float) -> Array:
    """Air flow share at which a dry coil has the effectiveness `needed`.

    By false position with the Illinois weights (Dowell and Jarratt 1971, BIT 11, 168): five rounds reach 1e-9
    or better where bisection takes thirty. A water flow that changes by the hour is bracketed in a table for
    its largest and its smallest value, since a coil's effectiveness falls with the flow through it.
    """
    ones = np.ones_like(needed)
    rate = np.broadcast_to(np.asarray(fluid, dtype=np.float64), needed.shape)
    share = np.linspace(0.0, 1.0, _TABLE) ** 2
    least, most = float(np.min(rate, initial=np.inf)), float(np.max(rate, initial=0.0))
    places = [
        np.clip(
            np.searchsorted(water_effectiveness(cooler, share, c, np.ones_like(share)), needed), 1, _TABLE - 1
        )
        for c in ((least,) if least == most else (least, most))
    ]
    low, high = share[places[0] - 1], share[places[-1]]
    below = water_effectiveness(cooler, low, rate, ones) - needed
    above = water_effectiveness(cooler, high, rate, ones) - needed
    last = np.zeros_like(needed)  # which end moved in the round before: -1 low, 1 high
    for _ in range(5 if least == most else 12):
        rise = above - below
        middle = np.where(rise > 0.0, (low * above - high * below) / np.where(rise > 0.0, rise, 1.0), high)
        middle = np.clip(middle, low, high)
        miss = water_effectiveness(cooler, middle, rate, ones) - needed
        up = miss < 0.0
        above, below = (
            np.where(up & (last < 0.0), 0.5 * above, above),
            np.where(~up & (last > 0.0), 0.5 * below, below),
        )
        low, below = np.where(up, middle, low), np.where(up, miss, below)
        high, above = np.where(up, high, middle), np.where(up, above, miss)
        last = np.where(up, -1.0, 1.0)
    return np.asarray(np.where(-below < above, low, high))


def _make_up(cooler: Cooler, heat: Array, condenser_heat: Array, ratio: Array, ambient: Ambient) -> Array:
    """Water evaporated and blown down [kg/s]."""
    if cooler.kind is CoolerKind.DRY:
        return np.zeros_like(heat)
    if cooler.kind is CoolerKind.ADIABATIC:
        # along the pads the air keeps its wet bulb: its humidity rises by the sensible heat it gives up
        cooled = ambient.dry_bulb - entering_air(cooler, ambient)
        evaporation = cooler.air_flow * ratio * air.CP_DRY_AIR * cooled / air.LATENT_HEAT
    else:
        # air leaves saturated at the enthalpy it has gained (Braun et al. 1989); a condenser of the chiller
        # evaporates as the tower's own water does
        flow = np.maximum(cooler.air_flow * ratio, _LOWEST_AIR_FLOW * cooler.air_flow)
        entering = air.enthalpy(ambient.dry_bulb, ambient.humidity)
        leaving = air.saturated_temperature(entering + heat / flow, ambient.pressure)
        gained = air.saturation_humidity(leaving, ambient.pressure) - ambient.humidity
        evaporation = np.where(heat > 0.0, flow * np.maximum(gained, 0.0), 0.0)
        evaporation = evaporation + condenser_heat * _latent_share(ambient) / air.LATENT_HEAT
    return evaporation * cooler.cycles / (cooler.cycles - 1.0)


def _latent_share(ambient: Ambient) -> Array:
    """Share of a small heat that saturated air near the wet bulb takes up as vapour [-]."""
    slope = air.saturation_heat_capacity(ambient.wet_bulb, ambient.pressure)
    return 1.0 - air.CP_DRY_AIR / slope
