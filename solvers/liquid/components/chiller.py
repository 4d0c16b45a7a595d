"""Water-cooled chillers by the electric-input-ratio curves of DOE-2 and EnergyPlus.

    Q_max = Q_ref CAPFT(T_chw, T_cond)      P = Q_max / COP_ref  EIRFT(T_chw, T_cond)  EIRFPLR(PLR) c
    CAPFT, EIRFT = a0 + a1 x + a2 x^2 + a3 y + a4 y^2 + a5 x y,   x, y in degC

x is the chilled water leaving, y the condenser water entering; PLR = load / Q_max, held within the unit's
range. Below its minimum the unit cycles, c = load / (PLR_min Q_max). Heat to the condenser = load + P.

Source of the form, DOE-2's: Hydeman and Gillespie 2002, ASHRAE Trans. 108 (1), AC-02-9-1; EnergyPlus
Engineering Reference, Chiller:Electric:EIR. Curves leave their range of temperatures at the user's risk: the
inputs are held within it, so that extrapolated curves never give what no machine does.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require, require_range
from solvers._jit import kernel

Array = NDArray[np.float64]
ZERO_CELSIUS = 273.15


@dataclass(frozen=True, slots=True, kw_only=True)
class EirChiller:
    """One machine.

    capacity, cop      at the reference temperatures [W], [-]
    capacity_curve     (6,) CAPFT
    ratio_curve        (6,) EIRFT
    part_load_curve    (3,) EIRFPLR, constant first
    part_load          least and largest part-load ratio [-]
    chilled, condenser ranges of the water temperatures [K]
    """

    name: str
    capacity: float
    cop: float
    capacity_curve: Array
    ratio_curve: Array
    part_load_curve: Array
    part_load: tuple[float, float]
    chilled: tuple[float, float]
    condenser: tuple[float, float]

    def __post_init__(self) -> None:
        require(self.capacity > 0.0, f"capacity of chiller {self.name} = {self.capacity:g} W: not positive")
        require_range("COP", self.cop, 0.5, 30.0, "-", element=self.name)
        require(
            self.capacity_curve.shape == self.ratio_curve.shape == (6,)
            and self.part_load_curve.shape == (3,),
            f"chiller {self.name}: curves of 6, 6 and 3 coefficients are needed",
        )
        low, high = self.part_load
        require(
            0.0 < low < high <= 1.3, f"part load of chiller {self.name}: {low:g}..{high:g} outside 0..1.3"
        )
        for what, (cold, warm) in (("chilled", self.chilled), ("condenser", self.condenser)):
            require(
                233.15 < cold < warm < 353.15,
                f"{what} water of chiller {self.name}: {cold:g}..{warm:g} K is not a range of temperatures",
            )


class ChillerLaw(NamedTuple):
    """The compiled part of an `EirChiller`."""

    capacity: float
    cop: float
    capacity_curve: Array
    ratio_curve: Array
    part_load_curve: Array
    least: float
    largest: float
    chilled_low: float
    chilled_high: float
    condenser_low: float
    condenser_high: float


class ChillerState(NamedTuple):
    """Cooling done and electric power [W], heat to the condenser [W]."""

    cooling: Any
    power: Any
    condenser_heat: Any


class ChillerPartials(NamedTuple):
    """Derivatives of one output by the inputs of `chiller_slopes`."""

    load: Any
    chilled: Any
    condenser: Any


class ChillerSlopes(NamedTuple):
    """A `ChillerState` and the derivatives of each of its entries."""

    state: ChillerState
    cooling: ChillerPartials
    power: ChillerPartials
    condenser_heat: ChillerPartials


def chiller_law(chiller: EirChiller) -> ChillerLaw:
    return ChillerLaw(
        chiller.capacity,
        chiller.cop,
        np.ascontiguousarray(chiller.capacity_curve, dtype=np.float64),
        np.ascontiguousarray(chiller.ratio_curve, dtype=np.float64),
        np.ascontiguousarray(chiller.part_load_curve, dtype=np.float64),
        *chiller.part_load,
        *chiller.chilled,
        *chiller.condenser,
    )


def read_chiller(path: str | Path) -> EirChiller:
    """Read a file of data/chillers. Raises InputError for an unreadable file or a missing row."""
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"chiller {path}: {error.strerror}") from error
    rows: dict[str, Array] = {}
    try:
        for row in csv.reader(line for line in lines[1:] if line and not line.startswith("#")):
            if row[0] != "quantity":
                rows[row[0]] = np.array([float(cell) for cell in row[1:] if cell])
        low, high = rows["part_load_1"]
        cold, warm = rows["chilled_degC"] + ZERO_CELSIUS
        cool, hot = rows["condenser_degC"] + ZERO_CELSIUS
        return EirChiller(
            name=path.stem,
            capacity=float(rows["capacity_W"][0]),
            cop=float(rows["cop_1"][0]),
            capacity_curve=rows["capacity_curve_degC"],
            ratio_curve=rows["ratio_curve_degC"],
            part_load_curve=rows["part_load_curve_1"],
            part_load=(float(low), float(high)),
            chilled=(float(cold), float(warm)),
            condenser=(float(cool), float(hot)),
        )
    except (KeyError, IndexError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"chiller {path}: bad or missing row ({error})") from error


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def biquadratic_slopes(a, x, y):
    """(value, slope by x, slope by y) of a biquadratic with coefficients a (6,)."""
    return (
        a[0] + x * (a[1] + a[2] * x + a[5] * y) + y * (a[3] + a[4] * y),
        a[1] + 2.0 * a[2] * x + a[5] * y,
        a[3] + 2.0 * a[4] * y + a[5] * x,
    )


@kernel
def chiller_slopes(law, load, chilled, condenser):
    """State and derivatives: load [W] >= 0, water leaving the evaporator and entering the condenser [K].

    A load beyond the largest part-load ratio is met up to it: `cooling` says what was done.
    """
    x = min(max(chilled, law.chilled_low), law.chilled_high)
    y = min(max(condenser, law.condenser_low), law.condenser_high)
    free_x = 1.0 if law.chilled_low < chilled < law.chilled_high else 0.0
    free_y = 1.0 if law.condenser_low < condenser < law.condenser_high else 0.0
    x, y = x - ZERO_CELSIUS, y - ZERO_CELSIUS
    share, share_x, share_y = biquadratic_slopes(law.capacity_curve, x, y)
    eir, eir_x, eir_y = biquadratic_slopes(law.ratio_curve, x, y)
    most = law.capacity * share
    most_x, most_y = law.capacity * share_x * free_x, law.capacity * share_y * free_y
    eir_x, eir_y = eir_x * free_x, eir_y * free_y

    ratio = load / most
    p = law.part_load_curve
    used = min(max(ratio, law.least), law.largest)
    plf = p[0] + used * (p[1] + used * p[2])
    full = most * eir / law.cop
    full_x, full_y = (most_x * eir + most * eir_x) / law.cop, (most_y * eir + most * eir_y) / law.cop
    if ratio > law.largest:
        cooling = ChillerPartials(0.0, law.largest * most_x, law.largest * most_y)
        done, power = law.largest * most, full * plf
        by = ChillerPartials(0.0, full_x * plf, full_y * plf)
    elif ratio < law.least:
        # cycling: power is the machine's at its least load, for a share of the time
        cooling = ChillerPartials(1.0, 0.0, 0.0)
        rate = plf * eir / (law.cop * law.least)
        done, power = load, load * rate
        by = ChillerPartials(rate, power * eir_x / eir, power * eir_y / eir)
    else:
        cooling = ChillerPartials(1.0, 0.0, 0.0)
        slope = p[1] + 2.0 * p[2] * ratio
        done, power = load, full * plf
        by = ChillerPartials(
            full * slope / most,
            full_x * plf - full * slope * ratio * most_x / most,
            full_y * plf - full * slope * ratio * most_y / most,
        )
    rejected = ChillerPartials(
        cooling.load + by.load, cooling.chilled + by.chilled, cooling.condenser + by.condenser
    )
    return ChillerSlopes(ChillerState(done, power, done + power), cooling, by, rejected)
