"""Pipe sizes, the rule that picks one, and the loss coefficients of fittings."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geometry.errors import InputError, require
from solvers.friction import STEEL_ROUGHNESS, friction_factor, fully_rough

Array = NDArray[np.float64]

# Fittings as multiples of the fully rough friction factor f_T (Crane Technical Paper 410)
ELBOW, TEE_RUN, TEE_BRANCH = 30.0, 20.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeSizes:
    """Nominal sizes, rising, their inner diameters [m] and the wall's roughness [m]."""

    nominal: tuple[int, ...]
    diameter: Array
    roughness: float = STEEL_ROUGHNESS


@dataclass(frozen=True, slots=True, kw_only=True)
class SizingRule:
    """The smallest pipe within both limits is taken.

    max_gradient  pressure drop per length [Pa/m]: 250 is the mean to which hydronic systems are designed
                  (ASHRAE Handbook Fundamentals, chapter Pipe Design, range 100..400)
    max_velocity  [m/s]: 2 is an assumption (noise and erosion in steel pipe)
    """

    max_gradient: float = 250.0
    max_velocity: float = 2.0

    def __post_init__(self) -> None:
        require(self.max_gradient > 0.0, f"sizing gradient = {self.max_gradient:g} Pa/m: must be positive")
        require(self.max_velocity > 0.0, f"sizing velocity = {self.max_velocity:g} m/s: must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """Size picked for each of n flows: row of the table (n,), lines in parallel (n,)."""

    row: NDArray[np.intp]
    parallel: NDArray[np.intp]


def read_pipe_sizes(path: str | Path, *, roughness: float = STEEL_ROUGHNESS) -> PipeSizes:
    """Read a table of data/pipes (dn, outside_diameter_mm, wall_mm). InputError for bad rows."""
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
        nominal = tuple(int(row["dn"]) for row in rows)
        inner = [1e-3 * (float(row["outside_diameter_mm"]) - 2.0 * float(row["wall_mm"])) for row in rows]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"pipe table {path}: {error}") from error
    diameter = np.array(inner)
    rising = bool(np.all(np.diff(diameter) > 0.0))
    require(diameter.size > 0 and rising and diameter[0] > 0.0, f"pipe table {path}: sizes must rise")
    return PipeSizes(nominal=nominal, diameter=diameter, roughness=roughness)


def select_sizes(sizes: PipeSizes, rule: SizingRule, flow: Array, density: Array, viscosity: Array) -> Sized:
    """Smallest size within `rule` for each mass flow [kg/s] (n,), with density and viscosity (n,).

    A flow beyond the largest size is shared by lines of that size in parallel.
    """
    largest = _capacity(sizes, rule, density, viscosity)
    parallel = np.maximum(np.ceil(np.abs(flow) / largest - 1e-9), 1.0)
    each = (np.abs(flow) / parallel)[:, None]
    d = sizes.diameter[None, :]
    rho = density[:, None]
    area = 0.25 * np.pi * d**2
    velocity = each / (rho * area)
    gradient = _gradient(sizes, velocity, rho, viscosity[:, None])
    fits = (velocity <= rule.max_velocity * (1.0 + 1e-9)) & (gradient <= rule.max_gradient * (1.0 + 1e-9))
    row = np.where(fits.any(axis=1), fits.argmax(axis=1), d.size - 1)
    return Sized(row=row.astype(np.intp), parallel=parallel.astype(np.intp))


def fitting_loss(
    diameter: Array, roughness: float, *, elbows: Array, tee_runs: Array, tee_branches: Array
) -> Array:
    """Loss coefficient K = n f_T [-] of standard elbows and tees (Crane TP-410); `diameter` [m], all (n,)."""
    multiple = ELBOW * elbows + TEE_RUN * tee_runs + TEE_BRANCH * tee_branches
    return np.asarray(multiple * fully_rough(roughness / diameter), dtype=np.float64)


def _gradient(sizes: PipeSizes, velocity: Array, density: Array, viscosity: Array) -> Array:
    d = sizes.diameter[None, :]
    reynolds = np.maximum(density * velocity * d / viscosity, 1e-6)
    f = friction_factor(reynolds, sizes.roughness / d)
    return np.asarray(f / d * 0.5 * density * velocity**2, dtype=np.float64)


def _capacity(sizes: PipeSizes, rule: SizingRule, density: Array, viscosity: Array) -> Array:
    """Mass flow [kg/s] that the largest size carries within the rule."""
    d = sizes.diameter[-1]
    area = 0.25 * np.pi * d**2
    velocity = np.full_like(density, rule.max_velocity)
    # the gradient grows almost with the square of velocity: a few secant steps on that power settle it
    for _ in range(4):
        reynolds = density * velocity * d / viscosity
        rough = np.full(reynolds.shape, sizes.roughness / d)
        gradient = friction_factor(reynolds, rough) / d * 0.5 * density * velocity**2
        velocity = np.minimum(rule.max_velocity, velocity * np.sqrt(rule.max_gradient / gradient))
    return density * area * velocity
