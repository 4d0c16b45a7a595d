"""Sections `economics` and `electricity` of summary.json: sizes, costs, aid, spread; energy by source."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twin.economics import HeatEconomics, HeatLedger, sample, tornado_bars

if TYPE_CHECKING:
    from twin.electricity import ElectricityMix
    from twin.schema import EconomicsConf


def economics_section(ledger: HeatLedger, money: HeatEconomics, economics: EconomicsConf) -> dict[str, Any]:
    """What a document needs of the scheme's economics; units stand in the names."""
    spread = sample(ledger, economics)
    return {
        "sizes": {
            name: getattr(ledger, name)
            for name in ("heat_pump_kW", "exchanger_kW", "trunk_m", "extension_m", "storage_m3", "boiler_kW")
        },
        "boiler_MWh": ledger.boiler_MWh,
        "gas_MWh": ledger.gas_MWh,
        "pump_MWh": ledger.pump_MWh,
        "network_efficiency": ledger.network_efficiency,
        "per_dwelling_MWh": ledger.per_dwelling_MWh,
        "capex_EUR": money.capex | {"total": money.capex_EUR},
        "opex_EUR_a": money.opex | {"total": money.opex_EUR},
        "aid_EUR": money.aid_EUR,
        "aid_refusals": list(money.aid_refusals),
        "renewable_share": ledger.renewable_share,
        "displaced_t": ledger.displaced_t,
        "lcoh_with_aid_EUR_per_MWh": money.lcoh_EUR_per_MWh,
        "lcoh_without_aid_EUR_per_MWh": money.lcoh_without_aid,
        "npv_EUR": money.npv_EUR,
        "payback_years": money.payback_years,
        "co2_avoided_gas_t": money.co2_avoided_gas_t,
        "tornado": [asdict(bar) for bar in tornado_bars(ledger, economics)],
        "percentiles": None
        if spread is None
        else {
            "members": spread.members,
            "lcoh_EUR_per_MWh": list(spread.lcoh),
            "npv_EUR": list(spread.npv),
            "profitable_share": spread.profitable,
        },
    }


def electricity_section(mix: ElectricityMix | None) -> dict[str, float] | None:
    """The year's electricity of the site by source; `ref` counts what was made in the hour it was used."""
    if mix is None:
        return None
    energy = {name: float(getattr(mix, name).sum()) / 1e9 for name in ("solar", "wind", "hydro", "grid")}
    renewable = energy["solar"] + energy["wind"] + energy["hydro"]
    return {
        **{f"{name}_GWh": value for name, value in energy.items()},
        "renewable_GWh": renewable,
        "ref": renewable / (renewable + energy["grid"]),
        "carbon_kg_per_kWh": mix.mean_carbon(),
    }
