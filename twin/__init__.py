"""Caloporteur: a thermal and liquid-cooling digital twin of AI data centres, from the GPU to the city.

    import twin
    conf = twin.compose("site=valence", "loop.supply_temperature_C=45", "solver=draft")
    results = twin.simulate(conf)
    tree = twin.open_run("runs/valence/warm")        # xarray.DataTree: hall, loop, year, district

Importing the package does nothing else: whatever is heavy is imported by the function that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import xarray as xr

    from twin.assembly import Site
    from twin.schema import TwinConf
    from twin.simulation import Results

__version__ = "0.1.0"
__all__ = ["__version__", "assemble", "compose", "open_run", "simulate"]


def compose(*overrides: str) -> TwinConf:
    """The typed, checked configuration of `twin run` with Hydra `overrides`.

    Raises geometry.errors.InputError for an unknown key, a wrong type or a value outside its range.
    """
    from twin import config

    return config.typed(config.compose(overrides))


def assemble(conf: TwinConf) -> Site:
    """Derive, build and check the site of a configuration: sizing, halls, grids, loops.

    Raises geometry.errors.InputError naming every problem found.
    """
    from twin.assembly import assemble_site

    return assemble_site(conf)


def simulate(conf: TwinConf) -> Results:
    """Model a site: air and loop of its halls, the hourly year, heat reuse.

    Raises geometry.errors.InputError for bad input, solvers.errors.SolverError when a stage fails.
    """
    from twin.caching import prepare_numba

    prepare_numba()
    from twin.simulation import simulate_site

    return simulate_site(conf)


def open_run(folder: str | Path) -> xr.DataTree:
    """The results of a finished run: groups hall, loop, year, district.

    Raises geometry.errors.InputError when the folder holds none.
    """
    from pathlib import Path

    from twin.store import RUN_FILE, read_tree

    return read_tree(Path(folder) / RUN_FILE)
