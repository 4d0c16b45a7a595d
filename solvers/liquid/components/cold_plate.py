"""Cold plates: from the coolant at the rack's inlet to the junction of a GPU.

    T_junction = T_inlet + P (F R_plate(V) + R_jc)

R_plate is the published case-to-inlet resistance at the module's own flow V, F a factor for another
plate (area, technology), R_jc the resistance from junction to case. The compiled part (`PlateLaw`) has every
derivative, the pressure drop and a step in time of a module with its thermal mass.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import InputError, require, require_range
from solvers import friction
from solvers._jit import kernel
from solvers.liquid.components import curves, losses
from solvers.liquid.components.curves import Curve, curve_slopes, monotone_curve
from solvers.liquid.components.losses import power_drop_slopes

Array = NDArray[np.float64]

L_MIN = 1e-3 / 60.0  # [m3/s]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdPlate:
    """Resistance of one module's cold plate against its flow.

    name              of the plate and coolant the figures were taken with
    flow              (n,) rising [m3/s per module]
    resistance        (n,) falling, case to coolant inlet [K/W]
    factor            scales the plate's resistance [-]
    junction_to_case  added to it [K/W]
    rated_flow        of the pressure drop's data-sheet point [m3/s per module]
    rated_drop        there [Pa]
    drop_exponent     dp ~ flow^n; 1.85 in the Modelica Buildings record of that loop (commit 1c1094d)
    """

    name: str
    flow: Array
    resistance: Array
    factor: float = 1.0
    junction_to_case: float = 0.0
    rated_flow: float = 10.0 / 8.0 * L_MIN  # OCP 2023, loop of eight plates: 10 l/min of PG25
    rated_drop: float = 50e3
    drop_exponent: float = 1.85

    def __post_init__(self) -> None:
        require(
            self.flow.size == self.resistance.size >= 2,
            f"cold plate {self.name}: needs two or more points of flow and resistance",
        )
        require(bool(np.all(np.diff(self.flow) > 0.0)), f"cold plate {self.name}: flow must rise")
        require(
            bool(np.all(np.diff(self.resistance) < 0.0) and self.resistance[-1] > 0.0),
            f"cold plate {self.name}: resistance must fall with flow and stay positive",
        )
        require(self.factor > 0.0, f"factor of cold plate {self.name} = {self.factor:g}: must be positive")
        require(
            self.junction_to_case >= 0.0,
            f"junction-to-case resistance of cold plate {self.name} = {self.junction_to_case:g} K/W: "
            "must not be negative",
        )
        require(
            self.rated_flow > 0.0 and self.rated_drop > 0.0,
            f"cold plate {self.name}: rated flow and pressure drop must be positive",
        )
        require_range("exponent of the pressure drop", self.drop_exponent, 1.0, 2.0, "-", element=self.name)


class PlateLaw(NamedTuple):
    """The compiled part of a cold plate; made by `plate_law`."""

    curve: Curve  # ln of the case-to-inlet resistance [K/W] over ln of the flow [m3/s]
    lowest: float  # published flows [m3/s]
    highest: float
    factor: float
    junction_to_case: float  # [K/W]
    rated_flow: float  # [m3/s]
    rated_drop: float  # [Pa]
    drop_exponent: float


class PlateResistance(NamedTuple):
    """Case-to-inlet resistance [K/W] and whether the flow lies in the published range."""

    resistance: Array
    in_range: NDArray[np.bool_]


def read_cold_plate(
    path: str | Path, coolant: str, *, factor: float = 1.0, junction_to_case: float = 0.0
) -> ColdPlate:
    """Read a file of data/cold_plates for a coolant ('water', or any glycol: the PG25 figures).

    The water figures start at 2 l/min; below, the shape of the PG25 curve is used, scaled to meet the first
    water point (assumption). Raises InputError for an unknown file, column or coolant.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cold plate {path}: {error.strerror}") from error
    series: dict[str, list[tuple[float, float]]] = {}
    try:
        for row in csv.DictReader(line for line in lines if line and not line.startswith("#")):
            point = (float(row["flow_L_min"]) * L_MIN, float(row["resistance_K_W"]))
            series.setdefault(row["coolant"], []).append(point)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"cold plate {path}: bad row or column ({error})") from error
    kind = "water" if coolant == "water" else "pg25"
    require(kind in series, f"cold plate {path}: no figures for {kind}", hint=f"one of {', '.join(series)}")
    points = series[kind]
    if kind == "water" and "pg25" in series:
        first_flow, first = points[0]
        glycol = np.array(series["pg25"])
        shape = first / float(np.interp(first_flow, glycol[:, 0], glycol[:, 1]))
        points = [(v, r * shape) for v, r in series["pg25"] if v < first_flow] + points
    return ColdPlate(
        name=f"{path.stem}, {kind}",
        flow=np.array([v for v, _ in points]),
        resistance=np.array([r for _, r in points]),
        factor=factor,
        junction_to_case=junction_to_case,
    )


def plate_resistance(plate: ColdPlate, flow: ArrayLike) -> PlateResistance:
    """Resistance [K/W], factor included, at a flow per module [m3/s] > 0; any shape.

    Between points: monotone cubic (Fritsch and Carlson 1980) of ln R over ln V. Outside the published range
    the answer is flagged: below, R V is constant (the coolant's own warming dominates); above, R stays at
    its last value, which credits a plate with nothing nobody measured.
    """
    v = np.asarray(flow, dtype=np.float64)
    require(bool(np.all(v > 0.0)), "flow through a cold plate must be positive", hint="a flow for every rack")
    flat = np.ascontiguousarray(v).reshape(-1)
    r = np.empty_like(flat)
    resistance_kernel(plate_law(plate), flat, r)
    # a policy that asks for just the last published flow must not be flagged by round-off
    in_range = (v >= plate.flow[0] * (1.0 - 1e-9)) & (v <= plate.flow[-1] * (1.0 + 1e-9))
    return PlateResistance(r.reshape(v.shape), in_range)


def plate_law(plate: ColdPlate) -> PlateLaw:
    """The compiled part of a plate."""
    return PlateLaw(
        curve=monotone_curve(np.log(plate.flow), np.log(plate.resistance), element=plate.name),
        lowest=float(plate.flow[0]),
        highest=float(plate.flow[-1]),
        factor=plate.factor,
        junction_to_case=plate.junction_to_case,
        rated_flow=plate.rated_flow,
        rated_drop=plate.rated_drop,
        drop_exponent=plate.drop_exponent,
    )


def junction_temperature(plate: ColdPlate, inlet: ArrayLike, power: ArrayLike, flow: ArrayLike) -> Array:
    """Junction temperature [K] of modules with coolant `inlet` [K], `power` [W] and own flow [m3/s]."""
    p = np.asarray(power, dtype=np.float64)
    require(bool(np.all(p >= 0.0)), f"power of a module = {p.min():g} W: must not be negative")
    resistance = plate_resistance(plate, flow).resistance + plate.junction_to_case
    return np.asarray(inlet, dtype=np.float64) + p * resistance


# -- kernels ---------------------------------------------------------------------------------------------


@kernel(uses=(curves,))
def case_resistance_slopes(law, flow):
    """(F R [K/W], its derivative by the flow) at a flow per module [m3/s] > 0."""
    low, high = np.log(law.lowest), np.log(law.highest)
    x = min(max(np.log(flow), low), high)
    y, slope = curve_slopes(law.curve, x)
    r = law.factor * np.exp(y)
    if flow < law.lowest:
        r *= law.lowest / flow
        return r, -r / flow
    if flow > law.highest:
        return r, 0.0
    return r, r * slope / flow


@kernel(uses=(curves,))
def conductance_slopes(law, flow):
    """(W/K, its derivative by the flow) from junction to coolant inlet at a flow per module [m3/s], either
    way.

    Below the published flows R V is constant: the conductance falls to zero with the flow.
    """
    v, sign = abs(flow), 1.0 if flow >= 0.0 else -1.0
    if v < law.lowest:
        y, _ = curve_slopes(law.curve, np.log(law.lowest))
        heat_path = law.factor * np.exp(y) * law.lowest
        below = heat_path + law.junction_to_case * v
        return v / below, sign * heat_path / below**2
    r, slope = case_resistance_slopes(law, v)
    g = 1.0 / (r + law.junction_to_case)
    return g, -sign * slope * g * g


@kernel(uses=(curves,))
def resistance_kernel(law, flow, out):
    """Write the case-to-inlet resistance [K/W] at n flows [m3/s] > 0 into `out`; arrays (n,)."""
    for i in range(flow.size):
        out[i] = case_resistance_slopes(law, flow[i])[0]


@kernel(uses=(losses, friction))
def drop_slopes(law, flow):
    """(Pa, Pa s/m3) pressure drop of the plate and its slope at a volume flow [m3/s] of either sign."""
    return power_drop_slopes(flow, law.rated_flow, law.rated_drop, law.drop_exponent)
