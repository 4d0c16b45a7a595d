"""From one density value to racks, halls, flows and CDUs: hand-worked numbers."""

import pytest
from omegaconf import OmegaConf

from geometry.errors import InputError
from twin import config
from twin.assembly.air import supply_flows
from twin.assembly.halls import hall_kinds, hall_positions
from twin.assembly.sizing import Sizing, size
from twin.units import L_MIN


def site(*overrides: str) -> Sizing:
    conf = config.typed(config.compose(overrides))
    return size(conf, *hall_positions(conf))


def test_valence_with_gb300_racks():
    valence = site("site=valence")
    assert valence.gpus == 40_000
    assert valence.racks == 556  # 40,000 / 72, rounded up
    assert valence.it_power == pytest.approx(75.0e6)  # 40,000 x 1,875 W
    assert valence.rack_power == pytest.approx(135.0e3)
    assert valence.rack_heat_liquid == pytest.approx(121.5e3)
    assert (valence.full_halls, valence.rest, valence.halls) == (5, 76, 6)  # 8 rows of 12
    assert valence.rack_flow == pytest.approx(119.0 * L_MIN)  # LP2357 table 27 at 40 degC
    assert valence.rack_pressure_drop == pytest.approx(58.6e3)
    assert valence.cdus_per_row == 1  # 12 x 121.5 kW = 1,458 kW of 2,000 kW


def test_density_moves_everything_that_follows_from_it():
    half, full = site("compute.gpus_per_rack=36"), site("compute.gpus_per_rack=72")
    assert half.racks == 1112
    assert half.rack_power == pytest.approx(full.rack_power / 2)
    assert half.rack_flow == pytest.approx(full.rack_flow / 2)
    assert half.rack_airflow == pytest.approx(full.rack_airflow / 2)
    assert half.rack_pressure_drop == pytest.approx(full.rack_pressure_drop)  # same flow through each tray
    assert half.halls == 12


def test_power_binds_grand_est_and_the_other_figure_is_reported():
    site_ = site("site=grand_est_2028")
    assert site_.gpus == 320_000  # 600 MW / 1,875 W
    assert site_.it_power == pytest.approx(600e6)
    assert any("500,000" in note and "938 MW" in note for note in site_.notes)
    by_gpus = site("site=grand_est_2028", "site.limit=gpus")
    assert by_gpus.gpus == 500_000
    assert by_gpus.it_power == pytest.approx(937.5e6)


def test_more_heat_than_the_cdus_carry():
    with pytest.raises(InputError, match=r"more heat than the CDUs carry.*7,056 kW.*\n.*cdus_per_row=4"):
        site("compute=kyber_nvl576", "loop.cdus_per_row=1")


def test_an_air_cooled_rack_has_no_loop():
    air = site("compute=h100_air", "hall=air_cooled")
    assert air.rack_heat_air == pytest.approx(40.8e3)
    assert (air.rack_flow, air.cdus_per_row) == (0.0, 0)


@pytest.mark.parametrize("hall", ["liquid_pods", "hybrid_hac", "rear_doors", "air_cooled"])
def test_supply_serves_every_populated_rack(hall):
    conf = config.typed(config.compose([f"hall={hall}", "compute=gb200_nvl72"]))
    kinds = hall_kinds(conf, size(conf, *hall_positions(conf)))
    for kind in kinds:
        flows = supply_flows(kind.hall, 1.5)
        assert sum(flows.values()) == pytest.approx(1.5 * len(kind.hall.populated))
        assert min(flows.values()) >= 0.0
    assert sum(len(kind.hall.populated) * kind.count for kind in kinds) == 556


def test_tiles_serve_their_own_aisle():
    conf = config.typed(config.compose(["hall=hybrid_hac", "compute=gb200_nvl72"]))
    rest = hall_kinds(conf, size(conf, *hall_positions(conf)))[-1].hall
    flows = supply_flows(rest, 1.0)
    rows = {rack.row for rack in rest.populated}
    dry = [name for name, flow in flows.items() if flow == 0.0]
    assert len(rows) < len(rest.rows)
    assert dry  # aisles without equipment get no air


def test_schema_survives_the_round_trip():
    conf = config.typed(config.compose([]))
    assert OmegaConf.structured(conf).compute.gpus_per_rack == 72
