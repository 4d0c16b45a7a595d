"""A hall whose coils and rear doors hang on a water circuit: what a run stores, what the year has of it."""

from __future__ import annotations

import numpy as np
import pytest

import twin
from geometry.errors import InputError
from solvers.errors import BalanceError
from twin import config
from twin.results.hall import hall_dataset
from twin.simulation import Results, coil_water, hourly_inputs, site_year_spec

SMALL = ("site.gpus=864", "solver=draft", "solver.recirculation=none", "recovery=none", "run.figures=false")
HEAT = 12 * 13.5e3  # of the racks' air [W]


def conf(*overrides: str):
    return config.typed(config.compose((*SMALL, *overrides)))


@pytest.fixture(scope="module")
def results() -> Results:
    return twin.simulate(conf("hall=doors_and_units"))


@pytest.mark.kernel
def test_all_heat_of_the_air_is_found_in_the_water(results: Results) -> None:
    (hall,) = results.halls
    assert hall.water is not None
    fans = sum(unit.fan_power for unit in hall.model.air.units)
    assert hall.water.interface.hall_heat == pytest.approx(HEAT + fans, rel=1e-9)
    assert hall.water.interface.closure < 1e-4
    assert hall.water.circuit.heat == pytest.approx(HEAT + fans, rel=2e-4)
    assert hall.water.circuit.energy < 1e-9
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
    ],
)
def test_refusals(overrides: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        twin.assemble(conf("hall=doors_and_units", *overrides))
