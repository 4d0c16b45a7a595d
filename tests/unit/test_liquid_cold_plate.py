"""Cold plates, flow policies and pipe sizes against their sources."""

from pathlib import Path

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.liquid.components.cold_plate import (
    ColdPlate,
    junction_temperature,
    plate_resistance,
    read_cold_plate,
)
from solvers.liquid.hall.flow_policy import PublishedFlow, fixed, per_heat, published
from solvers.liquid.hall.pipes import SizingRule, fitting_loss, read_pipe_sizes, select_sizes

DATA = Path(__file__).parents[2] / "data"
OCP = DATA / "cold_plates" / "ocp_oam_2023.csv"
STEEL = DATA / "pipes" / "steel_en10220.csv"
L_MIN = 1e-3 / 60.0

# Open Compute Project, OAI System Liquid Cooling Guidelines (March 2023), Fig. 7: l/min, K/W
FIGURE_7 = [(0.4, 0.0389), (0.8, 0.0265), (1.0, 0.0245), (1.6, 0.0214), (2.4, 0.0197)]


def test_published_points_are_met():
    got = plate_resistance(read_cold_plate(OCP, "pg25"), np.array([v for v, _ in FIGURE_7]) * L_MIN)
    assert got.resistance == pytest.approx([r for _, r in FIGURE_7], rel=1e-12)
    assert got.in_range.all()
    water = plate_resistance(read_cold_plate(OCP, "water"), np.array([2.0, 5.0]) * L_MIN)
    assert water.resistance == pytest.approx([0.0172, 0.0151], rel=1e-12)  # Fig. 8


def test_resistance_falls_smoothly_everywhere():
    for coolant in ("pg25", "eg35", "water"):
        plate = read_cold_plate(OCP, coolant)
        v = np.geomspace(0.1, 10.0, 400) * L_MIN
        r = plate_resistance(plate, v).resistance
        inside = (v >= plate.flow[0]) & (v <= plate.flow[-1])
        assert np.all(np.diff(r) <= 0.0)
        assert np.all(np.diff(r[inside]) < 0.0)


def test_flow_outside_the_figure_is_flagged_and_credited_nothing():
    plate = read_cold_plate(OCP, "pg25")
    got = plate_resistance(plate, np.array([0.2, 0.4, 2.4, 4.8]) * L_MIN)
    assert got.in_range.tolist() == [False, True, True, False]
    assert got.resistance[0] == pytest.approx(2 * 0.0389, rel=1e-12)
    assert got.resistance[3] == pytest.approx(0.0197, rel=1e-12)


def test_junction_temperature_by_hand():
    """40 degC, 1400 W, 1.4 l/min (0.0220 K/W), factor 0.65, 0.004 K/W: 40 + 1400 * 0.0183 = 65.62 degC."""
    plate = read_cold_plate(OCP, "pg25", factor=0.65, junction_to_case=0.004)
    assert junction_temperature(plate, 313.15, 1400.0, 1.4 * L_MIN) == pytest.approx(313.15 + 25.62, abs=1e-9)


def test_bad_plates_are_refused(tmp_path):
    with pytest.raises(InputError, match="must be positive"):
        plate_resistance(read_cold_plate(OCP, "pg25"), 0.0)
    with pytest.raises(InputError, match="must not be negative"):
        junction_temperature(read_cold_plate(OCP, "pg25"), 300.0, -1.0, L_MIN)
    with pytest.raises(InputError, match="factor"):
        read_cold_plate(OCP, "pg25", factor=0.0)
    with pytest.raises(InputError, match="fall with flow"):
        ColdPlate(name="odd", flow=np.array([1.0, 2.0]), resistance=np.array([0.02, 0.03]))
    with pytest.raises(InputError, match=r"none\.csv"):
        read_cold_plate(tmp_path / "none.csv", "pg25")
    (tmp_path / "half.csv").write_text("coolant,flow_L_min\npg25,1.0\n")
    with pytest.raises(InputError, match="resistance_K_W"):
        read_cold_plate(tmp_path / "half.csv", "pg25")


# -- flow policies ---------------------------------------------------------------------------------------

TABLE = PublishedFlow(
    supply=(298.15, 303.15, 308.15, 313.15, 318.15),
    flow=tuple(v * L_MIN for v in (59.0, 71.0, 89.0, 119.0, 177.0)),
    heat=121.5e3,
)


@pytest.mark.parametrize(
    ("celsius", "litres"), [(25, 59.0), (30, 71.0), (35, 89.0), (40, 119.0), (45, 177.0)]
)
def test_published_flow_meets_its_table(celsius, litres):
    assert published(TABLE, celsius + 273.15, 121.5e3) == pytest.approx(litres * L_MIN, rel=1e-12)


def test_published_flow_between_outside_and_scaled():
    """42.5 degC: 1/flow halfway between 1/119 and 1/177; half the heat, half the flow; ends are kept."""
    half = 2.0 / (1.0 / 119.0 + 1.0 / 177.0) * L_MIN
    assert published(TABLE, 315.65, 121.5e3) == pytest.approx(half, rel=1e-12)
    assert published(TABLE, 298.15, [121.5e3, 60.75e3]) == pytest.approx(
        [59.0 * L_MIN, 29.5 * L_MIN], rel=1e-12
    )
    assert published(TABLE, 283.15, 121.5e3) == pytest.approx(59.0 * L_MIN, rel=1e-12)
    assert TABLE.covers(318.15)
    assert not TABLE.covers(323.15)


def test_flow_by_heat_and_fixed_flow():
    """1.2 l/min per kW and 121.5 kW: 145.8 l/min."""
    assert per_heat(1.2 * L_MIN / 1e3, 121.5e3) == pytest.approx(145.8 * L_MIN, rel=1e-12)
    assert fixed(2e-3, [1e5, 0.0]) == pytest.approx([2e-3, 2e-3])


def test_bad_policies_are_refused():
    with pytest.raises(InputError, match="heat of a rack"):
        per_heat(2e-8, -1.0)
    with pytest.raises(InputError, match="fixed flow"):
        fixed(0.0, 1.0)
    with pytest.raises(InputError, match="must rise"):
        PublishedFlow(supply=(300.0, 300.0), flow=(1e-3, 2e-3), heat=1e5)


# -- pipes -----------------------------------------------------------------------------------------------


def size(flow, rule=None):
    n = np.atleast_1d(np.asarray(flow, dtype=float))
    sizes = read_pipe_sizes(STEEL)
    chosen = select_sizes(sizes, rule or SizingRule(), n, np.full(n.size, 1000.0), np.full(n.size, 1e-3))
    return [sizes.nominal[row] for row in chosen.row], chosen.parallel.tolist()


def test_bores_of_the_table():
    """DN 100: 114.3 - 2 * 3.6 = 107.1 mm; DN 300: 323.9 - 2 * 5.6 = 312.7 mm."""
    sizes = read_pipe_sizes(STEEL)
    bore = dict(zip(sizes.nominal, sizes.diameter, strict=True))
    assert bore[100] == pytest.approx(0.1071, abs=1e-12)
    assert bore[300] == pytest.approx(0.3127, abs=1e-12)


@pytest.mark.kernel
def test_sizing_by_gradient_then_by_velocity():
    """2 l/s: DN 40 (43.1 mm, 1.37 m/s) has over 500 Pa/m, DN 50 (54.5 mm, 0.86 m/s) about 150.

    200 l/s: velocity rules; DN 350 (344.4 mm) has 2.15 m/s, DN 400 (393.8 mm) 1.64 m/s.
    """
    assert size([2.0, 200.0]) == ([50, 400], [1, 1])
    assert size([2.0], SizingRule(max_gradient=1000.0, max_velocity=5.0))[0] == [40]


@pytest.mark.kernel
def test_flow_beyond_the_largest_size_is_shared():
    """DN 1000 (994 mm) carries 0.776 m2 * 2 m/s = 1552 kg/s."""
    assert size([4000.0]) == ([1000], [3])


def test_crane_elbow():
    """Standard elbow K = 30 f_T; f_T of 102 mm commercial steel is 0.0163: K = 0.49."""
    k = fitting_loss(
        np.array([0.1023]), 4.5e-5, elbows=np.array([1.0]), tee_runs=np.zeros(1), tee_branches=np.zeros(1)
    )
    assert k == pytest.approx([0.49], abs=0.01)


def test_bad_pipe_tables_are_refused(tmp_path):
    (tmp_path / "odd.csv").write_text("dn,outside_diameter_mm,wall_mm\n50,60.3,2.9\n40,48.3,2.6\n")
    with pytest.raises(InputError, match="sizes must rise"):
        read_pipe_sizes(tmp_path / "odd.csv")
    with pytest.raises(InputError, match="pipe table"):
        read_pipe_sizes(tmp_path / "none.csv")
    with pytest.raises(InputError, match="sizing velocity"):
        SizingRule(max_velocity=0.0)
