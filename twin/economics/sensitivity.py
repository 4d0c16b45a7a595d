"""How far the cost of heat follows each uncertain input, and its percentiles when all vary at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require
from twin.economics.aid import aid_granted
from twin.economics.heat import HeatLedger, Number, Prices, prices_of, unit_cost

if TYPE_CHECKING:
    from twin.schema import EconomicsConf

Array = NDArray[np.float64]
DECIDED = (
    "subsidy_share",
    "source_heat_EUR_MWh",
)  # settled by people, not by chance: in the tornado, not drawn
SEED = 2024  # choice: the same sample for every site, so that sites compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Levelised cost [EUR/MWh] at the low and the high end of one input, the others held."""

    name: str
    low: float
    base: float
    high: float
    cost_low: float
    cost_high: float

    @property
    def swing(self) -> float:
        return abs(self.cost_high - self.cost_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """10, 50 and 90 % of the sample: levelised cost [EUR/MWh] and net present value [EUR]; share of the
    members whose net present value is positive [-]."""

    members: int
    lcoh: tuple[float, float, float]
    npv: tuple[float, float, float]
    profitable: float


def ranges_of(economics: EconomicsConf) -> dict[str, tuple[float, float, float]]:
    """(low, base, high) by input, those that vary; a base value outside its range widens it.

    Raises InputError for what is no [low, high].
    """
    found = {}
    for each in fields(economics.ranges):
        given = getattr(economics.ranges, each.name)
        if not given:
            continue
        base = 1.0 if each.name == "delivered_factor" else float(getattr(economics, each.name))
        require(
            len(given) == 2 and 0.0 <= given[0] < given[1],
            f"economics.ranges.{each.name} = {list(given)}: wanted [low, high], rising, not negative",
            hint=f"economics.ranges.{each.name}=[{0.9 * base:g},{1.1 * base:g}], or [] to hold it fixed",
        )
        found[each.name] = (min(float(given[0]), base), base, max(float(given[1]), base))
    return found


def tornado_bars(ledger: HeatLedger, economics: EconomicsConf) -> tuple[Bar, ...]:
    """Each range of `economics.ranges` by itself, the widest swing first; empty when nothing is delivered."""
    if float(ledger.delivered_MWh) <= 0.0:
        return ()
    prices, aided = prices_of(economics), aid_granted(ledger, economics).granted
    bars = []
    for name, (low, base, high) in ranges_of(economics).items():
        below, above = (_cost(ledger, prices, {name: end}, aided) for end in (low, high))
        bars.append(Bar(name=name, low=low, base=base, high=high, cost_low=below, cost_high=above))
    relevant = [bar for bar in bars if bar.swing > 0.0]
    return tuple(sorted(relevant, key=lambda bar: -bar.swing))


def sample(ledger: HeatLedger, economics: EconomicsConf) -> Percentiles | None:
    """Latin hypercube of the uncertain ranges, triangular about the base value.

    None when nothing is delivered. The ledger may hold arrays of `economics.members` dispatched sizes: prices
    then vary with them.
    """
    members = economics.members
    if members < 1 or float(np.max(ledger.delivered_MWh)) <= 0.0:
        return None
    uncertain = {name: each for name, each in ranges_of(economics).items() if name not in DECIDED}
    drawn = draw(uncertain, members)
    aided = np.ndim(ledger.delivered_MWh) > 0 or aid_granted(ledger, economics).granted
    varied, prices = _varied(ledger, prices_of(economics), drawn)
    cost = unit_cost(varied, prices, aided=aided)
    lcoh = np.broadcast_to(np.asarray(cost.annual / varied.sold_MWh), (members,))
    npv = np.broadcast_to(np.asarray(cost.npv), (members,))
    return Percentiles(
        members=members,
        lcoh=_percentiles(lcoh),
        npv=_percentiles(npv),
        profitable=float((npv > 0.0).mean()),
    )


def draw(ranges: dict[str, tuple[float, float, float]], members: int) -> dict[str, Array]:
    """(members,) of each input: a Latin hypercube, triangular between low, base and high."""
    rng = np.random.default_rng(SEED)
    found = {}
    for name, (low, mode, high) in ranges.items():
        u = (rng.permutation(members) + rng.random(members)) / members
        turn = (mode - low) / (high - low)
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
        found[name] = np.where(u < turn, rising, falling)
    return found


def _varied(ledger: HeatLedger, prices: Prices, values: dict[str, Array]) -> tuple[HeatLedger, Prices]:
    given: dict[str, Number] = dict(values)
    factor = given.pop("delivered_factor", 1.0)
    return (
        replace(
            ledger,
            delivered_MWh=ledger.delivered_MWh * factor,
            site_heat_MWh=ledger.site_heat_MWh * factor,
            electricity_MWh=ledger.electricity_MWh * factor,
            pump_MWh=ledger.pump_MWh * factor,
        ),
        replace(prices, **given),  # type: ignore[arg-type]
    )


def _cost(ledger: HeatLedger, prices: Prices, values: dict[str, float], aided: bool) -> float:
    varied, changed = _varied(ledger, prices, {k: np.asarray(v) for k, v in values.items()})
    return float(unit_cost(varied, changed, aided=aided).annual / varied.sold_MWh)


def _percentiles(values: Array) -> tuple[float, float, float]:
    low, middle, high = (float(v) for v in np.percentile(values, (10.0, 50.0, 90.0)))
    return low, middle, high
