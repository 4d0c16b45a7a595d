"""Plate exchangers in passes, coils and dry coolers against published and hand-worked figures."""

import csv

import pytest

from geometry.errors import InputError
from solvers.heat.plate_passes import Passes, pass_effectiveness
from solvers.liquid.components import coil, dry_cooler, plate_exchanger
from solvers.liquid.components.coil import AirCoil
from solvers.liquid.components.dry_cooler import DryCooler

pytestmark = pytest.mark.kernel


# -- plates ----------------------------------------------------------------------------------------------


def test_all_published_arrangements(request):
    """Kandlikar and Shah 1989, 22 values at R_1 = 0.5, NTU_1 = 1.5."""
    path = request.config.rootpath / "data" / "reference" / "plate_passes.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    table = list(csv.DictReader(lines))
    assert len(table) == 22
    for row in table:
        passes = Passes(
            first=int(row["passes_1"]),
            second=int(row["passes_2"]),
            counterflow=row["counterflow"] == "yes",
            inner=row["inner"] == "yes",
        )
        got = pass_effectiveness(passes, 1.5, 0.5).effectiveness
        assert got == pytest.approx(float(row["effectiveness_1"]), rel=1e-9), row


@pytest.mark.parametrize("n", [1, 3])
def test_equal_passes_in_counterflow_are_one_long_counterflow(n):
    """NTU 2, R 1: 2/3."""
    assert pass_effectiveness(Passes(first=n, second=n), 2.0, 1.0).effectiveness == pytest.approx(2.0 / 3.0)


def test_streams_may_change_places():
    """P_2 = R_1 P_1: the same exchanger seen from stream 2 has NTU_2 = NTU_1 R_1 and R_2 = 1/R_1."""
    seen = pass_effectiveness(Passes(first=3, second=2), 1.4, 0.7).effectiveness
    other = pass_effectiveness(Passes(first=2, second=3), 1.4 * 0.7, 1.0 / 0.7).effectiveness
    assert other == pytest.approx(0.7 * seen, rel=1e-12)


def recovery(**change):
    base = {
        "name": "R",
        "heat": 5e6,
        "hot_inlet": 323.15,
        "hot_outlet": 311.15,
        "cold_inlet": 309.15,
        "cold_outlet": 321.15,
        "hot_flow": 100.0,
        "hot_drop": 50e3,
        "cold_flow": 100.0,
        "cold_drop": 40e3,
    }
    return plate_exchanger.recovery_exchanger(**(base | change))


def test_recovery_exchanger_by_its_temperatures():
    """Balanced, 2 K everywhere: UA = Q / 2 K = 2.5 MW/K; the heat comes back; half the flow, 1/4 of dp."""
    r = recovery()
    assert r.films.ua == pytest.approx(2.5e6, rel=1e-9)
    c = 5e6 / 12.0
    assert plate_exchanger.heat_slopes(r, 323.15, 309.15, c, c).heat == pytest.approx(5e6, rel=1e-9)
    assert plate_exchanger.hot_drop_slopes(r, 50.0)[0] == pytest.approx(12.5e3, rel=1e-6)
    assert plate_exchanger.cold_drop_slopes(r, -100.0)[0] == pytest.approx(-40e3, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "text"),
    [({"cold_outlet": 324.0}, "cannot be met"), ({"hot_drop": 0.0}, "must be positive")],
)
def test_bad_recovery_exchangers_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        recovery(**change)


def test_bad_passes_are_refused():
    with pytest.raises(InputError, match="0-2"):
        Passes(first=0, second=2)


# -- coils -----------------------------------------------------------------------------------------------


def door(**change):
    base = {
        "name": "rear door",
        "capacity": 40e3,
        "air_capacity": 3.2e3,
        "water_capacity": 5e3,
        "air_inlet": 310.0,
        "water_inlet": 293.0,
        "fan_power": 500.0,
    }
    return AirCoil(**(base | change))


def test_coil_meets_its_design_point_and_closes_energy():
    """40 kW from 3.2 kW/K of air: 12.5 K colder, and 500 W of fans warm it by 0.156 K; water 8 K warmer."""
    law = coil.coil_law(door())
    state = coil.coil_slopes(law, 310.0, 293.0, 1.0, 5e3).state
    assert state.heat == pytest.approx(40e3, rel=1e-9)
    assert state.air_outlet == pytest.approx(310.0 - 12.5 + 0.15625, rel=1e-9)
    assert state.water_outlet == pytest.approx(301.0, rel=1e-9)
    assert coil.coil_slopes(law, 310.0, 293.0, 0.5, 5e3).state.fan_power == pytest.approx(62.5)


def test_coil_takes_no_heat_from_air_at_the_waters_temperature():
    assert coil.coil_slopes(coil.coil_law(door()), 293.0, 293.0, 1.0, 5e3).state.heat == 0.0


def test_a_coil_beyond_the_second_law_is_refused():
    with pytest.raises(InputError, match="effectiveness"):
        coil.coil_law(door(capacity=55e3))


# -- dry and adiabatic coolers ---------------------------------------------------------------------------


def bac(**change):
    """BAC Trillium TDFS1238N-C60ET40B: 2,931 kW, 117.68 kW of fans, water 46.11 to 40.55 in 35 degC air."""
    base = {
        "name": "TDFS1238N",
        "heat": 2.931e6,
        "water_inlet": 319.26,
        "water_outlet": 313.70,
        "air_inlet": 308.15,
        "fan_power": 117.68e3,
    }
    return DryCooler(**(base | change))


def test_cooler_meets_its_sheet():
    law = dry_cooler.cooler_law(bac())
    state = dry_cooler.cooler_slopes(law, 319.26, 308.15, 298.15, 2.931e6 / 5.56, 1.0, 0.0).state
    assert state == pytest.approx((2.931e6, 313.70, 117.68e3, 0.0), rel=1e-9)


def test_fans_follow_the_affinity_law_down_to_their_minimum_and_cycle_below():
    law = dry_cooler.cooler_law(bac(fan_minimum=0.2))
    power = [dry_cooler.fan_slopes(law, s)[0] / 117.68e3 for s in (1.0, 0.5, 0.2, 0.1)]
    assert power == pytest.approx([1.0, 0.125, 0.008, 0.004], rel=1e-12)


def test_pads_bring_the_air_to_their_share_of_the_depression():
    """80 % of 10 K: the coil sees 300.15 K; water evaporated C_a 8 K / 2.45 MJ/kg."""
    law = dry_cooler.cooler_law(bac(pad_effectiveness=0.8))
    c = 2.931e6 / 5.56
    wet = dry_cooler.cooler_slopes(law, 319.26, 308.15, 298.15, c, 1.0, 1.0).state
    dry = dry_cooler.cooler_slopes(law, 319.26, 300.15, 298.15, c, 1.0, 0.0).state
    assert wet.heat == pytest.approx(dry.heat, rel=1e-12)
    assert wet.evaporation == pytest.approx(c * 8.0 / 2.45e6, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"air_inlet": 315.0}, "must stay above the air"),
        ({"pad_effectiveness": 1.2}, "pad effectiveness"),
        ({"fan_minimum": -0.1}, "minimum fan speed"),
    ],
)
def test_bad_coolers_are_refused(change, text):
    with pytest.raises(InputError, match=text):
        bac(**change)
