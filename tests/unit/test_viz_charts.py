"""Charts: drawn, not blank, right about what they say; the numbers behind them by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib.image import imread
from viz_samples import sample_hall, sample_hall_group, sample_loop, sample_sweep, sample_year

from geometry.errors import InputError
from geometry.layout import Containment, SupplyKind
from solvers.air.problem import AirControls
from solvers.heat.heat_pump import Limit
from viz import style
from viz.charts import (
    air_history,
    cascade_stages,
    heat_reuse_chart,
    hot_spot_picture,
    physics_checks_picture,
    plan_and_sections,
    sweep_curve,
    temperature_cascade,
    trays_picture,
    year_chart,
)
from viz.charts.cascade import StageKind
from viz.charts.sweep import describe
from viz.fields import HallView


def assert_drawn(path: Path, *, colours: int = 60) -> None:
    """A PNG of plausible size whose pixels are not all alike."""
    picture = imread(path)[..., :3]
    assert path.read_bytes().startswith(b"\x89PNG")
    assert min(picture.shape[:2]) > 400
    assert picture.std() > 0.03
    shades = (picture[::2, ::2] * 31).astype(np.int32) @ np.array([1024, 32, 1])
    assert len(np.unique(shades)) > colours


@pytest.mark.parametrize(
    ("rows", "per_row", "containment", "supply"),
    [
        (1, 1, Containment.NONE, SupplyKind.TILES),
        (2, 3, Containment.HOT_AISLE, SupplyKind.FAN_WALLS),
        (3, 20, Containment.COLD_AISLE, SupplyKind.TILES),  # a long room: its rack strip stands beside
        (10, 20, Containment.HOT_AISLE, SupplyKind.FAN_WALLS),
    ],
)
def test_hall_pictures_from_1_to_200_racks(tmp_path, rows, per_row, containment, supply):
    hall = sample_hall(rows, per_row, containment=containment, supply=supply)
    data, grid = sample_hall_group(hall, target=0.6)
    view = HallView(hall=hall, data=data)
    assert_drawn(hot_spot_picture(view, tmp_path / "figures" / "hot.png"))
    assert_drawn(plan_and_sections(hall, grid, tmp_path / "plan.png"))


def test_hot_spot_picture_grows_by_the_strip_of_racks(tmp_path):
    hall = sample_hall(4, 3)
    data, _ = sample_hall_group(hall)
    view = HallView(hall=hall, data=data)
    bare = imread(hot_spot_picture(view, tmp_path / "a.png"))
    strip = imread(hot_spot_picture(view, tmp_path / "b.png", racks=True))
    assert strip.shape[0] > bare.shape[0] + style.DPI
    assert strip.shape[1] == bare.shape[1]


def test_hot_spot_picture_of_one_of_two_kinds_and_blanked_racks(tmp_path):
    hall = sample_hall(2, 3, blanked=2)
    data, _ = sample_hall_group(hall, kinds=2)
    assert_drawn(hot_spot_picture(HallView(hall=hall, data=data, kind=1), tmp_path / "hot.png"))


def test_cascade_stages_are_weighted_means():
    loop = xr.Dataset(
        {
            "gpu_junction": ("rack", [350.0, 354.0, np.nan]),
            "rack_supply": ("rack", [313.15, 313.15, 313.15]),
            "rack_return": ("rack", [328.15, 330.15, 300.0]),
            "rack_flow": ("rack", [3.0, 1.0, 0.0]),
            "cdu_fws_return": ("cdu", [323.15]),
            "cdu_fws_supply": ("cdu", [308.15]),
            "cdu_fws_flow": ("cdu", [2.0]),
        }
    )
    stages = cascade_stages(loop)
    assert [stage.kind for stage in stages] == [StageKind.RANGE, StageKind.CIRCUIT, StageKind.CIRCUIT]
    assert (stages[0].hot, stages[0].cold) == (354.0, 350.0)
    assert stages[1].hot == pytest.approx((3 * 328.15 + 330.15) / 4)  # the idle rack does not count
    assert (stages[2].hot, stages[2].cold) == (323.15, 308.15)


def test_cascade_shows_the_heat_pump_between_source_and_network(tmp_path):
    year, district = sample_year()
    stages = cascade_stages(sample_loop(), district, year)
    lift = stages[-2]
    assert lift.kind is StageKind.LIFT
    assert lift.cold == pytest.approx(323.0)
    assert lift.hot == stages[-1].hot
    assert lift.note == "heat per electricity 4.6"
    assert_drawn(temperature_cascade(stages, tmp_path / "cascade.png"))
    assert_drawn(temperature_cascade(stages[:1], tmp_path / "one.png"), colours=20)


def test_cascade_without_heat_pump_or_loop():
    year, district = sample_year()
    direct = district.assign(heat_pump_power=0.0 * district["heat_pump_power"])
    kinds = [stage.kind for stage in cascade_stages(sample_loop(), direct, year)]
    assert kinds == [StageKind.RANGE, StageKind.CIRCUIT, StageKind.CIRCUIT, StageKind.CIRCUIT]
    assert cascade_stages(xr.Dataset()) == ()
    with pytest.raises(InputError, match="no temperature of a coolant"):
        temperature_cascade((), "never.png")


def test_year_chart_with_and_without_a_network(tmp_path):
    year, district = sample_year()
    assert_drawn(year_chart(year, tmp_path / "year.png", district=district))
    assert_drawn(year_chart(year, tmp_path / "alone.png"), colours=25)
    hours = year.drop_vars("time")  # hours of a common year instead of dates
    assert_drawn(year_chart(hours, tmp_path / "hours.png", district=district.drop_vars("time")))
    with pytest.raises(InputError, match="heat_available"):
        year_chart(xr.Dataset(), tmp_path / "none.png")


def test_heat_reuse_chart_and_a_run_without_dispatch(tmp_path):
    heat = 1e6 * (5.0 + 4.0 * np.sin(np.arange(240.0)))
    named = {
        "heat_demand": heat,
        "heat_direct": 0.2 * heat,
        "heat_pumped": 0.5 * heat,
        "storage_charge": 0.1 * heat,
        "storage_discharge": 0.2 * heat,
        "heat_others": 0.2 * heat,
    }
    district = xr.Dataset({name: ("time", values) for name, values in named.items()})
    district["limit"] = ("time", np.repeat(np.int8([1, 2, 7]), 80))
    district["limit"].attrs["flag_meanings"] = " ".join(limit.name.lower() for limit in Limit)
    assert_drawn(heat_reuse_chart(district, tmp_path / "reuse.png"), colours=25)
    with pytest.raises(InputError, match="heat_direct"):
        heat_reuse_chart(district.drop_vars("heat_direct"), tmp_path / "none.png")


def test_year_chart_counts_days_and_months():
    from viz.charts import year as module

    year, district = sample_year()
    heat = module._read(year, district)
    assert heat.day[-1] == 364
    assert np.bincount(heat.month).tolist() == [
        24 * d for d in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    ]
    flat = module._daily(heat, np.full(8760, 3.0))
    np.testing.assert_allclose(flat, 3.0)
    assert float((heat.taken + heat.vented).sum()) == pytest.approx(float(heat.available.sum()))


def test_air_history(tmp_path):
    data, _ = sample_hall_group(sample_hall())
    assert_drawn(air_history(data, tmp_path / "history.png", controls=AirControls()), colours=20)
    bare = data.drop_vars("inlet_history")  # a hall whose racks blow nothing
    assert_drawn(air_history(bare, tmp_path / "bare.png"), colours=20)
    twice = xr.concat([data[["iteration"]], data[["iteration"]]], "step")
    zeros = {
        name: ("step", np.zeros(80)) for name in ("inlet_drift", "air_energy_closure", "air_mass_closure")
    }
    assert_drawn(air_history(twice.assign(zeros), tmp_path / "two.png"), colours=10)
    with pytest.raises(InputError, match="inlet_drift"):
        air_history(data.drop_vars("inlet_drift"), tmp_path / "none.png")


def checks(values: list[float]) -> xr.Dataset:
    return xr.Dataset(
        {"check_value": ("check", values), "check_limit": ("check", [1e-6, 0.0, 0.01, 1e-6])},
        coords={
            "check": ["0:mass of each region", "0:sealed envelope", "0:no backflow", "1:mass of each region"],
            "check_unit": ("check", ["-", "m/s", "-", "-"]),
        },
    )


def test_physics_checks(tmp_path):
    good = physics_checks_picture(checks([1e-13, 0.0, -0.5, 1e-9]), tmp_path / "good.png")
    bad = physics_checks_picture(checks([np.nan, 0.2, 0.05, np.inf]), tmp_path / "bad.png")
    assert_drawn(good, colours=20)
    assert_drawn(bad, colours=20)
    red = [(imread(p)[..., :3] @ [1.0, -1.0, -1.0] > 0.25).sum() for p in (good, bad)]
    assert red[1] > red[0] + 500  # marks and words of what failed
    with pytest.raises(InputError, match="check_limit"):
        physics_checks_picture(checks([0.0] * 4).drop_vars("check_limit"), tmp_path / "none.png")


def test_sweep_curves_of_points_along_one_dimension(tmp_path):
    names = ["loop.gpu_junction_max_C", "loop.pump_power_kW", "year.pue"]
    assert_drawn(sweep_curve(sample_sweep(), "gpus_per_rack", names, tmp_path / "sweep.png"), colours=20)


def test_sweep_over_dimensions_leaves_out_what_was_not_asked_for(tmp_path):
    from viz.charts import sweep as module

    data = xr.Dataset(
        {
            "year.pue": (("site", "density"), [[1.05, 1.04], [1.08, np.nan], [np.nan, np.nan]]),
            "status": (("site", "density"), [[0.0, 0.0], [0.0, 1.0], [np.nan, np.nan]]),
        },
        coords={"site": ["valence", "south", "nowhere"], "density": [36, 72]},
    )
    table, others = module._table(data, "density", ["year.pue"])
    assert len(table) == 4
    assert others == ["site"]
    assert module._failed(table, ["year.pue"]).sum() == 1
    assert list(module._groups(table, others)) == ["valence", "south"]
    assert_drawn(sweep_curve(data, "density", ["year.pue"], tmp_path / "curve.png"), colours=20)
    assert_drawn(sweep_curve(data, "site", ["year.pue"], tmp_path / "names.png"), colours=20)
    with pytest.raises(InputError, match=r"no 'year\.wue'"):
        sweep_curve(data, "density", ["year.wue"], tmp_path / "none.png")


@pytest.mark.parametrize(
    ("name", "attributes", "expected"),
    [
        ("loop.gpu_junction_max_C", {}, ("GPU junction max", "°C")),
        ("year.wue_L_per_kWh", {}, ("WUE", "L/kWh")),
        ("heat.heat_pump_GWh_el", {"units": "GWh"}, ("Heat pump", "GWh")),
        ("compute.gpus_per_rack", {}, ("GPUs per rack", "")),
        ("loop.flow_kg_s", {"units": "kg s-1"}, ("Flow", "kg/s")),
        (
            "tcs_return",
            {"units": "K", "long_name": "TCS return temperature"},
            ("TCS return temperature", "°C"),
        ),
        ("year.pue", {"units": "1"}, ("PUE", "")),
    ],
)
def test_results_are_named_for_people(name, attributes, expected):
    assert describe(name, attributes) == expected


def test_temperature_limits_hold_the_field_on_whole_degrees():
    assert style.temperature_limits(np.array([297.25, 300.15, 311.05])) == (24.0, 38.0)
    assert style.temperature_limits(np.full(9, 298.15)) == (24.0, 26.0)  # uniform: 2 K about it
    assert style.temperature_limits(np.full(9, 298.15, dtype=np.float32)) == (24.0, 26.0)
    assert style.temperature_limits(np.array([np.nan])) == (20.0, 30.0)
    low, high = style.temperature_limits(np.array([297.2, 301.9]))
    assert (high - low) % 2.0 == 0.0


def test_charts_leave_matplotlib_as_it_was(tmp_path):
    import matplotlib as mpl

    before = mpl.rcParams["axes.spines.top"], mpl.get_backend()
    temperature_cascade(cascade_stages(sample_loop()), tmp_path / "cascade.png")
    assert (mpl.rcParams["axes.spines.top"], mpl.get_backend()) == before


def test_a_uniform_hall_shows_no_structure(tmp_path):
    """Zero heat: one temperature everywhere, up to round-off, is one colour and a level strip."""
    hall = sample_hall(4, 10, cdus_per_row=0)
    data, _ = sample_hall_group(hall)
    noise = np.random.default_rng(1).uniform(-1e-9, 1e-9, data["air_temperature"].shape)
    data["air_temperature"] = (data["air_temperature"].dims, 298.15 + noise)
    for name in ("rack_inlet_mean", "rack_inlet_max"):
        data[name][:] = 298.15
    assert_drawn(hot_spot_picture(HallView(hall=hall, data=data), tmp_path / "hot.png"))


def test_the_picture_of_the_trays(tmp_path):
    """Three racks of four trays in two halls."""
    flow = 0.1 + 0.002 * np.arange(12.0).reshape(3, 4)
    junction = 340.0 - 20.0 * flow
    data = xr.Dataset(
        {
            "tray_flow": (("rack", "tray"), flow),
            "tray_gpu_junction": (("rack", "tray"), junction),
            "tray_gpu_power": (("rack", "tray"), np.full((3, 4), 1400.0)),
        },
        coords={"rack": ["0:A01", "0:A02", "1:A01"]},
    )
    assert_drawn(trays_picture(data, tmp_path / "trays.png", limit=337.9))
    with pytest.raises(InputError, match="tray_flow"):
        trays_picture(data.drop_vars("tray_flow"), tmp_path / "none.png", limit=337.9)
