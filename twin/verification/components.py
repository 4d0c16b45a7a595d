"""Cases of single components: plates in passes, towers, chillers, dry coolers, tanks, throttled GPUs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solvers.heat.effectiveness import Arrangement
from solvers.heat.exchangers import exchange, ua_from_duty
from solvers.heat.plate_passes import Passes, pass_effectiveness
from solvers.liquid.components import chiller, cold_plate, dry_cooler, gpu, manifold, moist_air, tank, tower
from solvers.liquid.components.dry_cooler import DryCooler
from solvers.liquid.components.gpu import Gpu
from solvers.liquid.components.manifold import Manifold, Outlet
from solvers.liquid.components.tank import Tank
from twin.resources import data_dir
from twin.units import L_MIN, celsius, to_celsius
from twin.verification.case import Case, Row, Rows, Tier, absolute, relative, worst_absolute, worst_relative
from twin.verification.reference import read_reference

ATMOSPHERE = 101325.0  # [Pa]


# -- exchangers ------------------------------------------------------------------------------------------


def plate_passes(_: Tier) -> Rows:
    """All 22 arrangements of the tables, each as one linear system over the pieces of its stack."""
    table = read_reference("plate_passes")
    ours, labels = [], []
    for row in table:
        passes = Passes(
            first=int(row["passes_1"]),
            second=int(row["passes_2"]),
            counterflow=row["counterflow"] == "yes",
            inner=row["inner"] == "yes",
        )
        ours.append(pass_effectiveness(passes, 1.5, 0.5).effectiveness)
        labels.append(f"{row['passes_1']}-{row['passes_2']}, {row['counterflow']}, {row['inner']}")
    expected = table.numbers("effectiveness_1")
    return [worst_relative("effectiveness of stream 1", expected, ours, labels, 1e-6)]


def crossflow_mixed(_: Tier) -> Rows:
    row = {k: float(v) for k, v in read_reference("crossflow_mixed").rows[0].items()}
    c_hot = row["hot_flow_kg_s"] * row["hot_heat_capacity_J_kgK"]
    c_cold = row["cold_flow_kg_s"] * row["cold_heat_capacity_J_kgK"]
    kind = Arrangement.MAX_MIXED
    ua = ua_from_duty(row["heat_W"], c_hot, c_cold, row["hot_in_C"] - row["cold_in_C"], kind)
    hot_in, cold_in = celsius(row["hot_in_C"]), celsius(row["cold_in_C"])
    got = exchange(c_hot, hot_in, c_cold, cold_in, row["conductance_W_K"], kind)
    return [
        relative("conductance [W/K]", row["conductance_W_K"], ua, 1e-6),
        relative("heat [W]", row["heat_W"], got.heat, 1e-6),
        relative("hot stream leaving [degC]", row["hot_out_C"], to_celsius(got.hot_out), 1e-6),
    ]


# -- heat rejection --------------------------------------------------------------------------------------


def merkel(_: Tier) -> Rows:
    table = read_reference("merkel")
    ours, labels = [], []
    for row in table:
        cold, hot, wet_bulb = (_fahrenheit(float(row[k])) for k in ("cold_F", "hot_F", "wet_bulb_F"))
        enthalpy = moist_air.saturation_slopes(wet_bulb, ATMOSPHERE)[2]
        ratio = float(row["water_over_air_1"])
        ours.append(tower.merkel_slopes(cold, hot, enthalpy, ratio, ATMOSPHERE)[0])
        labels.append(f"{row['hot_F']} to {row['cold_F']} F, L/G {ratio:g}")
    return [worst_relative("Merkel number", table.numbers("merkel_1"), ours, labels, 0.015)]


def chiller_states(_: Tier) -> Rows:
    machine = chiller.read_chiller(data_dir() / "chillers" / "mcquay_wsc_471kw.csv")
    # the other program extrapolates its curves; so does this law, for the comparison
    law = chiller.chiller_law(machine)._replace(chilled_high=290.0, condenser_high=304.0)
    table = read_reference("chiller_states")
    ours, labels = [], []
    for row in table:
        chilled, condenser, load = (float(row[k]) for k in ("chilled_K", "condenser_K", "part_load_1"))
        most = law.capacity * chiller.biquadratic_slopes(
            law.capacity_curve, to_celsius(chilled), to_celsius(condenser)
        )[0]  # fmt: skip
        state = chiller.chiller_slopes(law, load * most, chilled, condenser).state
        ours.append(state.cooling / state.power)
        labels.append(f"{to_celsius(chilled):.1f}/{to_celsius(condenser):.1f} degC, {load:.0%}")
    sheet = chiller.chiller_slopes(law, machine.capacity, celsius(8.89), celsius(26.67)).state
    return [
        worst_relative("COP", table.numbers("cop_1"), ours, labels, 1e-5),
        relative("COP of the sheet's reference point", machine.cop, sheet.cooling / sheet.power, 0.006),
    ]


def dry_cooler_states(_: Tier) -> Rows:
    """Sized from one point, at other temperatures: an example of another program."""
    table = read_reference("dry_cooler_states")
    law = dry_cooler.cooler_law(
        DryCooler(
            name="example",
            heat=21e3,
            water_inlet=celsius(35.0),
            water_outlet=celsius(30.0),
            air_inlet=celsius(25.0),
            fan_power=525.0,
        )
    )
    warm, air = table.numbers("water_in_K"), table.numbers("air_in_K")
    ours = [
        dry_cooler.cooler_slopes(law, t, a, a, 4200.0, 1.0, 0.0).state.water_outlet
        for t, a in zip(warm, air, strict=True)
    ]
    labels = [f"{to_celsius(t):.1f} degC in {to_celsius(a):.1f} degC" for t, a in zip(warm, air, strict=True)]
    return [
        worst_absolute(
            "water leaving, fans at full speed [K]", table.numbers("water_out_K"), ours, labels, 0.3
        ),
    ]


def manifolds(_: Tier) -> Rows:
    """Headers of 80 ports without friction, against the closed forms at the middles of their pieces.

    Ports discharge by u^2 ~ p. Of the headers' flow V, u = -dV/dx:
      supply alone, regain 1                  V" = -beta^2 V              u ~ cos beta (1 - x)
      regain 1 and 2, return at the same end  V" = beta^2 V               u ~ cosh beta (1 - x)
      the same, return at the opposite end    V" = beta^2 (V - 2 V(0))    u ~ sinh beta x - B cosh beta x
    with V(1) = 0, so that B = (cosh beta - 2) / sinh beta.
    """
    n, beta = 80, 0.5
    at = (np.arange(n) + 0.5) / n
    opposite = (np.cosh(beta) - 2.0) / np.sinh(beta)
    kinetic = 0.5 / (1000.0 * (0.25 * np.pi * 0.03**2) ** 2)
    headers = Manifold(
        name="M",
        outlet=Outlet.SAME_END,
        spacing=0.0,
        bore=0.03,
        roughness=1.5e-6,
        port_flow=np.full(n, 0.1),
        port_drop=np.full(n, kinetic * (0.1 * n / beta) ** 2),
        combining_regain=0.0,
    )
    both = replace(headers, combining_regain=2.0)
    labels = [f"port {k + 1}" for k in range(n)]
    rows: list[Row] = []
    for title, kind, shape in (
        ("flow of a port", headers, np.cos(beta * (1.0 - at))),
        ("flow of a port, direct return", both, np.cosh(beta * (1.0 - at))),
        (
            "flow of a port, reverse return",
            replace(both, outlet=Outlet.OPPOSITE_ENDS),
            np.sinh(beta * at) - opposite * np.cosh(beta * at),
        ),
    ):
        got = manifold.distribute(kind, 0.1 * n, density=1000.0, viscosity=1e-3)
        rows.append(worst_relative(title, 0.1 * n * shape / shape.sum(), got.flow, labels, 1e-4))
        if kind is headers:
            left = float(got.flow.sum() - 0.1 * n)
            rows.append(absolute("sum of the ports less the total [kg/s]", 0.0, left, 1e-12))
    return rows


# -- tank, plates and modules ----------------------------------------------------------------------------


def stratified_tank(_: Tier) -> Rows:
    """Charged and discharged for an hour each; steps of one second."""
    table = read_reference("stratified_tank")
    law = tank.tank_law(
        Tank(
            name="B",
            volume=0.1,
            height=3.0,
            layers=7,
            loss=0.04 / 0.3,
            conductivity=0.58,
            density=995.6,
            heat_capacity=4184.0,
        )
    )
    layers, work = np.full(7, celsius(20.0)), np.empty(7)
    ours, expected, labels = [], [], []
    time = 3600.0
    for row in table:
        until = float(row["time_s"])
        while time < until - 0.5:
            flow, inlet = (1.0, celsius(40.0)) if time < 7200.0 else (-1.0, celsius(20.0))
            tank.step(law, layers, flow * 0.0694444, inlet, celsius(20.0), 1.0, work)
            time += 1.0
        ours += list(layers)
        expected += [float(row[f"layer_{i}_K"]) for i in range(1, 8)]
        labels += [f"{until:g} s, layer {i}" for i in range(1, 8)]
    return [worst_absolute("temperature of a layer [K]", expected, ours, labels, 0.1)]


# Case-to-inlet resistance [K/W] by flow of a module [l/min], read off Fig. 7 (PG25) and Fig. 8 (water)
_READ_OFF = {
    "pg25": {
        0.4: 0.0389,
        0.5: 0.0325,
        0.6: 0.0300,
        0.7: 0.0280,
        0.8: 0.0265,
        0.9: 0.0255,
        1.0: 0.0245,
        1.2: 0.0230,
        1.4: 0.0220,
        1.6: 0.0214,
        1.8: 0.0209,
        2.0: 0.0204,
        2.2: 0.0200,
        2.4: 0.0197,
    },
    "water": {2.0: 0.0172, 3.0: 0.0160, 4.0: 0.0154, 5.0: 0.0151},
}


def plate_figures(_: Tier) -> Rows:
    """The reader and the compiled law at the points read off the figures: both coolants."""
    path = data_dir() / "cold_plates" / "ocp_oam_2023.csv"
    rows = []
    for coolant, points in _READ_OFF.items():
        law = cold_plate.plate_law(cold_plate.read_cold_plate(path, coolant))
        ours = [cold_plate.case_resistance_slopes(law, v * L_MIN)[0] for v in points]
        labels = [f"{v:.1f} l/min" for v in points]
        title = f"case-to-inlet resistance read off the figure, {coolant} [K/W]"
        rows.append(worst_relative(title, list(points.values()), ours, labels, 1e-9))
    drop = cold_plate.drop_slopes(law, 10.0 / 8.0 * L_MIN)[0]
    rows.append(relative("drop of one plate of eight at 10 l/min [Pa]", 50e3, drop, 1e-6))
    return rows


def throttling(_: Tier) -> Rows:
    """Load on a throttled module: closed forms of one thermal mass, and its energy over a minute."""
    law = gpu.gpu_law(
        Gpu(name="module", power_limit=1400.0, idle_power=150.0, junction_limit=360.0, heat_capacity=400.0)
    )
    first = gpu.step(law, 310.0, 310.0, 1000.0, 40.0, 10.0)
    junction, heat, energy, powers = 350.0, 0.0, 0.0, []
    for _second in range(60):
        state = gpu.step(law, 330.0, junction, 1400.0, 40.0, 1.0)
        junction, heat, energy = state.junction, heat + state.heat, energy + state.power
        powers.append(state.power)
    stored = law.heat_capacity * (junction - 350.0)
    return [
        absolute(
            "junction after one time constant [K]", 310.0 + 25.0 * -np.expm1(-1.0), first.junction, 1e-9
        ),
        relative("throttled power, settled: 40 W/K x 30 K [W]", 1200.0, powers[-1], 1e-9),
        absolute(
            "energy in less out less stored over energy in [-]", 0.0, (energy - heat - stored) / energy, 1e-12
        ),
    ]


def _fahrenheit(value: float) -> float:
    return celsius((value - 32.0) / 1.8)


CASES = (
    Case(
        name="manifold",
        source="Bajura and Jones 1976, J. Fluids Eng. 98, without friction: closed forms",
        why="ports stand apart, the closed form has them everywhere: second order in their number",
        run=manifolds,
    ),
    Case(
        name="cold plate law",
        source="Open Compute Project, OAI System Liquid Cooling Guidelines 2023, Fig. 7 and 8, loop of eight",
        why="reader and compiled curve return the points read off the figures; water has none below 2 l/min",
        run=plate_figures,
    ),
    Case(
        name="throttled module",
        source="one thermal mass behind a conductance: exponentials in closed form",
        why="steps in time are exact solutions",
        run=throttling,
    ),
    Case(
        name="plate passes",
        source="Kandlikar and Shah 1989, Heat Transfer Eng. 10 (1), as coded in the Python package ht "
        "(commit f9c60c4): 22 values of plate exchangers of one to four passes",
        why="closed forms of the same linear system",
        run=plate_passes,
    ),
    Case(
        name="mixed crossflow",
        source="Python package ht (commit f9c60c4): crossflow exchanger with C_max mixed, a worked example",
        why="closed form, ten digits",
        run=crossflow_mixed,
    ),
    Case(
        name="Merkel",
        source="Baker and Shryock 1961, J. Heat Transfer 83 (3), table 1(b); Daeil Aqua, design manual, "
        "example 2-6",
        why="worked by hand from tables of real air, 0.3 % above ideal air in enthalpy: 1.5 %",
        run=merkel,
    ),
    Case(
        name="chiller",
        source="Modelica Buildings library (LBNL) simulated with Dymola, the same curves; McQuay WSC 471 kW",
        why="the same polynomials, printed to eight digits; the curves miss the sheet's COP by 0.4 %",
        run=chiller_states,
    ),
    Case(
        name="dry cooler law",
        source="Modelica Buildings library (LBNL), simulated with Dymola: another model",
        why="0.3 K: not quite settled",
        run=dry_cooler_states,
    ),
    Case(
        name="stratified tank",
        source="Modelica Buildings library (LBNL), seven upwind volumes simulated with Dymola",
        why="the same scheme with other steps in time: 0.1 K of 20 K",
        run=stratified_tank,
    ),
)
