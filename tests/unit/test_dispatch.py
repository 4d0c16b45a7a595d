"""Hourly dispatch: a storage by hand, what limits an hour, units, balances, variants, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dispatch_specimens import MW, PUMP, K

from geometry.errors import InputError
from solvers.district.demand import Demand
from solvers.district.dispatch import Offer, Variant, dispatch, dispatch_variants, totals
from solvers.district.dispatch_checks import audit
from solvers.errors import BalanceError
from solvers.heat.heat_pump import Limit
from solvers.heat.heat_pump_map import HeatPumpPoints, fit_map
from solvers.heat.station import Station
from solvers.heat.storage import VOLUMETRIC, Diffuser, Ground, Insulation, Pit, Tank

pytestmark = pytest.mark.kernel

N = 96
STATION = Station(capacity=6.0 * MW, exchanger_ua=2e6, heat_pump=PUMP)
TIGHT = Insulation(lid=0.0, wall=0.0, bottom=0.0)
TANK = Tank(volume=1000.0, height=16.0, insulation=TIGHT, layers=40, mixing=0.0)


def offer(n: int = N, *, source: float = 45.0, coldest: float = 30.0, rate: float = 2e6) -> Offer:
    one = np.ones(n)
    return Offer(
        temperature=(source + K) * one,
        coldest=(coldest + K) * one,
        rate=rate,
        air=(10.0 + K) * one,
        available=np.ones(n, dtype=np.bool_),
    )


def demand(heat: np.ndarray, *, supply: float = 75.0, back: float = 50.0) -> Demand:
    one = np.ones(heat.size)
    return Demand(heat=heat, supply=(supply + K) * one, back=(back + K) * one)


DAYS = demand(np.where(np.arange(N) % 24 < 12, 4.0 * MW, 8.0 * MW))  # 6 MW in the mean
BASE = Variant(station=STATION, demand=DAYS)


def test_a_storage_carries_the_night_into_the_day() -> None:
    """Twelve hours with 2 MW to spare, twelve that lack 2 MW: 24 MWh a day, 826 m3 over 25 K. Without storage
    (4 + 6)/12 of the demand is met; with it all, but for what is mixed at the thermocline."""
    without = totals(dispatch(BASE, offer()))
    assert without.delivered / without.demand == pytest.approx(10.0 / 12.0, rel=1e-9)
    result = dispatch(replace(BASE, storage=TANK), offer())
    mean = totals(result)
    assert 0.985 < mean.delivered / mean.demand <= 1.0
    day = slice(24, 48)
    assert result.charge[day].sum() == pytest.approx(24.0 * MW, rel=0.06)
    assert result.discharge[day].sum() == pytest.approx(24.0 * MW, rel=0.06)
    assert mean.storage_loss == pytest.approx(0.0, abs=1.0)
    # heat held counts from the network's return: never more than the tank at supply temperature
    assert result.content.min() >= 0.0
    assert result.content.max() <= 1000.0 * VOLUMETRIC * 25.0 * (1.0 + 1e-9)
    assert result.closure < 1e-9


def test_the_return_flow_is_shared_so_the_machine_lifts_higher_while_the_tank_discharges() -> None:
    result = dispatch(replace(BASE, storage=TANK), offer())
    alone = dispatch(BASE, offer())
    helped = result.discharge > 0.5 * MW
    assert np.any(helped)
    assert np.all(result.cop[helped] < alone.cop[helped])
    np.testing.assert_allclose(result.network_out[helped], 75.0 + K, atol=0.5)


def test_a_storage_lets_a_machine_start_below_its_least_load() -> None:
    little = replace(BASE, demand=demand(np.full(N, 0.3 * MW)))
    assert np.all(dispatch(little, offer()).limit == Limit.MINIMUM_LOAD)
    stored = dispatch(replace(little, storage=TANK), offer())
    assert totals(stored).delivered > 0.9 * totals(stored).demand
    assert set(np.unique(stored.pumped > 0.0)) == {False, True}


@pytest.mark.parametrize(
    ("change", "supplied", "limit"),
    [
        ({}, {}, Limit.DEMAND),
        ({"trunk_capacity": 2.0 * MW}, {}, Limit.TRUNK),
        ({"storage": replace(TANK, volume=1.0)}, {}, Limit.STORAGE_FULL),
        (
            {"storage": replace(TANK, diffuser=Diffuser(length=0.1, height=0.1, difference=10.0))},
            {},
            Limit.STORAGE_FULL,
        ),
        ({"storage": replace(TANK, volume=1e5)}, {}, Limit.CAPACITY),
        ({}, {"rate": 5e4}, Limit.SOURCE),
    ],
)
def test_what_limits_an_hour_is_recorded(
    change: dict[str, object], supplied: dict[str, float], limit: Limit
) -> None:
    """4 MW asked of 6 MW; a source of 5e4 W/K over 15 K gives 0.75 MW."""
    variant = replace(BASE, demand=demand(np.full(N, 4.0 * MW)), **change)  # type: ignore[arg-type]
    found = dispatch(variant, offer(**supplied)).limit  # type: ignore[arg-type]
    assert np.count_nonzero(found == limit) > 0.9 * N


def test_fewest_units_run_and_part_load_costs() -> None:
    """2 MW units. 1.9 MW: one at 0.95; 2.1 MW: two at 0.525, EN 14825: 0.525/(0.9 0.525 + 0.1) = 0.9170."""
    steps = dispatch(replace(BASE, demand=demand(np.array([1.9, 2.1, 4.1]) * MW)), offer(3))
    np.testing.assert_array_equal(steps.running, [1, 2, 3])
    one = replace(STATION, heat_pump=replace(PUMP, units=1, capacity=4.0 * MW, degradation=0.0))
    two = replace(one, heat_pump=replace(PUMP, units=1, capacity=4.0 * MW, degradation=0.1))
    cops = [
        dispatch(replace(BASE, station=s, demand=demand(np.array([2.1 * MW]))), offer(1)).cop[0]
        for s in (one, two)
    ]
    assert cops[1] / cops[0] == pytest.approx(0.525 / (0.9 * 0.525 + 0.1), rel=1e-9)


def test_units_in_series_share_the_rise() -> None:
    """With one Lorenz efficiency the order changes little: counterflow keeps the lifts alike."""
    full = replace(BASE, demand=demand(np.array([6.0 * MW])))
    beside = dispatch(full, offer(1)).cop[0]
    row = replace(STATION, heat_pump=replace(PUMP, in_series=True))
    behind = dispatch(replace(full, station=row), offer(1)).cop[0]
    assert behind == pytest.approx(beside, rel=0.01)


def test_boiler_and_share_kept_for_the_coolers() -> None:
    high = replace(BASE, demand=demand(np.full(N, 8.0 * MW)))
    fired = dispatch(replace(high, station=replace(STATION, boiler_capacity=1.5 * MW)), offer())
    np.testing.assert_allclose(fired.boiler, 1.5 * MW)
    np.testing.assert_allclose(fired.others, 0.5 * MW)
    kept = dispatch(replace(high, station=replace(STATION, rejection_share=0.95)), offer())
    # 5 % of 2e6 W/K over 15 K
    np.testing.assert_allclose(kept.site_heat, 1.5 * MW)
    assert np.all(kept.limit == Limit.SOURCE)
    np.testing.assert_allclose(kept.source_out, 45.0 + K - 1.5 * MW / 2e6)


def test_trunk_loses_what_it_loses() -> None:
    lossy = dispatch(replace(BASE, trunk_loss=0.1 * MW), offer())
    np.testing.assert_allclose(lossy.trunk_loss, 0.1 * MW)
    np.testing.assert_allclose(lossy.delivered[:12], 4.0 * MW)
    np.testing.assert_allclose(lossy.delivered[12:24], 5.9 * MW)


def test_a_map_rules_inside_its_box_and_is_refused_outside() -> None:
    """Points of half of Carnot's COP: source 45 and sink 75 degC give 0.5 x 348.15 / 30 = 5.8025."""
    axes = np.meshgrid([40.0, 50.0], [45.0, 55.0], [70.0, 80.0], [1.0], [0.3, 1.0])
    source, back, out, flow, load = (axis.ravel() for axis in axes)
    cop = 0.5 * (out + K) / (out - source)
    table = fit_map(
        HeatPumpPoints(
            source_in=source + K, sink_in=back + K, sink_out=out + K, source_flow=flow, load=load, cop=cop
        )
    )
    mapped = replace(BASE, station=replace(STATION, heat_pump=replace(PUMP, map=table)))
    inside = dispatch(replace(mapped, demand=demand(np.array([6.0 * MW]))), offer(1))
    assert inside.cop[0] == pytest.approx(5.8025, rel=1e-6)
    with pytest.raises(InputError, match=r"(?s)outside its envelope in all 96 hours.*another machine"):
        dispatch(mapped, offer(source=60.0, coldest=52.0))
    mixed = offer()
    mixed.temperature[:10] = 38.0 + K
    assert np.all(dispatch(mapped, mixed).limit[:10] == Limit.ENVELOPE)


@pytest.mark.parametrize(
    ("field", "balance"),
    [("electricity", "station"), ("charge", "network"), ("others", "demand"), ("storage_loss", "storage")],
)
def test_an_open_hour_is_refused(field: str, balance: str) -> None:
    result = dispatch(replace(BASE, storage=TANK), offer())
    wrong = getattr(result, field).copy()
    wrong[40] += 1.0  # one watt in megawatts
    broken = replace(result, **{field: wrong})
    before = float(result.content[0]) - 3600.0 * float(
        result.charge[0] - result.discharge[0] - result.storage_loss[0]
    )
    with pytest.raises(BalanceError, match=rf"balance of the {balance} in hour 40"):
        audit(broken, before=before, heat_per_kelvin=1000.0 * VOLUMETRIC)


def test_variants_do_not_depend_on_threads() -> None:
    sizes = [replace(BASE, storage=replace(TANK, volume=v)) for v in (200.0, 800.0, 3200.0)]
    alone, shared = dispatch_variants(sizes, offer()), dispatch_variants(sizes, offer(), workers=2)
    assert alone == shared
    delivered = [t.delivered for t in alone]
    assert delivered == sorted(delivered)
    assert alone[0].vented == pytest.approx(alone[0].offered - alone[0].site_heat)


def test_a_pit_pays_for_its_ground() -> None:
    ground = Ground(conductivity=2.0, volumetric=2.4e6, temperature=12.0 + K)
    walls = Insulation(lid=0.2, wall=50.0, bottom=50.0)
    pit = Pit(volume=2000.0, height=4.0, slope=1.0, insulation=walls, ground=ground, layers=20)
    buried = totals(dispatch(replace(BASE, storage=pit), offer()))
    free = totals(dispatch(replace(BASE, storage=replace(TANK, volume=2000.0)), offer()))
    assert buried.storage_loss > 0.0
    assert buried.delivered < free.delivered


@pytest.mark.parametrize(
    ("variant", "water", "words"),
    [
        (replace(BASE, demand=demand(np.ones(N), supply=45.0)), offer(), r"return of the network = 50 degC"),
        (replace(BASE, demand=demand(np.full(N, np.nan))), offer(), r"heat of the demand has gaps"),
        (BASE, offer(95), r"temperature offered by the site has 95 hours, the demand 96"),
        (BASE, offer(rate=-1.0), r"capacity rate of the site's water = -1 W/K"),
        (replace(BASE, trunk_capacity=0.0), offer(), r"capacity of the trunk = 0 W"),
        (replace(BASE, station=replace(STATION, capacity=0.0)), offer(), r"capacity of the station = 0 W"),
    ],
)
def test_bad_input_is_refused(variant: Variant, water: Offer, words: str) -> None:
    with pytest.raises(InputError, match=words):
        dispatch(variant, water)
