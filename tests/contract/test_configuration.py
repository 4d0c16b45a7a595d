"""Every shipped option composes and validates; wrong input is refused at composition, in words."""

import itertools
from functools import reduce
from pathlib import Path

import pytest

import twin
from geometry.errors import InputError
from twin import config, resources
from twin.assumptions import assumptions
from twin.schema import TwinConf
from twin.schema.checks import RANGES

GROUPS = sorted(p.name for p in resources.conf_dir().iterdir() if p.is_dir() and p.name != "study")
OPTIONS = [(g, p.stem) for g in GROUPS for p in sorted((resources.conf_dir() / g).glob("*.yaml"))]
SITES = ("valence", "grand_est_2028", "grand_est_2030", "south")
CLASSES = ("h100_air", "gb200_nvl72", "gb300_nvl72", "vr_nvl144", "kyber_nvl576", "mi355x_128")


def compose(*overrides: str) -> TwinConf:
    return config.typed(config.compose(overrides))


def test_the_promised_options_exist():
    assert {name for group, name in OPTIONS if group == "site"} == set(SITES)
    assert {name for group, name in OPTIONS if group == "compute"} >= set(CLASSES)
    assert len([name for group, name in OPTIONS if group == "hall"]) >= 3
    assert {name for group, name in OPTIONS if group == "solver"} >= {"draft", "standard", "fine"}


@pytest.mark.parametrize(("group", "name"), OPTIONS)
def test_every_option_composes(group, name):
    overrides = [f"{group}={name}"]
    if name == "trace":
        overrides.append("workload.file=trace.csv")
    section = getattr(compose(*overrides), group)
    assert section.name == name


@pytest.mark.parametrize(("site", "compute"), list(itertools.product(SITES, CLASSES)))
def test_every_class_composes_and_validates_in_every_site(site, compute):
    conf = compose(f"site={site}", f"compute={compute}", "solver=draft", "solver.cell_m=0.6")
    assert (conf.site.name, conf.compute.name) == (site, compute)
    assembled = twin.assemble(conf)
    placed = sum(len(model.hall.populated) * model.count for model in assembled.halls)
    assert placed == assembled.sizing.racks == -(-assembled.sizing.gpus // conf.compute.gpus_per_rack)


def test_a_site_brings_its_own_district_and_climate():
    assert compose("site=grand_est_2028").climate.name == "rt2012_h1b"
    assert compose("site=grand_est_2028", "climate=rt2012_h3").climate.name == "rt2012_h3"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("site=nowhere", r"(?s)nowhere.*valence.*try"),
        ("compute.gpus_per_rak=36", r"(?s)gpus_per_rak.*try"),
        ("+compute.gpus_per_rak=36", r"(?s)compute.gpus_per_rak: there is no such key.*gpus_per_rack"),
        ("+colour=red", r"(?s)colour: there is no such key.*--cfg job"),
        ("compute.gpus_per_rack=many", r"(?s)gpus_per_rack.*many|many.*gpus_per_rack"),
        ("loop.coolant=oil", r"(?s)oil.*pg25"),
        ("compute.gpu_power_W=-1400", r"compute.gpu_power_W = -1400 W: outside 1..20000 W"),
        (
            "loop.supply_temperature_C=313.15",
            r"(?s)313.15 degC: outside 5..60 degC.*did you mean kelvin\? .*40",
        ),
        ("hall.supply_air_C=298", r"(?s)hall.supply_air_C = 298 degC.*kelvin"),
        ("loop.supply_temperature_C=58", r"(?s)racks gb300_nvl72 = 58 degC: outside 2..50"),
        ("site.limit=power", r"(?s)site.limit = power.*never announced.*site.limit=gpus"),
        ("hall.supply_air_C=21", r"(?s)supply_air_C = 21 degC.*below 22 degC.*cool_water_C = 20"),
        ("hall.fan_walls=0", r"(?s)supplied by fan walls.*hall.fan_walls=8"),
        ("hall.containment=cold_aisle", r"(?s)cold_aisle needs air from the floor.*hall.supply=tiles"),
        ("compute.power_per_gpu_W=1000", r"GPUs' 100.8 kW exceed the rack's liquid heat 64.8 kW"),
        ("district.return_C=95", r"(?s)return_C = 95 degC.*not below its supply"),
        ("climate.humidity_pct=[50,60]", r"has 2 values, one a month \(12\)"),
        ("loop.flow_policy=fixed", r"(?s)fixed_flow_L_min is not given.*try"),
        ("workload.kind=trace", r"(?s)workload.file is not given.*8,760 rows"),
        ("site.gpus=???", r"(?s)gpus|Missing"),
        ("not an override", r"(?s)."),
    ],
)
def test_wrong_input_is_refused_in_words(override, message):
    with pytest.raises(InputError, match=message) as refused:
        compose(override)
    assert str(Path.home()) not in str(refused.value)


def test_every_range_names_a_key_that_exists():
    conf = TwinConf()
    for rule in RANGES:
        *way, key = rule.key.split(".")
        assert hasattr(reduce(getattr, way, conf), key), rule.key
        assert rule.low < rule.high


def test_assumptions_are_collected_from_the_files():
    found = {a.key: a for a in assumptions(compose())}
    assert found["compute.cold_plate_factor"].value == 0.65
    assert "OCP" in found["compute.cold_plate_factor"].text
    assert "compute.gpu_power_W" not in found  # sourced
    own = {a.key: a for a in assumptions(compose("compute.cold_plate_factor=0.3"))}
    assert own["compute.cold_plate_factor"].text == "set by the user"
    assert {key.partition(".")[0] for key in found} >= {"compute", "hall", "loop"}


PILLAR = "{name: pillar, x: [%s], y: [%s], z: [0, 3]}"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            ["+hall.objects.obstructions=[" + PILLAR % ("2.0,3.0", "1.5,2.5") + "]"],
            r"(?s)overlap.*pillar|pillar.*overlap",
        ),
        (
            ["+hall.objects.obstructions=[" + PILLAR % ("5.0,5.5", "5.4,7.2") + "]"],
            r"(?s)pillar.*aisle|aisle.*pillar",
        ),
        (["+hall.objects.obstructions=[" + PILLAR % ("12.0,14.0", "1.0,2.0") + "]"], r"pillar.*room"),
        (["+hall.objects.pillars=[]"], r"(?s)pillars.*obstructions"),
        (["hall.cold_aisle_m=0.4"], r"(?s)cold aisle.*0.4"),
    ],
)
def test_a_hall_that_cannot_be_is_refused_by_name(overrides, message):
    with pytest.raises(InputError, match=message):
        twin.assemble(compose("solver=draft", *overrides))


def test_an_explicit_hall_runs_on_its_own_records():
    objects = """{room: {x: [0, 6], y: [0, 4.8], z: [0, 3]},
        racks: [{name: A01, row: A, x: [1.8, 2.4], y: [1.2, 2.4], z: [0, 2.2], front: y_lo}],
        cdus: [{name: A-CDU1, row: A, x: [2.4, 3.0], y: [1.2, 2.4], z: [0, 2.2]}],
        openings: [{name: tile-1, kind: tile, x: [1.8, 2.4], y: [0.6, 1.2], z: 0, open_fraction: 0.25},
                   {name: grille-1, kind: grille, x: [1.8, 2.4], y: [2.4, 3.6], z: 3}]}"""
    flat = " ".join(objects.split())
    site = twin.assemble(
        compose("hall.rows=0", f"+hall.objects={flat}", "site.gpus=144", "solver=draft", "hall.supply=tiles")
    )
    assert site.sizing.halls == 2
    assert [rack.name for rack in site.halls[0].hall.populated] == ["A01"]
    assert site.halls[0].plan is not None
