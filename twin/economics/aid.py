"""Conditions of an investment aid, after the French heat fund (Fonds Chaleur): granted, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.economics.heat import HeatLedger
    from twin.schema import EconomicsConf


@dataclass(frozen=True, slots=True, kw_only=True)
class Aid:
    """Linear density of the new trench [MWh/m], None without trench; why there is no aid, in words."""

    density_MWh_m: float | None
    refusals: tuple[str, ...]

    @property
    def granted(self) -> bool:
        return not self.refusals


def aid_granted(ledger: HeatLedger, economics: EconomicsConf) -> Aid:
    """Whether a scheme meets the conditions of `economics.aid`; the ledger holds numbers, not arrays.

    Density: heat delivered in a year over the new trench, trunk and extension together. The renewable share
    counts where the network's is known.
    """
    rules, trench = economics.aid, float(ledger.trunk_m) + float(ledger.extension_m)
    delivered, refusals = float(ledger.delivered_MWh), []
    density = delivered / trench if trench > 0.0 else None
    if delivered <= 0.0:
        refusals.append("no heat is delivered")
    elif density is not None and density < rules.density_min_MWh_m:
        refusals.append(
            f"linear density {density:.2f} MWh/m of new trench, below the {rules.density_min_MWh_m:g} MWh/m "
            "the fund asks for"
        )
    share = ledger.renewable_share
    if share is not None and share < rules.renewable_share_min:
        refusals.append(
            f"renewable and recovered share of the network {100 * share:.0f} %, below the "
            f"{100 * rules.renewable_share_min:.0f} % the fund asks for"
        )
    return Aid(density_MWh_m=density, refusals=tuple(refusals))
