"""The generated year holds the statistics of its source; files with gaps are refused by name and hour."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from geometry.errors import InputError
from twin.resources import conf_dir
from twin.schema import ClimateConf
from twin.weather import MONTH_DAYS, Weather, heating_degree_days, typical_year
from twin.weather.files import read_weather

CLIMATES = ["lyon_bron", "rt2012_h1b", "rt2012_h2c", "rt2012_h2d", "rt2012_h3"]


def climate(name: str) -> ClimateConf:
    node = OmegaConf.load(conf_dir() / "climate" / f"{name}.yaml")
    conf = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(ClimateConf), node))
    assert isinstance(conf, ClimateConf)
    return conf


@pytest.fixture(scope="module", params=CLIMATES)
def pair(request: pytest.FixtureRequest) -> tuple[ClimateConf, Weather]:
    conf = climate(request.param)
    return conf, typical_year(conf)


def by_month(hourly: np.ndarray) -> np.ndarray:
    first = np.concatenate(([0], np.cumsum(MONTH_DAYS)[:-1])) * 24
    return np.add.reduceat(hourly, first) / (MONTH_DAYS * 24)


def test_monthly_means(pair: tuple[ClimateConf, Weather]) -> None:
    conf, year = pair
    assert by_month(year.dry_bulb) - 273.15 == pytest.approx(conf.dry_bulb_mean_C, abs=0.3)
    assert 100.0 * by_month(year.relative_humidity) == pytest.approx(conf.humidity_pct, abs=1.0)
    assert by_month(year.wind) == pytest.approx(conf.wind_m_s, rel=1e-6)


def test_daily_extremes(pair: tuple[ClimateConf, Weather]) -> None:
    conf, year = pair
    days = year.dry_bulb.reshape(365, 24) - 273.15
    assert by_month(np.repeat(days.min(axis=1), 24)) == pytest.approx(conf.dry_bulb_min_C, abs=0.6)
    assert by_month(np.repeat(days.max(axis=1), 24)) == pytest.approx(conf.dry_bulb_max_C, abs=0.6)


def test_degree_days_and_percentiles(pair: tuple[ClimateConf, Weather]) -> None:
    conf, year = pair
    assert heating_degree_days(year.dry_bulb) == pytest.approx(conf.hdd18_Kd, rel=0.03)
    assert year.design_dry_bulb - 273.15 == pytest.approx(conf.dry_bulb_p99_6_C, abs=1.0)
    assert year.design_wet_bulb - 273.15 == pytest.approx(conf.wet_bulb_p99_6_C, abs=1.0)
    assert np.percentile(year.dry_bulb, 0.4) - 273.15 == pytest.approx(conf.dry_bulb_p0_4_C, abs=1.0)


def test_the_air_is_possible(pair: tuple[ClimateConf, Weather]) -> None:
    _, year = pair
    assert np.all(year.wet_bulb <= year.dry_bulb + 1e-9)
    assert np.all(year.dew_point <= year.wet_bulb + 0.05)
    assert np.all((year.relative_humidity > 0.0) & (year.relative_humidity <= 1.0))
    assert np.abs(np.diff(year.dry_bulb)).max() < 6.0  # no jump from one hour to the next


def test_tails_are_those_of_a_typical_year() -> None:
    """Hottest hour of the source files: H1b 33.7, H2d 37.4, H3 31.3, Lyon-Bron TMYx 37.7 degC."""
    hottest = {"rt2012_h1b": 33.7, "rt2012_h2d": 37.4, "rt2012_h3": 31.3, "lyon_bron": 37.7}
    for name, value in hottest.items():
        assert typical_year(climate(name)).dry_bulb.max() - 273.15 == pytest.approx(value, abs=2.0)


def test_same_statistics_give_the_same_year() -> None:
    conf = climate("rt2012_h2d")
    assert np.array_equal(typical_year(conf).dry_bulb, typical_year(conf).dry_bulb)


def test_pressure_follows_altitude() -> None:
    """Lyon-Bron, 198 m: 98,967 Pa in the standard atmosphere."""
    assert typical_year(climate("lyon_bron")).pressure[0] == pytest.approx(98967.0, abs=15.0)


def test_degree_days_use_the_mean_of_minimum_and_maximum() -> None:
    day = np.full(24, 283.15)
    day[0], day[12] = 278.15, 293.15  # half the sum: 285.65 K, 5.5 K below 291.15 K
    assert heating_degree_days(np.tile(day, 365)) == pytest.approx(365 * 5.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dry_bulb_mean_C": [10.0] * 11}, "12 months"),
        ({"dry_bulb_min_C": [25.0] * 12}, "not in that order"),
        ({"dry_bulb_mean_C": [283.0] + [10.0] * 11}, "kelvin"),
        ({"wet_bulb_p99_6_C": 40.0}, "above dry_bulb_p99_6_C"),
    ],
)
def test_statistics_that_cannot_be_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        typical_year(dataclasses.replace(climate("rt2012_h2d"), **change))  # type: ignore[arg-type]


# --- files ----------------------------------------------------------------------------------------------


def epw_rows(*, leap: bool = False) -> list[str]:
    rows = []
    for month, days in enumerate(MONTH_DAYS, start=1):
        for day in range(1, days + 1 + (leap and month == 2)):
            for hour in range(1, 25):
                dry = 10.0 + month + 0.1 * hour
                rows.append(
                    f"2004,{month},{day},{hour},0,?9,{dry:.1f},5.0,60,100000,0,0,300,0,0,0,0,0,0,0,180,3.5,"
                    "5,5,9999,99999,9,999999999,0,0.1,0,88,0.2,0.0,0.0"
                )
    return rows


def write_epw(path: Path, rows: list[str]) -> Path:
    head = ["LOCATION,Test,-,FRA,test,000000,45.0,5.0,1.0,120.0"]
    head += [f"HEADER {k}" for k in range(2, 9)]
    path.write_text("\n".join(head + rows) + "\n")
    return path


def test_epw_is_read_hour_by_hour(tmp_path: Path) -> None:
    year = read_weather(write_epw(tmp_path / "a.epw", epw_rows()))
    assert year.dry_bulb.shape == (8760,)
    assert year.dry_bulb[0] == pytest.approx(273.15 + 11.1)  # January, hour ending 1:00
    assert year.dry_bulb[-1] == pytest.approx(273.15 + 24.4)  # December, hour ending 24:00
    assert year.pressure[5] == 100000.0
    assert year.relative_humidity[5] == pytest.approx(0.6)
    assert "a.epw" in year.source


def test_leap_day_is_dropped(tmp_path: Path) -> None:
    year = read_weather(write_epw(tmp_path / "leap.epw", epw_rows(leap=True)))
    assert year.dry_bulb.shape == (8760,)
    assert year.dry_bulb[59 * 24] == pytest.approx(273.15 + 13.1)  # 1 March follows 28 February


def test_missing_hours_are_named(tmp_path: Path) -> None:
    rows = epw_rows()
    del rows[1000:1003]
    with pytest.raises(InputError, match=r"gap\.epw: 3 of 8760 hours are missing, the first is 02-11 16:00"):
        read_weather(write_epw(tmp_path / "gap.epw", rows))


def test_double_hours_are_named(tmp_path: Path) -> None:
    rows = epw_rows()
    with pytest.raises(InputError, match="1 hours appear more than once, the first is 01-01 05:00"):
        read_weather(write_epw(tmp_path / "double.epw", [*rows[:6], rows[5], *rows[6:]]))


def test_missing_values_are_named(tmp_path: Path) -> None:
    rows = epw_rows()
    for k in (10, 11):
        cells = rows[k].split(",")
        cells[6] = "99.9"  # the code of EPW for a missing dry bulb
        rows[k] = ",".join(cells)
    with pytest.raises(
        InputError, match=r"dry bulb is missing or outside .* in 2 hours, the first is 01-01 10:00"
    ):
        read_weather(write_epw(tmp_path / "nan.epw", rows))


def test_tmy3_is_read(tmp_path: Path) -> None:
    """TMY3 labels the end of the hour and gives millibar."""
    rows = ["Date (MM/DD/YYYY),Time (HH:MM),Dry-bulb (C),RHum (%),Pressure (mbar),Wspd (m/s)"]
    for month, days in enumerate(MONTH_DAYS, start=1):
        for day in range(1, days + 1):
            rows += [
                f"{month:02d}/{day:02d}/1999,{h:02d}:00,{month + 0.1 * h:.1f},50,990,2.0"
                for h in range(1, 25)
            ]
    file = tmp_path / "tmy3.csv"
    file.write_text("\n".join(['700000,"TEST",FR,1,45.0,5.0,120', *rows]) + "\n")
    year = read_weather(file)
    assert year.dry_bulb[0] == pytest.approx(273.15 + 1.1)
    assert year.dry_bulb[-1] == pytest.approx(273.15 + 14.4)
    assert year.pressure[0] == 99000.0


def test_pvgis_tmy_is_read(tmp_path: Path) -> None:
    months = "\n".join(f"{m},2010" for m in range(1, 13))
    rows = []
    for month, days in enumerate(MONTH_DAYS, start=1):
        for day in range(1, days + 1):
            for hour in range(24):
                rows.append(
                    f"2010{month:02d}{day:02d}:{hour:02d}00,{10 + 0.1 * hour:.2f},55,0,0,0,300,2.5,180,98000"
                )
    text = (
        "Latitude (decimal degrees): 44.930\nLongitude (decimal degrees): 4.890\nElevation (m): 126\n"
        "Irradiance Time Offset (h): 0.1\nmonth,year\n" + months + "\n"
        "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP\n" + "\n".join(rows) + "\n"
        "\nT2m: 2-m air temperature (degree Celsius)\n"
    )
    file = tmp_path / "pvgis.csv"
    file.write_text(text)
    year = read_weather(file)
    assert year.dry_bulb[23] == pytest.approx(273.15 + 12.3)
    assert year.pressure[0] == 98000.0


def test_files_that_are_no_weather_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_weather(tmp_path / "none.epw")
    file = tmp_path / "letter.txt"
    file.write_text("Dear sir,\nno weather here.\n")
    with pytest.raises(InputError, match="first line is neither"):
        read_weather(file)
    rows = epw_rows()
    rows[7] = "this row is broken"
    with pytest.raises(InputError, match=r"broken\.epw is not an EPW"):
        read_weather(write_epw(tmp_path / "broken.epw", rows))
