"""Cases of racks, CDUs and cold plates, and of the coolant loop of a hall."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from solvers import fluids
from solvers.liquid.components import cdu
from solvers.liquid.components.cdu import CduExchanger, CduSpec
from solvers.liquid.components.cold_plate import ColdPlate, plate_resistance, read_cold_plate
from solvers.liquid.hall.flow_policy import published
from solvers.liquid.hall.loop import LoopSolution, RackLiquid
from solvers.liquid.hall.lumped import loop_temperatures
from solvers.liquid.hall.plan import LoopPlan, plan_loop
from solvers.liquid.hall.solve import lump, solve_hall_loop
from solvers.liquid.hydraulics.network import ImposedFlow, Resistance, build_network
from twin.resources import data_dir
from twin.units import L_MIN, celsius, to_celsius
from twin.verification import liquid_halls as halls
from twin.verification.case import Row, Rows, Tier, absolute, relative, worst_absolute, worst_relative
from twin.verification.exact import counterflow_ua
from twin.verification.networks import solve
from twin.verification.reference import read_reference

# -- devices ---------------------------------------------------------------------------------------------


def gb300_drop(_: Tier) -> Rows:
    """One law through the first point of the table, in a network of rack and CDU."""
    table = read_reference("gb300_rack")
    flow, drop = table.numbers("flow_L_min"), 1e3 * table.numbers("drop_kPa")
    rack = Resistance(name="rack", start="x", end="y", flow=flow[0], drop=drop[0], exponent=1.89)
    ours = [
        solve(build_network([rack, ImposedFlow(name="cdu", start="y", end="x", flow=v)])).drop[0]
        for v in flow
    ]
    return [
        worst_relative("pressure drop of the rack [Pa]", drop, ours, [f"{v:g} l/min" for v in flow], 0.03)
    ]


def cdu_sheets(_: Tier) -> Rows:
    rows: list[Row] = []
    for row in read_reference("cdu_sheets"):
        name, heat, approach = row["unit"], float(row["heat_W"]), float(row["approach_K"])
        supply = celsius(float(row["tcs_supply_C"]))
        coolant, water = halls.coolant(row["coolant"]), halls.coolant("water")
        tcs, fws = float(row["tcs_flow_kg_s"]), float(row["fws_flow_kg_s"])
        hot_in = _warmed(coolant, supply, heat / tcs)
        cold_in = supply - approach
        cold_out = _warmed(water, cold_in, heat / fws)
        c_tcs, c_fws = heat / (hot_in - supply), heat / (cold_out - cold_in)
        spec = CduSpec(
            capacity=heat,
            approach=approach,
            flow=tcs / fluids.density(coolant, supply),
            fws_ratio=c_fws / c_tcs,
            rated_supply=supply,
            external_dp=1.0,
            internal_dp=0.0,
            fws_dp=0.0,
            pump_efficiency=1.0,
        )
        rated = cdu.rated_exchanger(spec, coolant)
        by_mean = counterflow_ua(heat=heat, hot_in=hot_in, hot_out=supply, cold_in=cold_in, cold_out=cold_out)
        difference = cdu.inlet_difference(
            replace(rated, ua=by_mean), np.array([heat]), np.array([c_tcs]), np.array([c_fws])
        )
        rows += [
            relative(f"{name}: UA [W/K] against the logarithmic mean difference", by_mean, rated.ua, 1e-3),
            absolute(f"{name}: approach with that UA [K]", approach, difference[0] - heat / c_tcs, 0.05),
        ]
    return rows


def cdu_part_load(_: Tier) -> Rows:
    rows = []
    nominal = 6.336e6 / 5.0  # rated capacity rate of both sides [W/K]
    for row in read_reference("cdu_part_load"):
        heat, c_tcs, c_fws = (float(row[k]) for k in ("heat_W", "tcs_capacity_W_K", "fws_capacity_W_K"))
        rated = CduExchanger(
            ua=nominal * 5.0 / 6.0,  # 47 -> 42 against 36 -> 41 degC: eps 5/11, balanced: NTU 5/6
            c_tcs=c_tcs / float(row["tcs_flow_1"]),
            c_fws=c_fws / float(row["fws_flow_1"]),
        )
        needed = cdu.inlet_difference(rated, np.array([heat]), np.array([c_tcs]), np.array([c_fws]))
        rows.append(
            absolute(
                f"{row['state']}: coolant into the exchanger [K]",
                float(row["hot_inlet_K"]),
                celsius(36.0) + float(needed[0]),
                0.3,
            )
        )
    return rows


def cold_plate(_: Tier) -> Rows:
    """Each inner point of the figure from its neighbours: the interpolation, not the table, is checked."""
    plate = read_cold_plate(data_dir() / "cold_plates" / "ocp_oam_2023.csv", "pg25")
    inner = range(1, plate.flow.size - 1)
    ours = [float(plate_resistance(_without(plate, i), plate.flow[i : i + 1]).resistance[0]) for i in inner]
    labels = [f"{plate.flow[i] / L_MIN:.1f} l/min" for i in inner]
    return [
        worst_relative("case-to-inlet resistance [K/W] left out", plate.resistance[1:-1], ours, labels, 0.03)
    ]


# -- the loop of a hall ----------------------------------------------------------------------------------


def gb300_return(_: Tier) -> Rows:
    table = read_reference("gb300_rack")
    solutions = [_hall_loop(t).solution for t in table.numbers("supply_C")]
    ours = [to_celsius(s.tcs_return) for s in solutions]
    labels = [f"supply {t:g} degC" for t in table.numbers("supply_C")]
    # the band 54 to 56.5 degC as its middle and half its width
    return [worst_absolute("coolant returning to the CDUs [degC]", [55.25] * len(ours), ours, labels, 1.25)]


def cdu_in_the_loop(_: Tier) -> Rows:
    """CoolIT CHx2000 at 2 MW and 2125 l/min: 16 racks share heat and flow; the pumps add 9.5 kW."""
    names, runs = halls.hall_runs(1, 16)
    load = halls.racks(names, flow=2125.0 / 16 * L_MIN, heat=124.4e3)
    plan = plan_loop(runs, load, halls.loop_design(), supply=celsius(40.0))
    got = solve_hall_loop(plan, load, set_point=celsius(40.0))
    return [
        relative("CoolIT CHx2000: heat to the facility water [W]", 2.0e6, got.heat_fws, 1e-3),
        relative("CoolIT CHx2000: approach [K]", 5.0, float(got.cdus.approach[0]), 0.01),
    ]


def loop_balances(tier: Tier) -> Rows:
    names, runs = halls.hall_runs(16, 24, cdus_per_row=2) if tier is Tier.FULL else halls.hall_runs(2, 8)
    load = halls.racks(names, flow=119.0 * L_MIN)
    plan = plan_loop(runs, load, halls.loop_design(), supply=celsius(40.0))
    got = solve_hall_loop(plan, load, set_point=celsius(40.0))
    return [
        absolute(f"{len(names)} racks: node imbalance over the largest flow [-]", 0.0, got.loop_mass, 1e-10),
        absolute(f"{len(names)} racks: heat in less heat out over heat in [-]", 0.0, got.loop_energy, 1e-10),
    ]


def lumped_loop(_: Tier) -> Rows:
    """Reduced at full load, asked at 30 % load and with water too warm for the set point."""
    hall = _hall_loop(40.0)
    lumped = lump(hall.solution)
    part = [replace(rack, heat=0.3 * rack.heat, gpu_power=0.3 * rack.gpu_power) for rack in hall.load]
    water = celsius(42.0)
    full = solve_hall_loop(hall.plan, part, set_point=celsius(40.0), fws_supply=water)
    quick = loop_temperatures(
        lumped, np.array([full.heat]), tcs_set_point=celsius(40.0), fws_available=np.array([water])
    )
    return [
        absolute(f"{title} at 30 % load [K]", getattr(full, name), float(getattr(quick, name)[0]), 0.1)
        for title, name in (
            ("technology supply", "tcs_supply"),
            ("technology return", "tcs_return"),
            ("facility return", "fws_return"),
        )
    ]


# -- set-ups ---------------------------------------------------------------------------------------------


def _warmed(fluid: fluids.Fluid, temperature: float, heat_per_mass: float) -> float:
    """Temperature [K] after taking up heat [J/kg]."""
    return float(fluids.temperature_of(fluid, fluids.enthalpy(fluid, temperature) + heat_per_mass))


def _without(plate: ColdPlate, i: int) -> ColdPlate:
    return replace(plate, flow=np.delete(plate.flow, i), resistance=np.delete(plate.resistance, i))


class _HallLoop(NamedTuple):
    """A hall of twelve GB300 racks, its plan and its solution."""

    load: list[RackLiquid]
    plan: LoopPlan
    solution: LoopSolution


def _hall_loop(supply_C: float) -> _HallLoop:
    names, runs = halls.hall_runs(2, 6)
    supply = celsius(supply_C)
    load = halls.racks(names, flow=float(published(halls.GB300_FLOW, supply, halls.GB300_HEAT)))
    plan = plan_loop(runs, load, halls.loop_design(), supply=supply)
    return _HallLoop(load, plan, solve_hall_loop(plan, load, set_point=supply))
