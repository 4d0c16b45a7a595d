"""Grid, models and tolerances of the air (`conf/solver`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from omegaconf import MISSING

from twin.schema.ranges import Range

# Optional[...] is what OmegaConf reads from a dataclass: it predates `X | None` there.
# ruff: noqa: UP045


class Turbulence(Enum):
    laminar = "laminar"
    zero_equation = "zero_equation"
    k_epsilon = "k_epsilon"
    rng_k_epsilon = "rng_k_epsilon"
    low_reynolds_k_epsilon = "low_reynolds_k_epsilon"
    jones_launder_k_epsilon = "jones_launder_k_epsilon"


class Convection(Enum):
    upwind = "upwind"
    tvd = "tvd"


class Precision(Enum):
    single = "single"
    double = "double"


class Recirculation(Enum):
    none = "none"
    rows = "rows"
    racks = "racks"


@dataclass
class SolverConf:
    name: str = MISSING
    cell_m: float = MISSING  # target cell size
    cell_x_m: Optional[float] = None  # along the rows, where it differs
    cell_y_m: Optional[float] = None  # across the aisles
    cell_z_m: Optional[float] = None  # upwards
    growth: float = 1.3  # largest ratio of neighbouring cells
    turbulence: Turbulence = Turbulence.zero_equation
    convection: Convection = Convection.tvd
    tile_jets: bool = (
        True  # perforated faces blow with the momentum of their holes, not of their mean velocity
    )
    precision: Precision = Precision.single  # of the air's fields; balances are closed in double
    recirculation: Recirculation = Recirculation.rows  # whose exhaust is traced to the racks' inlets
    grid_study: bool = False  # solve on three grids: an error bar on every temperature
    max_iterations: int = MISSING
    temperature_tolerance_K: float = MISSING
    energy_tolerance: float = MISSING
    mass_tolerance: float = 1e-6


RANGES = (
    Range("solver.cell_m", 0.01, 5, "m"),
    Range("solver.cell_x_m", 0.01, 5, "m"),
    Range("solver.cell_y_m", 0.01, 5, "m"),
    Range("solver.cell_z_m", 0.01, 5, "m"),
    Range("solver.growth", 1.05, 10, "-"),
    Range("solver.max_iterations", 1, 1e6, "iterations"),
    Range("solver.temperature_tolerance_K", 1e-9, 10, "K"),
    Range("solver.energy_tolerance", 1e-12, 0.1, "-"),
    Range("solver.mass_tolerance", 1e-14, 1e-3, "-"),
)
