"""Compilation ahead of the first solve, on two cores where nothing is in the cache yet.

A standard run uses some 90 kernels. On an empty cache a second process compiles those that need no
configuration (pressure, dispatch) while the run assembles its site, which compiles the pipes, and then the
air. Both write to one cache; what the other has not finished yet, each compiles for itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solvers.air.problem import Precision

_SIDE = "from twin.warmup import compile_side; compile_side()"


def is_cold() -> bool:
    """Whether the cache of kernels holds none of this version's."""
    folder = os.environ.get("NUMBA_CACHE_DIR")
    return folder is not None and next(Path(folder).rglob("*.nbi"), None) is None


@contextmanager
def compiling_beside(*, wanted: bool) -> Iterator[None]:
    """A second process that compiles while the body of a `with` runs, where `wanted` and there is a core.

    Its failure is of no consequence: the run compiles itself what it does not find.
    """
    if not wanted or (os.cpu_count() or 1) < 2:
        yield
        return
    quiet = subprocess.DEVNULL
    side = subprocess.Popen([sys.executable, "-c", _SIDE], stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    except BaseException:
        side.kill()
        raise
    finally:
        side.wait()


def compile_side() -> None:
    """The pressure solver's kernels, a day of heat reuse, hours of pipes, and the loop of a small hall."""
    import numpy as np

    from solvers.district.demand import Demand
    from solvers.district.dispatch import Offer, Variant, dispatch
    from solvers.heat.station import Station
    from solvers.linear.krylov import compile_solver
    from solvers.liquid.hall.solve import solve_hall_loop
    from solvers.liquid.hydraulics.ensemble import solve_ensemble
    from solvers.liquid.hydraulics.network import ImposedFlow, Pipe, build_network
    from twin.assembly import assemble_site
    from twin.config import compose, typed
    from twin.units import celsius

    compile_solver()
    pipe = Pipe(name="pipe", start="a", end="b", length=1.0, diameter=0.1, roughness=1e-5)
    loop = build_network([pipe, ImposedFlow(name="pump", start="b", end="a", flow=1.0)])
    solve_ensemble(loop, np.full((2, 1), 1e3), np.full((2, 1), 1e-3))
    day = np.full(24, 330.0)
    dispatch(
        Variant(
            station=Station(capacity=1e6, exchanger_ua=1e5, heat_pump=None),
            demand=Demand(heat=np.full(24, 1e6), supply=day, back=day - 20.0),
        ),
        Offer(temperature=day, coldest=day - 30.0, rate=1e5, air=day, available=np.ones(24, dtype=np.bool_)),
    )
    conf = typed(compose(["hall.rows=2", "hall.racks_per_row=2", "site.gpus=288", "solver=draft"]))
    hall = assemble_site(conf).halls[0]  # its own pipes are sized with what the run has compiled meanwhile
    assert hall.plan is not None
    solve_hall_loop(hall.plan, hall.racks, set_point=celsius(conf.loop.supply_temperature_C))


def compile_air(precision: Precision) -> None:
    """Solve one rack for a moment: compiles, or loads from the cache, the kernels of the air solver.

    precision  of the run; the kernels of the other one are not compiled
    """
    from geometry.gridding import make_grid
    from geometry.layout import HallLayout, generate_hall
    from geometry.rasterise import rasterise
    from solvers.air.problem import AirControls, AirProblem, Exhaust, Supply, ThroughFlow
    from solvers.air.recirculation import recirculation
    from solvers.air.solve import solve_air
    from solvers.air.tracers import freeze
    from solvers.linear.krylov import compile_solver

    compile_solver()  # the rack's grid is too small for all of it
    hall = generate_hall(HallLayout(rows=2, racks_per_row=1, fan_walls=1), name="warm-up")
    problem = AirProblem(
        raster=rasterise(hall, make_grid(hall, target=0.6, growth=2.0)),
        supplies=(Supply(port="fan-wall-1", flow=1.0, temperature=293.15),),
        exhausts=tuple(
            Exhaust(port=o.name, backflow_temperature=293.15) for o in hall.openings if not o.kind.supplies
        ),
        racks=tuple(
            ThroughFlow(name=r.name, intake=f"{r.name}.front", exhaust=f"{r.name}.rear", flow=0.4, heat=5e3)
            for r in hall.populated
        ),
    )
    frozen = freeze(problem, solve_air(problem, AirControls(max_iterations=3, precision=precision)))
    recirculation(frozen, tolerance=1e-2)
