"""Properties of water and of glycol-water coolants as functions of temperature.

A fluid is fitted once from a table (data/coolants/*.csv, made by `tabulate` from CoolProp): polynomials in
the scaled temperature x = (T - T_mid) / T_half, of ln(mu) for the viscosity. Heat content is the exact
integral of the fitted heat capacity, so that a balance written in enthalpy closes to round-off.

Pressure is held at the value of the table (3 bar): liquids of a cooling loop feel it in the fourth digit.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.errors import InputError, require
from solvers._jit import kernel

Array = NDArray[np.float64]

COLUMNS = ("temperature_K", "density_kg_m3", "heat_capacity_J_kgK", "viscosity_Pa_s", "conductivity_W_mK")

WATER_HEAT_CAPACITY = 4186.0  # [J/(kg K)], water at 20..40 degC (Incropera et al. 2011, table A.6)

# A fit that leaves these bars against its own table is refused (relative: density, heat capacity, transport).
DENSITY_BAR, HEAT_CAPACITY_BAR, TRANSPORT_BAR = 1e-4, 1e-3, 5e-3


class FluidCurves(NamedTuple):
    """The compiled part of a fluid: polynomial coefficients in x, highest power first."""

    density: Array  # [kg/m3]
    heat_capacity: Array  # [J/(kg K)]
    enthalpy: Array  # integral of the heat capacity from t_mid [J/kg]
    log_viscosity: Array  # ln of [Pa s]
    conductivity: Array  # [W/(m K)]
    t_mid: float  # [K]
    t_half: float  # [K]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fluid:
    """A coolant, its range of temperature [K] and its fitted curves."""

    name: str
    t_min: float
    t_max: float
    curves: FluidCurves

    def __str__(self) -> str:
        return f"Fluid({self.name!r}, {self.t_min - 273.15:g}..{self.t_max - 273.15:g} degC)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FluidTable:
    """Tabulated properties, (n,) each, temperature rising; `header` holds the file's comment lines."""

    temperature: Array  # [K]
    density: Array  # [kg/m3]
    heat_capacity: Array  # [J/(kg K)]
    viscosity: Array  # [Pa s]
    conductivity: Array  # [W/(m K)]
    header: Mapping[str, str]


class Properties(NamedTuple):
    """Density [kg/m3], heat capacity [J/(kg K)], viscosity [Pa s], conductivity [W/(m K)]."""

    density: Array
    heat_capacity: Array
    viscosity: Array
    conductivity: Array


# -- kernels ---------------------------------------------------------------------------------------------


@kernel
def horner_kernel(coefficients, x):
    """Polynomial with the highest power first, at the scaled temperature x = (T - t_mid) / t_half."""
    total = coefficients[0]
    for i in range(1, coefficients.size):
        total = total * x + coefficients[i]
    return total


@kernel
def evaluate_kernel(coefficients, t_mid, t_half, temperature, out):
    """Write the polynomial of every temperature [K] into `out`; both (n,)."""
    for i in range(temperature.size):
        out[i] = horner_kernel(coefficients, (temperature[i] - t_mid) / t_half)


@kernel
def inverse_kernel(curves, enthalpy, guess):
    """Temperature [K] of a specific enthalpy [J/kg]: three Newton steps from a guess within some 30 K."""
    x = (guess - curves.t_mid) / curves.t_half
    for _ in range(3):
        miss = horner_kernel(curves.enthalpy, x) - enthalpy
        x -= miss / (horner_kernel(curves.heat_capacity, x) * curves.t_half)
    return curves.t_mid + curves.t_half * x


@kernel
def temperature_kernel(curves, enthalpy, out):
    """Write the temperature [K] of every specific enthalpy [J/kg] into `out`: Newton on h(T) = h.

    cp varies by a few per cent over the range, so the iteration contracts at once; four steps reach
    round-off, and a fixed number keeps the kernel free of exits.
    """
    cp_mid = curves.heat_capacity[curves.heat_capacity.size - 1]
    for i in range(enthalpy.size):
        x = enthalpy[i] / (cp_mid * curves.t_half)
        for _ in range(6):
            miss = horner_kernel(curves.enthalpy, x) - enthalpy[i]
            x -= miss / (horner_kernel(curves.heat_capacity, x) * curves.t_half)
        out[i] = curves.t_mid + curves.t_half * x


# -- properties, checked ---------------------------------------------------------------------------------


def check_temperature(fluid: Fluid, temperature: ArrayLike) -> Array:
    """Return temperatures [K] as an array, or raise InputError if one lies outside the fluid's range."""
    t = np.asarray(temperature, dtype=np.float64)
    inside = (t >= fluid.t_min) & (t <= fluid.t_max)
    if not np.all(inside):
        bad = float(np.ravel(t)[np.argmin(np.ravel(inside))])
        if not np.isfinite(bad):
            hint = "the temperature is not a number: look for a flow of zero or a missing value"
        elif fluid.t_min <= bad + 273.15 <= fluid.t_max:
            hint = f"did you mean {bad:g} degC = {bad + 273.15:g} K? Temperatures here are in kelvin"
        else:
            hint = "another coolant, more flow, or another set point"
        raise InputError(
            f"temperature of {fluid.name} = {bad:.6g} K: outside {fluid.t_min:g}..{fluid.t_max:g} K"
            f" ({fluid.t_min - 273.15:.1f}..{fluid.t_max - 273.15:.1f} degC)\n  try: {hint}"
        )
    return t


def _curve(fluid: Fluid, coefficients: Array, temperature: ArrayLike) -> Any:
    t = check_temperature(fluid, temperature)
    flat = np.ascontiguousarray(t).reshape(-1)
    out = np.empty_like(flat)
    evaluate_kernel(coefficients, fluid.curves.t_mid, fluid.curves.t_half, flat, out)
    return float(out[0]) if t.ndim == 0 else out.reshape(t.shape)


def density(fluid: Fluid, temperature: ArrayLike) -> Any:
    """Density [kg/m3] at `temperature` [K], scalar or any shape. InputError outside the fluid's range."""
    return _curve(fluid, fluid.curves.density, temperature)


def expansion(fluid: Fluid, temperature: ArrayLike) -> Any:
    """Expansion -(d rho / dT) / rho [1/K] at `temperature` [K]. InputError outside the fluid's range."""
    slope = _curve(fluid, np.asarray(np.polyder(fluid.curves.density), dtype=np.float64), temperature)
    return -slope / fluid.curves.t_half / density(fluid, temperature)


def heat_capacity(fluid: Fluid, temperature: ArrayLike) -> Any:
    """Isobaric heat capacity [J/(kg K)] at `temperature` [K]. InputError outside the fluid's range."""
    return _curve(fluid, fluid.curves.heat_capacity, temperature)


def viscosity(fluid: Fluid, temperature: ArrayLike) -> Any:
    """Dynamic viscosity [Pa s] at `temperature` [K]. InputError outside the fluid's range."""
    log_mu = _curve(fluid, fluid.curves.log_viscosity, temperature)
    return float(np.exp(log_mu)) if isinstance(log_mu, float) else np.exp(log_mu)


def conductivity(fluid: Fluid, temperature: ArrayLike) -> Any:
    """Thermal conductivity [W/(m K)] at `temperature` [K]. InputError outside the fluid's range."""
    return _curve(fluid, fluid.curves.conductivity, temperature)


def properties(fluid: Fluid, temperature: ArrayLike) -> Properties:
    """All four properties at `temperature` [K]. InputError outside the fluid's range."""
    return Properties(
        density(fluid, temperature),
        heat_capacity(fluid, temperature),
        viscosity(fluid, temperature),
        conductivity(fluid, temperature),
    )


def enthalpy(fluid: Fluid, temperature: ArrayLike) -> Any:
    """Specific enthalpy [J/kg] at `temperature` [K], zero at the middle of the fluid's range."""
    return _curve(fluid, fluid.curves.enthalpy, temperature)


def temperature_of(fluid: Fluid, specific_enthalpy: ArrayLike) -> Any:
    """Temperature [K] at a specific enthalpy [J/kg]: the inverse of `enthalpy`.

    Raises InputError where the answer lies outside the fluid's range.
    """
    h = np.asarray(specific_enthalpy, dtype=np.float64)
    flat = np.ascontiguousarray(h).reshape(-1)
    out = np.empty_like(flat)
    temperature_kernel(fluid.curves, flat, out)
    # round-off may carry the ends of the range a hair outside
    edge = 1e-9 * fluid.t_max
    out[(out < fluid.t_min) & (out > fluid.t_min - edge)] = fluid.t_min
    out[(out > fluid.t_max) & (out < fluid.t_max + edge)] = fluid.t_max
    t = check_temperature(fluid, out)
    return float(t[0]) if h.ndim == 0 else t.reshape(h.shape)


# -- tables and fits -------------------------------------------------------------------------------------


def read_table(path: str | Path) -> FluidTable:
    """Read a table of data/coolants: comment lines '# key: value', one row of column names with units.

    Raises InputError for a missing column, a value that is not a positive number, or temperatures that
    do not rise.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"coolant table {path}: {error.strerror}") from error
    header: dict[str, str] = {}
    for line in lines:
        if line.startswith("#") and ":" in line:
            key, _, value = line[1:].partition(":")
            header[key.strip()] = value.strip()
    rows = list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
    require(bool(rows), f"coolant table {path}: no rows")
    missing = [name for name in COLUMNS if name not in rows[0]]
    require(not missing, f"coolant table {path}: no column {', '.join(missing)}", hint=", ".join(COLUMNS))
    try:
        data = np.array([[float(row[name]) for name in COLUMNS] for row in rows])
    except (TypeError, ValueError) as error:
        raise InputError(f"coolant table {path}: {error}") from error
    require(bool(np.all(data > 0.0)), f"coolant table {path}: values must be positive numbers")
    require(bool(np.all(np.diff(data[:, 0]) > 0.0)), f"coolant table {path}: temperature_K must rise")
    return FluidTable(
        temperature=data[:, 0],
        density=data[:, 1],
        heat_capacity=data[:, 2],
        viscosity=data[:, 3],
        conductivity=data[:, 4],
        header=header,
    )


def fit_fluid(name: str, table: FluidTable, *, degree: int = 8, viscosity_factor: float = 1.0) -> Fluid:
    """Fit a table by polynomials of `degree` in the scaled temperature.

    `viscosity_factor` [-] scales the viscosity, to carry a maker's sheet that differs from the table (see
    the note in data/coolants/pg25.csv). Raises InputError if the fit misses its own table by more than
    0.01 % (density), 0.1 % (heat capacity) or 0.5 % (viscosity, conductivity).
    """
    t = table.temperature
    require(t.size > degree + 1, f"coolant {name}: {t.size} rows are too few for degree {degree}")
    require(viscosity_factor > 0.0, f"viscosity factor of {name} = {viscosity_factor:g}: must be positive")
    t_mid, t_half = 0.5 * (t[0] + t[-1]), 0.5 * (t[-1] - t[0])
    x = (t - t_mid) / t_half

    def fit(label: str, y: Array, bar: float, *, log: bool = False) -> Array:
        target = np.log(y) if log else y
        coefficients = np.polynomial.chebyshev.Chebyshev.fit(x, target, degree, domain=[-1.0, 1.0])
        power: Any = coefficients.convert(kind=np.polynomial.Polynomial).coef[::-1].astype(np.float64)
        model = np.polyval(power, x)
        miss = float(np.max(np.abs((np.exp(model) if log else model) / y - 1.0)))
        require(
            miss <= bar,
            f"fit of the {label} of {name}: {100 * miss:.3g} % off its table, allowed {100 * bar:g} %",
            hint="a smoother table, a narrower range of temperature, or a higher degree",
        )
        return power

    heat_capacity_ = fit("heat capacity", table.heat_capacity, HEAT_CAPACITY_BAR)
    log_viscosity = fit("viscosity", table.viscosity, TRANSPORT_BAR, log=True)
    log_viscosity[-1] += np.log(viscosity_factor)
    curves = FluidCurves(
        density=fit("density", table.density, DENSITY_BAR),
        heat_capacity=heat_capacity_,
        enthalpy=np.polyint(heat_capacity_) * t_half,
        log_viscosity=log_viscosity,
        conductivity=fit("conductivity", table.conductivity, TRANSPORT_BAR),
        t_mid=float(t_mid),
        t_half=float(t_half),
    )
    return Fluid(name=name, t_min=float(t[0]), t_max=float(t[-1]), curves=curves)


def constant_fluid(
    name: str,
    *,
    density: float,
    heat_capacity: float,
    viscosity: float,
    conductivity: float = 0.6,
    t_min: float = 200.0,
    t_max: float = 500.0,
) -> Fluid:
    """A coolant whose properties do not change with temperature, for comparisons; units as in a table."""
    values = {
        "density": density,
        "heat capacity": heat_capacity,
        "viscosity": viscosity,
        "conductivity": conductivity,
    }
    for label, value in values.items():
        require(value > 0.0, f"{label} of {name} = {value:g}: must be positive")
    require(t_min < t_max, f"range of {name} {t_min:g}..{t_max:g} K: must rise")
    t_half = 0.5 * (t_max - t_min)
    curves = FluidCurves(
        density=np.array([density]),
        heat_capacity=np.array([heat_capacity]),
        enthalpy=np.array([heat_capacity * t_half, 0.0]),
        log_viscosity=np.array([np.log(viscosity)]),
        conductivity=np.array([conductivity]),
        t_mid=0.5 * (t_min + t_max),
        t_half=t_half,
    )
    return Fluid(name=name, t_min=t_min, t_max=t_max, curves=curves)


def load_fluid(path: str | Path, *, viscosity_factor: float = 1.0) -> Fluid:
    """Fit the table of a file; the fluid takes the file's name ('pg25' of 'pg25.csv')."""
    path = Path(path)
    return fit_fluid(path.stem, read_table(path), viscosity_factor=viscosity_factor)


def tabulate(
    path: str | Path,
    *,
    coolprop_fluid: str,
    t_min: float,
    t_max: float,
    comments: Mapping[str, str],
    pressure: float = 3e5,
    rows: int = 60,
) -> None:
    """Write a coolant table from CoolProp (a developer's tool: runs read the committed tables).

    coolprop_fluid  e.g. 'Water' or 'INCOMP::MPG[0.25]' (mass fraction)
    t_min, t_max    range [K], sampled at `rows` Chebyshev nodes and both ends
    comments        lines '# key: value' of the header (source, licence, composition, ...)
    """
    import CoolProp
    from CoolProp.CoolProp import PropsSI

    nodes = -np.cos(np.pi * np.arange(rows) / (rows - 1))
    temperature = 0.5 * (t_min + t_max) + 0.5 * (t_max - t_min) * nodes
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# source: CoolProp {CoolProp.__version__}, fluid {coolprop_fluid}\n")
        for key, value in comments.items():
            file.write(f"# {key}: {value}\n")
        file.write(f"# pressure_Pa: {pressure:g}\n# valid: {t_min:g}..{t_max:g} K\n")
        file.write(",".join(COLUMNS) + "\n")
        for t in temperature:
            t = round(float(t), 4)
            values = [PropsSI(key, "T", t, "P", pressure, coolprop_fluid) for key in "DCVL"]
            file.write(f"{t:.4f}," + ",".join(f"{v:.9g}" for v in values) + "\n")
