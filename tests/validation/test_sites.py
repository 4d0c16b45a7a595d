"""Every site and every hardware class runs, and its numbers make sense against the field.

Coarse halls: what is held here does not depend on the grid.
"""

import pytest

import twin
from twin.results.records import Results
from twin.results.summary import summarise

COARSE = ("solver=draft", "solver.cell_m=0.5", "solver.growth=2", "solver.temperature_tolerance_K=0.3")
SITES = ("valence", "grand_est_2028", "grand_est_2030", "south")
LIQUID = ("gb200_nvl72", "gb300_nvl72", "vr_nvl144", "kyber_nvl576", "mi355x_128")


def run(*overrides: str) -> tuple[dict, Results]:
    results = twin.simulate(twin.compose(*COARSE, *overrides))
    return summarise(results, "test"), results


def check_closure(summary: dict) -> None:
    limits = {
        "air_mass": 1e-6,
        "air_energy": 1e-3,
        "loop_mass": 1e-9,
        "loop_energy": 1e-9,
        "year_energy": 1e-9,
    }
    for name, limit in limits.items():
        value = summary["closure"][name]
        assert value is None or 0.0 <= value <= limit, name


def check_second_law(results: Results) -> None:
    """Heat only flows down: cold plate, CDU and recovery end where the warmer side still is warmer."""
    for hall in results.halls:
        if hall.loop is None:
            continue
        racks, cdus = hall.loop.racks, hall.loop.cdus
        assert (racks.junction > racks.outlet - 1e-9).all() or (racks.junction > racks.inlet).all()
        assert (racks.outlet > racks.inlet).all()
        assert (cdus.tcs_supply > cdus.fws_in).all()
        assert (cdus.tcs_return > cdus.fws_out - 1.0).all()  # pump heat enters between the two
        assert ((cdus.effectiveness > 0.0) & (cdus.effectiveness < 1.0)).all()
    year = results.year
    taken = year.site_heat > 0.0
    assert (year.source_out[taken] <= year.source_in[taken]).all()
    assert (year.network_out[taken] >= year.network_return[taken]).all()


@pytest.fixture(scope="module")
def valence() -> tuple[dict, Results]:
    return run("site=valence")


def test_valence_offers_far_more_than_its_network_takes(valence):
    summary, results = valence
    assert summary["it"]["gpus"] == 40_000
    assert 450.0 <= summary["heat"]["available_GWh"] <= 700.0
    assert 20.0 <= summary["heat"]["delivered_GWh"] < 80.0  # the network sells about 58 GWh
    assert summary["heat"]["vented_GWh"] > 0.7 * summary["heat"]["available_GWh"]
    assert 0.0 < summary["year"]["erf"] <= 0.2
    assert 1.03 <= summary["year"]["pue"] <= 1.25
    assert summary["year"]["ere"] == pytest.approx(summary["year"]["pue"] * (1.0 - summary["year"]["erf"]))
    assert 54.0 <= summary["loop"]["tcs_return_C"] <= 56.5
    check_closure(summary)
    check_second_law(results)


@pytest.mark.parametrize("site", [name for name in SITES if name != "valence"])
def test_every_site_runs(site):
    summary, results = run(f"site={site}")
    assert summary["site"] == site
    assert 1.03 <= summary["year"]["pue"] <= 1.25
    assert summary["heat"]["delivered_GWh"] < 0.2 * summary["heat"]["available_GWh"]
    assert 0.0 <= summary["year"]["erf"] <= 1.0
    check_closure(summary)
    check_second_law(results)


@pytest.mark.parametrize("compute", [name for name in LIQUID if name != "gb300_nvl72"])
def test_every_liquid_class_runs_in_valence(compute):
    summary, results = run("site=valence", f"compute={compute}")
    assert summary["it"]["gpus"] == 40_000
    assert 1.03 <= summary["year"]["pue"] <= 1.25
    assert 45.0 <= summary["loop"]["tcs_return_C"] <= 65.0
    assert summary["loop"]["margin_K"] > 0.0
    check_closure(summary)
    check_second_law(results)


def test_the_air_cooled_hall():
    summary, _ = run("site=valence", "compute=h100_air", "hall=air_cooled")
    assert summary["it"]["power_MW"] == pytest.approx(51.0)
    assert 1.13 <= summary["year"]["pue"] <= 1.6
    assert all(value is None for value in summary["loop"].values())
    assert summary["closure"]["loop_mass"] is None
    check_closure(summary)


def test_junctions_rise_with_the_supply_temperature_and_the_return_does_not(valence):
    cool, _ = run("site=valence", "loop=s30")
    warm, _ = run("site=valence", "loop=s45")
    junctions = [s["loop"]["gpu_junction_max_C"] for s in (cool, valence[0], warm)]
    assert junctions == sorted(junctions)
    assert junctions[2] - junctions[0] > 3.0
    returns = [s["loop"]["tcs_return_C"] for s in (cool, valence[0], warm)]
    assert max(returns) - min(returns) < 1.0  # the published flow holds about 55 degC
    drops = [s["loop"]["pressure_drop_kPa"] for s in (cool, valence[0], warm)]
    assert drops[2] > 3.0 * drops[0]


def test_without_recovery_nothing_is_delivered():
    summary, _ = run("site=valence", "recovery=none")
    assert summary["heat"]["delivered_GWh"] is None
    assert summary["heat"]["vented_GWh"] == pytest.approx(summary["heat"]["available_GWh"])
    assert summary["year"]["erf"] == 0.0
    assert summary["year"]["ere"] == pytest.approx(summary["year"]["pue"])


def test_a_partly_filled_hall_is_the_second_kind():
    _, results = run("site=valence")
    assert [hall.model.count for hall in results.halls] == [5, 1]
    shapes = {hall.model.air.raster.grid.shape for hall in results.halls}
    assert len(shapes) == 1
