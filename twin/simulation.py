"""A site's stages, one after the other: compile, halls, loops, year. Each shows itself and is timed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from twin.assembly import HallModel, Site, assemble_site
from twin.halls.coupled import HallWater, solve_hall_air
from twin.halls.grid_study import (
    Answer,
    GridStudy,
    compare_grids,
    solve_coarser,
    state_from,
    unsettled_grids,
)
from twin.notes import sample_notes, shortfalls
from twin.progress import stage
from twin.schema import LoopResolve
from twin.units import MW, celsius, to_celsius
from twin.warmup import compile_air, compiling_beside, is_cold

if TYPE_CHECKING:
    from geometry.grid import Array
    from solvers.air.problem import AirSolution, AirState
    from solvers.liquid.hall.loop import LoopSolution
    from solvers.liquid.hall.lumped import LumpedLoop
    from twin.assembly.site_loop import SiteLoop
    from twin.assembly.year import CoilWater
    from twin.district.plan import DistrictPlan
    from twin.electricity import ElectricityMix
    from twin.halls.reading import HallReading
    from twin.schema import TwinConf
    from twin.uncertainty.study import Uncertainty
    from twin.weather import Weather
    from twin.year import Year, YearSpec
    from twin.year.marginal import MarginalValues
    from twin.year.summary import YearSummary

AIR_MASS_CLOSURE = 1e-6  # worst region imbalance over the flow through it
AIR_ENERGY_CLOSURE = 1e-3  # |heat in - heat out| over heat in


@dataclass(frozen=True, slots=True, kw_only=True)
class HallResult:
    """One distinct hall, solved."""

    model: HallModel
    air: AirSolution
    loop: LoopSolution | None
    reading: HallReading | None = None
    grids: GridStudy | None = None
    water: HallWater | None = None  # of the air's coils


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Results:
    """Everything a run computed; `seconds` by stage."""

    conf: TwinConf
    site: Site
    halls: tuple[HallResult, ...]
    weather: Weather
    year: Year
    summary: YearSummary
    seconds: dict[str, float]
    uncertainty: Uncertainty | None = None
    site_loop: SiteLoop | None = None  # loop.resolve=site
    margins: MarginalValues | None = None  # what more of the recovery plant would bring
    plan: DistrictPlan | None = None  # of the district, where heat is recovered
    electricity: ElectricityMix | None = None

    def __repr__(self) -> str:
        sizing, year = self.site.sizing, self.summary.year
        cells = sum(hall.model.air.raster.grid.n_cells for hall in self.halls)
        statuses = ", ".join(dict.fromkeys(hall.air.status.value for hall in self.halls))
        return (
            f"Results({self.site.name}: {sizing.racks:,} racks in {sizing.halls} halls, "
            f"{len(self.halls)} distinct ({cells:,} cells, {statuses}), PUE {year.pue:.3f}, "
            f"{self.summary.heat.available_GWh:.0f} GWh of heat a year, {len(self.warnings)} notes)"
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader must know, in the order of the stages, each said once."""
        found = list(self.site.sizing.notes)
        for result in self.halls:
            found += result.loop.warnings if result.loop else ()
            found += result.reading.notes if result.reading else ()
            found += result.water.circuit.warnings if result.water and result.water.circuit else ()
            found += unsettled_grids(result.grids) if result.grids else ()
        found += self.site_loop.solution.warnings if self.site_loop else ()
        found += shortfalls(self)
        found += sample_notes(self.uncertainty) if self.uncertainty else ()
        return tuple(dict.fromkeys(found))


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
        loop = None
        if model.plan is not None:
            with stage("loop", text) as clock:
                loop = _solve_loop(conf, model)
            seconds["loop"] += clock.seconds
        halls.append(HallResult(model=model, air=air, loop=loop, reading=reading, grids=grids, water=water))
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
        plan=district_plan(conf, spec, weather),
        electricity=mix,
    )


def district_plan(conf: TwinConf, spec: YearSpec, weather: Weather) -> DistrictPlan | None:
    """What a run stores of its district for maps and documents; None without recovery."""
    from twin.assembly.district_plan import plan_of

    if spec.network is None or spec.recovery is None:
        return None
    return plan_of(conf.district, spec.network, weather, spec.recovery.capacity, spec.feeds)


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


def hourly_inputs(conf: TwinConf) -> tuple[Weather, Array]:
    """Weather and IT load of the year, generated or read."""
    from twin.weather import typical_year
    from twin.weather.files import read_weather
    from twin.workload import it_load

    weather = read_weather(conf.climate.file) if conf.climate.file else typical_year(conf.climate)
    return weather, it_load(conf.workload)


def checked_inputs(conf: TwinConf) -> tuple[Weather, Array]:
    """The same, once the network, its trunk and the recovery are known to be possible.

    Raises InputError for whatever the year would refuse after the halls are solved.
    """
    from twin.assembly.year import heat_reuse

    weather, load = hourly_inputs(conf)
    heat_reuse(conf.recovery, conf.district, weather)
    return weather, load


def site_year_spec(
    conf: TwinConf,
    site: Site,
    halls: tuple[HallResult, ...],
    weather: Weather,
    load: Array,
    whole: SiteLoop | None = None,
) -> YearSpec:
    """The site as the year sees it: its loops, sized plant, recovery and network.

    load   IT power over design power by hour; whole: the site's loop, where its mains are laid out
    """
    from twin.assembly.air import handled_flow
    from twin.assembly.year import year_spec
    from twin.assembly.year_loops import facility_pumps, site_loops

    pumps, held = facility_pumps(conf.loop, [(h.loop, h.model.count) for h in halls if h.loop], whole)
    spec = year_spec(
        it_design_power=site.sizing.it_power,
        liquid_fraction=loop_share(conf.compute.liquid_fraction, halls),
        loop=site_loop(halls),
        tcs_set_point=celsius(conf.loop.supply_temperature_C),
        fws_pump_power=pumps,
        fws_head_held=held,
        dew_margin=conf.loop.control.dew_point_margin_K,
        air_handler_power=sum(
            conf.hall.fan_power_W_per_m3_s * handled_flow(h.model.air, h.air) * h.model.count for h in halls
        ),
        hall_area=sum(h.model.hall.floor_area * h.model.count for h in halls),
        plant=conf.plant,
        power=conf.power,
        recovery=conf.recovery,
        district=conf.district,
        weather=weather,
        coils=coil_water(halls),
    )
    loops = [(h.model.plan, h.model.racks, h.model.count) for h in halls if h.model.plan is not None]
    return replace(spec, loops=site_loops(conf.loop, loops, spec, weather, load))


def loop_share(plates: float, halls: tuple[HallResult, ...]) -> float:
    """Share of the IT heat that the CDUs carry [-]: of the cold plates, and of the rear doors they feed.

    A door's heat counts as a share of its racks' air heat, in all hours.
    """
    doors = sum(hall.water.door_heat * hall.model.count for hall in halls if hall.water)
    air = sum(rack.heat * hall.model.count for hall in halls for rack in hall.model.air.racks)
    return plates + (1.0 - plates) * doors / air if doors else plates


def coil_water(halls: tuple[HallResult, ...]) -> CoilWater | None:
    """Cool water of all coils that were solved with their water; None without any."""
    from twin.assembly.year import CoilWater

    wet = [
        (h.water.circuit, h.model.cool.source, h.model.count)
        for h in halls
        if h.water and h.water.circuit and h.model.cool
    ]
    if not wet:
        return None
    _, source, _ = wet[0]
    return CoilWater(
        heat=sum(circuit.heat * count for circuit, _, count in wet),
        rate=sum(circuit.capacity_rate * count for circuit, _, count in wet),
        supply=source.supply if source.exchanger is None else source.primary,
    )


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


def site_loop(halls: tuple[HallResult, ...]) -> LumpedLoop | None:
    """All loops of the site in parallel, reduced to one; None without liquid cooling."""
    from solvers.liquid.hall.lumped import LumpedLoop
    from solvers.liquid.hall.solve import lump

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
        loss=sum(part.loss * count for part, count in parts),
    )


def _use_threads(threads: int) -> None:
    import numba

    wanted = threads or int(os.environ.get("NUMBA_NUM_THREADS", 0)) or (os.cpu_count() or 1)
    numba.set_num_threads(max(1, min(wanted, numba.get_num_threads())))
