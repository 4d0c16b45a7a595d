"""Names of results as a reader of a chart wants them."""

import numpy as np
import pytest
from rich.console import Console

from twin.report.table import print_sample
from twin.uncertainty.study import Uncertainty
from viz.charts.tornado import four_figures, in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tcs_supply_max_C", "TCS supply max [°C]"),
        ("lcoh_EUR_per_MWh", "LCOH [EUR/MWh]"),
        ("cdu_pump_power_kW", "CDU pump power [kW]"),
        ("floating_max_K", "floating max [K]"),
        ("heat_pump_cop", "heat pump COP"),
        ("pue", "PUE"),
    ],
)
def test_units_stand_in_brackets(name, words):
    assert in_words(name) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [(12345.6, "12,346"), (999.96, "1000"), (-1234.4, "-1,234"), (0.062141, "0.06214"), (0.0, "0")],
)
def test_figures_have_four_digits_and_no_exponent(value, text):
    assert four_figures(value) == text


def test_the_table_of_a_sample_has_units_and_the_result_at_the_modes(capsys):
    found = Uncertainty(
        inputs=("it_power", "outdoor_K"),
        outputs=("delivered_GWh", "tcs_supply_max_C", "wue_L_per_kWh"),
        probability=(5.0, 50.0, 95.0),
        values=np.zeros((2, 3)),
        results=np.zeros((3, 3)),
        nominal=np.array([12345.6, 45.61, 0.0]),
        percentiles=np.array([[11000.0, 44.9, 0.0], [12000.0, 45.8, 0.0], [13000.0, 47.0, 0.0]]),
        correlation=np.array([[0.9, 0.1], [0.2, -0.7], [np.nan, np.nan]]),
    )
    print_sample(Console(width=120, highlight=False), found)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        "P5 P50 P95 at the modes follows most",
        "delivered [GWh] 11,000 12,000 13,000 12,346 it power (+0.90)",
        "TCS supply max [°C] 44.9 45.8 47 45.61 outdoor (-0.70)",
    ]  # water that is never used varies with nothing
