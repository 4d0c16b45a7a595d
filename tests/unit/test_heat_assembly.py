"""From conf/recovery to station and storage: kinds, sizes, a map, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from year_specimens import NETWORK, steady_weather

from geometry.errors import InputError
from solvers.heat.storage import Pit, Tank
from twin.assembly.heat import station_of, storage_of
from twin.config import compose, typed
from twin.report.heat_words import reuse_words
from twin.schema import RecoveryConf

WEATHER = steady_weather()


def recovery(*changes: str) -> RecoveryConf:
    return typed(compose([f"recovery.{change}" for change in changes])).recovery


def test_storage_is_a_size_to_sweep() -> None:
    """2,000 m3 at 15 m are 133.3 m2, 13.03 m wide: slots of pi/2 of that, 20.5 m."""
    assert storage_of(recovery()) is None
    tank = storage_of(recovery("storage_m3=2000"))
    assert isinstance(tank, Tank)
    assert tank.volume == 2000.0
    assert tank.diffuser is not None
    assert tank.diffuser.length == pytest.approx(20.47, rel=1e-3)
    pit = storage_of(recovery("storage_m3=100000", "storage.kind=pit", "storage.diffuser_height_m=0"))
    assert isinstance(pit, Pit)
    assert pit.diffuser is None
    assert pit.ground.temperature == pytest.approx(285.15)


def test_station_has_units_boiler_and_the_share_of_the_coolers() -> None:
    conf = recovery("capacity_MW=9", "units=3", "in_series=true", "boiler_MW=4", "rejection_share=0.2")
    station = station_of(conf, NETWORK, WEATHER)
    assert station.heat_pump is not None
    assert (station.heat_pump.units, station.heat_pump.in_series) == (3, True)
    assert station.heat_pump.capacity == 9e6
    assert (station.boiler_capacity, station.rejection_share) == (4e6, 0.2)


def test_a_small_site_gets_a_station_its_heat_can_feed() -> None:
    """0.9 MW of water and a heat pump of COP 4: 0.9 x 4/3 = 1.2 MW; an exchanger hands over what it gets."""
    whole = station_of(recovery(), NETWORK, WEATHER)
    small = station_of(recovery(), NETWORK, WEATHER, offered=0.9e6)
    assert whole.capacity > 1.5e6
    assert small.capacity == pytest.approx(1.2e6)
    assert small.heat_pump is not None
    assert small.heat_pump.capacity == small.capacity
    exchanger = typed(compose(["recovery=direct"])).recovery
    assert station_of(exchanger, NETWORK, WEATHER, offered=0.9e6).capacity == pytest.approx(0.9e6)
    assert station_of(recovery("capacity_MW=9"), NETWORK, WEATHER, offered=0.9e6).capacity == 9e6
    assert station_of(recovery(), NETWORK, WEATHER, offered=1e9).capacity == whole.capacity


def test_a_map_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "machine.csv"
    file.write_text(
        "source_in_C,sink_in_C,sink_out_C,source_flow_1,load_1,cop_1\n"
        "30,50,70,1,1,4.5\n40,50,70,1,1,5.6\n30,50,80,1,1,3.9\n40,50,80,1,1,4.7\n",
        encoding="utf-8",
    )
    station = station_of(replace(recovery(), map=str(file)), NETWORK, WEATHER)
    assert station.heat_pump is not None
    assert station.heat_pump.map is not None
    assert station.heat_pump.map.worst < 0.02
    with pytest.raises(InputError, match=r"heat-pump map nowhere\.csv"):
        station_of(replace(recovery(), map="nowhere.csv"), NETWORK, WEATHER)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["storage_m3=-5"], r"recovery.storage_m3 = -5 m3: outside 0..1e\+08 m3"),
        (["storage.charge_C=350"], r"(?s)recovery.storage.charge_C = 350 degC.*kelvin"),
        (["rejection_share=1.5"], r"recovery.rejection_share = 1.5"),
        (["storage.kind=cave"], r"(?s)cave.*tank"),
    ],
)
def test_values_out_of_range_are_refused(changes: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        recovery(*changes)


def test_a_pit_without_a_floor_is_refused() -> None:
    with pytest.raises(InputError, match="no floor left"):
        storage_of(recovery("storage_m3=500", "storage.kind=pit"))


def test_the_dispatch_in_words() -> None:
    section = {
        "direct_GWh": 0.0,
        "pumped_GWh": 56.2,
        "boiler_GWh": 0.0,
        "others_GWh": 5.4,
        "feeds": [{"name": "east", "delivered_GWh": 12.3, "offered_GWh": 40.0, "cop": 4.125}],
        "charge_GWh": 1.0,
        "discharge_GWh": 0.9,
        "storage_loss_GWh": 0.1,
        "limit_hours_share": {"demand": 0.7, "capacity": 0.29, "availability": 0.01},
        "marginal": {
            key: {"delivered_MWh": value}
            for key, value in (("heat_pump_MW", 1424.0), ("storage_1000_m3", 1032.0), ("network_km", 874.0))
        },
    }
    lines = reuse_words(section)
    assert lines[0] == "Heat by source: heat pump 56.2 GWh, network's other sources 5.4 GWh"
    assert lines[1] == "Feed 'east': 12.3 of 40.0 GWh, COP 4.12"
    assert lines[2] == "Storage: 1.00 GWh in, 0.90 out, 0.10 lost"
    assert lines[3] == "Hours limited by: demand 70 %, capacity 29 %"
    assert "1 MW more of station +1,424 MWh" in lines[4]
    assert reuse_words(section | {"marginal": {}}) == []
