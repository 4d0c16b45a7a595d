"""A site's stages, one after the other: compile, halls, loops, year. Each shows itself and is timed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twin.assemble import HallModel, Site, assemble
from twin.progress import stage

if TYPE_CHECKING:
    from solvers.air.problem import AirSolution, AirState
    from solvers.liquid.loop import LoopSolution
    from twin.economics import HeatEconomics
    from twin.schema import TwinConf
    from twin.weather import Weather
    from twin.year import Year


@dataclass(frozen=True, slots=True, kw_only=True)
class HallResult:
    """One distinct hall, solved."""

    model: HallModel
    air: AirSolution
    loop: LoopSolution | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything a run computed; `seconds` by stage."""

    conf: TwinConf
    site: Site
    halls: tuple[HallResult, ...]
    weather: Weather
    year: Year
    economics: HeatEconomics | None
    seconds: dict[str, float]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader must know, in the order of the stages, each said once."""
        from twin.year import year_warnings

        found = list(self.site.sizing.notes)
        for result in self.halls:
            found += result.loop.warnings if result.loop else ()
        found += year_warnings(self.year)
        return tuple(dict.fromkeys(found))


def simulate(conf: TwinConf) -> Results:
    """Model a site from its configuration.

    Raises InputError for bad input, SolverError (BalanceError, DivergenceError) when a stage fails.
    """
    from twin.assemble.year import year_of_site

    seconds = {}
    _use_threads(conf.run.threads)
    with stage("compile", "kernels (first run: about a minute, then from cache)") as clock:
        _compile()
    seconds["compile"] = clock.seconds
    with stage("assemble", f"{conf.site.title}, {conf.compute.title}") as clock:
        site = assemble(conf)
    seconds["assemble"] = clock.seconds

    seconds["hall"] = seconds["loop"] = 0.0
    halls: list[HallResult] = []
    for number, model in enumerate(site.halls, start=1):
        text = f"hall {number} of {len(site.halls)} distinct ({len(model.hall.populated)} racks, x{model.count})"
        with stage("air", f"{text}, {model.air.raster.grid.n_cells:,} cells") as clock:
            air = _solve_air(site, model, halls[-1].air.state if halls else None, clock.tell)
        seconds["hall"] += clock.seconds
        loop = None
        if model.plan is not None:
            with stage("loop", text) as clock:
                loop = _solve_loop(conf, model)
            seconds["loop"] += clock.seconds
        halls.append(HallResult(model=model, air=air, loop=loop))

    with stage("year", "8,760 hours") as clock:
        weather, year, economics = year_of_site(conf, site, tuple((h.model, h.loop) for h in halls))
    seconds["year"] = clock.seconds
    return Results(
        conf=conf,
        site=site,
        halls=tuple(halls),
        weather=weather,
        year=year,
        economics=economics,
        seconds=seconds,
    )


def _solve_air(site: Site, model: HallModel, guess: AirState | None, tell: object) -> AirSolution:
    from solvers.air.solve import solve_air

    same_grid = guess is not None and guess.temperature.shape == model.air.raster.grid.shape
    every = 10

    def progress(iteration: int, drift: float, closure: float) -> None:
        if iteration % every == 0 and callable(tell):
            tell(f"iteration {iteration}: inlets drift {drift:.3f} K, energy {closure:.1e}")

    return solve_air(model.air, site.controls, initial=guess if same_grid else None, progress=progress)


def _solve_loop(conf: TwinConf, model: HallModel) -> LoopSolution:
    from solvers.liquid.hall_loop import solve_hall_loop
    from twin.units import celsius

    assert model.plan is not None
    return solve_hall_loop(model.plan, model.racks, supply=celsius(conf.loop.supply_temperature_C))


def _compile() -> None:
    """Solve one rack for a moment: compiles, or loads from the cache, every kernel of a run."""
    from geometry.gridding import make_grid
    from geometry.layout import HallLayout, generate_hall
    from geometry.rasterise import rasterise
    from solvers.air.problem import AirControls, AirProblem, Exhaust, Supply, ThroughFlow
    from solvers.air.solve import solve_air

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
    solve_air(replace(problem), AirControls(max_iterations=3))


def _use_threads(threads: int) -> None:
    import numba

    wanted = threads or int(os.environ.get("NUMBA_NUM_THREADS", 0)) or (os.cpu_count() or 1)
    numba.set_num_threads(max(1, min(wanted, numba.config.NUMBA_NUM_THREADS)))
