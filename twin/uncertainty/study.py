"""Uncertain inputs -> percentiles of what a run reports, and which input each result follows.

Every member scales the solved site: flows and heat-capacity rates of the loops' answers, UA after the flows
(eps-NTU), pump power by the network's own exponent, cold plate at its new flow, coolers, heat pump, network
and weather; then the whole year is simulated and audited again. Sizes of the plant stay those of the run, the
hall's air stays as solved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers import psychrometrics
from solvers.heat.exchangers import effectiveness, transfer_units, ua_at_flow
from solvers.liquid.components.cold_plate import ColdPlate, plate_resistance
from solvers.liquid.hall.lumped import LumpedLoop
from solvers.liquid.hall.response import Answer, Responds
from solvers.liquid.hall.solve import solve_hall_loop
from twin.schema import EconomicsConf, UncertaintyConf
from twin.uncertainty.sampling import inputs_drawn, latin_hypercube, nominal, rank_correlation, spreads_of
from twin.units import KW, to_celsius
from twin.weather import Weather
from twin.year import Circuit, SiteLoops, YearSpec, simulate_year
from twin.year.summary import BOILING, hottest_water, summarise_year

if TYPE_CHECKING:
    from twin.results.records import HallResult

Array = NDArray[np.float64]

PERCENTILES = (5.0, 50.0, 95.0)
STEEPER = 1.02  # flow over the solved at which the exponent of pump power is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class HotPackage:
    """The hottest GPU: its inlet above the mixed supply [K], power [W], flow of its plate [m3/s]."""

    plate: ColdPlate
    above_supply: float
    power: float
    flow: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the members vary: the run's year, its hottest GPU (None without liquid-cooled ones)."""

    spec: YearSpec
    weather: Weather
    load: Array
    economics: EconomicsConf
    package: HotPackage | None
    pump_exponent: float  # of the CDU pumps' power with flow [-]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """The answer of a study; outputs carry their units in the names, as the summary does.

    values       (inputs, members); results (outputs, members), nan where a figure does not exist
    nominal      (outputs,) with every input at its mode, a uniform one in its middle
    percentiles  (probabilities, outputs)
    correlation  (outputs, inputs), Spearman's rank correlation [-]
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    probability: tuple[float, ...]
    values: Array
    results: Array
    nominal: Array
    percentiles: Array
    correlation: Array


def study(
    basis: Basis, conf: UncertaintyConf, *, workers: int = 1, tell: Callable[[str], None] = lambda _: None
) -> Uncertainty:
    """Draw the sample, evaluate every member, reduce.

    workers  threads; the answer does not depend on them
    Raises the errors of `simulate_year`; a balance that is open in one member stops the study.
    """
    spreads = inputs_drawn(conf, loops=basis.spec.loop is not None)
    sample = latin_hypercube(spreads, conf.members, conf.seed)
    fixed = {name: nominal(spread) for name, spread in spreads_of(conf).items()}
    middle = evaluate(basis, fixed)
    rows: list[dict[str, float]] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        drawn = [fixed | {k: float(v[i]) for k, v in sample.items()} for i in range(conf.members)]
        for row in pool.map(lambda factors: evaluate(basis, factors), drawn):
            rows.append(row)
            if len(rows) % 20 == 0:
                tell(f"{len(rows)} of {conf.members} members")
    outputs = tuple(middle)
    results = np.array([[row[name] for row in rows] for name in outputs])
    values = np.array([sample[name] for name in spreads]).reshape(len(spreads), conf.members)
    return Uncertainty(
        inputs=tuple(spreads),
        outputs=outputs,
        probability=PERCENTILES,
        values=values,
        results=results,
        nominal=np.array(list(middle.values())),
        percentiles=np.percentile(results, PERCENTILES, axis=1),
        correlation=np.array([[rank_correlation(x, y) for x in values] for y in results]),
    )


def boiling_members(found: Uncertainty) -> int:
    """How many members' plants are so small that water of the site would boil; no circuit holds that."""
    return int(np.count_nonzero(found.results[found.outputs.index("water_max_C")] > to_celsius(BOILING)))


def evaluate(basis: Basis, factor: Mapping[str, float]) -> dict[str, float]:
    """The figures of one member. `factor` holds every input; all ones (0 K) give the run itself."""
    spec = _varied(basis, factor)
    year = simulate_year(spec, _shifted(basis.weather, factor["outdoor_K"]), basis.load)
    summary = summarise_year(year, spec, basis.economics)
    found = {"water_max_C": to_celsius(hottest_water(year))}
    if spec.loop is not None:
        found |= {
            "tcs_supply_max_C": to_celsius(float(year.tcs_supply.max())),
            "tcs_return_max_C": to_celsius(float(year.tcs_return.max())),
            "fws_return_max_C": to_celsius(float(year.fws_return.max())),
            "cdu_pump_power_kW": spec.loop.pump_power / KW,
        }
        if basis.package is not None:
            rise = _junction_rise(basis.package, factor)
            found["gpu_junction_max_C"] = to_celsius(float((year.tcs_supply + basis.load * rise).max()))
            found["gpu_junction_max_C"] += basis.package.above_supply
    figures = (
        ("pue", summary.year.pue),
        ("wue_L_per_kWh", summary.year.wue_L_per_kWh),
        ("facility_GWh", summary.year.facility_GWh),
        ("floating_max_K", summary.floating_max_K),
        ("available_GWh", summary.heat.available_GWh),
        ("offered_temperature_C", summary.heat.offered_temperature_C),
        ("delivered_GWh", summary.heat.delivered_GWh),
        ("heat_pump_cop", summary.heat.heat_pump_cop),
        ("lcoh_EUR_per_MWh", summary.heat.lcoh_EUR_per_MWh),
    )
    return found | {name: np.nan if value is None else value for name, value in figures}


def basis_of(
    spec: YearSpec,
    weather: Weather,
    load: Array,
    economics: EconomicsConf,
    halls: Sequence[HallResult],
    set_point: float,
) -> Basis:
    """What a finished run gives the study. set_point: technology supply [K]."""
    return Basis(
        spec=spec,
        weather=weather,
        load=load,
        economics=economics,
        package=_hottest(halls),
        pump_exponent=_pump_exponent(halls, set_point),
    )


def _hottest(halls: Sequence[HallResult]) -> HotPackage | None:
    found = None
    hottest = -np.inf
    for hall in halls:
        loop, plan = hall.loop, hall.model.plan
        if loop is None or plan is None or not loop.junction_max > hottest:
            continue
        hottest = loop.junction_max
        at = int(np.nanargmax(loop.racks.junction))
        rack = hall.model.racks[at]
        solved = _flow_share(hall, at)
        found = HotPackage(
            plate=plan.design.plate,
            above_supply=float(loop.racks.inlet[at]) - loop.tcs_supply,
            power=rack.gpu_power,
            flow=solved * rack.gpu_heat_share / rack.gpus,
        )
    return found


def _flow_share(hall: HallResult, at: int) -> float:
    """Volume flow of a rack at its inlet [m3/s]."""
    from solvers.fluids import density

    assert hall.loop is not None
    assert hall.model.plan is not None
    racks = hall.loop.racks
    return float(racks.flow[at] / density(hall.model.plan.design.coolant, racks.inlet[at]))


def _pump_exponent(halls: Sequence[HallResult], set_point: float) -> float:
    """d ln(power) / d ln(flow) of all CDU pumps, from the network solved at a little more flow."""
    before = after = 0.0
    for hall in halls:
        if hall.loop is None or hall.model.plan is None:
            continue
        more = [replace(rack, flow=rack.flow * STEEPER) for rack in hall.model.racks]
        steeper = solve_hall_loop(hall.model.plan, more, set_point=set_point)
        before += hall.loop.pump_power * hall.model.count
        after += steeper.pump_power * hall.model.count
    return float(np.log(after / before) / np.log(STEEPER)) if before > 0.0 else 0.0


def _varied(basis: Basis, factor: Mapping[str, float]) -> YearSpec:
    spec = basis.spec
    loop, warm = spec.loop, spec.warm
    if loop is not None and warm is not None:
        loop = varied_loop(loop, factor, basis.pump_exponent)
        pumps = warm.pump_power * factor["coolant_flow"] / factor["pump_efficiency"]
        warm = replace(_varied_cooler(warm, factor), capacity_rate=loop.c_fws, pump_power=pumps)
    recovery, network = spec.recovery, spec.network
    if recovery is not None and recovery.heat_pump is not None:
        machine = recovery.heat_pump
        better = machine.lorenz_efficiency * factor["heat_pump_efficiency"]
        recovery = replace(recovery, heat_pump=replace(machine, lorenz_efficiency=better))
    if network is not None:
        network = replace(network, annual_heat=network.annual_heat * factor["network_heat"])
    return replace(
        spec,
        it_design_power=spec.it_design_power * factor["it_power"],
        loop=loop,
        loops=_varied_loops(basis, factor),
        warm=warm,
        cool=_varied_cooler(spec.cool, factor),
        recovery=recovery,
        network=network,
    )


@dataclass(frozen=True, slots=True)
class _VariedHall:
    """A hall whose answers are varied; `rise` of the junction over the run's."""

    hall: Responds
    factor: Mapping[str, float]
    pump_exponent: float
    rise: float

    @property
    def design_heat(self) -> float:
        return self.hall.design_heat

    def __call__(self, share: Array, set_point: Array, water: Array) -> Answer:
        answer = self.hall(share, set_point, water)
        return answer._replace(
            lumped=varied_loop(answer.lumped, self.factor, self.pump_exponent),
            junction_rise=answer.junction_rise * self.rise,
        )


def _varied_loops(basis: Basis, factor: Mapping[str, float]) -> SiteLoops | None:
    loops, rise = basis.spec.loops, 1.0
    if loops is None:
        return None
    if basis.package is not None:
        same = dict.fromkeys(factor, 1.0)
        rise = _junction_rise(basis.package, factor) / _junction_rise(basis.package, same)
        rise /= factor["it_power"]  # which the halls' share of heat has already
    halls = tuple(
        (_VariedHall(hall, factor, basis.pump_exponent, rise), count) for hall, count in loops.halls
    )
    # what GPUs would reach is a result: members do not throttle
    return replace(loops, halls=halls, junction_limit=np.nan)


def varied_loop(loop: LumpedLoop, factor: Mapping[str, float], pump_exponent: float) -> LumpedLoop:
    """The reduced loop at another flow, UA and pump efficiency; the facility flow keeps its ratio."""
    flow = factor["coolant_flow"]
    low, high = np.minimum(loop.c_tcs, loop.c_fws), np.maximum(loop.c_tcs, loop.c_fws)
    ua = transfer_units(loop.effectiveness, low / high) * low
    ua = ua_at_flow(ua, flow, flow) * factor["cdu_ua"]
    return LumpedLoop(
        c_tcs=loop.c_tcs * flow,
        c_fws=loop.c_fws * flow,
        effectiveness=effectiveness(ua / (low * flow), low / high),
        pump_power=loop.pump_power * flow**pump_exponent / factor["pump_efficiency"],
        loss=loop.loss,
    )


def _varied_cooler(circuit: Circuit, factor: Mapping[str, float]) -> Circuit:
    cooler = circuit.cooler
    return replace(
        circuit,
        cooler=replace(
            cooler,
            ua=cooler.ua * factor["cooler_ua"],
            fan_power=cooler.fan_power * factor["cooler_fan_power"],
        ),
    )


def _junction_rise(package: HotPackage, factor: Mapping[str, float]) -> float:
    """Junction above the coolant at the rack's inlet at full load [K]."""
    plate = package.plate
    resistance = float(plate_resistance(plate, package.flow * factor["coolant_flow"]).resistance)
    resistance *= factor["cold_plate_resistance"]
    resistance += plate.junction_to_case * factor["junction_to_case"]
    return package.power * factor["it_power"] * resistance


def _shifted(weather: Weather, shift: float) -> Weather:
    """The year warmer by `shift` [K] at the same relative humidity."""
    if shift == 0.0:
        return weather
    dry = weather.dry_bulb + shift
    moister = psychrometrics.saturation_humidity(dry, weather.pressure) / psychrometrics.saturation_humidity(
        weather.dry_bulb, weather.pressure
    )
    humidity = np.minimum(
        weather.humidity * moister, psychrometrics.saturation_humidity(dry, weather.pressure)
    )
    vapour = psychrometrics.vapour_pressure(humidity, weather.pressure)
    return replace(
        weather,
        dry_bulb=dry,
        wet_bulb=np.minimum(psychrometrics.wet_bulb(dry, humidity, weather.pressure), dry),
        dew_point=np.minimum(psychrometrics.dew_point(vapour), dry),
        humidity=humidity,
    )
