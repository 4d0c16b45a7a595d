"""The year in the figures people quote; names carry their units, as in `summary.json`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.grid import Array
from solvers.district.sources import displaced_carbon, renewable_share
from solvers.heat.heat_pump import Limit
from solvers.liquid.hall.response import TableError
from twin import metrics
from twin.economics import HeatEconomics, HeatLedger, heat_economics
from twin.electricity import ElectricityMix
from twin.schema import EconomicsConf
from twin.units import GWH, MWH
from twin.year import HOUR, Year, YearSpec

BOILING = 393.15  # of water under the 2 bar of a closed circuit [K]; assumption
NEGLIGIBLE = 1e-3  # share of the demand below which a price of heat means nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFigures:
    """Group `year` of the summary."""

    hours: int
    it_GWh: float
    facility_GWh: float
    pue: float
    wue_L_per_kWh: float
    cue_kg_per_kWh: float
    erf: float
    ere: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatFigures:
    """Group `heat` of the summary: None where there is no recovery, or nothing to divide by.

    available_GWh      heat the warm water carries out of the halls
    delivered_GWh      handed to the network behind the trunk, the heat pump's work included
    vented_GWh         available less what was taken from the site
    heat_pump_cop      of the heat pump alone, without what the exchanger gave
    """

    available_GWh: float
    offered_temperature_C: float
    delivered_GWh: float | None
    vented_GWh: float
    heat_pump_GWh_el: float | None
    heat_pump_cop: float | None
    homes: float | None
    co2_avoided_t: float | None
    lcoh_EUR_per_MWh: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSummary:
    """What a run reports of its year, with what limited the reuse: share of hours by limit [-], hours in
    which the plant misses the racks' water (or cool-water) temperature and by how much [K], investment; the
    ledger of the heat and what it costs; hours in which GPUs throttle and the IT energy they do not draw; the
    bound of the loops' tables."""

    year: YearFigures
    heat: HeatFigures
    limits: dict[str, float]
    floating_hours: int
    floating_max_K: float
    capex_EUR: float
    demand_GWh: float
    site_heat_GWh: float
    ledger: HeatLedger
    economics: HeatEconomics
    throttled_hours: int = 0
    throttled_GWh: float = 0.0
    loop_error: TableError | None = None


def summarise_year(
    year: Year, spec: YearSpec, economics: EconomicsConf, mix: ElectricityMix | None = None
) -> YearSummary:
    """Metrics and totals of a simulated year; CUE follows the electricity mix by hour where one is given."""
    carbon = economics.electricity_kgCO2_kWh if mix is None else mix.mean_carbon()
    it, facility, site = _energy(year.it_power), _energy(year.facility_power), _energy(year.site_heat)
    pumped, work = _energy(year.heat_produced - year.heat_direct), _energy(year.heat_pump_power)
    delivered, demand = _energy(year.heat_delivered), _energy(year.demand)
    network, recovery = spec.network, spec.recovery
    pump_kW = recovery.heat_pump.capacity / 1e3 if recovery and recovery.heat_pump else 0.0
    ledger = HeatLedger(
        delivered_MWh=delivered / MWH,
        site_heat_MWh=site / MWH,
        electricity_MWh=work / MWH,
        heat_pump_kW=pump_kW,
        # the price of a heat pump is that of the whole plant, its exchangers included
        exchanger_kW=recovery.capacity / 1e3 if recovery and recovery.heat_pump is None else 0.0,
        trunk_m=network.trunk_length if network and recovery else 0.0,
        per_dwelling_MWh=network.heat_per_dwelling / MWH if network else 0.0,
        network_efficiency=network.efficiency if network else 1.0,
        storage_m3=spec.storage.volume if spec.storage else 0.0,
        boiler_kW=recovery.boiler_capacity / 1e3 if recovery else 0.0,
        boiler_MWh=_energy(year.dispatch.boiler_delivered) / MWH,
        gas_MWh=_energy(year.dispatch.boiler) / MWH / economics.boiler_efficiency,
        pump_MWh=_energy(year.trunk_pumps + year.network_pumps) / MWH,
        renewable_share=_renewable_share(year, spec),
        displaced_t=_displaced(year, spec),
    )
    money = heat_economics(ledger, economics)
    return YearSummary(
        year=YearFigures(
            hours=year.hours,
            it_GWh=it / GWH,
            facility_GWh=facility / GWH,
            pue=metrics.pue(facility, it),
            wue_L_per_kWh=metrics.wue(_energy(year.water), it),
            cue_kg_per_kWh=metrics.cue(facility, it, carbon),
            erf=metrics.erf(site, facility),
            ere=metrics.ere(facility, site, it),
        ),
        heat=HeatFigures(
            available_GWh=_energy(year.heat_available) / GWH,
            offered_temperature_C=offered_temperature(year) - 273.15,
            delivered_GWh=delivered / GWH if recovery else None,
            vented_GWh=_energy(year.heat_vented) / GWH,
            heat_pump_GWh_el=work / GWH if recovery and recovery.heat_pump else None,
            heat_pump_cop=pumped / work if work > 0.0 else None,
            homes=money.homes if recovery else None,
            co2_avoided_t=money.co2_avoided_t if recovery else None,
            lcoh_EUR_per_MWh=money.lcoh_EUR_per_MWh if delivered > NEGLIGIBLE * demand else None,
        ),
        limits=limit_shares(year),
        floating_hours=int(np.count_nonzero(year.floating > 0.01)),
        floating_max_K=float(year.floating.max()),
        capex_EUR=money.capex_EUR,
        demand_GWh=_energy(year.demand) / GWH,
        site_heat_GWh=site / GWH,
        ledger=ledger,
        economics=money,
        throttled_hours=int(np.count_nonzero(year.throttled > 0.0)),
        throttled_GWh=_energy(year.throttled) / GWH,
        loop_error=spec.loops.error if spec.loops else None,
    )


def _renewable_share(year: Year, spec: YearSpec) -> float | None:
    """Of the network's heat with all data centres on it [-]: theirs counts but for the work of heat pumps.

    None where its other sources are not known.
    """
    if spec.network is None or not spec.network.sources:
        return None
    recovered = np.zeros_like(year.demand)
    for each in (year.dispatch, *(feed.dispatch for feed in year.feeds)):
        work = float(each.electricity.sum()) / max(float(each.produced.sum()), 1e-300)
        recovered += each.delivered * (1.0 - work)
    return renewable_share(year.demand, spec.network.sources, given=year.handed_over, renewable=recovered)


def _displaced(year: Year, spec: YearSpec) -> float | None:
    """CO2 of the heat the network's own producers no longer make for the site's [t]; None where not known."""
    if spec.network is None or not spec.network.sources:
        return None
    given = year.handed_over
    site = year.dispatch.delivered + year.dispatch.boiler_delivered
    without = np.maximum(given - site, 0.0)
    return displaced_carbon(year.demand, spec.network.sources, without=without, given=given) / 1e3


def hottest_water(year: Year) -> float:
    """Of all circuits in all hours [K]."""
    waters = (year.tcs_return, year.fws_return, year.cool_supply)
    return max(float(np.nanmax(water, initial=0.0)) for water in waters)


def offered_temperature(year: Year) -> float:
    """Mean temperature of the water on offer, weighted by the heat it carries [K]."""
    heat = year.heat_available
    return float((year.source_in * heat).sum() / max(float(heat.sum()), 1e-300))


def limit_shares(year: Year) -> dict[str, float]:
    """Share of the hours in which each factor limits the delivery [-], by the name of the limit."""
    count = np.bincount(year.limit, minlength=len(Limit))
    return {limit.name.lower(): float(count[limit]) / year.hours for limit in Limit}


def _energy(hourly: Array) -> float:
    """Sum over the year of hourly rates [W] or [kg/s]: [J] or [kg]."""
    return float(hourly.sum()) * HOUR
