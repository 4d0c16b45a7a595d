"""A site's stages, one after the other: compile, halls, loops, year. Each shows itself and is timed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.assembly import HallModel, Site, assemble_site
from twin.grid_study import (
    Answer,
    GridStudy,
    compare_grids,
    solve_coarser,
    state_from,
    telling,
    unsettled_grids,
)
from twin.progress import stage
from twin.units import MW, celsius, to_celsius

if TYPE_CHECKING:
    from geometry.grid import Array
    from solvers.air.problem import AirSolution, AirState
    from solvers.liquid.loop import LoopSolution
    from solvers.liquid.lumped import LumpedLoop
    from twin.hall_reading import HallReading
    from twin.schema import TwinConf
    from twin.weather import Weather
    from twin.year import Year
    from twin.year_summary import YearSummary

AIR_MASS_CLOSURE = 1e-6  # worst region imbalance over the flow through it
ALLOWABLE_INLET = 305.15  # class A1, 32 degC (ASHRAE TC 9.9) [K]
AIR_ENERGY_CLOSURE = 1e-3  # |heat in - heat out| over heat in


@dataclass(frozen=True, slots=True, kw_only=True)
class HallResult:
    """One distinct hall, solved."""

    model: HallModel
    air: AirSolution
    loop: LoopSolution | None
    reading: HallReading | None = None
    grids: GridStudy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything a run computed; `seconds` by stage."""

    conf: TwinConf
    site: Site
    halls: tuple[HallResult, ...]
    weather: Weather
    year: Year
    summary: YearSummary
    seconds: dict[str, float]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader must know, in the order of the stages, each said once."""
        found = list(self.site.sizing.notes)
        for result in self.halls:
            found += result.loop.warnings if result.loop else ()
            found += result.reading.notes if result.reading else ()
            found += unsettled_grids(result.grids) if result.grids else ()
        found += shortfalls(self)
        return tuple(dict.fromkeys(found))


def shortfalls(results: Results) -> list[str]:
    """Where the year leaves what plant or equipment allow, in words."""
    conf, year, summary = results.conf, results.year, results.summary
    found = []
    if summary.floating_hours:
        found.append(
            f"the plant falls short in {summary.floating_hours} hours of the year: the water to the halls "
            f"floats up to {summary.floating_max_K:.1f} K above its set point"
        )
    found += air_notes(results)
    cold = summary.limits["temperature"]
    if cold > 0.5:
        offered = summary.heat.offered_temperature_C
        found.append(
            f"in {100 * cold:.0f} % of the hours temperature keeps heat from the network: {offered:.0f} degC "
            f"are offered, its return is {conf.district.return_C:g} degC; try recovery=heat_pump"
        )
    loops = [hall.loop for hall in results.halls if hall.loop is not None]
    if loops:
        compute = conf.compute
        junction = max(loop.junction_max for loop in loops) + (
            year.tcs_supply - celsius(conf.loop.supply_temperature_C)
        )
        for quantity, hourly, limit in (
            ("TCS supply", year.tcs_supply, compute.supply_max_C),
            ("TCS return", year.tcs_return, compute.return_max_C),
            ("GPU junction, set point plus float", junction, compute.gpu_limit_C),
        ):
            hours = int((hourly > celsius(limit)).sum())
            if hours:
                found.append(
                    f"{quantity} passes the limit of {compute.name} ({limit:g} degC) in {hours} hours of the "
                    f"year, up to {to_celsius(float(hourly.max())):.1f} degC"
                )
    if conf.plant.capacity_MW is not None and conf.plant.capacity_MW * MW < results.site.sizing.it_power:
        found.append(
            f"plant.capacity_MW = {conf.plant.capacity_MW:g} is below the IT power "
            f"({results.site.sizing.it_power / MW:.1f} MW); chillers, if any, are taken as large enough"
        )
    return found


def air_notes(results: Results) -> list[str]:
    """Air too scarce or too warm for the racks, and what `unsteady` means, in words."""
    conf, found = results.conf, []
    hottest = max(float(hall.air.rack_inlet_max.max(initial=0.0)) for hall in results.halls)
    if conf.hall.airflow_margin < 1.0:
        found.append(
            f"hall.airflow_margin = {conf.hall.airflow_margin:g}: racks draw more air than is supplied"
        )
    if hottest > ALLOWABLE_INLET:
        found.append(
            f"hottest rack inlet {to_celsius(hottest):.1f} degC: above the "
            f"{to_celsius(ALLOWABLE_INLET):.0f} degC that ASHRAE allows class A1 equipment"
        )
    found += [unsteady_note(hall) for hall in results.halls if hall.air.status.value == "unsteady"]
    return found


def unsteady_note(hall: HallResult) -> str:
    """Means, ranges and drifts of a hall that keeps moving, in words; run.nc holds them for each rack."""
    from solvers.air.monitors import settling

    racks, settled = hall.model.air.racks, settling(hall.air.history["inlets"], hall.air.status)
    said = f"hall unsteady: the flow keeps moving; rack inlets are means over {settled.size} iterations"
    if not racks:
        return said
    widest = [int(at) for at in settled.swing.argsort()[::-1][:3]]
    named = ", ".join(
        f"{racks[at].name} {to_celsius(settled.mean[at]):.1f} degC, range {settled.swing[at]:.2f} K, drift "
        f"{settled.drift[at]:+.2f} K"
        for at in widest
    )
    return f"{said}; they wander most at {named}"


def simulate_site(conf: TwinConf) -> Results:
    """Model a site from its configuration.

    Raises InputError for bad input, SolverError (BalanceError, DivergenceError) when a stage fails.
    """
    seconds = {}
    _use_threads(conf.run.threads)
    weather, load = hourly_inputs(conf)  # before anything is paid for: a file may be missing
    with stage("assemble", f"{conf.site.title}, {conf.compute.title}") as clock:
        site = assemble_site(conf)
    seconds["assemble"] = clock.seconds
    with stage("compile", "kernels (first run: about half a minute, then from cache)") as clock:
        compile_kernels()
    seconds["compile"] = clock.seconds

    seconds["hall"] = seconds["loop"] = 0.0
    halls: list[HallResult] = []
    for number, model in enumerate(site.halls, start=1):
        text = (
            f"hall {number} of {len(site.halls)} distinct ({len(model.hall.populated)} racks, x{model.count})"
        )
        rough = solve_coarser(model, site.controls, text)
        seconds["hall"] += sum(answer.seconds for answer in rough)
        guess = state_from(rough, model.air) if rough else _same_grid(model, halls)
        with stage("air", f"{text}, {model.air.raster.grid.n_cells:,} cells") as clock:
            air = _solve_air(site, model, guess, clock.tell)
        seconds["hall"] += clock.seconds
        grids = compare_grids([*rough, Answer(problem=model.air, air=air, seconds=clock.seconds)])
        with stage("paths", text) as clock:
            reading = _read_air(conf, site, model, air)
        seconds["hall"] += clock.seconds
        loop = None
        if model.plan is not None:
            with stage("loop", text) as clock:
                loop = _solve_loop(conf, model)
            seconds["loop"] += clock.seconds
        halls.append(HallResult(model=model, air=air, loop=loop, reading=reading, grids=grids))

    with stage("year", "8,760 hours") as clock:
        year, summary = _simulate_year(conf, site, tuple(halls), weather, load)
    seconds["year"] = clock.seconds
    return Results(
        conf=conf,
        site=site,
        halls=tuple(halls),
        weather=weather,
        year=year,
        summary=summary,
        seconds=seconds,
    )


def _same_grid(model: HallModel, halls: list[HallResult]) -> AirState | None:
    """The answer of the hall before, where its grid is the same."""
    if halls and halls[-1].air.state.temperature.shape == model.air.raster.grid.shape:
        return halls[-1].air.state
    return None


def _solve_air(
    site: Site, model: HallModel, guess: AirState | None, tell: Callable[[str], None]
) -> AirSolution:
    from solvers.air.solve import solve_air

    air = solve_air(model.air, site.controls, initial=guess, progress=telling(tell))
    require_air_closure(air)
    return air


def _read_air(conf: TwinConf, site: Site, model: HallModel, air: AirSolution) -> HallReading:
    from twin.hall_reading import read_hall

    return read_hall(
        model,
        air,
        detail=conf.solver.recirculation,
        drift_tolerance=site.controls.temperature_tolerance,
    )


def require_air_closure(air: AirSolution) -> None:
    """Raise BalanceError unless mass and energy of a hall's air close to what every run promises."""
    from solvers.errors import BalanceError

    limits = (("mass", air.air_mass, AIR_MASS_CLOSURE), ("energy", air.air_energy, AIR_ENERGY_CLOSURE))
    for name, value, limit in limits:
        if not value <= limit:  # a nan is a broken balance
            raise BalanceError(
                f"air {name} balance is open: {value:.3g} relative, allowed {limit:g}; the results of this "
                "hall must not be used\n  try: a larger solver.max_iterations, or solver=standard"
            )


def _solve_loop(conf: TwinConf, model: HallModel) -> LoopSolution:
    from solvers.liquid.hall_loop import solve_hall_loop

    assert model.plan is not None
    return solve_hall_loop(model.plan, model.racks, set_point=celsius(conf.loop.supply_temperature_C))


def hourly_inputs(conf: TwinConf) -> tuple[Weather, Array]:
    """Weather and IT load of the year, generated or read."""
    from twin.weather import typical_year
    from twin.weather_files import read_weather
    from twin.workload import it_load

    weather = read_weather(conf.climate.file) if conf.climate.file else typical_year(conf.climate)
    return weather, it_load(conf.workload)


def _simulate_year(
    conf: TwinConf, site: Site, halls: tuple[HallResult, ...], weather: Weather, load: Array
) -> tuple[Year, YearSummary]:
    from twin.assembly.air import handled_flow
    from twin.assembly.year import year_spec
    from twin.year import simulate_year
    from twin.year_summary import summarise_year

    spec = year_spec(
        it_design_power=site.sizing.it_power,
        liquid_fraction=conf.compute.liquid_fraction,
        loop=site_loop(halls),
        tcs_set_point=celsius(conf.loop.supply_temperature_C),
        fws_pump_power=sum(h.loop.fws_pump_power * h.model.count for h in halls if h.loop is not None),
        air_handler_power=sum(
            conf.hall.fan_power_W_per_m3_s * handled_flow(h.model.air) * h.model.count for h in halls
        ),
        hall_area=sum(h.model.hall.floor_area * h.model.count for h in halls),
        plant=conf.plant,
        power=conf.power,
        recovery=conf.recovery,
        district=conf.district,
        weather=weather,
    )
    year = simulate_year(spec, weather, load)
    return year, summarise_year(year, spec, conf.economics)


def site_loop(halls: tuple[HallResult, ...]) -> LumpedLoop | None:
    """All loops of the site in parallel, reduced to one; None without liquid cooling."""
    from solvers.liquid.hall_loop import lump
    from solvers.liquid.lumped import LumpedLoop

    parts = [(lump(hall.loop), hall.model.count) for hall in halls if hall.loop is not None]
    if not parts:
        return None
    c_tcs = sum(part.c_tcs * count for part, count in parts)
    c_fws = sum(part.c_fws * count for part, count in parts)
    reach = sum(part.effectiveness * min(part.c_tcs, part.c_fws) * count for part, count in parts)
    return LumpedLoop(
        c_tcs=c_tcs,
        c_fws=c_fws,
        effectiveness=reach / min(c_tcs, c_fws),
        pump_power=sum(part.pump_power * count for part, count in parts),
    )


def compile_kernels() -> None:
    """Solve one rack for a moment: compiles, or loads from the cache, the kernels of the air solver."""
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
    frozen = freeze(problem, solve_air(problem, AirControls(max_iterations=3)))
    recirculation(frozen, tolerance=1e-2)


def _use_threads(threads: int) -> None:
    import numba

    wanted = threads or int(os.environ.get("NUMBA_NUM_THREADS", 0)) or (os.cpu_count() or 1)
    numba.set_num_threads(max(1, min(wanted, numba.get_num_threads())))
