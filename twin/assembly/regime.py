"""From the configuration of a network's temperatures to SI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geometry.errors import require
from solvers.district.regime import Radiators, Regime
from twin.district.series import read_regime
from twin.units import celsius

if TYPE_CHECKING:
    from twin.schema import RegimeConf


def regime_of(conf: RegimeConf) -> Regime:
    """What replaces the straight supply curve and the constant return. Raises InputError."""
    require(
        all(len(point) == 2 for point in conf.supply_curve_C),
        "district.regime.supply_curve_C: each point is an outdoor and a supply temperature [degC]",
        hint="district.regime.supply_curve_C=[[-10,95],[0,85],[15,70]]",
    )
    require(
        len(conf.radiators_C) in (0, 3),
        f"district.regime.radiators_C has {len(conf.radiators_C)} values: supply, return, room are needed",
        hint="district.regime.radiators_C=[80,60,20]",
    )
    require(
        conf.csv is None or not conf.supply_curve_C,
        "district.regime.csv gives the supply by hour, and supply_curve_C a curve: one of them",
    )
    supply, back = (None, None) if conf.csv is None else read_regime(conf.csv)
    return Regime(
        curve=tuple((celsius(outdoor), celsius(hot)) for outdoor, hot in conf.supply_curve_C),
        return_warm=None if conf.return_warm_C is None else celsius(conf.return_warm_C),
        radiators=_radiators(conf) if conf.radiators_C else None,
        supply=supply,
        back=back,
    )


def _radiators(conf: RegimeConf) -> Radiators:
    supply, back, room = (celsius(each) for each in conf.radiators_C)
    return Radiators(
        supply=supply,
        back=back,
        room=room,
        exponent=conf.radiator_exponent,
        approach=conf.approach_K,
        hot_water=celsius(conf.hot_water_return_C),
    )
