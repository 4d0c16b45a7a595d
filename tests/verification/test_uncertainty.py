"""Samples of a site: the nominal member is the run, each input moves what it must, in the right direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import twin
from geometry.errors import InputError
from solvers.liquid.cdu_loop.march import march, steady
from solvers.liquid.hall.lumped import loop_temperatures
from solvers.liquid.hall.solve import lump, solve_hall_loop
from twin.assembly.site_year import hourly_inputs, site_year_spec
from twin.notes import sample_notes
from twin.results.summary import summarise
from twin.results.write import to_tree
from twin.schema import Distribution, SpreadConf, UncertaintyConf
from twin.uncertainty.study import Basis, basis_of, evaluate, study, varied_loop
from twin.year import YearSpec
from viz.charts import tornado

pytestmark = pytest.mark.kernel

TINY = (
    "solver=draft", "solver.cell_m=0.6", "solver.recirculation=none", "solver.max_iterations=60",
    "hall.rows=2", "hall.racks_per_row=4", "site.gpus=576", "run.threads=1",
    "district.annual_heat_GWh=4", "district.pipes.length_km=1", "district.trunk_km=0.1",
)  # fmt: skip
NOMINAL = dict.fromkeys(
    (
        "it_power", "cdu_ua", "cold_plate_resistance", "junction_to_case", "coolant_flow", "pump_efficiency",
        "cooler_ua", "cooler_fan_power", "heat_pump_efficiency", "network_heat",
    ),
    1.0,
) | {"outdoor_K": 0.0}  # fmt: skip


SPREAD = {"distribution": Distribution.uniform, "low": 0.9, "high": 1.1}


@pytest.fixture(scope="module")
def results():
    overrides = ("uncertainty=inputs", "uncertainty.members=8")
    return twin.simulate(twin.compose(*TINY, *overrides))


@pytest.fixture(scope="module")
def basis(results) -> Basis:
    conf = results.conf
    weather, load = hourly_inputs(conf)
    spec = site_year_spec(conf, results.site, results.halls, weather, load)
    return basis_of(spec, weather, load, conf.economics, results.halls, 313.15)


def without_chillers(spec: YearSpec) -> YearSpec:
    return replace(
        spec,
        cool=replace(spec.cool, chiller=None),
        warm=replace(spec.warm, chiller=None) if spec.warm else None,
    )


def changed(basis: Basis, **factors: float) -> dict[str, float]:
    return evaluate(basis, NOMINAL | factors)


def test_the_nominal_member_is_the_run(results, basis) -> None:
    """The spreads' modes are not all 1: the run itself is the member of all ones."""
    summary, found = summarise(results, "r"), changed(basis)
    for section in ("year", "heat"):
        for name, value in summary[section].items():
            if name in found:
                assert found[name] == pytest.approx(value, rel=1e-12), name
    loop = summary["loop"]
    assert found["cdu_pump_power_kW"] == pytest.approx(loop["pump_power_kW"], rel=1e-12)
    # the year runs at 92.5 % of the design load; the junction floats with the supply
    expected = 40.0 + 0.925 * (loop["gpu_junction_max_C"] - 40.0) + found["floating_max_K"]
    assert found["gpu_junction_max_C"] == pytest.approx(expected, abs=0.01)


def test_a_varied_loop_is_the_network_solved_again(results, basis) -> None:
    """Flow 8 % up: temperatures within 0.1 K, pump power within 1 % of the network's own answer."""
    hall = results.halls[0]
    before = lump(hall.loop)
    more = [replace(rack, flow=1.08 * rack.flow) for rack in hall.model.racks]
    again = lump(solve_hall_loop(hall.model.plan, more, set_point=313.15))
    ours = varied_loop(before, NOMINAL | {"coolant_flow": 1.08}, basis.pump_exponent)
    assert ours.pump_power == pytest.approx(again.pump_power, rel=0.01)
    heat, water = np.array([hall.loop.heat]), np.array([-np.inf])
    a, b = (loop_temperatures(one, heat, tcs_set_point=313.15, fws_available=water) for one in (ours, again))
    for name in ("tcs_supply", "tcs_return", "fws_supply", "fws_return"):
        assert getattr(a, name) == pytest.approx(getattr(b, name), abs=0.1), name


def test_each_input_moves_what_it_must(basis) -> None:
    plain = changed(basis)
    pumps = changed(basis, pump_efficiency=0.8)
    assert pumps["cdu_pump_power_kW"] == pytest.approx(plain["cdu_pump_power_kW"] / 0.8, rel=1e-12)
    assert pumps["pue"] > plain["pue"]
    fouled = changed(basis, cdu_ua=0.7)
    assert fouled["offered_temperature_C"] < plain["offered_temperature_C"]  # the water must be colder
    assert fouled["gpu_junction_max_C"] >= plain["gpu_junction_max_C"]
    machine = changed(basis, heat_pump_efficiency=1.1)
    assert machine["heat_pump_cop"] == pytest.approx(1.1 * plain["heat_pump_cop"], rel=0.02)
    warm = changed(basis, outdoor_K=2.0)
    assert warm["pue"] > plain["pue"]
    half = changed(basis, it_power=0.5)
    assert half["available_GWh"] == pytest.approx(0.5 * plain["available_GWh"], rel=0.01)
    paste = changed(basis, junction_to_case=2.0)["gpu_junction_max_C"] - plain["gpu_junction_max_C"]
    assert paste == pytest.approx(1400.0 * 0.004 * 0.925, abs=1e-6)  # W, K/W, load
    plates = changed(basis, cold_plate_resistance=1.1)["gpu_junction_max_C"]
    assert plates > plain["gpu_junction_max_C"]
    assert changed(basis, network_heat=1.2)["delivered_GWh"] > plain["delivered_GWh"]


def test_a_study_does_not_depend_on_threads(basis) -> None:
    conf = UncertaintyConf(members=12, cdu_ua=SpreadConf(**SPREAD), pump_efficiency=SpreadConf(**SPREAD))
    one, two = study(basis, conf, workers=1), study(basis, conf, workers=2)
    assert np.array_equal(one.results, two.results, equal_nan=True)
    assert one.inputs == ("cdu_ua", "pump_efficiency")
    row = one.outputs.index("cdu_pump_power_kW")
    assert one.correlation[row, 1] == pytest.approx(-1.0)
    assert one.percentiles[1, row] == pytest.approx(np.median(one.results[row]))


def test_members_whose_water_would_boil_are_counted(basis) -> None:
    """The coolers of every member at a twentieth of their UA: far too small a plant."""
    spread = SpreadConf(**SPREAD)
    found = study(basis, UncertaintyConf(members=4, it_power=spread))
    assert sample_notes(found) == []
    small = UncertaintyConf(members=4, it_power=spread, cooler_ua=SpreadConf(mode=0.05))
    found = study(replace(basis, spec=without_chillers(basis.spec)), small)
    assert found.results[found.outputs.index("water_max_C")].min() > 120.0
    (said,) = sample_notes(found)
    assert said.startswith("in 4 of 4 members of the sample")


def test_inputs_of_a_loop_that_is_not_there_are_left_out(basis) -> None:
    air = replace(basis, spec=replace(basis.spec, loop=None, warm=None, liquid_fraction=0.0), package=None)
    conf = UncertaintyConf(members=3, cdu_ua=SpreadConf(**SPREAD), it_power=SpreadConf(**SPREAD))
    found = study(air, conf)
    assert found.inputs == ("it_power",)
    assert "gpu_junction_max_C" not in found.outputs


def test_the_sample_reaches_files_and_picture(results, tmp_path) -> None:
    found = results.uncertainty
    data = to_tree(results)["uncertainty"].to_dataset()
    assert data.output_value.shape == (len(found.outputs), 8)
    assert data.output_percentile.sel(percentile=50.0, output="pue").item() == pytest.approx(
        np.median(found.results[found.outputs.index("pue")])
    )
    summary = summarise(results, "r")["uncertainty"]
    assert list(summary) == ["p5", "p50", "p95"]
    assert summary["p5"]["pue"] < summary["p95"]["pue"]
    assert tornado(data, tmp_path / "u.png").stat().st_size > 10_000


def test_rows_of_a_run_march(results) -> None:
    row = twin.row_loops(results)[0]
    start = steady(row, water=308.15, drop=row.racks[0].drop, set_point=313.15)
    history = march(row, start, step=1.0, steps=10, water=308.15, tripped=True)
    assert history.junction[-1].max() > history.junction[0].max()
    with pytest.raises(InputError, match="hall of the run = 1"):
        twin.row_loops(results, hall=1)
