"""A map of points: it gives them back, knows its box, and refuses what lies outside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.heat.heat_pump_map import HeatPumpPoints, fit_map, map_cop, read_map
from twin.resources import data_dir

pytestmark = pytest.mark.kernel

K = 273.15
HEADER = "source_in_C,sink_in_C,sink_out_C,source_flow_1,load_1,cop_1"


def test_the_points_of_a_simulated_machine_come_back() -> None:
    """Ten points computed with EBSILON over sink outlet and source flow: the quadratic is within 1.1 %."""
    fitted = read_map(data_dir() / "reference" / "heat_pump_ebsilon.csv")
    assert fitted.worst < 0.011
    at_design = map_cop(fitted, source_in=12 + K, sink_in=60 + K, sink_out=105 + K)
    assert at_design == pytest.approx(2.368, rel=0.011)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source_in": 40 + K}, r"(?s)source inlet of the heat pump = 40 degC.*12 degC only.*map=null"),
        ({"sink_out": 110 + K}, r"sink outlet of the heat pump = 110 degC.*90..105 degC"),
        ({"source_flow": 0.4}, r"source flow of the heat pump = 0.4 of design.*0.5..1.55"),
    ],
)
def test_outside_its_points_a_map_is_silent(change: dict[str, float], words: str) -> None:
    fitted = read_map(data_dir() / "reference" / "heat_pump_ebsilon.csv")
    with pytest.raises(InputError, match=words):
        map_cop(fitted, **({"source_in": 12 + K, "sink_in": 60 + K, "sink_out": 100 + K} | change))


def test_a_quadratic_share_is_found_exactly() -> None:
    rng = np.random.default_rng(3)
    n = 60
    source, back, out = rng.uniform(20, 45, n) + K, rng.uniform(40, 60, n) + K, rng.uniform(65, 90, n) + K
    flow, load = rng.uniform(0.5, 1.2, n), rng.uniform(0.3, 1.0, n)
    share = 0.5 + 0.002 * (source - 300.0) - 0.1 * (load - 0.8) ** 2 + 0.05 * flow
    cop = share * out / (out - source)
    points = HeatPumpPoints(
        source_in=source, sink_in=back, sink_out=out, source_flow=flow, load=load, cop=cop
    )
    assert fit_map(points).worst < 1e-10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER, "holds no points"),
        ("a,b\n1,2", "no column source_in_C"),
        (HEADER + "\n1,2,3\n", "line 2: 3 cells"),
        (HEADER + "\n30,50,80,1,1,four\n", "line 2"),
        (HEADER + "\n30,50,80,1,1,0.9\n", "COP = 0.9"),
        (HEADER + "\n30,50,35,1,1,4\n", "lifts 5 K"),
        (HEADER + "\n30,50,80,1,1,4\n35,55,85,1,1,4\n", "2 points do not fix the 4 coefficients"),
    ],
)
def test_maps_that_cannot_be_are_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "map.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_map(file)
    with pytest.raises(InputError, match="No such file"):
        read_map(tmp_path / "none.csv")
