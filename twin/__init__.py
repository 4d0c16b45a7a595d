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
    from collections.abc import Mapping
    from pathlib import Path

    import xarray as xr

    from solvers.air.courses import Course
    from solvers.air.recirculation import ThermalResponse
    from solvers.air.servers import ServerMass
    from solvers.air.transient import AirHistory
    from solvers.liquid.cdu_loop.loop import CduLoop
    from twin.assembly import Site
    from twin.results.records import Results
    from twin.schema import TwinConf

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "assemble",
    "compose",
    "march",
    "open_run",
    "row_loops",
    "simulate",
    "thermal_response",
]


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


def thermal_response(results: Results, hall: int = 0) -> ThermalResponse:
    """How the rack inlets of distinct hall number `hall` answer to other heats and supply temperatures.

        response = twin.thermal_response(results)
        inlets = response.what_if({"A01": 20e3}, supply_temperature=297.15)    # K, in the order of
        response.racks

    Exact at the flow that was solved: air flows and buoyancy do not change. Raises
    geometry.errors.InputError for a hall that the run does not have.
    """
    from geometry.errors import require_range
    from twin.halls.reading import response_of

    require_range("hall", hall, 0, len(results.halls) - 1, "-", element="the run")
    return response_of(results.halls[hall])


def march(
    results: Results,
    *,
    duration: float,
    time_step: float,
    courses: tuple[Course, ...] = (),
    servers: Mapping[str, ServerMass] | None = None,
    hall: int = 0,
) -> AirHistory:
    """Distinct hall number `hall` in time, from its steady answer on, while devices follow `courses`.

        from solvers.air.courses import Course, Quantity
        fans = Course(quantity=Quantity.SUPPLY_FLOW, time=(0.0, 10.0), value=(1.0, 0.1), factor=True)
        history = twin.march(results, duration=300.0, time_step=0.5, courses=(fans,))
        history.reaches(308.15).min()    # s until the first rack breathes air of 35 degC

    duration, time_step  [s]; servers: heat stored in racks, by name

    Raises geometry.errors.InputError for bad input, solvers.errors.DivergenceError when a field leaves its
    physical range.
    """
    from geometry.errors import require_range
    from solvers.air.march import march_air
    from solvers.air.transient import TransientControls

    require_range("hall", hall, 0, len(results.halls) - 1, "-", element="the run")
    solved = results.halls[hall]
    controls = TransientControls(duration=duration, time_step=time_step)
    return march_air(solved.model.air, controls, initial=solved.air, courses=courses, servers=servers)


def row_loops(results: Results, *, hall: int = 0) -> tuple[CduLoop, ...]:
    """The rows of distinct hall number `hall` as CDU loops in time, ready to be marched.

        from solvers.liquid.cdu_loop.march import march, steady
        row = twin.row_loops(results)[0]
        start = steady(row, water=308.15, drop=row.racks[0].drop, set_point=313.15)
        history = march(row, start, step=1.0, steps=60, water=308.15, tripped=True)   # the pumps fail
        history.junction.max()    # K

    Thermal masses and tunings are the assumptions of solvers.liquid.cdu_loop.from_hall.Inertia. Raises
    geometry.errors.InputError for a hall without liquid cooling.
    """
    from geometry.errors import require, require_range
    from solvers.liquid.cdu_loop.from_hall import row_loops as rows_of

    require_range("hall", hall, 0, len(results.halls) - 1, "-", element="the run")
    solved = results.halls[hall]
    require(solved.loop is not None, f"hall {hall} has no coolant loop", hint="a liquid-cooled compute class")
    assert solved.model.plan is not None
    assert solved.loop is not None
    return rows_of(solved.model.plan, solved.model.racks, solved.loop)


def open_run(folder: str | Path) -> xr.DataTree:
    """The results of a finished run: groups hall, loop, year, district, uncertainty.

    Raises geometry.errors.InputError when the folder holds none.
    """
    from pathlib import Path

    from twin.store import RUN_FILE, read_tree

    return read_tree(Path(folder) / RUN_FILE)
