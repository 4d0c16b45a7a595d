"""Cold plates: from the coolant at the rack's inlet to the junction of a GPU.

    T_junction = T_inlet + P (F R_plate(V) + R_jc)

R_plate is the published case-to-inlet resistance at the module's own flow V, F a factor for another
plate (area, technology), R_jc the resistance from junction to case.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from geometry.errors import InputError, require

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
    """

    name: str
    flow: Array
    resistance: Array
    factor: float = 1.0
    junction_to_case: float = 0.0

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
    curves: dict[str, list[tuple[float, float]]] = {}
    try:
        for row in csv.DictReader(line for line in lines if line and not line.startswith("#")):
            point = (float(row["flow_L_min"]) * L_MIN, float(row["resistance_K_W"]))
            curves.setdefault(row["coolant"], []).append(point)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"cold plate {path}: bad row or column ({error})") from error
    kind = "water" if coolant == "water" else "pg25"
    require(kind in curves, f"cold plate {path}: no figures for {kind}", hint=f"one of {', '.join(curves)}")
    points = curves[kind]
    if kind == "water" and "pg25" in curves:
        first_flow, first = points[0]
        glycol = np.array(curves["pg25"])
        shape = first / float(np.interp(first_flow, glycol[:, 0], glycol[:, 1]))
        points = [(v, r * shape) for v, r in curves["pg25"] if v < first_flow] + points
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
    low, high = plate.flow[0], plate.flow[-1]
    curve = PchipInterpolator(np.log(plate.flow), np.log(plate.resistance))
    r = np.exp(curve(np.log(np.clip(v, low, high)))) * np.maximum(low / v, 1.0)
    # a policy that asks for just the last published flow must not be flagged by round-off
    in_range = (v >= low * (1.0 - 1e-9)) & (v <= high * (1.0 + 1e-9))
    return PlateResistance(plate.factor * r, in_range)


def junction_temperature(plate: ColdPlate, inlet: ArrayLike, power: ArrayLike, flow: ArrayLike) -> Array:
    """Junction temperature [K] of modules with coolant `inlet` [K], `power` [W] and own flow [m3/s]."""
    p = np.asarray(power, dtype=np.float64)
    require(bool(np.all(p >= 0.0)), f"power of a module = {p.min():g} W: must not be negative")
    resistance = plate_resistance(plate, flow).resistance + plate.junction_to_case
    return np.asarray(inlet, dtype=np.float64) + p * resistance
