"""Losses along pipes and temperatures of networks at rest, against closed forms."""

import math

import numpy as np
import pytest

from geometry.errors import InputError
from solvers.errors import DivergenceError
from solvers.fluids import constant_fluid, load_fluid
from solvers.liquid.heat.films import nusselt_kernel
from solvers.liquid.heat.losses import (
    layer_resistance,
    loss_per_metre,
    soil_resistance,
    surface_resistance,
    wall_per_metre,
)
from solvers.liquid.heat.march import march
from solvers.liquid.heat.pipes import Holdup, PipeHeat, thermal_network
from solvers.liquid.heat.state import start
from solvers.liquid.heat.steady import solve_heat
from solvers.liquid.hydraulics.network import ImposedFlow, Pipe, build_network
from twin.resources import data_dir

pytestmark = pytest.mark.kernel

WATER = constant_fluid("water", density=1000.0, heat_capacity=4000.0, viscosity=1e-3)


def pipe(name, start, end, length=100.0):
    return Pipe(name=name, start=start, end=end, length=length, diameter=0.1, roughness=1e-5)


def warm(name, **kwargs):
    """20 W/(m K) to 10 degC, no film: 2000 W/K along 100 m."""
    return PipeHeat(name=name, surroundings=283.15, loss=20.0, film=math.inf, **kwargs)


def line(*records):
    """in -> a -> mid -> b -> out, 1 kg/s."""
    network = build_network(
        [pipe("a", "in", "mid"), pipe("b", "mid", "out")], inflow={"in": 1.0}, pressure={"out": 0.0}
    )
    return thermal_network(network, WATER, records, reference=300.0)


# -- layers ----------------------------------------------------------------------------------------------


def test_resistances_of_a_small_insulated_pipe():
    """20/22 mm copper, 13 mm of foam of 0.04 W/(m K), 10 W/(m2 K) at the surface; worked by hand."""
    foam = layer_resistance(0.022, 0.048, 0.04)
    assert foam == pytest.approx(3.104155, rel=1e-6)  # ln(48/22) / (2 pi 0.04)
    air = surface_resistance(0.048, 10.0)
    assert air == pytest.approx(0.663146, rel=1e-6)
    assert loss_per_metre(foam, air) == pytest.approx(1.0 / 3.767301, rel=1e-6)
    assert wall_per_metre(0.02, 0.022, 8960.0, 385.0) == pytest.approx(227.58, rel=1e-4)


def test_soil_by_the_shape_factor():
    """Deep pipes: arcosh(2 z/d) -> ln(4 z/d). z 1 m, d 0.2 m, 1.5 W/(m K): arcosh 10 = 2.993223."""
    assert soil_resistance(1.0, 0.2, 1.5) == pytest.approx(2.993223 / (3.0 * math.pi), rel=1e-6)
    with pytest.raises(InputError, match="depth"):
        soil_resistance(0.05, 0.2, 1.5)


@pytest.mark.parametrize("bad", [(0.02, 0.01, 1.0), (0.01, 0.02, 0.0)])
def test_a_layer_inside_out_or_without_conductivity_is_refused(bad):
    with pytest.raises(InputError):
        layer_resistance(*bad)


def test_film_by_gnielinski():
    """Laminar 3.66; Re 1e4, Pr 7: xi = 0.030779, by hand 78.3; joined between."""
    assert nusselt_kernel(1000.0, 7.0) == 3.66
    xi = (1.8 * 4.0 - 1.5) ** -2
    root = math.sqrt(xi / 8.0)
    assert nusselt_kernel(1e4, 7.0) == pytest.approx(
        xi / 8.0 * 9000.0 * 7.0 / (1.0 + 12.7 * root * (7.0 ** (2.0 / 3.0) - 1.0)), rel=1e-12
    )
    assert nusselt_kernel(1e4, 7.0) == pytest.approx(78.3, abs=0.05)
    assert nusselt_kernel(4000.0 - 1e-9, 7.0) == pytest.approx(nusselt_kernel(4000.0, 7.0), rel=1e-9)
    assert nusselt_kernel(2300.0 + 1e-9, 7.0) == pytest.approx(3.66, rel=1e-9)


# -- pipes -----------------------------------------------------------------------------------------------


def test_exponential_loss_along_a_pipe():
    """T - T_s falls by exp(-u L / (m cp)) = exp(-1/2) in each pipe: 80 -> 52.457 -> 35.752 degC."""
    thermal = line(warm("a"), warm("b"))
    got = solve_heat(thermal, np.array([1.0, 1.0]), feed={"in": 353.15})
    expected = 283.15 + 70.0 * np.exp([0.0, -0.5, -1.0])
    assert got.temperature == pytest.approx(expected, abs=1e-9)
    assert got.loss == pytest.approx(4000.0 * -np.diff(expected), rel=1e-12)
    assert got.audit.residual < 1e-14


def test_stirred_sections_lose_as_stirred_tanks_do():
    """Four tanks of 500 W/K: each divides by 1.125."""
    thermal = line(warm("a", cells=4), warm("b", cells=1))
    got = solve_heat(thermal, np.ones(2), feed={"in": 353.15}, sections=True)
    assert got.temperature == pytest.approx(
        283.15 + 70.0 * np.array([1.0, 1.125**-4, 1.125**-4 / 1.5]), abs=1e-9
    )


def test_reversed_flow_is_the_mirror():
    network = build_network(
        [pipe("a", "in", "mid"), pipe("b", "mid", "out")], inflow={"out": 1.0}, pressure={"in": 0.0}
    )
    thermal = thermal_network(network, WATER, [warm("a"), warm("b")], reference=300.0)
    got = solve_heat(thermal, np.array([-1.0, -1.0]), feed={"out": 353.15})
    assert got.temperature == pytest.approx(283.15 + 70.0 * np.exp([-1.0, -0.5, 0.0]), abs=1e-9)


def test_heat_along_a_pipe_and_no_loss():
    """20 kW on 1 kg/s: 5 K; with loss it tends to T_s + q/u = 283.15 + 10 K."""
    free = solve_heat(line(), np.ones(2), feed={"in": 300.0}, heat=np.array([20e3, 0.0]))
    assert free.temperature == pytest.approx([300.0, 305.0, 305.0], abs=1e-9)
    held = solve_heat(line(warm("a")), np.ones(2), feed={"in": 300.0}, heat=np.array([20e3, 0.0]))
    assert held.temperature[1] == pytest.approx(293.15 + 6.85 * math.exp(-0.5), abs=1e-9)
    assert held.loss[0] == pytest.approx(20e3 - 4000.0 * (held.temperature[1] - 300.0), rel=1e-9)


def test_film_and_insulation_in_series():
    record = PipeHeat(name="a", surroundings=283.15, loss=20.0, film=20.0)
    got = solve_heat(line(record), np.ones(2), feed={"in": 353.15})
    assert got.temperature[1] == pytest.approx(283.15 + 70.0 * math.exp(-0.25), abs=1e-9)


def test_parallel_lines_lose_side_by_side():
    lines = Pipe(name="a", start="in", end="out", length=50.0, diameter=0.1, roughness=0.0, parallel=2)
    network = build_network([lines], inflow={"in": 1.0}, pressure={"out": 0.0})
    thermal = thermal_network(network, WATER, [warm("a")], reference=300.0)
    got = solve_heat(thermal, np.ones(1), feed={"in": 353.15})
    assert got.temperature[1] == pytest.approx(283.15 + 70.0 * math.exp(-0.5), abs=1e-9)
    assert thermal.stores.mass[0] == pytest.approx(1000.0 * math.pi * 0.0025 * 100.0, rel=1e-12)


# -- networks --------------------------------------------------------------------------------------------


def loop(flow=1.0):
    """A heater at 80 degC, a supply of 100 m, a building that takes 10 K, a return of 100 m."""
    network = build_network(
        [
            pipe("supply", "hot", "building in"),
            ImposedFlow(name="building", start="building in", end="building out", flow=flow),
            pipe("return", "building out", "cold"),
            ImposedFlow(name="heater", start="cold", end="hot", flow=flow),
        ]
    )
    return thermal_network(network, WATER, [warm("supply"), warm("return")], reference=300.0)


def test_a_loop_that_gains_what_it_loses():
    """The heater adds 100 kW, the building takes 60 kW: pipes lose 40 kW; T_hot from the affine map by hand.

    f = exp(-1/2): x_out = f x - 15, x = f x_out + 25, hence x = (25 - 15 f) / (1 - f^2).
    """
    got = solve_heat(loop(), np.ones(4), heat=np.array([0.0, -60e3, 0.0, 100e3]))
    f = math.exp(-0.5)
    x = (25.0 - 15.0 * f) / (1.0 - f * f)
    assert got.temperature == pytest.approx(
        283.15 + np.array([x, f * x, f * x - 15.0, f * (f * x - 15.0)]), abs=1e-8
    )
    assert got.loss.sum() == pytest.approx(40e3, rel=1e-12)
    assert got.audit.residual < 1e-13
    assert got.audit.turnover == pytest.approx(100e3, rel=1e-9)


def test_heat_capacity_that_varies_keeps_the_balance():
    """Newton on the middle of each pipe; the loop closes in enthalpy."""
    water = load_fluid(data_dir() / "coolants" / "water.csv")
    network = loop().network
    thermal = thermal_network(network, water, [warm("supply"), warm("return")], reference=300.0)
    got = solve_heat(thermal, np.ones(4), heat=np.array([0.0, -60e3, 0.0, 100e3]))
    assert got.audit.residual < 1e-13
    assert got.rounds < 10


def test_a_branch_at_rest_takes_the_temperature_of_what_is_around_it():
    network = build_network(
        [pipe("a", "in", "out"), pipe("dead", "in", "end")], inflow={"in": 1.0}, pressure={"out": 0.0}
    )
    thermal = thermal_network(network, WATER, [warm("a"), warm("dead")], reference=300.0)
    got = solve_heat(thermal, np.array([1.0, 0.0]), feed={"in": 353.15}, heat=np.array([0.0, 2e3]))
    assert got.mean[1] == pytest.approx(283.15 + 1.0)
    assert np.isnan(got.outlet[1])
    assert got.loss[1] == pytest.approx(2e3)


def test_heat_at_rest_passes_the_film_and_the_insulation():
    """2 kW through 2000 W/K and 1000 W/K in series, 1 K + 2 K; then a film from the flow: 3.66 pi k L.

    k 0.6 W/(m K), 100 m: 689.9 W/K, 2.899 K. One long step of the implicit scheme comes to the same.
    """
    network = build_network(
        [pipe("a", "in", "out"), pipe("dead", "in", "end")], inflow={"in": 1.0}, pressure={"out": 0.0}
    )
    fluid = constant_fluid("water", density=1000.0, heat_capacity=4000.0, viscosity=1e-3, conductivity=0.6)
    flow, heat = np.array([1.0, 0.0]), np.array([0.0, 2e3])
    for film, rise in ((10.0, 3.0), (None, 1.0 + 2e3 / (3.66 * math.pi * 0.6 * 100.0))):
        record = PipeHeat(name="dead", surroundings=283.15, loss=20.0, film=film)
        thermal = thermal_network(network, fluid, [record], reference=300.0)
        got = solve_heat(thermal, flow, feed={"in": 353.15}, heat=heat)
        assert got.mean[0] == pytest.approx(283.15 + rise, abs=1e-9)
        ran = march(thermal, start(thermal, 300.0), flow, dt=1e12, feed={"in": 353.15}, heat=heat)
        assert ran.state.cells.temperature[0] == pytest.approx(got.mean[0], abs=1e-6)
    with pytest.raises(DivergenceError, match="branch 'dead', at rest, would come to about"):
        solve_heat(thermal, flow, feed={"in": 353.15}, heat=100.0 * heat)


# -- refusals --------------------------------------------------------------------------------------------


def test_boiling_is_refused_with_the_element():
    with pytest.raises(DivergenceError, match=r"node 'mid' would come to about 230\.0 degC"):
        solve_heat(line(), np.ones(2), feed={"in": 303.15}, heat=np.array([800e3, 0.0]))


@pytest.mark.parametrize("what", ["flow", "heat", "gain", "lift", "surroundings"])
def test_missing_values_are_named(what):
    thermal = line(warm("a"))
    given = {"flow": np.ones(2), "heat": np.zeros(2), "gain": np.ones(2), "lift": np.zeros(2)}
    given["surroundings"] = np.array([283.15])
    given[what][-1] = np.nan
    flow = given.pop("flow")
    message = f"{what} of the branch '{'a' if what == 'surroundings' else 'b'}' = nan"
    with pytest.raises(InputError, match=message):
        solve_heat(thermal, flow, feed={"in": 353.15}, **given)
    with pytest.raises(InputError, match=message):
        march(thermal, start(thermal, 300.0), flow, dt=1.0, feed={"in": 353.15}, **given)


def test_inputs_that_make_no_sense_are_named():
    with pytest.raises(InputError, match="node 'in' at no known temperature"):
        solve_heat(line(), np.ones(2))
    with pytest.raises(InputError, match=r"1000 W are given to the branch 'b', in which nothing flows"):
        solve_heat(line(warm("a")), np.array([1.0, 0.0]), feed={"in": 300.0}, heat=np.array([0.0, 1e3]))
    with pytest.raises(InputError, match="no branch of the network is called 'c'"):
        line(warm("c"))
    with pytest.raises(InputError, match="'a' is given heat twice"):
        line(warm("a"), warm("a"))
    with pytest.raises(InputError, match="'a' holds heat: gain and lift"):
        solve_heat(line(warm("a")), np.ones(2), feed={"in": 300.0}, lift=np.array([1.0, 0.0]))
    network = loop().network
    with pytest.raises(InputError, match="'building' is no pipe"):
        thermal_network(network, WATER, [warm("building")], reference=300.0)
    with pytest.raises(InputError, match="volume of 'rack'"):
        Holdup(name="rack", volume=0.0, surroundings=300.0)
