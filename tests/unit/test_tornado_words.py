"""Names of results as a reader of a chart wants them."""

import pytest

from viz.charts.tornado import in_words


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
