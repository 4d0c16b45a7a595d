"""The year, hour by hour: weather and workload in; powers, temperatures, water and heat for the city out.

For each hour, all at once: weather -> coldest water of the plant -> temperatures of the loop -> heat and
temperature on offer -> what the network takes -> what the plant rejects -> powers. Storage is none: every
hour is steady. Two water circuits leave the halls: the warm one (facility water of the CDUs) and the cool
one (air handlers and electrical rooms). Recovery draws on the warm circuit, or on the cool one in a hall
without liquid cooling.

Boundary: the data centre's electricity is all it draws; the heat pump stands outside (ISO/IEC 30134-6).
`heat_delivered` is handed to the network behind the trunk and holds the heat pump's work; `site_heat` is
what left the data centre, the only heat ERF counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from geometry.errors import require
from geometry.grid import Array
from solvers.district.demand import Demand, Network, hourly_demand, trunk_heat_loss
from solvers.errors import BalanceError
from solvers.heat.heat_pump import Limit, Recovered, Recovery, planned_outage, recover
from solvers.heat.plant import Ambient, Chiller, Cooler, Rejection, coldest_supply, reject
from solvers.liquid.hall.lumped import LumpedLoop, loop_temperatures
from twin.weather import Weather

HOUR = 3600.0  # [s]
TOLERANCE = 1e-9  # of the year's energy audit, relative


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerTrain:
    """Losses on the way to the racks. Efficiencies [-], constant; lighting and auxiliary power [W].

    Transformers stand outdoors; the losses of UPS and distribution, and lighting, heat the cool circuit.
    """

    transformer_efficiency: float
    ups_efficiency: float
    distribution_efficiency: float
    lighting: float
    auxiliary: float

    def indoor_losses(self, it_power: ArrayLike, cdu_pumps: ArrayLike) -> Array:
        """Losses [W] of UPS and distribution: the UPS carries the CDU pumps too, the busways do not."""
        it_power, cdu_pumps = np.asarray(it_power), np.asarray(cdu_pumps)
        behind_ups = it_power / self.distribution_efficiency + cdu_pumps
        return np.asarray(behind_ups / self.ups_efficiency - it_power - cdu_pumps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A cooler with its chiller or none, and the water between halls and cooler: its capacity rate [W/K],
    the temperature wanted [K] (nan: the loop asks for it), pump power at rest [W] and over heat moved [-]."""

    cooler: Cooler
    chiller: Chiller | None
    capacity_rate: float
    supply: float
    pump_power: float
    pump_power_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSpec:
    """A site as the year sees it.

    it_design_power   [W]
    liquid_fraction   share of the IT heat that goes to the loop [-]; the rest heats the air
    loop              all halls' loops in one, or None for air-cooled halls
    tcs_set_point     [K]
    air_handler_power fans of the air handlers [W], constant
    warm, cool        the two water circuits; warm is None without a loop
    recovery, network, availability   heat reuse, or None
    """

    it_design_power: float
    liquid_fraction: float
    loop: LumpedLoop | None
    tcs_set_point: float
    air_handler_power: float
    warm: Circuit | None
    cool: Circuit
    power: PowerTrain
    recovery: Recovery | None = None
    network: Network | None = None
    availability: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Hourly results (8760,): powers and heat flows [W], temperatures [K], water [kg/s].

    Loop temperatures are nan without a loop. `to_ambient` is all heat that ends in the air, `limit` what
    keeps the network from more (solvers.heat.heat_pump.Limit), `floating` the kelvin by which the plant
    misses the temperature the loop asks for (0 when it holds it). `source_in`, `source_out` are the water
    offered to the recovery and returned by it, `source_rate` its capacity rate [W/K].
    """

    dry_bulb: Array
    wet_bulb: Array
    it_power: Array
    facility_power: Array
    pump_power: Array
    air_handler_power: Array
    fan_power: Array
    chiller_power: Array
    electrical_losses: Array
    other_power: Array
    liquid_heat: Array
    cool_heat: Array
    tcs_supply: Array
    tcs_return: Array
    fws_supply: Array
    fws_return: Array
    cool_supply: Array
    floating: Array
    water: Array
    heat_available: Array
    site_heat: Array
    heat_direct: Array
    heat_produced: Array
    heat_delivered: Array
    heat_vented: Array
    heat_pump_power: Array
    cop: Array
    demand: Array
    network_supply: Array
    network_return: Array
    network_out: Array
    limit: np.ndarray
    to_ambient: Array
    source_in: Array
    source_out: Array
    source_rate: float
    year_energy: float = 0.0

    @property
    def hours(self) -> int:
        return self.it_power.size


def simulate_year(spec: YearSpec, weather: Weather, it_load: Array) -> Year:
    """The hourly year of a site for `it_load` (8760,), IT power over design power [-].

    Raises InputError for a load outside 0..1 or of another length than the weather, and BalanceError when
    the energy audit does not close.
    """
    require(
        it_load.shape == weather.dry_bulb.shape,
        f"the workload has {it_load.size} hours, the weather {weather.dry_bulb.size}",
    )
    require(
        bool(np.all((it_load >= 0.0) & (it_load <= 1.0 + 1e-12))),
        f"IT load {float(np.min(it_load)):g}..{float(np.max(it_load)):g}: outside 0..1 of design power",
    )
    require(
        (spec.loop is None) == (spec.warm is None), "a loop and a warm circuit come together or not at all"
    )
    ambient = Ambient(
        dry_bulb=weather.dry_bulb,
        wet_bulb=weather.wet_bulb,
        humidity=weather.humidity,
        pressure=weather.pressure,
    )
    it_power = spec.it_design_power * it_load
    nothing = np.zeros_like(it_power)
    missing = np.full_like(it_power, np.nan)

    # electricity on the way to racks and CDU pumps, and where its losses go
    cdu_pumps = nothing + (spec.loop.pump_power if spec.loop else 0.0)
    train = spec.power
    indoor_losses = train.indoor_losses(it_power, cdu_pumps)

    # the warm circuit
    liquid = spec.liquid_fraction * it_power if spec.loop else nothing
    warm_heat = nothing
    tcs_supply = tcs_return = fws_supply = fws_return = missing
    if spec.loop is not None and spec.warm is not None:
        loop, warm = spec.loop, spec.warm
        warm_heat = liquid + loop.pump_power + warm.pump_power
        available = nothing - np.inf
        if warm.chiller is None:
            available = coldest_supply(warm.cooler, warm_heat, loop.c_fws, ambient)
        around = loop_temperatures(loop, liquid, tcs_set_point=spec.tcs_set_point, fws_available=available)
        tcs_supply, tcs_return = around.tcs_supply, around.tcs_return
        fws_supply = around.fws_supply
        # the facility pumps stand behind the CDUs: their heat warms the water on its way out
        fws_return = around.fws_return + warm.pump_power / loop.c_fws

    # the cool circuit
    cool = spec.cool
    air_heat = it_power - liquid + spec.air_handler_power + train.lighting + indoor_losses
    cool_pumps = cool.pump_power + cool.pump_power_ratio * air_heat
    cool_heat = air_heat + cool_pumps
    cool_supply = nothing + cool.supply
    if cool.chiller is None:
        cool_supply = np.maximum(
            cool_supply, coldest_supply(cool.cooler, cool_heat, cool.capacity_rate, ambient)
        )

    # the network takes what it can from the warmer circuit there is
    if spec.loop is not None:
        rate, source_supply, source_heat = spec.loop.c_fws, fws_supply, warm_heat
    else:
        rate, source_supply, source_heat = cool.capacity_rate, cool_supply, cool_heat
    source_in = source_supply + source_heat / rate
    demand, recovered, delivered = _reuse(spec, weather, source_in, source_supply, rate)
    from_warm = recovered.site_heat if spec.loop is not None else nothing
    from_cool = nothing if spec.loop is not None else recovered.site_heat

    # the plant rejects the rest
    cool_side = reject(
        cool.cooler,
        cool.chiller,
        heat=np.maximum(cool_heat - from_cool, 0.0),
        fluid=cool.capacity_rate,
        wanted=cool_supply,
        ambient=ambient,
    )
    sides = [cool_side]
    if spec.loop is not None and spec.warm is not None:
        warm_side = reject(
            spec.warm.cooler,
            spec.warm.chiller,
            heat=np.maximum(warm_heat - from_warm, 0.0),
            fluid=spec.loop.c_fws,
            wanted=fws_supply,
            ambient=ambient,
        )
        sides.append(warm_side)
    fans, chillers = _total(sides, "fan_power"), _total(sides, "chiller_power")
    warm_pumps = spec.warm.pump_power if spec.warm else 0.0
    mechanical = spec.air_handler_power + warm_pumps + cool_pumps + fans + chillers
    low_voltage = it_power + cdu_pumps + indoor_losses + mechanical + train.lighting + train.auxiliary
    facility = low_voltage / train.transformer_efficiency

    year = Year(
        dry_bulb=weather.dry_bulb,
        wet_bulb=weather.wet_bulb,
        it_power=it_power,
        facility_power=facility,
        pump_power=cdu_pumps + warm_pumps + cool_pumps,
        air_handler_power=nothing + spec.air_handler_power,
        fan_power=fans,
        chiller_power=chillers,
        electrical_losses=indoor_losses + facility - low_voltage,
        other_power=nothing + train.lighting + train.auxiliary,
        liquid_heat=warm_heat,
        cool_heat=cool_heat,
        tcs_supply=tcs_supply,
        tcs_return=tcs_return,
        fws_supply=fws_supply,
        fws_return=fws_return,
        cool_supply=cool_supply,
        floating=_floating(spec, tcs_supply, cool_supply),
        water=_total(sides, "water"),
        heat_available=source_heat,
        site_heat=recovered.site_heat,
        heat_direct=recovered.direct,
        heat_produced=recovered.produced,
        heat_delivered=delivered,
        heat_vented=_left_over(source_heat, recovered.site_heat),
        heat_pump_power=recovered.electricity,
        cop=recovered.cop,
        demand=demand.heat,
        network_supply=demand.supply,
        network_return=demand.back,
        network_out=recovered.network_out,
        limit=recovered.limit,
        to_ambient=_total(sides, "to_ambient") + train.auxiliary + facility - low_voltage,
        source_in=source_in,
        source_out=recovered.source_out,
        source_rate=rate,
    )
    return _with_audit(year)


def _left_over(heat: Array, taken: Array) -> Array:
    """What is not taken; where all of it is, the rounding of the two is not heat."""
    rest = heat - taken
    return np.where(np.abs(rest) <= 1e-12 * heat, 0.0, rest)


def audit(year: Year) -> float:
    """Relative closure of the year's energy: the worst hour or the sum, whichever is larger.

    Three balances, each |in - out| / in: electricity of the site against heat to recovery and ambient; heat
    taken from the site against the cooling of the source water; heat into the network's return against heat
    from the site and the heat pump's work. Raises BalanceError above 1e-9.
    """
    in_, taken = year.facility_power, year.site_heat
    balances = {
        "site": (in_, taken + year.to_ambient, in_),
        "source water": (taken, year.source_rate * (year.source_in - year.source_out), in_),
        "recovery": (taken + year.heat_pump_power, year.heat_produced, in_),
    }
    worst = 0.0
    for name, (left, right, scale) in balances.items():
        floor = max(1e-12 * float(scale.max()), 1e-300)
        hourly = np.abs(left - right) / np.maximum(scale, floor)
        total = abs(float((left - right).sum())) / max(float(scale.sum()), floor)
        closure = max(float(hourly.max()), total)
        # a nan anywhere is a broken balance, not a closed one
        if not np.all(np.isfinite(hourly)) or not closure <= TOLERANCE:
            hour = int(np.argmax(np.where(np.isfinite(hourly), hourly, np.inf)))
            raise BalanceError(
                f"year energy, balance of the {name}: {closure:.2e} of the electricity is unaccounted for "
                f"(allowed {TOLERANCE:g}), worst in hour {hour}: {left[hour]:.6g} W in, "
                f"{right[hour]:.6g} W out"
            )
        worst = max(worst, closure)
    return worst


def _with_audit(year: Year) -> Year:
    return replace(year, year_energy=audit(year))


def _reuse(
    spec: YearSpec, weather: Weather, source_in: Array, source_coldest: Array, rate: float
) -> tuple[Demand, Recovered, Array]:
    """The network's demand, what the recovery plant does, and the heat that arrives behind the trunk [W]."""
    nothing = np.zeros_like(source_in)
    if spec.network is None:
        missing = np.full_like(source_in, np.nan)
        demand = Demand(heat=nothing, supply=missing, back=missing)
    else:
        demand = hourly_demand(spec.network, weather.dry_bulb)
    if spec.recovery is None or spec.network is None:
        none = Recovered(
            direct=nothing,
            heat_pump=nothing,
            electricity=nothing,
            site_heat=nothing,
            cop=np.full_like(nothing, np.nan),
            network_out=demand.back,
            source_out=source_in,
            limit=np.full(nothing.size, Limit.OFF, dtype=np.int8),
        )
        return demand, none, nothing
    trunk = trunk_heat_loss(spec.network)
    recovered = recover(
        spec.recovery,
        source_in=source_in,
        source_coldest=source_coldest,
        source_capacity=rate,
        demand=demand.heat + trunk,
        network_supply=demand.supply,
        network_return=demand.back,
        available=planned_outage(demand.heat, spec.availability),
    )
    return demand, recovered, np.maximum(recovered.produced - trunk, 0.0)


def _floating(spec: YearSpec, tcs_supply: Array, cool_supply: Array) -> Array:
    """Kelvin by which the water to the halls misses what they ask for, the worse of both circuits, >= 0."""
    cool = np.maximum(cool_supply - spec.cool.supply, 0.0)
    if spec.loop is None:
        return cool
    return np.maximum(np.maximum(tcs_supply - spec.tcs_set_point, 0.0), cool)


def _total(sides: list[Rejection], name: str) -> Array:
    return np.sum([getattr(side, name) for side in sides], axis=0)
