"""Exchangers, heat rejection, heat pumps, moist air, typical years, metrics, economics, district demand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solvers import psychrometrics as air
from solvers.heat.effectiveness import Arrangement
from solvers.heat.exchangers import effectiveness
from solvers.heat.plant import Ambient, CoolerKind, coldest_supply, reject, size_cooler
from twin import metrics
from twin.config import compose, typed
from twin.economics import capital_recovery_factor
from twin.schema import ClimateConf
from twin.units import celsius, to_celsius
from twin.verification import district, heat_reuse
from twin.verification.case import Case, Row, Rows, Tier, absolute, relative, worst_absolute, worst_relative
from twin.verification.exact import crossflow_series
from twin.verification.reference import read_reference
from twin.weather import MONTH_DAYS, heating_degree_days, typical_year

CLIMATES = ("lyon_bron", "rt2012_h1b", "rt2012_h2c", "rt2012_h2d", "rt2012_h3")
ATMOSPHERE = 101325.0  # [Pa]


# -- exchangers and plant --------------------------------------------------------------------------------


def counterflow(_: Tier) -> Rows:
    table = read_reference("counterflow")
    ntu, ratio = table.numbers("ntu_1"), table.numbers("capacity_ratio_1")
    labels = [f"NTU {n:g}, C_min/C_max {c:g}" for n, c in zip(ntu, ratio, strict=True)]
    ours = effectiveness(ntu, ratio)
    return [worst_relative("effectiveness", table.numbers("effectiveness_1"), ours, labels, 1e-9)]


def crossflow(_: Tier) -> Rows:
    return [
        _crossflow_row("NTU 1 to 5", (1.0, 1.5, 2.0, 3.0, 5.0), 0.02),
        _crossflow_row("NTU below 1", (0.1, 0.25, 0.5), 0.04),
    ]


def _crossflow_row(title: str, units: Sequence[float], tolerance: float) -> Row:
    points = [(n, c) for n in units for c in (0.25, 0.5, 0.75, 1.0)]
    ntu, ratio = np.array(points).T
    exact = [crossflow_series(n, c) for n, c in points]
    labels = [f"NTU {n:g}, C_min/C_max {c:g}" for n, c in points]
    ours = effectiveness(ntu, ratio, Arrangement.CROSSFLOW)
    return worst_relative(f"effectiveness, unmixed, {title}", exact, ours, labels, tolerance)


def dry_cooler(_: Tier) -> Rows:
    """Sized from the sheet, then asked for its heat: by the solver, and by the exact series with its UA."""
    row = read_reference("dry_cooler").rows[0]
    heat, fans = float(row["heat_W"]), float(row["fan_power_W"])
    outside, warm, cold = (celsius(float(row[k])) for k in ("air_in_C", "water_in_C", "water_out_C"))
    cooler = size_cooler(
        CoolerKind.DRY,
        heat=heat,
        design_air=outside,
        approach=cold - outside,
        fluid_range=warm - cold,
        fan_power_ratio=fans / heat,
        fan_minimum=0.15,
    )
    fluid = heat / (warm - cold)
    weather = _ambient(outside)
    supply = coldest_supply(cooler, np.array([heat]), fluid, weather)
    result = reject(cooler, None, heat=np.array([heat]), fluid=fluid, wanted=supply, ambient=weather)
    exact = crossflow_series(cooler.ua / fluid, 1.0) * fluid * (warm - outside)
    return [
        relative("heat with the exact series and our UA [W]", heat, exact, 0.02),
        absolute("water leaving at full fans [degC]", to_celsius(cold), to_celsius(float(supply[0])), 0.05),
        relative("fan power [W]", fans, float(result.fan_power[0]), 0.01),
    ]


def lorenz(_: Tier) -> Rows:
    table = read_reference("lorenz_cop")
    ours = heat_reuse.cop_of(table, efficiency=1.0, terminal_difference=0.0)
    labels = [f"{r['source_in_C']} to {r['sink_out_C']} degC" for r in table]
    return [worst_relative("COP", table.numbers("cop_1"), ours, labels, 1e-9)]


# -- moist air and typical years -------------------------------------------------------------------------


def saturation(_: Tier) -> Rows:
    table = read_reference("ashrae_saturation")
    expected = 1e3 * table.numbers("pressure_kPa")
    ours = air.saturation_pressure(celsius(0.0) + table.numbers("temperature_C"))
    labels = [f"{t} degC" for t in table.texts("temperature_C")]
    return [worst_relative("saturation pressure [Pa]", expected, ours, labels, 5e-4)]


def humid_air(_: Tier) -> Rows:
    table = read_reference("humid_air")
    dry, pressure = celsius(0.0) + table.numbers("dry_bulb_C"), table.numbers("pressure_Pa")
    vapour = table.numbers("relative_humidity_1") * air.saturation_pressure(dry)
    humidity = air.humidity_ratio(vapour, pressure)
    dew = air.dew_point(vapour) - celsius(0.0)
    wet = air.wet_bulb(dry, humidity, pressure) - celsius(0.0)
    labels = [f"{r['dry_bulb_C']} degC, {float(r['relative_humidity_1']):.0%}" for r in table]
    ratio, enthalpy = table.numbers("humidity_ratio_1"), table.numbers("enthalpy_J_kg")
    return [
        worst_relative("humidity ratio", ratio, humidity, labels, 6e-3),
        worst_relative("enthalpy [J/kg]", enthalpy, air.enthalpy(dry, humidity), labels, 5e-3),
        worst_absolute("dew point [degC]", table.numbers("dew_point_C"), dew, labels, 0.05),
        worst_absolute("wet bulb [degC]", table.numbers("wet_bulb_C"), wet, labels, 0.05),
    ]


def typical_years(_: Tier) -> Rows:
    """The generated year against the statistics of the file it stands for."""
    rows: list[Row] = []
    months = [f"month {m}" for m in range(1, 13)]
    first = np.concatenate(([0], np.cumsum(MONTH_DAYS)[:-1])) * 24
    for name in CLIMATES:
        climate = _climate(name)
        year = typical_year(climate)
        means = np.add.reduceat(year.dry_bulb, first) / (MONTH_DAYS * 24) - celsius(0.0)
        rows += [
            worst_absolute(f"{name}: monthly mean [degC]", climate.dry_bulb_mean_C, means, months, 0.3),
            relative(
                f"{name}: degree days below 18 degC [K d]",
                climate.hdd18_Kd,
                heating_degree_days(year.dry_bulb),
                0.03,
            ),
            absolute(
                f"{name}: dry bulb passed in 0.4 % of the hours [degC]",
                climate.dry_bulb_p99_6_C,
                to_celsius(year.design_dry_bulb),
                1.0,
            ),
            absolute(
                f"{name}: wet bulb passed in 0.4 % of the hours [degC]",
                climate.wet_bulb_p99_6_C,
                to_celsius(year.design_wet_bulb),
                1.0,
            ),
        ]
    return rows


# -- what planners read ----------------------------------------------------------------------------------


def annuity(_: Tier) -> Rows:
    """What the factor means: its n payments are worth one unit today."""
    cases = [(0.0, 25), (0.03, 25), (0.05, 20), (0.08, 15)]
    ours = [
        float(capital_recovery_factor(rate, years)) * sum((1.0 + rate) ** -k for k in range(1, years + 1))
        for rate, years in cases
    ]
    labels = [f"{rate:.0%}, {years} a" for rate, years in cases]
    return [worst_relative("present value of the payments", [1.0] * len(cases), ours, labels, 1e-12)]


def energy_metrics(_: Tier) -> Rows:
    """By hand: IT 100, facility 120, reused 30, 1,800 L to 1 MWh of IT, 58.5 g/kWh."""
    ours = {
        "PUE": (1.2, metrics.pue(120.0, 100.0)),
        "ERF": (0.25, metrics.erf(30.0, 120.0)),
        "ERE": (0.9, metrics.ere(120.0, 30.0, 100.0)),
        "WUE [L/kWh]": (1.8, metrics.wue(1800.0, 3.6e9)),
        "CUE [kg/kWh]": (0.0702, metrics.cue(120.0, 100.0, 0.0585)),
    }
    return [relative(name, expected, found, 1e-12) for name, (expected, found) in ours.items()]


# -- set-ups ---------------------------------------------------------------------------------------------


def _ambient(dry_bulb: float) -> Ambient:
    t, pressure = np.array([dry_bulb]), np.array([ATMOSPHERE])
    humidity = air.humidity_ratio(0.4 * air.saturation_pressure(t), pressure)
    wet = air.wet_bulb(t, humidity, pressure)
    return Ambient(dry_bulb=t, wet_bulb=wet, humidity=humidity, pressure=pressure)


def _climate(name: str) -> ClimateConf:
    return typed(compose([f"climate={name}"])).climate


CASES = (
    Case(
        name="counterflow exchanger",
        source="closed forms at ten digits; P-NTU of a 1-1 plate exchanger, Kandlikar and Shah 1989, as "
        "coded in "
        "the Python package ht (tests/test_hx.py, commit f9c60c4)",
        why="closed form",
        run=counterflow,
    ),
    Case(
        name="crossflow exchanger",
        source="Mason 1955, Proc. 2nd U.S. Nat. Congr. Appl. Mech., 801-803: exact series",
        why="the formula in use (Incropera et al. 2011, eq. 11.32) is an approximation: within 2 % where "
        "coolers "
        "work, up to 4 % low below NTU 1",
        run=crossflow,
    ),
    Case(
        name="dry cooler",
        source="BAC Trillium TDFS1238N-C60ET40B, data sheet (Modelica Buildings, commit c4117cc); Mason 1955",
        why="1 % of the sheet. The cooler is sized from this point, so water and fans return by "
        "construction; the "
        "series measures what the crossflow formula is worth there: 2 %",
        run=dry_cooler,
    ),
    Case(
        name="Lorenz COP",
        source="Lorenz 1895; Jensen et al. 2018: five closed-form values",
        why="closed form",
        run=lorenz,
    ),
    Case(
        name="saturation pressure",
        source="ASHRAE Handbook Fundamentals, chapter 1, table 3",
        why="printed digits",
        run=saturation,
    ),
    Case(
        name="moist air",
        source="Herrmann, Kretzschmar and Gatley 2009 (ASHRAE RP-1485) with CoolProp 8.0.0: real air",
        why="ideal air leaves out the enhancement factor of 1.004 to 1.005",
        run=humid_air,
    ),
    Case(
        name="typical years",
        source="RT 2012 typical years H1b, H2c, H2d, H3 (BuildSysPro, commit 7d30fb7); TMYx 2004-2018 "
        "Lyon-Bron",
        why="what the generated years promise: 0.3 K, 3 %, 1 K. Monthly means, degree days and extremes "
        "enter the "
        "generator; that all of them come out together is what is checked",
        run=typical_years,
    ),
    Case(
        name="capital recovery",
        source="definition: the present value of the payments is the investment",
        why="closed form",
        run=annuity,
    ),
    Case(
        name="energy metrics",
        source="ISO/IEC 30134-2, -6, -8, -9; The Green Grid 2010 (ERE): worked by hand",
        why="definitions",
        run=energy_metrics,
    ),
    *heat_reuse.CASES,
    *district.CASES,
)
