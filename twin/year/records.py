"""The nouns of a year: a site as the year sees it, and what every hour of it answers. SI units throughout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike

from geometry.grid import Array
from solvers.district.demand import Network
from solvers.district.dispatch_records import Dispatch, Offer
from solvers.district.feeds import Supplier
from solvers.district.trunk import Trunk
from solvers.heat.plant import Chiller, Cooler
from solvers.heat.station import Station
from solvers.heat.storage import Storage
from solvers.liquid.hall.lumped import LumpedLoop
from twin.year.doors import LoopDoors
from twin.year.loops import SiteLoops

HOUR = 3600.0  # [s]


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
    the temperature wanted [K] (nan: the loop asks for it), pump power at that rate [W] and over heat moved
    [-]. head_held: share of the pumps' head that stays at any flow [-]; the rest falls with its square."""

    cooler: Cooler
    chiller: Chiller | None
    capacity_rate: float
    supply: float
    pump_power: float
    pump_power_ratio: float
    head_held: float = 1.0

    def pumps_at(self, rate: Array) -> Array:
        """Pump power [W] at a capacity rate [W/K]: flow times head."""
        share = rate / self.capacity_rate
        return self.pump_power * share * (self.head_held + (1.0 - self.head_held) * share**2)


class Priority(Enum):
    """Who takes the heat first."""

    RECOVERY = "recovery"
    FREE_COOLING = "free_cooling"


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
    storage, charge_temperature       of the station, or None; least temperature it is charged at [K]
    foresight         whether the storage knows the year
    extension_density                 heat an extension of the network sells a year [J/m]
    trunk_capacity                    heat the pipe to the network carries, constant or by hour [W]
    loops             the halls' answers by the hour; None: `loop` in all hours
    dew_margin        of the supply above the halls' dew point [K]; None: not looked at
    doors             rear doors on the loops; None: without
    priority          whether recovery or free cooling takes the heat first
    feeds             other data centres on the network
    trunk             to the network, or None: without recovery
    """

    it_design_power: float
    liquid_fraction: float
    loop: LumpedLoop | None
    tcs_set_point: float
    air_handler_power: float
    warm: Circuit | None
    cool: Circuit
    power: PowerTrain
    recovery: Station | None = None
    network: Network | None = None
    availability: float = 1.0
    storage: Storage | None = None
    charge_temperature: float | None = None
    foresight: bool = False
    extension_density: float = 0.0
    trunk_capacity: float | Array = np.inf
    loops: SiteLoops | None = None
    dew_margin: float | None = None
    doors: LoopDoors | None = None
    priority: Priority = Priority.RECOVERY
    feeds: tuple[Supplier, ...] = ()
    trunk: Trunk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedYear:
    """The year of another data centre on the network: its water and what became of it."""

    name: str
    offer: Offer
    dispatch: Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Hourly results (8760,): powers and heat flows [W], temperatures [K], water [kg/s].

    Loop temperatures are nan without a loop. `to_ambient` is all heat that ends in the air, `limit` what
    keeps the network from more (solvers.heat.heat_pump.Limit), `floating` the kelvin by which the plant
    misses the temperature the loop asks for (0 when it holds it). `source_in`, `source_out` are the water
    offered to the recovery and returned by it, `source_rate` its capacity rate [W/K]. `dispatch` tells of
    station, storage, boiler and the network's other sources, `offer` is the water they had. `throttled` is IT
    power that GPUs at their limit do not draw, `junction` the hottest of them (nan where not known),
    `pipe_loss` heat of the loops' pipes to their rooms. `feeds` are other data centres on the network,
    `trunk_pumps`, `network_pumps` electricity of the pumps that hand the site's heat over.
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
    source_rate: Array
    throttled: Array
    junction: Array
    pipe_loss: Array
    dispatch: Dispatch
    offer: Offer
    trunk_pumps: Array
    network_pumps: Array
    feeds: tuple[FeedYear, ...] = ()
    year_energy: float = 0.0

    @property
    def hours(self) -> int:
        return self.it_power.size

    @property
    def handed_over(self) -> Array:
        """(n,) heat that all data centres and their boilers bring to the network [W]."""
        every = (self.dispatch, *(feed.dispatch for feed in self.feeds))
        return np.asarray(sum(each.delivered + each.boiler_delivered for each in every))

    @property
    def others(self) -> Array:
        """(n,) heat of the network's other sources [W]; rounding of the balances is not heat."""
        rest = self.demand - self.handed_over
        return np.where(np.abs(rest) <= 1e-9 * self.demand, 0.0, rest)
