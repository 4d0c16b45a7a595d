"""The figures by which data centres are compared: pure functions, one definition each, with its standard.

Energies are in one unit for both arguments of a ratio (J throughout the program); temperatures in K.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.errors import require

RECOMMENDED_LOW, RECOMMENDED_HIGH = 291.15, 300.15  # 18..27 degC: ASHRAE TC 9.9, classes A1 to A4
ALLOWABLE_LOW_A1, ALLOWABLE_HIGH_A1 = 288.15, 305.15  # 15..32 degC: class A1


def pue(facility_energy: float, it_energy: float) -> float:
    """Power usage effectiveness [-]: energy of the data centre over that of its IT (ISO/IEC 30134-2)."""
    _positive("IT energy", it_energy)
    return facility_energy / it_energy


def wue(water: float, it_energy: float) -> float:
    """Water usage effectiveness [L/kWh] (ISO/IEC 30134-9; The Green Grid WP 35, eq. 2).

    water on site in litres (1 kg), IT energy in joules.
    """
    _positive("IT energy", it_energy)
    return water / (it_energy / 3.6e6)


def cue(facility_energy: float, it_energy: float, carbon: float) -> float:
    """Carbon usage effectiveness [kg CO2e/kWh] (ISO/IEC 30134-8): PUE times the carbon factor of the
    electricity, `carbon` [kg CO2e/kWh]."""
    return pue(facility_energy, it_energy) * carbon


def erf(reused_energy: float, facility_energy: float) -> float:
    """Energy reuse factor [-], 0..1 (ISO/IEC 30134-6): heat that leaves the data centre for use elsewhere
    over all its energy. Heat-pump electricity outside the boundary counts on neither side."""
    _positive("facility energy", facility_energy)
    return reused_energy / facility_energy


def ere(facility_energy: float, reused_energy: float, it_energy: float) -> float:
    """Energy reuse effectiveness [-] (The Green Grid 2010): (facility - reused) / IT = PUE (1 - ERF)."""
    _positive("IT energy", it_energy)
    return (facility_energy - reused_energy) / it_energy


def ref(renewable_energy: float, facility_energy: float) -> float:
    """Renewable energy factor [-], 0..1 (ISO/IEC 30134-3): renewable energy owned and used by the data
    centre over all its energy."""
    _positive("facility energy", facility_energy)
    require(
        0.0 <= renewable_energy <= facility_energy * (1.0 + 1e-12),
        f"renewable energy {renewable_energy:g} of {facility_energy:g}: outside 0..1 of the facility energy",
    )
    return renewable_energy / facility_energy


def rci_high(
    inlets: ArrayLike, *, recommended: float = RECOMMENDED_HIGH, allowable: float = ALLOWABLE_HIGH_A1
) -> float:
    """Rack cooling index, high side [%]: 100 when no intake exceeds the recommended maximum; 0 when all
    average the allowable one (Herrlin 2005, ASHRAE Trans. 111(2), DE-05-11-2). Negative beyond.

    inlets: (n,) intake temperatures [K], at 1/6, 1/2 and 5/6 of each rack's height.
    """
    t = _temperatures(inlets)
    require(allowable > recommended, "the allowable maximum must exceed the recommended one")
    return 100.0 * (1.0 - float(np.maximum(t - recommended, 0.0).mean()) / (allowable - recommended))


def rci_low(
    inlets: ArrayLike, *, recommended: float = RECOMMENDED_LOW, allowable: float = ALLOWABLE_LOW_A1
) -> float:
    """Rack cooling index, low side [%]; as `rci_high` for the minima (Herrlin 2005)."""
    t = _temperatures(inlets)
    require(allowable < recommended, "the allowable minimum must be below the recommended one")
    return 100.0 * (1.0 - float(np.maximum(recommended - t, 0.0).mean()) / (recommended - allowable))


def rti(return_temperature: float, supply_temperature: float, equipment_rise: float) -> float:
    """Return temperature index [%]: below 100 air by-passes the racks, above 100 it recirculates
    (Herrlin 2008, ASHRAE Trans. 114(2)). Temperatures [K], flow-weighted rise of the equipment [K]."""
    _positive("temperature rise of the equipment", equipment_rise)
    return 100.0 * (return_temperature - supply_temperature) / equipment_rise


def shi(inlet_mean: float, outlet_mean: float, supply_temperature: float) -> float:
    """Supply heat index [-], 0 without recirculation: (T_in - T_supply) / (T_out - T_supply)
    (Sharma, Bash and Patel 2002, AIAA 2002-3091). Means are flow-weighted [K]."""
    _positive("rise of the racks' exhaust above the supply", outlet_mean - supply_temperature)
    return (inlet_mean - supply_temperature) / (outlet_mean - supply_temperature)


def rhi(inlet_mean: float, outlet_mean: float, supply_temperature: float) -> float:
    """Return heat index [-]: 1 - SHI (Sharma, Bash and Patel 2002)."""
    return 1.0 - shi(inlet_mean, outlet_mean, supply_temperature)


def _positive(name: str, value: float) -> None:
    require(value > 0.0, f"{name} = {value:g}: must be positive")


def _temperatures(inlets: ArrayLike) -> np.ndarray:
    t = np.asarray(inlets, dtype=np.float64)
    require(t.size > 0, "no intake temperatures given")
    return t
