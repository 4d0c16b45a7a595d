"""What a run says of itself: comparisons that fit a terminal, results in a line, a plant that cannot be."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import twin
from solvers.air.problem import AirStatus
from solvers.errors import SolverError
from twin import compare
from twin.completion import candidates, choices_of
from twin.notes import coil_notes, unsteady_note
from twin.results.records import Results
from twin.simulation import require_cooled


def summary(**hall: object) -> dict[str, object]:
    return {"schema": "x", "run": "a", "hall": {"rack_inlet_max_C": 25.0, "hottest_rack": "A01"} | hall}


def test_a_comparison_fits_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = Path("/a/very/long/folder/of/runs/that/nobody/would/fit/into/a/table/valence")
    pair = {long / "a": summary(hotspot_xyz_m=[1.0, 2.5, 0.1]), long / "b": summary(rack_inlet_max_C=26.5)}
    monkeypatch.setattr(compare, "read_summary", pair.__getitem__)
    monkeypatch.setenv("COLUMNS", "80")
    assert compare.main([str(path) for path in pair]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"first   {long / 'a'}"
    table = [line for line in lines[2:] if line.strip()]
    assert max(map(len, table)) <= 80
    row = next(line for line in table if "rack_inlet_max_C" in line)
    # of degrees Celsius no percentage
    assert row.split() == ["hall.rack_inlet_max_C", "25", "26.5", "+1.5"]
    assert not any("hottest_rack" in line for line in table)  # they agree


def test_a_comparison_takes_records_apart_and_keeps_large_numbers_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bars = [{"tornado": [{"name": "gas", "low": low}, {"name": "rate", "low": 0.03}]} for low in (1e6, 1.2e6)]
    pair = {Path("a"): bars[0], Path("b"): bars[1]}
    monkeypatch.setattr(compare, "read_summary", pair.__getitem__)
    monkeypatch.setenv("COLUMNS", "80")
    assert compare.main(["a", "b"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["tornado.gas.low", "1,000,000", "1,200,000", "+200,000", "+20.0"] in rows
    assert not any("rate" in "".join(row) for row in rows)


def test_rounding_is_no_difference() -> None:
    assert compare._agree(40.0, 40.0 - 6e-14)
    assert not compare._agree(40.0, 40.001)
    assert not compare._agree(40.0, None)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("twin run plant.kind=w", ["plant.kind=wet_tower"]),
        ("twin run loop.resolve=", ["loop.resolve=halls", "loop.resolve=site"]),
        ("twin sweep hall.water.coupled=", ["hall.water.coupled=true", "hall.water.coupled=false"]),
        ("twin run uncertainty.it_power.distribution=t", ["uncertainty.it_power.distribution=triangular"]),
    ],
)
def test_completion_offers_every_value(line: str, offered: list[str]) -> None:
    assert candidates(line) == offered


def test_keys_without_a_list_of_values_have_none() -> None:
    assert choices_of("district.dwellings") == choices_of("hall.objects") == choices_of("no.such") == ()


def test_results_in_a_line() -> None:
    air = SimpleNamespace(status=SimpleNamespace(value="converged"))
    model = SimpleNamespace(air=SimpleNamespace(raster=SimpleNamespace(grid=SimpleNamespace(n_cells=12000))))
    results = SimpleNamespace(
        site=SimpleNamespace(name="valence", sizing=SimpleNamespace(racks=1560, halls=3)),
        halls=(SimpleNamespace(air=air, model=model),) * 2,
        summary=SimpleNamespace(year=SimpleNamespace(pue=1.0907), heat=SimpleNamespace(available_GWh=412.3)),
        warnings=("a", "b"),
    )
    assert Results.__repr__(results) == (  # type: ignore[arg-type]
        "Results(valence: 1,560 racks in 3 halls, 2 distinct (24,000 cells, converged), PUE 1.091, "
        "412 GWh of heat a year, 2 notes)"
    )


def year(water: float) -> SimpleNamespace:
    hours = np.array([300.0, water])
    heat = np.array([1e6, 2e6])
    return SimpleNamespace(
        tcs_return=hours, fws_return=hours, cool_supply=np.full(2, np.nan), liquid_heat=heat, cool_heat=heat
    )


def test_a_plant_that_lets_the_water_boil_is_named() -> None:
    conf = twin.compose("site=valence", "plant.capacity_MW=0.5")
    require_cooled(conf, year(390.0))  # type: ignore[arg-type]  # floats far, but is still water
    with pytest.raises(SolverError, match=r"plant\.capacity_MW = 0\.5, up to 4 MW.*127 degC") as caught:
        require_cooled(conf, year(400.0))  # type: ignore[arg-type]
    assert "plant.capacity_MW=4.4" in str(caught.value)


def hall_with(*units: SimpleNamespace, doors: tuple[float, ...] = ()) -> SimpleNamespace:
    racks = tuple(SimpleNamespace(has_door=True, door_temperature=at) for at in doors)
    return SimpleNamespace(model=SimpleNamespace(air=SimpleNamespace(units=units, fan_racks=racks)))


def test_coils_colder_than_the_dew_point_are_named() -> None:
    """Water of 16 degC while the dew point outdoors is 14, 17 and 18.5 degC."""
    coil = SimpleNamespace(water_temperature=289.15)
    unit = SimpleNamespace(coil=coil, failed=False, water_temperature=None)
    results = SimpleNamespace(
        conf=SimpleNamespace(plant=SimpleNamespace(cool_water_C=20.0)),
        weather=SimpleNamespace(dew_point=np.array([287.15, 290.15, 291.65])),
        halls=(hall_with(unit),),
    )
    (note,) = coil_notes(results)  # type: ignore[arg-type]
    assert "wet in 2 hours" in note
    assert "up to 18.5 degC, their water enters at 16.0 degC" in note
    # warmer water, a failed unit, coils outside the hall at the plant's 20 degC: dry; a cold rear door: not
    warm = SimpleNamespace(coil=coil, failed=False, water_temperature=292.15)
    failed = SimpleNamespace(coil=coil, failed=True, water_temperature=None)
    for hall, expected in (
        (hall_with(warm), 0),
        (hall_with(failed), 0),
        (hall_with(), 0),
        (hall_with(doors=(291.0,)), 1),
    ):
        results.halls = (hall,)
        assert len(coil_notes(results)) == expected  # type: ignore[arg-type]


def test_an_unsteady_hall_names_the_racks_that_wander_most() -> None:
    n = np.arange(300)[:, None]
    inlets = 298.15 + np.array([0.05, 0.6, 0.1, 0.2]) * np.sin(2.0 * np.pi * n / 20.0)
    hall = SimpleNamespace(
        model=SimpleNamespace(air=SimpleNamespace(racks=[SimpleNamespace(name=f"A0{k}") for k in range(4)])),
        air=SimpleNamespace(history={"inlets": inlets}, status=AirStatus.UNSTEADY, window=120),
    )
    note = unsteady_note(hall)  # type: ignore[arg-type]
    assert "means over 120 iterations" in note
    assert "A01 25.0 degC, range 1.20 K, drift" in note
    assert note.index("A01") < note.index("A03") < note.index("A02")
    assert "A00" not in note
