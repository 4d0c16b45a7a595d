"""A hall whose coils and rear doors hang on a water circuit: what a run stores, what the year has of it."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from geometry.errors import InputError
from solvers.air.coils import air_effectiveness
from solvers.errors import BalanceError
from twin import config
from twin.assembly.site_year import coil_water, hourly_inputs, site_year_spec
from twin.halls.grid_study import solve_coarser
from twin.report.pipes import bill_of
from twin.results.hall import hall_dataset
from twin.results.loop import loop_dataset
from twin.results.records import Results

SMALL = ("site.gpus=864", "solver=draft", "solver.recirculation=none", "recovery=none", "run.figures=false")
HEAT = 12 * 13.5e3  # of the racks' air [W]


def conf(*overrides: str):
    return config.typed(config.compose((*SMALL, *overrides)))


@pytest.fixture(scope="module")
def results() -> Results:
    return twin.simulate(conf("hall=doors_and_units"))


@pytest.fixture(scope="module")
def on_cdus() -> Results:
    return twin.simulate(conf("hall=doors_on_cdus", "loop=s30", "loop.resolve=site"))


@pytest.mark.kernel
def test_all_heat_of_the_air_is_found_in_the_water(results: Results) -> None:
    (hall,) = results.halls
    assert hall.water is not None
    fans = sum(unit.fan_power for unit in hall.model.air.units)
    assert hall.water.interface.hall_heat == pytest.approx(HEAT + fans, rel=1e-9)
    assert hall.water.interface.closure < 1e-4
    assert hall.water.circuit.heat == pytest.approx(HEAT + fans, rel=2e-4)
    assert hall.water.circuit.energy < 1e-10
    # doors take 0.6 of what parts their air from the water of 20 degC at their rated flows
    door = hall.water.interface.names.index("A01.door")
    air = hall.air
    rate = hall.model.air.properties.density * 1006.0 * air.rack_flow[0]
    expected = 0.6 * rate * (hall.water.interface.air_inlet[door] - 293.15)
    assert hall.water.interface.water_heat[door] == pytest.approx(expected, rel=1e-6)


@pytest.mark.kernel
def test_a_leak_between_air_and_water_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from solvers.liquid.hall import cool_circuit

    honest = cool_circuit.taken_up
    monkeypatch.setattr(cool_circuit, "taken_up", lambda fluid, states: 0.999 * honest(fluid, states))
    monkeypatch.setattr(cool_circuit, "CLOSURE", 1.0)
    with pytest.raises(BalanceError, match=r"heat between air and water is open: 0\.001"):
        twin.simulate(conf("hall=doors_and_units"))


@pytest.mark.kernel
def test_what_is_stored(results: Results) -> None:
    stored = hall_dataset(results)
    assert list(stored.coil.values[:3]) == ["0:fan-wall-1", "0:fan-wall-2", "0:A01.door"]
    gained = stored.coil_water_flow * 4184.0 * (stored.coil_water_return - stored.coil_water_supply)
    assert np.allclose(gained, stored.coil_water_heat, rtol=2e-3)
    assert float(stored.interface_closure.max()) < 1e-4
    assert float(stored.coil_utilisation.max()) <= 1.0 + 1e-9
    assert 0.0 < float(stored.coil_valve.min()) <= float(stored.coil_valve.max()) <= 1.0
    assert not stored.coil_starved.any()
    mixed = (stored.coil_water_flow * stored.coil_water_return).sum() / stored.cool_flow[0]
    assert float(mixed) == pytest.approx(float(stored.cool_return[0]), abs=1e-3)


@pytest.mark.kernel
def test_the_year_has_the_flow_of_the_coils(results: Results) -> None:
    """Capacity rate: the coils' water, and the rest at the plant's range; supply: the plant's side."""
    (hall,) = results.halls
    weather, load = hourly_inputs(results.conf)
    spec = site_year_spec(results.conf, results.site, results.halls, weather, load)
    coils = coil_water(results.halls)
    assert coils is not None
    assert hall.water is not None
    assert spec.cool.supply == pytest.approx(293.15 - 2.0)  # the station's approach below 20 degC
    rise = hall.water.circuit.back - hall.water.circuit.supply
    assert coils.rate == pytest.approx(hall.water.circuit.heat / rise)
    assert coils.rate < spec.cool.capacity_rate < 2.0 * coils.rate


@pytest.mark.kernel
def test_a_hall_without_circuit_is_as_before() -> None:
    given = twin.assemble(conf("hall=doors_and_units", "hall.water.coupled=false")).halls[0]
    assert given.cool is None
    assert given.air.fan_racks[0].door_coil is None
    assert given.air.fan_racks[0].door_effectiveness == 0.6
    assert twin.assemble(conf("hall=liquid_pods")).halls[0].cool is None


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (("hall.rear_door_water_C=22",), "doors and units share one circuit of 20 degC"),
        (("hall.water.lost_pumps=2",), "lost pumps of the cool circuit = 2: it has 2"),
        (("hall.water.spare_pumps=2",), "spare pumps of the cool circuit = 2"),
        (("hall.water.valve_limit=0",), r"hall\.water\.valve_limit = 0"),
        (
            ("hall.water.station_approach_K=null", "hall.water.plant_water_C=18"),
            "only a station has plant water",
        ),
        (("hall.rear_door_water_C=40", "hall.units.water_C=20"), "not below the racks' exhaust of"),
        (("hall.rear_door_circuit=tcs",), r"supply_temperature_C = 40 degC: not below the racks' exhaust"),
        (("hall.rear_door_circuit=tcs", "hall.water.coupled=false"), "must know the doors' heat"),
        (
            ("hall.rear_door_circuit=tcs", "loop.supply_temperature_C=16"),
            r"16 degC feeds the rear doors .* colder than the plant's cool water",
        ),
    ],
)
def test_refusals(overrides: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        twin.assemble(conf("hall=doors_and_units", *overrides))


@pytest.mark.kernel
def test_coarser_grids_have_the_water_of_their_own_air() -> None:
    """Plant water of 21 degC floats the coils' above its 20 degC on every grid, by the same to 0.1 K."""
    warm = conf("hall=doors_and_units", "hall.water.plant_water_C=21", "solver.grid_study=true")
    site = twin.assemble(warm)
    (model,) = site.halls
    coarse = solve_coarser(model, site.controls, "hall")
    found = [answer.problem.units[0].water_temperature for answer in coarse]
    assert len(found) == 2
    assert found[0] > 293.15 + 1.0
    assert found[1] == pytest.approx(found[0], abs=0.1)


@pytest.mark.kernel
def test_doors_on_the_cdus_are_their_heat(on_cdus: Results) -> None:
    """Plates 12 x 121.5 kW; doors their effectiveness on coolant of 30 degC; fan walls the rest."""
    (hall,) = on_cdus.halls
    assert hall.water is not None
    assert hall.water.circuit is not None
    assert hall.loop is not None
    meeting, loop = hall.water.interface, hall.loop
    assert meeting.closure < 1e-4
    doors = meeting.water_heat[2:]
    rho_cp = hall.model.air.properties.density * 1006.0
    inlets, flow = loop.racks.inlet[12:], loop.racks.flow[12:]
    coil = hall.model.air.fan_racks[0].door_coil
    assert coil is not None
    assert air_effectiveness(coil, rho_cp, coil.air_flow, coil.water_flow) == pytest.approx(0.6)
    each = np.array(
        [air_effectiveness(coil, rho_cp, *flows) for flows in zip(hall.air.rack_flow, flow, strict=True)]
    )
    assert doors == pytest.approx(each * rho_cp * hall.air.rack_flow * (meeting.air_inlet[2:] - inlets))
    assert inlets == pytest.approx(np.full(12, 303.15), abs=0.01)
    assert loop.heat == pytest.approx(12 * 121.5e3 + doors.sum(), rel=1e-9)
    assert loop.loop_energy < 1e-10
    assert flow == pytest.approx(hall.water.consumers.rated[2:], rel=0.05)
    fans = sum(unit.fan_power for unit in hall.model.air.units)
    assert doors.sum() + hall.water.circuit.heat == pytest.approx(HEAT + fans, rel=2e-4)
    assert on_cdus.site_loop is not None
    assert on_cdus.site_loop.solution.heat == pytest.approx(loop.heat, rel=1e-9)


@pytest.mark.kernel
def test_the_year_and_the_files_know_doors_on_the_cdus(on_cdus: Results) -> None:
    (hall,) = on_cdus.halls
    assert hall.water is not None
    share = hall.water.door_heat / (12 * 135e3)
    weather, load = hourly_inputs(on_cdus.conf)
    spec = site_year_spec(on_cdus.conf, on_cdus.site, on_cdus.halls, weather, load)
    assert spec.liquid_fraction == pytest.approx(0.9 + share)
    assert spec.doors is not None
    at_design = spec.doors.heat(np.ones(1), np.full(1, 303.15), np.zeros(1))
    assert at_design == pytest.approx(hall.water.door_heat, rel=1e-9)
    warm = on_cdus.year.tcs_supply > 303.15 + 1.0
    assert warm.any()
    assert on_cdus.year.liquid_heat[warm].min() < on_cdus.year.liquid_heat[~warm].min()
    assert spec.loops is not None
    assert spec.loops.design_heat == pytest.approx((0.9 + share) * 12 * 135e3, rel=1e-9)
    assert on_cdus.year.year_energy < 1e-10
    stored = hall_dataset(on_cdus)
    assert stored.coil.size == 14
    assert np.isnan(stored.coil_valve[2:]).all()  # balanced once, no control valve
    assert float(stored.coil_water_heat[2:].sum()) == pytest.approx(hall.water.door_heat)
    racks = loop_dataset(on_cdus)
    assert racks.sizes["rack"] == 12
    assert float(racks.rack_heat_liquid.sum()) == pytest.approx(12 * 121.5e3)
    parts = {(item.circuit, item.part): item.number for item in bill_of(on_cdus)}
    assert parts["tcs_supply", "door_hoses"] == parts["tcs_return", "door_hoses"] == 12
    assert ("cool_supply", "door_hoses") not in parts


@pytest.mark.kernel
def test_doors_alone_are_enough_for_a_loop() -> None:
    """Air-cooled racks of 40.8 kW: units are sized for doors of 0.6 x 40.8 kW (36.2 - 30) / 12.2 each."""
    site = twin.assemble(conf("hall=doors_on_cdus", "loop=s30", "compute=h100_air", "site.gpus=384"))
    (hall,) = site.halls
    assert hall.doors is not None
    assert hall.n_plates == 0
    assert site.sizing.cdus_per_row == 1
    assert site.sizing.door_heat == pytest.approx(0.6 * 40.8e3 * 6.2 / 12.2)
    assert hall.doors.design.heat == pytest.approx(12 * site.sizing.door_heat)
