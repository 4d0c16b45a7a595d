"""The loops in the year: table against solved hours; set points of single hours worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.grid import Array
from solvers import psychrometrics
from solvers.heat.plant import CoolerKind, free_cooling, reject, size_cooler
from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.lumped import LumpedLoop
from solvers.liquid.hall.plan import plan_loop
from solvers.liquid.hall.response import Answer
from solvers.liquid.hall.solve import lump, solve_hall_loop
from twin.assembly.year_loops import facility_pumps, site_loops
from twin.schema import LoopConf, LoopYear, PumpControl
from twin.verification.liquid_halls import GB300_FLOW, GB300_HEAT, ZERO, hall_runs, loop_design, racks
from twin.weather import Weather, weather_from
from twin.year import Circuit, PowerTrain, Priority, SiteLoops, YearSpec, simulate_year
from twin.year.circuits import ambient_of, cool_water, source_of, supply_wanted, warm_water

pytestmark = pytest.mark.kernel

SET = ZERO + 40.0
HOURS = 48


def weather(celsius: Array, relative: float = 0.5) -> Weather:
    n = celsius.size
    return weather_from(
        source="drawn",
        dry_bulb=ZERO + celsius,
        relative_humidity=np.full(n, relative),
        pressure=np.full(n, 101325.0),
        wind=np.full(n, 3.0),
    )


@pytest.fixture(scope="module")
def hall():
    """Two rows of four racks; the second row's have 60 % of the heat, so that its units float later."""
    names, runs = hall_runs(2, 4)
    load = racks(names, flow=float(published(GB300_FLOW, SET, GB300_HEAT)))
    load = [replace(rack, heat=rack.heat * (0.6 if rack.name.startswith("B") else 1.0)) for rack in load]
    plan = plan_loop(runs, load, loop_design(), supply=SET)
    return plan, tuple(load), solve_hall_loop(plan, load, set_point=SET)


def circuit(heat: float, rate: float, supply: float, pumps: float, ratio: float) -> Circuit:
    cooler = size_cooler(
        CoolerKind.DRY,
        heat=heat,
        design_air=ZERO + 34.0,
        approach=6.0,
        fluid_range=heat / rate,
        fan_power_ratio=0.025,
        fan_minimum=0.15,
    )
    return Circuit(
        cooler=cooler,
        chiller=None,
        capacity_rate=rate,
        supply=supply,
        pump_power=pumps,
        pump_power_ratio=ratio,
    )


def spec_of(loop: LumpedLoop, heat: float) -> YearSpec:
    """Nine tenths of the IT power in the loop."""
    return YearSpec(
        it_design_power=heat / 0.9,
        liquid_fraction=0.9,
        loop=loop,
        tcs_set_point=SET,
        air_handler_power=2e3,
        warm=circuit(heat, loop.c_fws, np.nan, 5e3, 0.0),
        cool=circuit(0.15 * heat, 0.02 * heat, ZERO + 20.0, 0.0, 0.015),
        power=PowerTrain(
            transformer_efficiency=0.99,
            ups_efficiency=0.97,
            distribution_efficiency=0.99,
            lighting=1e3,
            auxiliary=1e3,
        ),
    )


def conf(year: LoopYear = LoopYear.reduced, pumps: PumpControl = PumpControl.constant_flow) -> LoopConf:
    found = LoopConf(year=year)
    found.control.pumps = pumps
    return found


@pytest.fixture(scope="module")
def odd():
    """Hours of odd loads and air from frost to heat."""
    draw = np.random.default_rng(7)
    return weather(draw.uniform(-5.0, 40.0, HOURS)), draw.uniform(0.4, 1.0, HOURS)


@pytest.mark.parametrize("pumps", [PumpControl.constant_flow, PumpControl.proportional_pressure])
def test_the_table_keeps_its_bound_through_a_year(hall, odd, pumps):
    plan, load, solved = hall
    spec, (air, share) = spec_of(lump(solved), solved.heat), odd
    halls = [(plan, load, 3)]
    spec = replace(spec, it_design_power=3 * spec.it_design_power)
    spec = replace(spec, warm=circuit(3 * solved.heat, 3 * spec.loop.c_fws, np.nan, 15e3, 0.0))
    years = []
    for kind in LoopYear:
        loops = site_loops(conf(kind, pumps), halls, spec, air, share)
        assert loops is not None
        assert (loops.error is None) == (kind is LoopYear.resolved)
        years.append((simulate_year(replace(spec, loops=loops), air, share), loops.error))
    (reduced, error), (resolved, _) = years
    assert error is not None
    assert 0.0 < error.kelvin <= 0.1
    assert error.pump_power <= 0.01
    for name in ("tcs_supply", "tcs_return", "fws_supply", "fws_return", "junction"):
        apart = np.abs(getattr(reduced, name) - getattr(resolved, name))
        # in floating hours the plant's reach follows the table's flow: a little more than its own bound
        assert apart.max() <= 1.2 * error.kelvin, name
    assert np.abs(reduced.pump_power / resolved.pump_power - 1.0).max() <= 0.01
    assert 0 < np.count_nonzero(resolved.floating > 0.01) < HOURS
    assert resolved.year_energy <= 1e-12


def test_an_hour_of_the_year_is_the_hall_solved_alone(hall, odd):
    plan, load, solved = hall
    air, share = odd
    spec = spec_of(lump(solved), solved.heat)
    loops = site_loops(conf(LoopYear.resolved), [(plan, load, 1)], spec, air, share)
    year = simulate_year(replace(spec, loops=loops), air, share)
    for i in (int(np.argmax(air.dry_bulb)), int(np.argmin(air.dry_bulb))):
        part = [
            replace(rack, heat=share[i] * rack.heat, gpu_power=share[i] * rack.gpu_power) for rack in load
        ]
        alone = solve_hall_loop(plan, part, set_point=SET, fws_supply=float(year.fws_supply[i]))
        assert year.tcs_supply[i] == pytest.approx(alone.tcs_supply, abs=1e-3)
        assert year.tcs_return[i] == pytest.approx(alone.tcs_return, abs=1e-3)
        assert year.junction[i] - year.tcs_supply[i] == pytest.approx(
            alone.junction_max - alone.tcs_supply, abs=1e-3
        )
        # the pumps carry what the valves pass: the second row's are open where its units float
        rate = alone.heat_fws / (alone.fws_return - alone.fws_supply)
        assert year.liquid_heat[i] == pytest.approx(alone.heat_fws + spec.warm.pumps_at(rate), rel=1e-5)


# -- set points, by hand ---------------------------------------------------------------------------------

LOOP = LumpedLoop(c_tcs=6e4, c_fws=6e4, effectiveness=0.75, pump_power=5e3)


def test_a_humid_hour_raises_the_supply():
    """Set point 16 degC; outdoors 25 degC at 90 %: dew point 23.2 degC. The coils' water of 20 degC dries the
    halls' air to that, so that 22 degC keep pipes dry; at 30 % (dew point 6.2 degC) the set point stands."""
    spec = replace(spec_of(LOOP, 9e5), tcs_set_point=ZERO + 16.0, dew_margin=2.0)
    humid, dry = (supply_wanted(spec, ambient_of(weather(np.full(1, 25.0), rh))) for rh in (0.9, 0.3))
    assert humid[0] - ZERO == pytest.approx(22.0, abs=0.05)
    assert dry[0] - ZERO == 16.0
    cool = ambient_of(weather(np.full(1, 15.0), 0.95))
    outside = psychrometrics.dew_point(0.95 * psychrometrics.saturation_pressure(ZERO + 15.0))
    assert supply_wanted(spec, cool)[0] == pytest.approx(outside + 2.0, abs=0.02)
    assert supply_wanted(replace(spec, dew_margin=None), cool)[0] == ZERO + 16.0


def test_facility_pumps_follow_their_flow():
    """Half the flow: half the power at constant head; with a quarter of the head kept and the rest falling to
    a quarter, 0.5 (0.25 + 0.75 / 4) = 0.21875 of it."""
    held = spec_of(LOOP, 9e5).warm
    assert held.pumps_at(np.array([3e4])) == pytest.approx([2500.0])
    assert replace(held, head_held=0.25).pumps_at(np.array([3e4])) == pytest.approx([0.21875 * 5e3])


def test_head_of_facility_pumps_from_the_mains(hall):
    """Mains 20 kPa, units 84, plant 60: 164 kPa; water of 994 kg/m3 at 35 degC over 0.65."""
    _, _, solved = hall
    from types import SimpleNamespace

    mains = replace(solved, fws_mains_drop=20e3, fws_flow=100.0, fws_supply=ZERO + 35.0)
    plan = SimpleNamespace(design=SimpleNamespace(facility=loop_design().facility))
    whole = SimpleNamespace(solution=mains, model=SimpleNamespace(plan=plan))
    settings = conf()
    settings.pump_efficiency = 0.65
    power, kept = facility_pumps(settings, [], whole)  # type: ignore[arg-type]
    assert power == pytest.approx(100.0 / 994.1 * 164e3 / 0.65, rel=1e-3)
    assert kept == pytest.approx(84.0 / 164.0)
    assert facility_pumps(settings, [(solved, 2)], None) == (2 * solved.fws_pump_power, 1.0)


class Hall:
    """A hall of 900 kW: LOOP in all hours, its hottest GPU 30 K above the supply at full load."""

    design_heat = 9e5

    def __call__(self, share: Array, set_point: Array, water: Array) -> Answer:
        return Answer(LOOP, 30.0 * share, np.zeros_like(share))


def test_gpus_at_their_limit_slow_down():
    """Limit 68 degC, 30 K of rise above 40 degC: (68 - 40) / 30 = 0.9333 of the load is left. At 0.9
    nothing happens."""
    spec = replace(spec_of(LOOP, 9e5), loops=SiteLoops(halls=((Hall(), 1),), junction_limit=ZERO + 68.0))
    air = weather(np.full(2, 10.0))
    year = simulate_year(spec, air, np.array([1.0, 0.9]))
    assert year.junction - ZERO == pytest.approx([68.0, 67.0], abs=0.011)
    assert year.it_power[0] == pytest.approx(0.93333e6, rel=4e-4)
    assert year.throttled == pytest.approx([66.7e3, 0.0], abs=400.0)
    assert year.liquid_heat[0] == pytest.approx(0.93333 * 9e5 + 10e3, rel=1e-3)
    assert year.year_energy <= 1e-12
    # a heat wave floats the supply by s kelvin: what is left falls with it, and with the load the water cools
    hot = simulate_year(spec, weather(np.full(1, 45.0)), np.ones(1))
    assert hot.tcs_supply[0] > SET + 2.0
    assert hot.junction[0] == pytest.approx(ZERO + 68.0, abs=0.011)
    left = hot.it_power[0] / 1e6
    assert 30.0 * left == pytest.approx(ZERO + 68.0 - hot.tcs_supply[0], abs=0.011)
    asis = simulate_year(replace(spec, loops=replace(spec.loops, junction_limit=np.nan)), air, np.ones(2))
    assert asis.junction[0] - ZERO == pytest.approx(70.0)
    assert np.all(asis.throttled == 0.0)


def test_free_cooling_first_leaves_recovery_the_rest():
    """On a cold day the coolers shed all heat: nothing is offered. On a warm one the recovery is offered what
    they cannot shed."""
    spec = replace(spec_of(LOOP, 9e5), priority=Priority.FREE_COOLING)
    for celsius in (0.0, 33.0):
        ambient = ambient_of(weather(np.full(1, celsius)))
        warm = warm_water(spec, np.ones(1), ambient)
        cool = cool_water(spec, np.full(1, 1e5), ambient)
        offered = source_of(spec, warm, cool, ambient)
        free = free_cooling(spec.warm.cooler, warm.heat, warm.rate, warm.fws_supply, ambient)
        assert offered.rate * (offered.offered - offered.coldest) == pytest.approx(warm.heat - free, abs=1e-3)
        first = source_of(replace(spec, priority=Priority.RECOVERY), warm, cool, ambient)
        assert first.rate * (first.offered - first.coldest) == pytest.approx(warm.heat, rel=1e-12)
        if celsius == 0.0:
            assert free[0] == warm.heat[0]


def test_a_cooler_with_water_that_changes_by_the_hour():
    """Each hour alone, with its own constant flow, gives the same air flow."""
    cooler = spec_of(LOOP, 9e5).warm.cooler
    ambient = ambient_of(weather(np.array([0.0, 10.0, 20.0, 25.0])))
    rate, heat = np.array([2e4, 6e4, 4.5e4, 3e4]), np.array([2e5, 9e5, 5e5, 3e5])
    wanted = np.full(4, ZERO + 36.0)
    together = reject(cooler, None, heat=heat, fluid=rate, wanted=wanted, ambient=ambient)
    for i in range(4):
        one = ambient_of(weather(np.array([[0.0, 10.0, 20.0, 25.0][i]])))
        alone = reject(
            cooler, None, heat=heat[i : i + 1], fluid=float(rate[i]), wanted=wanted[:1], ambient=one
        )
        assert together.air_flow_ratio[i] == pytest.approx(alone.air_flow_ratio[0], rel=1e-7)
        assert together.fan_power[i] == pytest.approx(alone.fan_power[0], rel=1e-6)
