"""Investment, yearly costs, levelised cost and carbon of a year of recovered heat.

One formula for a number and for an array of members: prices and ledger may hold either, so the sample of the
uncertain inputs is the same code as the estimate. Money in EUR of today, without VAT or inflation; energy in
MWh; the simulated year stands for every year of the lifetime.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geometry.errors import require, require_range

if TYPE_CHECKING:
    from twin.schema import EconomicsConf

Number: TypeAlias = float | NDArray[np.float64]


class AidClass(Enum):
    """Which cap of the aid an item falls under."""

    NETWORK = "network"
    RECOVERY = "recovery"
    NONE = "none"


class CapexItem(NamedTuple):
    name: str
    quantity: str  # field of HeatLedger
    price: str  # field of Prices
    unit: str
    aid: AidClass


CAPEX_ITEMS = (
    CapexItem("heat_pump", "heat_pump_kW", "heat_pump_EUR_kW", "kW", AidClass.RECOVERY),
    CapexItem("exchanger", "exchanger_kW", "exchanger_EUR_kW", "kW", AidClass.RECOVERY),
    CapexItem("trunk", "trunk_m", "trunk_EUR_m", "m", AidClass.NETWORK),
    CapexItem("extension", "extension_m", "extension_EUR_m", "m", AidClass.NETWORK),
    CapexItem("storage", "storage_m3", "storage_EUR_m3", "m3", AidClass.RECOVERY),
    CapexItem("boiler", "boiler_kW", "boiler_EUR_kW", "kW", AidClass.NONE),
)
OPEX_ITEMS = ("fixed", "electricity", "pumps", "source_heat", "gas")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatLedger:
    """A year of recovery: heat delivered, taken from the site, and electricity [MWh]; the plant's heat-pump
    and exchanger capacity [kW]; trunk [m]; heat sold per dwelling [MWh] and sold over injected [-].

    Where the scheme has them: extension of the town's network [m], storage [m3], boiler [kW], its heat
    and fuel [MWh], electricity of the pumps of trunk and network for the heat delivered [MWh]; share of
    renewable and recovered heat in the network with the site [-], and CO2 of the heat its own producers no
    longer make for the site's [t]; None: producers unknown.
    """

    delivered_MWh: Number
    site_heat_MWh: Number
    electricity_MWh: Number
    heat_pump_kW: Number
    exchanger_kW: Number
    trunk_m: Number
    per_dwelling_MWh: float
    network_efficiency: float
    extension_m: Number = 0.0
    storage_m3: Number = 0.0
    boiler_kW: Number = 0.0
    boiler_MWh: Number = 0.0
    gas_MWh: Number = 0.0
    pump_MWh: Number = 0.0
    renewable_share: float | None = None
    displaced_t: float | None = None

    @property
    def sold_MWh(self) -> Number:
        """Heat handed over: recovered, and the back-up boiler's."""
        return self.delivered_MWh + self.boiler_MWh


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What EconomicsConf says, as numbers or as arrays of members; units in the names."""

    discount_rate: Number
    lifetime_years: Number
    heat_pump_EUR_kW: Number
    exchanger_EUR_kW: Number
    trunk_EUR_m: Number
    extension_EUR_m: Number
    storage_EUR_m3: Number
    boiler_EUR_kW: Number
    engineering_share: Number
    contingency_share: Number
    fixed_opex_share: Number
    subsidy_share: Number
    electricity_EUR_MWh: Number
    gas_EUR_MWh: Number
    source_heat_EUR_MWh: Number
    heat_value_EUR_MWh: Number
    network_cap: float
    recovery_cap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """Investment by item with engineering and contingency [EUR], aid [EUR], yearly costs by item [EUR],
    yearly cost of all with the investment's annuity, and net present value of the sales [EUR]."""

    capex: dict[str, Number]
    aid: Number
    opex: dict[str, Number]
    annual: Number
    npv: Number

    @property
    def investment(self) -> Number:
        return sum(self.capex.values())

    @property
    def yearly(self) -> Number:
        return sum(self.opex.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatEconomics:
    """The estimate.

    capex, opex      by item [EUR], [EUR/a];  capex_EUR, opex_EUR: their sums
    aid_EUR          granted;  aid_refusals: why there is none, in words
    lcoh_EUR_per_MWh, lcoh_without_aid   None when nothing is delivered
    npv_EUR          of the sales at the value of heat, over the lifetime
    payback_years    of the investment after aid, without interest; None when the sales never repay it
    homes            equivalent dwellings supplied
    co2_avoided_t    against the heat the network made before;  co2_avoided_gas_t: against gas boilers
    """

    capex: dict[str, float]
    opex: dict[str, float]
    capex_EUR: float
    opex_EUR: float
    aid_EUR: float
    aid_refusals: tuple[str, ...]
    lcoh_EUR_per_MWh: float | None
    lcoh_without_aid: float | None
    npv_EUR: float
    payback_years: float | None
    homes: float
    co2_avoided_t: float
    co2_avoided_gas_t: float


def capital_recovery_factor(rate: Number, years: Number) -> Number:
    """Constant yearly share of an investment that repays it with interest [1/a]:
    r (1 + r)^n / ((1 + r)^n - 1); 1/n without interest."""
    low, high = float(np.min(rate)), float(np.max(rate))
    require_range("economics.discount_rate", low, 0.0, 0.5, "1/a")
    require_range("economics.discount_rate", high, 0.0, 0.5, "1/a")
    require_range("economics.lifetime_years", float(np.min(years)), 1, 100, "a")
    require_range("economics.lifetime_years", float(np.max(years)), 1, 100, "a")
    # r / (1 - (1+r)^-n) by expm1 and log1p: exact at small rates
    some = np.where(np.asarray(rate) > 0.0, rate, 1.0)
    factor = np.where(np.asarray(rate) > 0.0, some / -np.expm1(-years * np.log1p(some)), 1.0 / years)
    return float(factor) if np.ndim(factor) == 0 else factor


def levelised_cost(
    *, capex: float, factor: float, fixed_opex: float, variable_cost: float, delivered_MWh: float
) -> float:
    """Levelised cost of heat [EUR/MWh]: (capex x factor + yearly costs) / heat delivered in a year."""
    require(delivered_MWh > 0.0, "no heat is delivered: its levelised cost is not defined")
    return (capex * factor + fixed_opex + variable_cost) / delivered_MWh


def prices_of(conf: EconomicsConf) -> Prices:
    """The numbers of a configuration. Raises InputError for shares outside 0..1."""
    for name in ("subsidy_share", "engineering_share", "contingency_share"):
        require_range(f"economics.{name}", getattr(conf, name), 0.0, 1.0, "-")
    plain = {
        name: getattr(conf, name)
        for name in Prices.__dataclass_fields__
        if name not in ("network_cap", "recovery_cap")
    }
    return Prices(**plain, network_cap=conf.aid.network_cap, recovery_cap=conf.aid.recovery_cap)


def unit_cost(ledger: HeatLedger, prices: Prices, *, aided: bool = True) -> UnitCost:
    """All costs of a ledger at given prices; numbers or arrays of one shape.

    aided  whether the conditions of the aid are met; each item then gets the share asked for, at most its cap
    """
    works = {item.name: getattr(ledger, item.quantity) * getattr(prices, item.price) for item in CAPEX_ITEMS}
    total = sum(works.values())
    soft = prices.engineering_share + prices.contingency_share
    caps = {AidClass.NETWORK: prices.network_cap, AidClass.RECOVERY: prices.recovery_cap, AidClass.NONE: 0.0}
    aid: Number = 0.0
    if aided:
        for item in CAPEX_ITEMS:
            share = np.minimum(prices.subsidy_share, caps[item.aid])
            aid = aid + works[item.name] * (1.0 + soft) * share
    capex = works | {
        "engineering": total * prices.engineering_share,
        "contingency": total * prices.contingency_share,
    }
    investment = total * (1.0 + soft)
    opex = {
        "fixed": investment * prices.fixed_opex_share,
        "electricity": ledger.electricity_MWh * prices.electricity_EUR_MWh,
        "pumps": ledger.pump_MWh * prices.electricity_EUR_MWh,
        "source_heat": ledger.site_heat_MWh * prices.source_heat_EUR_MWh,
        "gas": ledger.gas_MWh * prices.gas_EUR_MWh,
    }
    factor = capital_recovery_factor(prices.discount_rate, prices.lifetime_years)
    yearly = sum(opex.values())
    income = ledger.sold_MWh * prices.heat_value_EUR_MWh - yearly
    return UnitCost(
        capex=capex,
        aid=aid,
        opex=opex,
        annual=(investment - aid) * factor + yearly,
        npv=income / factor - (investment - aid),
    )


def heat_economics(ledger: HeatLedger, economics: EconomicsConf) -> HeatEconomics:
    """Cost, homes and carbon of one year of recovered heat, taken as typical of the lifetime.

    homes: the heat that reaches buildings over the heat one of the network's equivalent dwellings buys.
    carbon: the heat no longer made, less the electricity of heat pump and pumps: that of the network's own
    producers in merit order, hour by hour, or of the mean network where they are not known. Against gas
    boilers in buildings only the heat that reaches them counts.
    """
    from twin.economics.aid import aid_granted

    prices = prices_of(economics)
    aid = aid_granted(ledger, economics)
    cost = unit_cost(ledger, prices, aided=aid.granted)
    bare = unit_cost(ledger, prices, aided=False)
    delivered, sold = float(ledger.delivered_MWh), float(ledger.sold_MWh)
    investment, yearly, support = float(cost.investment), float(cost.yearly), float(cost.aid)
    income = sold * economics.heat_value_EUR_MWh - yearly
    displaced = (
        sold * economics.displaced_heat_kgCO2_kWh if ledger.displaced_t is None else ledger.displaced_t
    )
    electricity = float(ledger.electricity_MWh + ledger.pump_MWh) * economics.electricity_kgCO2_kWh
    electricity += float(ledger.gas_MWh) * economics.gas_kgCO2_kWh
    return HeatEconomics(
        capex={name: float(value) for name, value in cost.capex.items()},
        opex={name: float(value) for name, value in cost.opex.items()},
        capex_EUR=investment,
        opex_EUR=yearly,
        aid_EUR=support,
        aid_refusals=aid.refusals,
        lcoh_EUR_per_MWh=float(cost.annual) / sold if delivered > 0.0 else None,
        lcoh_without_aid=float(bare.annual) / sold if delivered > 0.0 else None,
        npv_EUR=float(cost.npv),
        payback_years=(investment - support) / income if income > 0.0 else None,
        homes=delivered * ledger.network_efficiency / ledger.per_dwelling_MWh
        if ledger.per_dwelling_MWh > 0.0
        else 0.0,
        co2_avoided_t=displaced - electricity,
        co2_avoided_gas_t=sold * ledger.network_efficiency * economics.gas_heat_kgCO2_kWh - electricity,
    )
