"""From the configuration of a hall whose air goes round inside to the problem of its air."""

import pytest

import twin
from geometry.errors import InputError
from geometry.losses import leak_loss
from solvers.air.problem import AirProblem, Control, PorousRack, ThroughFlow
from twin import config
from twin.assembly.air import fastest_supply, handled_flow
from twin.assembly.memory import available_memory, require_memory

TEN_MW = (
    "hall=hall_10mw",
    "compute=air_13kw",
    "solver=rack_cells",
    "site.altitude_m=1880",
    "site.gpus=6144",
    "recovery=none",
)
SMALL = ("solver=draft", "solver.cell_m=0.6", "solver.growth=2.5")


def air(*overrides: str) -> AirProblem:
    return twin.assemble(config.typed(config.compose(overrides))).halls[0].air


@pytest.fixture(scope="module")
def ten_mw():
    return twin.assemble(config.typed(config.compose(TEN_MW))).halls[0]


def test_the_hall_of_ten_megawatts_is_the_published_one(ten_mw):
    problem = ten_mw.air
    assert problem.raster.grid.n_cells >= 329_000
    assert (problem.raster.grid.shape[2], problem.raster.grid.shape[1]) == (35, 294)  # 0.60 m, 0.30 m
    assert len(problem.racks) == 768
    assert len(problem.units) == 35
    assert sum(rack.heat for rack in problem.racks) == pytest.approx(9.984e6)
    assert handled_flow(problem) == pytest.approx(35 * 76_650 / 3600)
    assert ten_mw.hall.room.size == pytest.approx((21.0, 88.2, 8.0))  # 18 m of hall, 3 m of gallery


def test_its_racks_lose_25_pascal_at_their_rated_flow(ten_mw):
    problem = ten_mw.air
    rack = problem.racks[0]
    assert isinstance(rack, PorousRack)
    # 158 CFM per kW, 13 kW, of 4.719474e-4 m3/s
    assert rack.flow == pytest.approx(158 * 13 * 4.719474e-4, rel=2e-3)
    loss = ten_mw.hall.racks[0].loss_per_m
    velocity = rack.flow / (0.6 * 2.2)
    assert loss * 1.2 * 0.5 * problem.properties.density * velocity**2 == pytest.approx(25.0)
    # air of 22.1 degC at 1,880 m: the standard atmosphere has 80.75 kPa there (ISO 2533)
    assert problem.properties.density == pytest.approx(80_750 / (287.05 * 295.25), rel=2e-3)


def test_its_coils_are_those_of_the_selection(ten_mw):
    unit = ten_mw.air.units[0]
    assert unit.coil.capacity == pytest.approx(290.9e3 + 16.9e3, rel=1e-3)  # net, and its fans
    assert unit.coil.air_temperature == pytest.approx(310.15)
    assert unit.coil.water_flow == pytest.approx(307.8e3 / (4186.0 * 10.0), rel=1e-3)
    assert unit.water_temperature == pytest.approx(291.15)
    assert (unit.control, unit.set_point) == (Control.SUPPLY, pytest.approx(295.25))


def test_lost_units_leave_their_air_to_the_others():
    base = ("hall=porous_racks", *SMALL)
    whole = air(*base)
    lost = air(*base, "hall.units.lost=[fan-wall-2]")
    assert [unit.failed for unit in lost.units] == [False, True]
    assert handled_flow(lost) == pytest.approx(handled_flow(whole))
    assert lost.units[0].flow == pytest.approx(2.0 * whole.units[0].flow)
    gone = air(*base, "hall.units.lost=[fan-wall-2]", "hall.units.lost_airflow=lost")
    assert handled_flow(gone) == pytest.approx(0.5 * handled_flow(whole))


def test_pdus_release_what_distribution_loses():
    problem = air("hall=two_rooms", *SMALL)
    assert [source.zone for source in problem.sources] == ["PDU-1", "PDU-2"]
    # three racks of 135 kW behind an efficiency of 0.99
    assert sum(source.heat for source in problem.sources) == pytest.approx(405e3 * (1 / 0.99 - 1), rel=1e-9)


def test_walls_have_their_u_value_on_every_side_but_the_floor():
    walls = air("hall=two_rooms", *SMALL).walls
    assert len(walls) == 5
    assert {(wall.conductance, wall.temperature) for wall in walls} == {(1.0, 283.15)}
    assert air("hall=gallery", *SMALL).walls == ()


def test_an_empty_position_leaks_through_its_blanking():
    model = twin.assemble(config.typed(config.compose(("hall=two_rooms", *SMALL)))).halls[0]
    held = [rack.loss_per_m is None for rack in model.hall.racks]
    assert held == [True, False, True, True]
    assert model.hall.racks[1].loss_per_m * 1.2 == pytest.approx(leak_loss(0.05))
    assert all(isinstance(rack, ThroughFlow) for rack in model.air.racks)


def test_empty_positions_of_a_load_map_stay_porous(tmp_path):
    file = tmp_path / "load.csv"
    file.write_text("row,position,kW\nA,1,135\nA,3,270\n")
    overrides = ("hall=porous_racks", *SMALL, "site.gpus=144", f"hall.load_map={file}")
    model = twin.assemble(config.typed(config.compose(overrides))).halls[0]
    first, second, third = model.hall.racks[:3]
    assert [rack.populated for rack in (first, second, third)] == [True, False, True]
    assert second.loss_per_m == pytest.approx(first.loss_per_m)
    assert third.loss_per_m == pytest.approx(first.loss_per_m / 4)  # the same drop at twice the flow
    assert set(model.air.raster.zones) == {"A01", "A03"}


def test_rack_fans_follow_their_curve():
    rack = air("hall=ceiling_plenum", *SMALL).racks[0]
    assert rack.fan.flow == pytest.approx((0.0, 0.6 * rack.flow, rack.flow, 1.1 * rack.flow))
    assert rack.fan.pressure == (80.0, 40.0, 5.0, 0.0)


def test_a_coil_is_sized_by_the_return_it_meets():
    unit = air("hall=gallery", *SMALL, "hall.airflow_margin=1.3").units[0]
    # twelve racks of 13.5 kW on two units; the racks' air of 12.2 K is 1.3 times supplied
    assert unit.coil.air_temperature == pytest.approx(297.15 + 12.2 / 1.3)
    assert unit.coil.capacity == pytest.approx(1.2 * 6 * 13.5e3 + 800.0 * unit.flow)
    tight = air("hall=gallery", *SMALL, "hall.supply_air_C=22", "hall.airflow_margin=1").units[0]
    # 14.2 K above the water: 1.2 times 12.2 K and the fans' 0.7 K would need an effectiveness above one
    rho_cp = air("hall=gallery", *SMALL, "hall.supply_air_C=22").properties.density * 1006.0
    assert tight.coil.capacity == pytest.approx(0.92 * rho_cp * tight.flow * 14.2)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("hall=gallery", "hall.units.lost=[fan-wall-9]"), r"no cooling unit 'fan-wall-9'\n.*fan-wall-1"),
        (("hall=gallery", "hall.units.lost=[fan-wall-1,fan-wall-2]"), "all 2 cooling units"),
        (("hall=liquid_pods", "hall.units.lost=[fan-wall-1]"), "has no cooling units"),
        (("hall=gallery", "hall.units.control=return_air"), "return_air_C is not given"),
        (("hall=gallery", "hall.rack_air=fan_curve"), "rack_fans has 0 points"),
        (("hall=gallery", "hall.rack_air=resistance", "hall.rear_doors=true"), "needs the flow of rack fans"),
        (("hall=gallery", "hall.units.fan_curve.flow_pct=[0,100]"), "2 flows, 0 pressures"),
        (("hall=gallery", "hall.units.water_C=23"), r"hall.units.water_C = 23 degC"),
        (("hall=gallery", "hall.ceiling_plenum_m=-1"), "hall.ceiling_plenum_m"),
        (("site.gpus=40",), r"40 GPUs of the site do not fill one rack"),
    ],
)
def test_what_cannot_be_is_refused_in_words(overrides, message):
    with pytest.raises(InputError, match=message):
        air(*SMALL, *overrides)


def test_openings_and_cooling_units_do_not_both_blow():
    tile = "{name: fresh, kind: tile, x: [5, 5.6], y: [0, 0.6], z: 0}"
    with pytest.raises(InputError, match=r"both openings .fresh, .* and cooling units blow air"):
        air(*SMALL, "hall=gallery", f"+hall.objects.openings=[{tile}]")


def test_the_fastest_supply_is_the_smallest_face():
    problem = air("hall=gallery", *SMALL)
    unit = problem.units[0]
    assert fastest_supply(problem) == pytest.approx(unit.flow / (2.4 * 3.0))


def test_a_grid_beyond_the_memory_is_refused_before_it_is_made():
    with pytest.raises(
        InputError, match=r"(?s)1,000,000,000 cells need about 413\.5 GiB.*4\.0 GiB are.*cell_m"
    ):
        require_memory(10**9, "hall big", available=4 * 2.0**30)
    require_memory(10**6, "hall small", available=4 * 2.0**30)
    free = available_memory()
    assert free is None or free > 0.0


def test_a_grid_too_fine_is_refused_by_its_cells():
    with pytest.raises(InputError, match=r"(?s)cells need about .* GiB.*solver.cell_m|outside 1"):
        air("hall=liquid_pods", "solver.cell_m=0.01")
