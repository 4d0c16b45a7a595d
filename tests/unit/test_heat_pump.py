"""Lorenz COP against closed-form values and machines; a station against the second law and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geometry.errors import InputError
from solvers.district.demand import Demand
from solvers.district.dispatch import Offer, Variant, dispatch
from solvers.district.dispatch_records import Dispatch
from solvers.heat.heat_pump import HeatPump, Limit, entropic_mean, lorenz_cop, planned_outage
from solvers.heat.station import Station

pytestmark = pytest.mark.kernel

K = 273.15


# closed form COP = T_sink / (T_sink - T_source) with logarithmic means, evaluated in double precision
@pytest.mark.parametrize(
    ("sink_in", "sink_out", "source_in", "source_out", "expected"),
    [
        (50, 75, 40, 34, 13.23218806),
        (60, 90, 45, 38, 10.44928376),
        (55, 80, 30, 25, 8.543614605),
    ],
)
def test_lorenz_limit(
    sink_in: float, sink_out: float, source_in: float, source_out: float, expected: float
) -> None:
    cop = lorenz_cop(
        sink_in=sink_in + K,
        sink_out=sink_out + K,
        source_in=source_in + K,
        source_out=source_out + K,
        efficiency=1.0,
    )
    assert cop == pytest.approx(expected, rel=1e-9)


def test_equal_temperatures_give_carnot() -> None:
    """Reservoirs at 60 and 20 degC: 333.15 / 40 = 8.32875."""
    cop = lorenz_cop(sink_in=60 + K, sink_out=60 + K, source_in=20 + K, source_out=20 + K, efficiency=1.0)
    assert cop == pytest.approx(8.32875)
    assert entropic_mean(300.0, 300.0) == 300.0
    assert entropic_mean(300.0, 300.0 + 1e-9) == pytest.approx(300.0, rel=1e-11)


# The default pair (0.58, 4 K) between two machines: Kajaani (Fenagy: 25.8 MW of cold and 33.5 MW of heat,
# hence 33.5 / (33.5 - 25.8) = 4.35; 50 to 85 degC) and a two-stage ammonia heat pump (60 to 90 and 105 degC,
# from water at 12 degC) computed with EBSILON Professional in the tests of TESPy, cooled by about 6 K
@pytest.mark.parametrize(
    ("sink_in", "sink_out", "source_in", "source_out", "cop"),
    [(50, 85, 30, 25, 4.35), (60, 105, 12, 6, 2.436), (60, 90, 12, 6, 2.777)],
)
def test_default_efficiency_is_within_eight_percent_of_machines(
    sink_in: float, sink_out: float, source_in: float, source_out: float, cop: float
) -> None:
    ours = lorenz_cop(
        sink_in=sink_in + K,
        sink_out=sink_out + K,
        source_in=source_in + K,
        source_out=source_out + K,
        efficiency=0.58,
        terminal_difference=4.0,
    )
    assert ours == pytest.approx(cop, rel=0.08)


def test_tiny_lifts_are_capped() -> None:
    """Sink 41, source 40 degC: the lift counts as 10 K, 314.15 / 10 x 0.5 = 15.7."""
    cop = lorenz_cop(sink_in=41 + K, sink_out=41 + K, source_in=40 + K, source_out=40 + K, efficiency=0.5)
    assert cop == pytest.approx(15.7075)


@pytest.mark.parametrize(
    ("sink", "source", "efficiency", "words"),
    [
        ((60, 50), (30, 20), 0.5, "sink of a heat pump must not cool"),
        ((50, 60), (20, 30), 0.5, "source of a heat pump must not warm"),
        ((120, 140), (10, 5), 0.5, "lift"),
        ((50, 60), (30, 20), 1.5, "efficiency"),
    ],
)
def test_impossible_machines_are_refused(
    sink: tuple[float, float], source: tuple[float, float], efficiency: float, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        lorenz_cop(
            sink_in=sink[0] + K,
            sink_out=sink[1] + K,
            source_in=source[0] + K,
            source_out=source[1] + K,
            efficiency=efficiency,
        )


# --- station --------------------------------------------------------------------------------------------

MACHINE = HeatPump(
    capacity=5e6,
    lorenz_efficiency=0.58,
    terminal_difference=4.0,
    source_drop=10.0,
    maximum_supply=85 + K,
    minimum_load=0.1,
)
WITH_PUMP = Station(capacity=5e6, exchanger_ua=2e6, heat_pump=MACHINE)
DIRECT = Station(capacity=5e6, exchanger_ua=2e6, heat_pump=None)


def one_hour(
    station: Station,
    *,
    source_in: float = 50.0,
    coldest: float = 35.0,
    rate: float = 5e6,
    demand: float = 3e6,
    supply: float = 75.0,
    back: float = 55.0,
    available: bool = True,
) -> Dispatch:
    hour = Demand(heat=np.array([demand]), supply=np.array([supply + K]), back=np.array([back + K]))
    offer = Offer(
        temperature=np.array([source_in + K]),
        coldest=np.array([coldest + K]),
        rate=rate,
        air=np.array([10.0 + K]),
        available=np.array([available]),
    )
    return dispatch(Variant(station=station, demand=hour), offer)


def test_heat_pump_covers_the_demand_of_a_hot_network() -> None:
    """Full load, source 50 to 40, sink 55 to 75 degC: 338.04 + 4, 318.12 - 4 K, lift 27.92, COP 7.105."""
    hour = one_hour(WITH_PUMP, demand=5e6)
    assert hour.direct[0] == 0.0  # the source is colder than the return
    assert hour.pumped[0] == pytest.approx(5e6)
    assert hour.cop[0] == pytest.approx(7.105, abs=0.005)
    assert hour.electricity[0] == pytest.approx(5e6 / 7.105, rel=1e-3)
    assert hour.site_heat[0] == pytest.approx(5e6 - hour.electricity[0])
    assert hour.network_out[0] == pytest.approx(75 + K)
    assert hour.limit[0] == Limit.DEMAND


def test_exchanger_goes_first_where_the_source_is_warmer_than_the_return() -> None:
    hour = one_hour(WITH_PUMP, source_in=60.0, coldest=45.0, back=40.0)
    assert hour.direct[0] > 0.5 * 3e6
    assert hour.direct[0] + hour.pumped[0] == pytest.approx(3e6)
    # counterflow: the network leaves the exchanger below the source's inlet
    assert 40 + K + hour.direct[0] / (3e6 / 35.0) < 60 + K


def test_direct_exchange_by_hand() -> None:
    """Network 3 MW over 30 K: 1e5 W/K; source 5e6 W/K: c = 0.02, NTU = 20: the network reaches the source's
    temperature to 1e-7, 15 K above its return: 1.5 MW of 3."""
    hour = one_hour(DIRECT, source_in=60.0, coldest=40.0, back=45.0)
    assert hour.direct[0] == pytest.approx(1.5e6, rel=1e-6)
    assert hour.network_out[0] == pytest.approx(60 + K, abs=1e-4)
    assert hour.source_out[0] == pytest.approx(60 + K - 1.5e6 / 5e6)
    assert hour.limit[0] == Limit.TEMPERATURE
    assert hour.electricity[0] == 0.0
    assert np.isnan(hour.cop[0])


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({}, Limit.DEMAND),
        ({"demand": 20e6}, Limit.CAPACITY),
        ({"supply": 95.0}, Limit.TEMPERATURE),
        ({"rate": 1e5}, Limit.SOURCE),
        ({"demand": 0.3e6}, Limit.MINIMUM_LOAD),
        ({"available": False}, Limit.AVAILABILITY),
    ],
)
def test_the_limit_is_named(changes: dict[str, float], limit: Limit) -> None:
    assert one_hour(WITH_PUMP, **changes).limit[0] == limit  # type: ignore[arg-type]


def test_hot_network_gets_only_what_the_machine_can_heat_to() -> None:
    """Return 55, supply 95, machine to 85 degC: 30 of 40 K, three quarters of the demand."""
    hour = one_hour(WITH_PUMP, supply=95.0)
    assert hour.pumped[0] == pytest.approx(0.75 * 3e6)
    assert hour.network_out[0] == pytest.approx(85 + K)


def test_all_the_heat_of_the_site_and_no_more() -> None:
    """Rate 1e5 W/K over 15 K: 1.5 MW offered; what is delivered is more by the machine's work."""
    hour = one_hour(WITH_PUMP, rate=1e5)
    assert hour.site_heat[0] == pytest.approx(1.5e6, rel=1e-12)
    assert hour.pumped[0] == pytest.approx(1.5e6 + hour.electricity[0], rel=1e-12)
    assert hour.source_out[0] == pytest.approx(35 + K)


@pytest.mark.parametrize("demand", [5e-324, 1e-310, 1e-200, 1e-9, 1e-3])
def test_a_trickle_of_demand_is_no_broken_balance(demand: float) -> None:
    for station in (WITH_PUMP, DIRECT):
        hour = one_hour(station, source_in=60.0, coldest=40.0, back=45.0, demand=demand)
        assert hour.delivered[0] + hour.others[0] == pytest.approx(demand, rel=1e-9, abs=1e-300)


@given(
    source_in=st.floats(20.0, 75.0),
    cooling=st.floats(0.0, 25.0),
    rate=st.floats(1e4, 1e7),
    demand=st.floats(0.0, 2e7),
    back=st.floats(30.0, 60.0),
    spread=st.floats(2.0, 45.0),
)
def test_second_law_and_energy_in_any_hour(
    source_in: float, cooling: float, rate: float, demand: float, back: float, spread: float
) -> None:
    for station in (WITH_PUMP, DIRECT):
        hour = one_hour(
            station,
            source_in=source_in,
            coldest=source_in - cooling,
            rate=rate,
            demand=demand,
            back=back,
            supply=back + spread,
        )
        direct, pumped, work, taken = (
            float(x[0]) for x in (hour.direct, hour.pumped, hour.electricity, hour.site_heat)
        )
        assert min(direct, pumped, work, taken) >= 0.0
        assert taken + work == pytest.approx(direct + pumped, rel=1e-12, abs=1e-6)
        assert direct + pumped <= min(demand, 5e6) * (1.0 + 1e-12)
        # the site gets its water back no colder than it asked for, and never warmer
        assert source_in - cooling + K - 1e-6 <= hour.source_out[0] <= source_in + K + 1e-9
        if direct > 0.0:
            capacity = demand / spread
            assert source_in > back
            # outlets never cross: the network stays below the source's inlet, the source above its return
            assert back + direct / capacity <= source_in + 1e-6
            assert source_in - direct / rate >= back - 1e-6
        if pumped > 0.0:
            # no more than Carnot between the extreme temperatures of its streams
            hot, cold = hour.network_out[0], hour.source_out[0]
            assert hour.cop[0] <= max(hot / max(hot - cold, 1e-9), hot / 10.0) * (1.0 + 1e-9)


def test_outage_is_placed_where_demand_is_least() -> None:
    demand = 10.0 + np.cos(2.0 * np.pi * np.arange(8760) / 8760.0)
    running = planned_outage(demand, 0.97)
    off = np.flatnonzero(~running)
    assert off.size == 263  # 3 % of 8,760 h
    assert np.all(np.diff(off) == 1)
    assert abs(off.mean() - 4380.0) < 2.0
    assert planned_outage(demand, 1.0).all()
    with pytest.raises(InputError, match="availability"):
        planned_outage(demand, 1.2)
