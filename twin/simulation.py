"""A site's stages, one after the other: compile, halls, loops, year. Each shows itself and is timed."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from twin.assembly import HallModel, Site, assemble_site
from twin.assembly.site_year import checked_inputs, site_year_spec
from twin.halls.coupled import solve_hall_air
from twin.halls.grid_study import Answer, compare_grids, solve_coarser, state_from
from twin.progress import stage
from twin.results.records import HallResult, Results
from twin.schema import LoopResolve
from twin.units import MW, celsius, to_celsius
from twin.warmup import compile_air, compiling_beside, is_cold

if TYPE_CHECKING:
    from geometry.grid import Array
    from solvers.air.problem import AirSolution, AirState
    from solvers.liquid.hall.loop import LoopSolution
    from solvers.liquid.hall.trays import TrayStates
    from twin.assembly.site_loop import SiteLoop
    from twin.district.plan import DistrictPlan
    from twin.halls.reading import HallReading
    from twin.schema import TwinConf
    from twin.uncertainty.study import Uncertainty
    from twin.weather import Weather
    from twin.year import Year, YearSpec

AIR_MASS_CLOSURE = 1e-6  # worst region imbalance over the flow through it
AIR_ENERGY_CLOSURE = 1e-3  # |heat in - heat out| over heat in


def simulate_site(conf: TwinConf) -> Results:
    """Model a site from its configuration.

    Raises InputError for bad input, SolverError (BalanceError, DivergenceError) when a stage fails.
    """
    from twin.electricity import electricity_mix
    from twin.year import simulate_year
    from twin.year.marginal import marginal_values
    from twin.year.summary import summarise_year

    seconds = {}
    _use_threads(conf.run.threads)
    weather, load = checked_inputs(conf)  # before anything is paid for: a file may be missing
    first = " (first run: compiles, a minute in all; then from the cache)" if is_cold() else ""
    with compiling_beside(wanted=bool(first)):
        with stage("assemble", f"{conf.site.title}, {conf.compute.title}{first}") as clock:
            site = assemble_site(conf)
        seconds["assemble"] = clock.seconds
        with stage("compile", f"kernels{first}") as clock:
            compile_air(site.controls.precision)
        seconds["compile"] = clock.seconds

    seconds["hall"] = seconds["loop"] = 0.0
    site_loop = None
    if conf.loop.resolve is LoopResolve.site and not any(model.doors for model in site.halls):
        site_loop = _solve_site(conf, site, seconds)
    halls: list[HallResult] = []
    for number, model in enumerate(site.halls, start=1):
        text = (
            f"hall {number} of {len(site.halls)} distinct ({len(model.hall.populated)} racks, x{model.count})"
        )
        rough = solve_coarser(model, site.controls, text)
        seconds["hall"] += sum(answer.seconds for answer in rough)
        guess = state_from(rough, model.air) if rough else _same_grid(model, halls)
        with stage("air", f"{text}, {model.air.raster.grid.n_cells:,} cells") as clock:
            model, air, water = solve_hall_air(model, site.controls, guess, clock.tell)
            require_air_closure(air)
        seconds["hall"] += clock.seconds
        grids = compare_grids([*rough, Answer(problem=model.air, air=air, seconds=clock.seconds)])
        with stage("paths", text) as clock:
            reading = _read_air(conf, site, model, air)
        seconds["hall"] += clock.seconds
        loop, trays = None, None
        if model.plan is not None:
            with stage("loop", text) as clock:
                loop = _solve_loop(conf, model)
                trays = _trays(conf, model, loop)
            seconds["loop"] += clock.seconds
        halls.append(
            HallResult(
                model=model, air=air, loop=loop, trays=trays, reading=reading, grids=grids, water=water
            )
        )
    if conf.loop.resolve is LoopResolve.site and site_loop is None:  # the doors' heat is known now
        site_loop = _solve_site(conf, replace(site, halls=tuple(hall.model for hall in halls)), seconds)

    with stage("year", "8,760 hours") as clock:
        spec = site_year_spec(conf, site, tuple(halls), weather, load, site_loop)
        year = simulate_year(spec, weather, load)
        require_cooled(conf, year)
        mix = electricity_mix(
            conf.electricity,
            year.facility_power,
            latitude=conf.site.latitude_deg,
            grid_carbon=conf.economics.electricity_kgCO2_kWh,
        )
        summary = summarise_year(year, spec, conf.economics, mix)
        margins = marginal_values(spec, year)
    seconds["year"] = clock.seconds
    return Results(
        conf=conf,
        site=site,
        halls=tuple(halls),
        weather=weather,
        year=year,
        summary=summary,
        seconds=seconds,
        uncertainty=_study(conf, tuple(halls), spec, weather, load),
        site_loop=site_loop,
        margins=margins,
        plan=district_plan(conf, spec, weather, year),
        electricity=mix,
    )


def district_plan(conf: TwinConf, spec: YearSpec, weather: Weather, year: Year) -> DistrictPlan | None:
    """What a run stores of its district for maps and documents; None without recovery."""
    from twin.assembly.district_plan import plan_of

    if spec.network is None or spec.recovery is None:
        return None
    plan = plan_of(conf.district, spec.network, weather, spec.recovery.capacity, spec.feeds)
    return replace(plan, trunk_pump_power=year.trunk_pumps)


def _same_grid(model: HallModel, halls: list[HallResult]) -> AirState | None:
    """The answer of the hall before, where its grid is the same."""
    if halls and halls[-1].air.state.temperature.shape == model.air.raster.grid.shape:
        return halls[-1].air.state
    return None


def _read_air(conf: TwinConf, site: Site, model: HallModel, air: AirSolution) -> HallReading:
    from twin.halls.reading import read_hall

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
    from solvers.liquid.hall.solve import solve_hall_loop

    assert model.plan is not None
    return solve_hall_loop(model.plan, model.racks, set_point=celsius(conf.loop.supply_temperature_C))


def _trays(conf: TwinConf, model: HallModel, loop: LoopSolution) -> TrayStates | None:
    from solvers.liquid.hall.trays import tray_states
    from twin.assembly.loop import rack_manifold

    manifold = rack_manifold(conf)
    if manifold is None:
        return None
    assert model.plan is not None
    return tray_states(model.plan, model.racks, loop, manifold)


def _solve_site(conf: TwinConf, site: Site, seconds: dict[str, float]) -> SiteLoop:
    from twin.assembly.halls import HallKind
    from twin.assembly.site_loop import site_model, solve_site_loop

    with stage("loop", f"{site.sizing.halls} halls and the mains between them") as clock:
        kinds = tuple(HallKind(hall=model.hall, count=model.count) for model in site.halls)
        found = solve_site_loop(
            conf, site_model(conf, site.sizing, kinds, [model.racks for model in site.halls])
        )
    seconds["loop"] += clock.seconds
    return found


def _study(
    conf: TwinConf, halls: tuple[HallResult, ...], spec: YearSpec, weather: Weather, load: Array
) -> Uncertainty | None:
    """Percentiles of the results for spread inputs, where they are asked for."""
    if conf.uncertainty.members == 0:
        return None
    import numba

    from twin.uncertainty.study import basis_of, study

    with stage("sample", f"{conf.uncertainty.members} members, the year of each") as clock:
        basis = basis_of(spec, weather, load, conf.economics, halls, celsius(conf.loop.supply_temperature_C))
        return study(basis, conf.uncertainty, workers=numba.get_num_threads(), tell=clock.tell)


def require_cooled(conf: TwinConf, year: Year) -> None:
    """Raise SolverError where the plant is so small that the water of the site would boil."""
    from solvers.errors import SolverError
    from twin.year.summary import BOILING, hottest_water

    hottest = hottest_water(year)
    if hottest > BOILING:
        heat = float((year.liquid_heat + year.cool_heat).max()) / MW
        capacity = conf.plant.capacity_MW
        rated = "" if capacity is None else f" = {capacity:g}"
        raise SolverError(
            f"the plant is far too small: plant.capacity_MW{rated}, up to {heat:.3g} MW to reject; the water "
            f"would float to {to_celsius(hottest):.0f} degC, and no circuit holds that\n"
            f"  try: plant.capacity_MW={1.1 * heat:.3g}, or null to size it by plant.capacity_margin"
        )


def _use_threads(threads: int) -> None:
    import numba

    wanted = threads or int(os.environ.get("NUMBA_NUM_THREADS", 0)) or (os.cpu_count() or 1)
    numba.set_num_threads(max(1, min(wanted, numba.get_num_threads())))
